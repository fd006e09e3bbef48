"""What the figures of a year are made of, as frames of the warehouse's tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

# Why something that figures count is open: the `item` of a member (`entity_id`) in a time. `reason` is a code of the
# family `reason` of the words, with a number or a quarter after a colon where there is one.
WHY = {**dict.fromkeys(("item", "entity_id"), pl.String), "period_start": pl.Date, "reason": pl.String}


@dataclass(frozen=True)
class Facts:
    """Registers and facts of every year, and what is known of what did not become a fact.

    `undertakings` carry the day on which their file was `received`; `works_in_doubt` holds the works whose row was
    set aside and not put right; `set_aside` the broken rules that set a row or a reading aside; `sections_arrived`
    the sections of which anything arrived; `source_occasions` the occasions on which sources of drinking water were
    sampled, `body_samplings` those on which points of black-odorous water were; `plant_months` the months of sewage
    plants, with their `city`; `bounds` the least and the most that an amount can be of which a part of its time is
    not told (`item`, `area_id`, `entity_id`, `period_start`, `period_end`, `low`, `high`); `readings_behind` the
    readings that derived amounts are made of (`item`, `member`, `entity`, `snapshot`, `period_start`); `why_open` why
    what follows from readings is open (see `WHY`); `refused`
    the files that could not be read at all (`source`, `area_id`, `period`) and that no later one replaces;
    `covered` the areas whose works of an `item` are told in full (`area_id`, `period_start`, `period_end`,
    `received`); `as_of` the day of the assessment.
    """

    registers: pl.DataFrame
    amounts: pl.DataFrame
    states: pl.DataFrame
    undertakings: pl.DataFrame
    works_in_doubt: pl.DataFrame
    set_aside: pl.DataFrame
    section_years: pl.DataFrame
    sections_arrived: pl.DataFrame
    source_occasions: pl.DataFrame
    plant_months: pl.DataFrame
    bounds: pl.DataFrame
    readings_behind: pl.DataFrame
    why_open: pl.DataFrame
    body_samplings: pl.DataFrame
    refused: pl.DataFrame
    covered: pl.DataFrame
    as_of: date
