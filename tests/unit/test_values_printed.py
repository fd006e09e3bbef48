"""`values` names what it prints, and no command makes anything of a folder that nothing was received in."""

import pytest

USES = ("工业用水", "城市杂用水", "景观环境用水", "农林牧渔用水")
HEAD = ",".join(["市", *(f"{use}（万立方米）" for use in ("污水处理量", *USES))])


@pytest.mark.parametrize(
    "words",
    [
        ["values", "--year", "2021"],
        ["explain", "T12b", "--year", "2021"],
        ["build", "--year", "2021"],
        ["report", "--year", "2021"],
    ],
    ids=lambda words: words[0],
)
def test_in_a_folder_without_deliveries_nothing_is_made(qinghe, words):
    done = qinghe(*words)
    assert done.returncode == 2
    assert "nothing was ever received here" in done.stderr
    assert "data/raw" in done.stderr
    assert list(qinghe.root.iterdir()) == []


def test_values_are_headed_by_code_and_name_and_say_what_stands_beside(qinghe, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(f"{HEAD}\n太原市,100,30,0,0,0\n", encoding="utf-8")
    assert qinghe("receive", file, "--source", "reclaimed_water", "--period", "2021").returncode == 0
    printed = qinghe("values", "--year", "2021", "--indicator", "T03").stdout
    assert printed.startswith("T03 城市再生水利用率 ") and "number_id" not in printed
    assert "山西省（逐地判定）" in printed
    assert "1/11" in printed
