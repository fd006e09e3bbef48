"""The library's own pages: one on every file, with our words for the rules, and nothing published links to them."""

import pytest

from analytics.paths import PACKAGE, Workspace, shipped
from analytics.pipeline.data_docs import write_pages
from analytics.pipeline.intake import examine_all
from tests.deliveries import MANURE_HEAD, Desk


@pytest.fixture(scope="module")
def pages(tmp_path_factory, catalog):
    """The pages on a delivery of which one row breaks a rule."""
    root = tmp_path_factory.mktemp("docs")
    desk = Desk(Workspace(root), catalog, root / "inbox")
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,120\n太原市,阳曲县,100,80\n")
    examined, members = examine_all(desk.workspace, catalog)
    return write_pages(examined, examined, members, workspace=desk.workspace, catalog=catalog)


def test_every_file_has_a_page_below_the_builds(pages):
    assert pages.parts[-4:] == ("reports", "build", "data-docs", "index.html")
    (page,) = (pages.parent / "validations").rglob("*.html")
    assert page.parts[-4] == "manure"
    assert page.relative_to(pages.parent).as_posix() in pages.read_text(encoding="utf-8")


def test_a_page_says_the_rules_in_our_words(pages):
    (page,) = (pages.parent / "validations").rglob("*.html")
    text = page.read_text(encoding="utf-8")
    for words in ("used_within_produced, critical", "综合利用量不得大于产生量", "利用率以产生量为分母"):
        assert words in text


def test_nothing_that_is_published_links_to_them(pages):
    assert "http" in pages.read_text(encoding="utf-8")  # which is why
    published = [*shipped("reports", "year_end").rglob("*"), *(PACKAGE / "reporting").rglob("*.py")]
    texts = [f.read_text(encoding="utf-8", errors="ignore") for f in published if f.is_file()]
    assert texts and not any("data-docs" in text or "data_docs" in text for text in texts)
