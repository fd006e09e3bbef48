"""What checks say to readers, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analytics import units
from analytics.catalog.method import StationFlag
from analytics.catalog.models import FieldSpec, Parameter, Text

DERIVED = {
    "area_id": Text(zh="行政区", en="Area"),
    "entity_id": Text(zh="填报对象", en="Entity"),
    "taken_at": Text(zh="监测时间", en="Time of reading"),
    "valid_since": Text(zh="起始年", en="First year"),
}
ANSWERING = Text(
    zh="该指标的牵头、配合或责任单位（请核对编号与单位）",
    en="who leads, cooperates or is responsible for that figure (look at the code and the name)",
)
A_VALUE = Text(zh="有值", en="a value")
TOLD = Text(
    zh="监测值；未检出的填检出限加 L，没有监测的填“未监测”",
    en="a reading; the limit of detection with L where nothing was detected, 未监测 where nothing was measured",
)
NO_COPY = Text(zh="每条记录只报一次", en="every record once")
ROWS = Text(zh="至少一行数据", en="at least one row")
ROWS_MESSAGE = Text(zh="文件应有数据行", en="The file holds rows")
NO_OTHER_UNIT = Text(
    zh="数字按栏目的计量单位填报，备注不另写单位", en="numbers in the unit of their column, and none in the remark"
)
NO_OTHER_UNIT_MESSAGE = Text(
    zh="备注写有与栏目不同的计量单位，无法判断数字按哪一个（请换算成栏目的单位，并删去备注中的单位）",
    en="The remark names another unit than the columns: convert the numbers to theirs, and take the unit out",
)
_READABLE = {
    "number": Text(zh="数字，不带“约”“万”等文字", en="a number, without words"),
    "integer": Text(zh="整数", en="a whole number"),
    "date": Text(zh="日期，如 2021-10-31", en="a date such as 2021-10-31"),
    "month": Text(zh="月份，如 2021-07", en="a month such as 2021-07"),
    "stamp": Text(zh="时间，如 04-01 08:00", en="a time such as 04-01 08:00"),
    "register_year": Text(zh="年份，如 2021", en="a year such as 2021"),
    "items": Text(zh="已登记的监测项目名称", en="names of known parameters"),
    "area": Text(zh="已登记的行政区名称", en="the name of a known area"),
    "flag": Text(zh="是或否", en="yes or no"),
    "department": Text(
        zh="目录内的部门或市人民政府名称", en="the name of a known department, or of the government of a city"
    ),
}
# By what the cell of a number looks like (`unread`).
_NO_NUMBER = {
    "error_value": Text(
        zh="数字（单元格里是公式的错误值：请改正公式，或直接填数）",
        en="a number (the cell has the error of a formula: mend the formula, or type the number)",
    ),
    "roughly": Text(
        zh="确切的数字，不带“约”“左右”等字样或符号",
        en="the very number, without a word or sign for about",
    ),
    "bound": Text(
        zh="确切的数字，不带“＞”“＜”“大于”“小于”等",
        en="the very number, without a sign or word for more or less than",
    ),
    "range": Text(zh="一个数字，不填起止两个数", en="one number, not the two between which it lies"),
}
_DECIMAL_COMMA = Text(
    zh="数字，小数点用“.”，如 7.5（逗号只用来分隔千位，如 7,500）",
    en="a number with a point before its decimals, such as 7.5 (a comma only parts thousands: 7,500)",
)
_NOT_COUNTED = Text(
    zh="数字；确实没有数据的留空，不写文字（必填的栏目请核实后填数）",
    en="a number; an empty cell, and no word, where there is none (what must be filled has to be found out)",
)
_NOT_MEASURED = Text(
    zh="监测值；没有监测的留空，未检出的填“未检出”或检出限加 L（如 0.01L），不写其他文字",
    en="a reading; an empty cell where nothing was measured, 未检出 or the limit of detection with L (0.01L) where "
    "nothing was detected, and no other word",
)
_ANY = Text(zh="可识别的内容", en="something that can be read")
_WITH_LIMIT = Text(
    zh="连同检出限填报的未检出值，如 0.01L（目录中没有该项目的检出限，请注明所用方法的检出限）",
    en="what was not detected with its limit of detection, such as 0.01L (the catalog has none for this item: tell "
    "that of the method)",
)
_BY_PROBLEM = {
    "unknown_area": Text(zh="已登记的行政区名称", en="the name of a known area"),
    "area_elsewhere": Text(
        zh="本行所填市内的行政区（此名称的行政区属于其他市）",
        en="an area of the city in this row (this one lies in another)",
    ),
    "area_of_two": Text(
        zh="能够区分的名称或六位代码（不止一个行政区叫此名称）",
        en="a name or code of one area (several bear this name)",
    ),
    "no_year": Text(
        zh="带年份的时间，或随文件给出年份（--period）",
        en="a time with its year, or the year given with the file (--period)",
    ),
    "power": Text(
        zh="标明指数的数，如 1.2×10^3、1.2E3（1.2×103 的指数没有标明，无法确定）",
        en="a number whose exponent is marked, such as 1.2×10^3 or 1.2E3 (1.2×103 may be either)",
    ),
    "moved_point": Text(
        zh="显示与实存一致的数（单元格的数字格式移动了小数点：请改为常规格式，按栏目的单位重填）",
        en="a number that shows as the cell holds it (its format moves the point: set the format to General and "
        "write the number anew, in the unit of its column)",
    ),
    "formula": Text(
        zh="公式的计算结果（文件中只有公式、没有结果：请用电子表格软件打开后保存，或改填数值）",
        en="the result of the formula (the file has none: open it in a spreadsheet program and save it)",
    ),
    "merged": Text(zh="每行各自的数值，不合并单元格", en="a value of its own in every row, no merged cell"),
    "in_future": Text(zh="收到文件之日以前的时间", en="a time before the file was received"),
    "outside_area": Text(
        zh="报送地区内的行政区（本行的行政区不在报送地区内：请清空或删去本行，由其所属地区报送）",
        en="an area within that of the delivery (this one is not: leave the row out, its own area sends it)",
    ),
    "outside_period": Text(zh="报告期内的时间", en="a time within the period of the delivery"),
}


def joined(labels: Iterable[Text]) -> Text:
    """Several labels as one."""
    given = list(labels)
    return Text(zh="、".join(t.zh for t in given), en=", ".join(t.en for t in given))


def present(label: Text) -> Text:
    """That a column must be filled."""
    return Text(zh=f"“{label.zh}”必须填报", en=f"{label.en} must be given")


def told(label: Text) -> Text:
    """That an item without which nothing can be judged is told."""
    return Text(zh=f"“{label.zh}”是必测项目，应有监测值", en=f"{label.en} is a required item and has a reading")


def readable(label: Text) -> Text:
    """That what a cell says must be understood."""
    return Text(zh=f"“{label.zh}”应能识别", en=f"{label.en} can be read")


def readable_words(field: FieldSpec) -> dict[str, Text]:
    """What would have been right in a cell of the field, by the problem found."""
    if not field.choices:
        words = {"": _READABLE.get(field.type, _ANY), "unit": in_unit(field.unit), **_BY_PROBLEM}
        if field.type == "number":
            words |= {**_NO_NUMBER, "decimal_comma": _DECIMAL_COMMA, "not_measured": _NOT_COUNTED}
        if field.type == "integer":
            words |= {**_NO_NUMBER, "not_measured": _NOT_COUNTED}
        return words
    return {"": one_of(field), **_BY_PROBLEM}


def one_of(field: FieldSpec) -> Text:
    """The choices of a coded field."""
    labels = [code.label for code in field.choices.values()]
    zh, en = "、".join(label.zh for label in labels), ", ".join(f"{label.zh} ({label.en})" for label in labels)
    return Text(zh=f"其中之一：{zh}", en=f"one of: {en}")


def reading_words(parameter: Parameter, flags: Sequence[StationFlag]) -> dict[str, Text]:
    """What would have been right in a cell of a reading, by the problem found."""
    own = {"no_detection_limit": _WITH_LIMIT, **({"unknown_flag": _one_of_flags(flags)} if flags else {})}
    unmeasured = _NOT_MEASURED if parameter.can_go_undetected else _NOT_COUNTED
    looks = {**_NO_NUMBER, "decimal_comma": _DECIMAL_COMMA, "not_measured": unmeasured}
    return {"": _READABLE["number"], "unit": in_unit(parameter.unit), **_BY_PROBLEM, **looks, **own}


def _one_of_flags(flags: Sequence[StationFlag]) -> Text:
    zh, en = ("、".join(f"{f.code} {f.label.zh}" for f in flags), ", ".join(f"{f.code} ({f.label.en})" for f in flags))
    return Text(zh=f"已登记的数据标识：{zh}", en=f"a known flag: {en}")


def in_unit(unit: str | None) -> Text:
    """That a number in the unit was wanted."""
    if not unit or unit == "1":
        return _READABLE["number"]
    return Text(zh=f"以 {units.in_chinese(unit)} 为单位的数值", en=f"a value in {unit}")


def between(minimum: float | None, maximum: float | None, unit: str | None) -> Text:
    """The range as people write it: `0 至 25 mg/L`."""
    tail = "" if not unit or unit == "1" else f" {unit}"
    tail_zh = f" {units.in_chinese(unit)}" if tail else ""
    if minimum is not None and maximum is not None:
        low, high = plain(minimum), plain(maximum)
        return Text(zh=f"{low} 至 {high}{tail_zh}", en=f"{low} to {high}{tail}")
    if minimum is not None:
        return Text(zh=f"不小于 {plain(minimum)}{tail_zh}", en=f"at least {plain(minimum)}{tail}")
    return Text(zh=f"不大于 {plain(maximum or 0)}{tail_zh}", en=f"at most {plain(maximum or 0)}{tail}")


def within(label: Text, words: Text) -> Text:
    """That a value must lie in a range."""
    return Text(zh=f"“{label.zh}”应为 {words.zh}", en=f"{label.en} is {words.en}")


def allowed(label: Text) -> Text:
    """That a code must be one of those declared."""
    return Text(zh=f"“{label.zh}”应取规定的选项", en=f"{label.en} is one of the declared codes")


def unique(labels: Text) -> Text:
    """That a key must not come twice with differing contents."""
    return Text(zh=f"“{labels.zh}”相同的行内容不得互相矛盾", en=f"One statement for each {labels.en}")


def no_repeat(labels: Text) -> Text:
    """What would have been right of rows that contradict one another."""
    return Text(
        zh=f"“{labels.zh}”相同的只填一行，或各行内容一致", en=f"one row for each {labels.en}, or rows that agree"
    )


def no_copy(labels: Text) -> Text:
    """That a row must not be delivered again."""
    return Text(
        zh=f"“{labels.zh}”及内容均相同的行只计第一行",
        en=f"Of rows alike in {labels.en} and contents the first counts",
    )


def registered(label: Text) -> Text:
    """That an entity must be on its register."""
    return Text(zh=f"填报对象应在《{label.zh}》内", en=f"The entity is on the list: {label.en}")


def registered_words(label: Text) -> Text:
    """What would have been right of an entity."""
    return Text(zh=f"《{label.zh}》中当期有效的成员", en=f"a member, in that period, of: {label.en}")


def named(label: Text) -> Text:
    """That an entity must be called as on its register."""
    return Text(zh=f"名称应与《{label.zh}》一致（不一致的请核对代码）", en=f"The name is that on the list: {label.en}")


def named_words(label: Text) -> Text:
    """What would have been right of the name of an entity."""
    return Text(zh=f"《{label.zh}》中该代码的名称", en=f"the name that this code has on: {label.en}")


def not_another(label: Text) -> Text:
    """That an entity must not bear the name of a neighbour on its register."""
    return Text(
        zh=f"代码与名称不得分属《{label.zh}》中的两个对象（无法判断数据是哪一个的，请核对）",
        en=f"Code and name are not those of two members, as one cannot tell whose data they are: {label.en}",
    )


def placed(label: Text) -> Text:
    """That an entity must lie where its register says."""
    return Text(
        zh=f"行政区应与《{label.zh}》一致（以名录为准，不一致的请核对）",
        en=f"The area is that on the list, which is what counts: {label.en}",
    )


def placed_words(label: Text) -> Text:
    """What would have been right of the area of an entity."""
    return Text(zh=f"《{label.zh}》中该代码的行政区", en=f"the area that this code has on: {label.en}")


def answers(label: Text) -> Text:
    """That whoever sends a row answers for what it is about."""
    return Text(
        zh=f"“{label.zh}”应是该指标的牵头、配合或责任单位",
        en=f"{label.en} leads, cooperates or is responsible for that figure",
    )


def in_scope(label: Text, words: Iterable[str]) -> Text:
    """That a row of works must be about what the form is for, or does not count."""
    some = list(words)
    return Text(
        zh=f"“{label.zh}”含{'或'.join(some)}，否则不计入",
        en=f"{label.en} holds {' or '.join(some)}; others do not count",
    )


def share(at_most_pct: float) -> Text:
    """That only so much of a file may be unusable."""
    return Text(
        zh=f"因严重问题暂不采用的行不得超过 {plain(at_most_pct)}%",
        en=f"At most {plain(at_most_pct)} % of the rows may be set aside",
    )


def plain(number: float) -> str:
    """The number without exponent or idle zeros, thousands parted."""
    return f"{int(number):,}" if float(number).is_integer() else repr(float(number))
