"""Tests of pipeline.corpus.page_dates."""

import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import page_dates
from pipeline.corpus.feeds import Entry

# tests are no package (another package of that name is installed), so the builder is loaded by its path.
BUILDER: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("markup.py"))))
URL = BUILDER.URL
json_ld = BUILDER.json_ld
page = BUILDER.page
read = BUILDER.read


@pytest.mark.parametrize(
    ("head", "url", "day", "reliability"),
    [
        (
            json_ld('{"@type":"Article","datePublished":"2025-08-19T23:30:00-04:00","dateModified":"2025-09-01"}'),
            URL,
            "2025-08-19",
            "structured data",
        ),
        ('<meta property="article:published_time" content="2025-08-19T10:00:00Z">', URL, "2025-08-19", "meta"),
        ('<meta name="citation_publication_date" content="2025/08/19">', URL, "2025-08-19", "meta"),
        (
            '<meta property="article:modified_time" content="2025-09-01">',
            "https://example.org/2025/08/19/x",
            "2025-08-19",
            "url",
        ),
        ("", "https://example.org/commentisfree/2025/aug/19/x", "2025-08-19", "url"),
        ("", "https://example.org/a/202508/19/WS67.html", "2025-08-19", "url"),
        ("", URL, "2025-08-17", "feed"),
        (
            '<meta property="article:modified_time" content="2025-09-01">',
            "https://example.org/2025/08/x",
            "2025-08-17",
            "feed",
        ),
    ],
)
def test_a_publication_date_says_how_reliable_it_is(head: str, url: str, day: str, reliability: str) -> None:
    entry = Entry(url, "T", published=datetime(2025, 8, 17, 9, tzinfo=UTC)) if reliability == "feed" else None
    got = read(page(head=head), url, feed_entry=entry)
    assert (got.article.published_date, got.published_date_reliability) == (day, reliability)


@pytest.mark.parametrize(
    "shown",
    [
        "August 19, 2025",
        "19 August 2025",
        "Posted on 19th Aug 2025 | Updated 2 Sep 2025",
        "19.08.2025",
        "19 августа 2025, 14:05",
        "19 серпня 2025",
    ],
)
def test_a_date_that_is_only_shown_is_a_guess(shown: str) -> None:
    got = read(page(f'<div class="post-date">{shown}</div>'))
    assert (got.article.published_date, got.published_date_reliability) == ("2025-08-19", "guess")


@pytest.mark.parametrize(
    "shown",
    [
        "Updated August 19, 2025",
        "Last modified: 19.08.2025",
        "Accessed 19 August 2025",
        "© 19 August 2025",
        "03/04/2025",
    ],
)
def test_no_date_is_better_than_one_of_another_kind(shown: str) -> None:
    assert read(page(f'<div class="date">{shown}</div>')).article.published_date == ""


def test_the_modified_date_is_kept_apart() -> None:
    got = read(page(head='<meta property="article:modified_time" content="2025-09-01T08:00:00Z">'))
    assert (got.article.published_date, got.modified_date) == ("", "2025-09-01")


def test_a_moment_keeps_the_zone_that_the_page_states_and_invents_none() -> None:
    zoned = read(page(head='<meta property="article:published_time" content="2025-08-19T10:00:00+0300">')).published_at
    naive = read(page(head='<meta property="article:published_time" content="2025-08-19T10:00:00">')).published_at
    assert zoned is not None and zoned.utcoffset() == timedelta(hours=3)
    assert naive is not None and naive.tzinfo is None


def test_a_page_dated_anew_keeps_the_day_in_its_address() -> None:
    got = read(
        page(head=json_ld('{"@type":"Article","datePublished":"2026-01-05"}')), "https://example.org/2025/08/19/x"
    )
    assert (got.article.published_date, got.published_date_reliability) == ("2025-08-19", "url")
    assert any("2026-01-05" in note for note in got.article.notes)


@given(st.text(max_size=40))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    day = page_dates.parse(text)[1]
    assert day is None or 1990 < day.year < 2100
