"""The checks that required readings are told: a blank one says neither what was measured nor that nothing was."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.asked import items_asked
from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.quality import wording
from analytics.quality.models import Check
from analytics.quality.sql import quoted, text


def checks_of_required(source: Source, catalog: Catalog) -> Iterator[Check]:
    """One for every item that a row must tell of every member, or of some by what the register says of them.

    Only of forms that people fill in: what a network does not publish is counted as missing, time by time.
    """
    if source.readings is None or source.entity is None or not source.is_filled_in:
        return
    flags = bool(source.readings.flags)
    base = source.readings.required
    by_member = [name for names in items_asked(source, catalog).values() for name in names]
    for name in dict.fromkeys([*base, *by_member]):
        label = catalog.parameters[name].label
        yield Check(
            id=f"{name}_told",
            kind="told",
            severity="warning",
            scope="cell",
            columns=[name],
            message=wording.told(label),
            expected={"": wording.TOLD},
            empty_too=[f"{name}_problem", f"{name}_as_delivered", *([f"{name}_flag"] if flags else [])],
            register_name="" if name in base else source.entity.register_name,
            unless=_says_why(source),
            reason="空着看不出是漏填还是未监测；缺必测项目的不能评价，按未知计",
            since="2021",
        )


def _says_why(source: Source) -> str:
    """When a row without readings tells its state, whatever that is; or when it says that there was no water.

    So it does where the amount that samples are taken of is 0.
    """
    if source.readings is None:
        return ""
    of = source.readings.sampled_from
    unsampled = [f"{quoted(of)} = 0"] if of else []
    if not source.states:
        return " OR ".join(unsampled)
    told = f"coalesce({', '.join(quoted(name) for name in source.readings.required)}) IS NOT NULL"
    why = " OR ".join(f"{quoted(f'{state.field}_as_delivered')} IS NOT NULL" for state in source.states)
    withdrawn = [
        f"{quoted(name)} IN ({', '.join(text(code) for code in codes)})"
        for name, codes in source.readings.withdrawn_by.items()
    ]
    return " OR ".join([f"(({why}) AND NOT {told})", *withdrawn, *unsampled])
