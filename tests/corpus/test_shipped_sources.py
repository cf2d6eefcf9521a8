"""The shipped sources: the configuration that everybody starts with is whole, consistent and says why what is off."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

from pipeline.corpus import page_lists, sources, urls
from pipeline.corpus.sources import SourceList, Web
from pipeline.tables.corpus import SOURCE_KINDS

CORPUS: Final = Path(__file__).parents[2] / "data" / "corpus"
TEXT: Final = (CORPUS / "sources.toml").read_text(encoding="utf-8")
ENTRIES: Final = re.findall(r"((?:^#[^\n]*\n)*)^\[\[source\]\]\n((?:[^\n]+\n)+)", TEXT, re.MULTILINE)


@pytest.fixture(scope="module")
def shipped() -> SourceList:
    return sources.load(CORPUS / "sources.toml")


@pytest.fixture(scope="module")
def reading_list() -> page_lists.PageList:
    return page_lists.read("reading_list.csv", (CORPUS / "reading_list.csv").read_bytes())


def test_what_is_on_this_machine_and_the_reading_list_come_first(shipped: SourceList) -> None:
    first = [(entry.id, entry.kind, entry.enabled) for entry in shipped.source[:4]]
    local = [(name, "file", True) for name in ("essays", "inbox", "sample")]
    assert first == [*local, ("reading-list", "pages", True)]


def test_the_reading_list_is_read_without_a_problem(reading_list: page_lists.PageList) -> None:
    assert (len(reading_list.rows), reading_list.problems) == (97, ())
    assert all(page.title and page.outlet and page.perspective for page in reading_list.rows)


def test_there_is_an_entry_or_an_example_of_nearly_every_kind(shipped: SourceList) -> None:
    # An example of a table would need a table that nobody has.
    assert {entry.kind for entry in shipped.source} == set(SOURCE_KINDS) - {"table"}


def test_every_kind_and_field_is_explained_at_the_head_of_the_file() -> None:
    head = TEXT.partition("[web]")[0]
    assert [kind for kind in SOURCE_KINDS if f'"{kind}"' not in head] == []
    assert [name for name in sources.Source.model_fields if not re.search(rf"\b{name}\b", head)] == []


def test_the_feeds_are_on_but_for_those_reported_dead_refusing_or_paywalled(shipped: SourceList) -> None:
    feeds = [entry for entry in shipped.source if entry.kind == "feed"]
    off = {entry.id for entry in feeds if not entry.enabled}
    assert (len(feeds), off) == (59, {"economist", "euractiv", "kyiv-independent", "isw", "csis"})


def test_searches_and_the_sitemap_are_examples_and_off(shipped: SourceList) -> None:
    examples = {
        entry.kind: entry.enabled for entry in shipped.source if entry.kind in ("gdelt", "mediacloud", "sitemap")
    }
    assert examples == {"gdelt": False, "mediacloud": False, "sitemap": False}


def test_what_is_off_says_why(shipped: SourceList) -> None:
    silent = [body for remark, body in ENTRIES if "enabled = false" in body and "# Off: " not in remark]
    assert silent == [] and len(ENTRIES) == len(shipped.source)


def test_no_two_entries_read_the_same_address(shipped: SourceList) -> None:
    keys = [urls.key(entry.location) for entry in shipped.source if entry.kind in ("feed", "sitemap")]
    assert len(keys) == len(set(keys))


def test_outlets_go_by_the_names_that_readers_know(shipped: SourceList) -> None:
    assert [
        entry.outlet for entry in shipped.source if entry.kind == "feed" and not re.search(r"\w", entry.outlet)
    ] == []
    assert [entry.outlet for entry in shipped.source if re.search(r"[()\[\]]", entry.outlet)] == []


def test_a_feed_has_the_perspective_that_the_reading_list_gives_its_outlet(
    shipped: SourceList, reading_list: page_lists.PageList
) -> None:
    given = defaultdict(set)
    for page in reading_list.rows:
        # The list knows this newsletter by its address.
        given["Comment is Freed" if page.outlet == "samf" else page.outlet].add(page.perspective)
    found = {entry.outlet: entry.perspective for entry in shipped.source if entry.kind == "feed"}
    expected = {name: min(given[name]) if len(given[name]) == 1 else "" for name in found}
    assert found == expected


def test_primary_texts_are_told_and_no_mixed_outlet_is_called_news(shipped: SourceList) -> None:
    sections = {entry.id: entry.section for entry in shipped.source if entry.section != "unknown"}
    assert sections == {
        "white-house": "primary", "kremlin": "primary", "moscow-times-opinion": "opinion", "rt-op-ed": "opinion",
    }  # fmt: skip


def test_the_settings_shown_are_those_that_hold_without_them(shipped: SourceList) -> None:
    assert shipped.web == Web()
    assert set(re.findall(r"^(\w+) = ", TEXT.partition("[web]")[2].partition("[relevance]")[0], re.MULTILINE)) == set(
        Web.model_fields
    )


def test_the_relevance_query_is_whole(shipped: SourceList) -> None:
    assert len(shipped.relevance.parts) == 4
    assert shipped.relevance.admits(shipped.relevance.judge("Trump, Putin and the Ukraine talks", "").score)
    assert not shipped.relevance.admits(shipped.relevance.judge("A gardening column", "Roses in Moscow.").score)
