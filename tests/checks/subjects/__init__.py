"""A module for every subject: its good rows, and for each of its checks rows that keep it and rows that break it.

`GOOD` is a good row of each form; `BROKEN_BY` for each rule of a row the cells that break it alone; `DECLARED` for
each other rule of `expectations/` its `Pair`; `OTHER` for a column in which rows may contradict one another another
value.
"""

from tests.checks.subjects import farming

SUBJECTS = (farming,)
