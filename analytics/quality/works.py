"""The checks of works, which follow from their stages and dates: the same for every form that tells of works."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from analytics.catalog import Catalog
from analytics.catalog.models import STAGES, Source, Stage, Text
from analytics.quality.declared import Severity
from analytics.quality.models import Check
from analytics.quality.sql import quoted, text

_SINCE = "2021"


def checks_of_works(source: Source, catalog: Catalog) -> Iterator[Check]:
    """Dates in the order of the stages, none of a stage that was not reached, that of completion where it was.

    None where the source tells of no works. A row that says nothing of a stage or a date keeps what asks for it.
    """
    if source.undertaking is None:
        return
    dates = {stage: field for stage in STAGES if (field := source.undertaking.dates.get(stage))}
    labels = {stage: catalog.fields[field].label for stage, field in dates.items()}
    stage_field = source.undertaking.stage
    words = {code: choice.label for code, choice in catalog.fields[stage_field].choices.items()}
    for earlier, later in pairwise(dates):
        yield _rule(
            f"{later}_after_{earlier}",
            [dates[earlier], dates[later]],
            f"{quoted(dates[later])} >= {quoted(dates[earlier])}",
            Text(
                zh=f"{labels[later].zh}不早于{labels[earlier].zh}",
                en=f"{labels[later].en} is not before {labels[earlier].en}",
            ),
            "日期颠倒时不知道哪一个有误；是否按期以完工日期判定",
            severity="critical" if later == "completed" else "warning",
        )
    for stage, field in dates.items():
        before = ", ".join(text(name) for name in STAGES[: STAGES.index(stage)])
        yield _rule(
            f"{stage}_by_stage",
            [stage_field, field],
            f"{quoted(stage_field)} NOT IN ({before}) OR {quoted(field)} IS NULL",
            Text(
                zh=f"建设阶段未到“{words[stage].zh}”的不填{labels[stage].zh}",
                en=f"Works that have not reached the stage “{words[stage].en}” have no {labels[stage].en}",
            ),
            "所填多为计划日期；到了哪一步以建设阶段为准",
        )
    yield from _of_completion(stage_field, dates, labels)


def _of_completion(stage_field: str, dates: dict[Stage, str], labels: dict[Stage, Text]) -> Iterator[Check]:
    if "completed" not in dates:
        return
    field, label = dates["completed"], labels["completed"]
    done = ", ".join(text(name) for name in STAGES[STAGES.index("completed") :])
    yield _rule(
        "completed_with_date",
        [stage_field, field],
        f"{quoted(stage_field)} NOT IN ({done}) OR {quoted(field)} IS NOT NULL",
        Text(zh=f"已完工的填有{label.zh}", en=f"Works that are completed have their {label.en}"),
        "没有日期就无法对照期限，也不知道是不是本年完成的",
        severity="critical",
    )
    yield _rule(
        "completed_within_period",
        [field, "period_end"],
        f"{quoted(field)} <= period_end",
        Text(zh=f"{label.zh}不晚于报告期末", en=f"{label.en} is not after the period reported on"),
        "报告期之后的日期只能是计划，不是结果",
    )


def _rule(
    name: str, columns: list[str], rule: str, message: Text, reason: str, *, severity: Severity = "warning"
) -> Check:
    return Check(
        id=name,
        kind="rule",
        severity=severity,
        scope="row",
        columns=columns,
        message=message,
        expected={"": message},
        rule=rule,
        reason=reason,
        since=_SINCE,
    )
