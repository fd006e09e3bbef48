"""A module for every subject: its good rows, and for each of its checks rows that keep it and rows that break it.

`GOOD` is a good row of each form; `BROKEN_BY` for each rule of a row the cells that break it alone; `DECLARED` for
each other rule of `expectations/` its `Pair`; `OTHER` for a column in which rows may contradict one another another
value. Where the subject has registers of its own, `REGISTERED` is what a member of each is called, and `REGISTERS` a
file of each. `FILLED` is what somebody fills into each form, by its period, and `BEGUN` the rows that it begins.
"""

from typing import Any

from tests.checks.subjects import arrangements, black_odorous, environment, farming, plants, town_water, water

SUBJECTS = (farming, environment, arrangements, plants, water, black_odorous, town_water)


def of_subjects(name: str) -> dict[str, Any]:
    """What all subjects declare under that name, where they do."""
    return {key: told for subject in SUBJECTS for key, told in getattr(subject, name, {}).items()}
