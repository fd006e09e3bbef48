"""The check that whoever says something of a figure or a duty of the plan answers for it."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.catalog.senders import answering
from analytics.quality import wording
from analytics.quality.models import Check


def checks_of_senders(source: Source, catalog: Catalog) -> Iterator[Check]:
    """One for each column that names a department, of a form about the targets of plans.

    It says nothing of a sender that nobody knows: that is told by itself.
    """
    if source.entity is None or not catalog.registers[source.entity.register_name].is_of_targets:
        return
    known = answering(catalog)
    for column in source.columns:
        field = catalog.fields[column.field]
        if field.type == "department":
            yield Check(
                id=f"{column.field}_answers",
                kind="answers",
                severity="warning",
                scope="row",
                columns=[column.field],
                message=wording.answers(field.label),
                expected={"": wording.ANSWERING},
                empty_too=[f"{column.field}_problem"],
                answering=known,
                reason="所填单位不是该指标的牵头、配合或责任单位，可能填错了编号或单位；所报照列",
                since="2021",
            )
