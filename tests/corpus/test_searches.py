"""Tests of pipeline.corpus.searches."""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import json
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import searches
from pipeline.corpus.article import Rejected

START = datetime(2025, 8, 1, 12, tzinfo=timezone(timedelta(hours=3)))
ARTICLE = {
    "url": "https://example.org/a?utm_source=x", "url_mobile": "", "title": "The Map \u00a0on the Table", "seendate": "20250819T121500Z",
    "domain": "example.org", "language": "English", "sourcecountry": "Norway",
}  # fmt: skip
STORY = {
    "id": "1", "media_name": "example.org", "media_url": "example.org", "title": "A Deadline", "publish_date": "2025-08-18", "language": "en",
    "url": "https://example.org/b", "indexed_date": "2025-08-19T10:00:00.123456+00:00",
}  # fmt: skip


def test_a_gdelt_search_asks_in_utc_and_for_no_more_than_it_gives() -> None:
    asked = parse_qs(
        urlsplit(
            searches.gdelt_url('"peace talks" sourcelang:english', START, START + timedelta(days=2), most=900)
        ).query
    )
    assert asked["startdatetime"] == ["20250801090000"]
    assert asked["enddatetime"] == ["20250803090000"]
    assert asked["maxrecords"] == ["250"]
    assert asked["query"] == ['"peace talks" sourcelang:english']
    assert asked["mode"] + asked["format"] == ["artlist", "json"]


def test_a_media_cloud_search_names_days_collections_and_page() -> None:
    asked = parse_qs(
        urlsplit(
            searches.mediacloud_url(
                "ceasefire AND Ukraine", date(2025, 8, 1), date(2025, 8, 9), collections=(34412234, 7), next_page="abc="
            )
        ).query
    )
    assert (asked["start"], asked["end"], asked["cs"], asked["pagination_token"]) == (
        ["2025-08-01"],
        ["2025-08-09"],
        ["34412234,7"],
        ["abc="],
    )


@pytest.mark.parametrize("query", ["", "  "])
def test_a_search_without_a_query_is_refused(query: str) -> None:
    with pytest.raises(Rejected, match="query"):
        searches.gdelt_url(query, START, START + timedelta(days=1))
    with pytest.raises(Rejected, match="query"):
        searches.mediacloud_url(query, date(2025, 1, 1), date(2025, 1, 2))


def test_when_gdelt_saw_an_article_is_not_when_it_was_published() -> None:
    (found,) = searches.read_gdelt(json.dumps({"articles": [ARTICLE]}).encode()).found
    assert found == searches.Found(
        "https://example.org/a",
        "The Map on the Table",
        "example.org",
        "English",
        None,
        datetime(2025, 8, 19, 12, 15, tzinfo=UTC),
    )


def test_an_empty_answer_from_gdelt_found_nothing() -> None:
    assert searches.read_gdelt(b"{}").found == ()


def test_gdelt_json_with_stray_backslashes_is_read() -> None:
    assert (
        searches.read_gdelt(rb'{"articles": [{"url": "https://example.org/a", "title": "Kyiv\'s \- answer"}]}')
        .found[0]
        .title
    )


@pytest.mark.parametrize(
    "complaint", ["Your query was too short or too long.", "Please limit requests to one every 5 seconds"]
)
def test_a_complaint_by_gdelt_is_passed_on(complaint: str) -> None:
    with pytest.raises(Rejected, match=complaint[:20]):
        searches.read_gdelt(complaint.encode(), "text/html")


def test_media_cloud_gives_publication_days_and_the_next_page() -> None:
    answer = searches.read_mediacloud(
        json.dumps({"stories": [STORY, STORY, {"url": ""}], "pagination_token": "next"}).encode()
    )
    assert answer.found[0].published == date(2025, 8, 18)
    assert (len(answer.found), answer.next_page) == (1, "next")
    assert answer.problems == ("results without a usable address were left out: 1",)


def test_a_complaint_by_media_cloud_is_passed_on() -> None:
    with pytest.raises(Rejected, match="Invalid token"):
        searches.read_mediacloud(b'{"detail": "Invalid token."}')


_JSON = st.recursive(st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=5)), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["articles", "stories", "url", "title", "seendate", "publish_date", "indexed_date"]), inner, max_size=4), max_leaves=8)  # fmt: skip


@given(st.one_of(st.binary(max_size=200), _JSON.map(lambda value: json.dumps(value).encode())))
def test_any_bytes_give_an_answer_or_a_refusal(body: bytes) -> None:
    for read in (searches.read_gdelt, searches.read_mediacloud):
        try:
            assert isinstance(read(body), searches.Answer)
        except Rejected as refusal:
            assert str(refusal)
