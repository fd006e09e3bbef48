"""Works that a plan names: which there are, and which of them a delivered row is about."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.catalog.catalog import Catalog
from analytics.catalog.plan import NamedWork, Target


def works_named(target: Target, catalog: Catalog) -> Iterator[tuple[str, str, str | None]]:
    """Id, name and area of each work that the text of a target names."""
    for work in target.works:
        place = catalog.areas[work.place].name.zh if work.place else ""
        yield _id_of(work), place + (work.river.zh if work.river else ""), work.place


def work_meant(target: Target, about: tuple[str | None, str | None, str | None], catalog: Catalog) -> str | None:
    """Id of the named work that a row is about: in its place, and on its river where one is named; None of another.

    `about` has its area, its name and its river, each null where it says none.
    """
    area, name, river = about
    for work in target.works:
        if work.place is not None and (area is None or not catalog.lies_in(area, work.place)):
            continue
        if work.river is None or (work.river.zh in river if river else (name or "").startswith(work.river.zh)):
            return _id_of(work)
    return None


def _id_of(work: NamedWork) -> str:
    return "/".join([*([work.place] if work.place else []), *([work.river.zh] if work.river else [])])
