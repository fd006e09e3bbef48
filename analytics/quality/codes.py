"""The check of codes by which members are registered: that a spreadsheet has not cut off their digits."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.catalog import Catalog
from analytics.catalog.models import Source, Text
from analytics.quality.models import Check
from analytics.quality.sql import quoted

_SHORTENED = r"^\d(\.\d+)?[Ee]\+?\d+$"


def checks_of_codes(source: Source, catalog: Catalog) -> Iterator[Check]:
    """For a register: no code in powers of ten (1.40E+08), of which the last digits are lost.

    Where a form only speaks of members such a code is on no register, and is found so.
    """
    if source.register_as is None:
        return
    for field in source.register_as.id_fields:
        if field.endswith("_code") and catalog.fields[field].type == "text":
            label = catalog.fields[field].label
            message = Text(
                zh=f"“{label.zh}”应是完整的编码（单元格先设为“文本”格式再填写；1.40E+08 已丢失位数）",
                en=f"{label.en} has all its digits (format the cell as text first; 1.40E+08 has lost some)",
            )
            yield Check(
                id=f"{field}_in_full",
                kind="rule",
                severity="critical",
                scope="row",
                columns=[field],
                message=message,
                expected={"": message},
                rule=f"NOT regexp_matches({quoted(field)}, '{_SHORTENED}')",
                reason="电子表格把长编码存成科学计数，末几位已丢失，无法知道是哪一个",
                since="2021",
            )
