"""Metadata: sidecars, front matter, dates, names and bylines, and what is refused in them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import metadata
from pipeline.corpus.article import Rejected

COMPLETE = b"""
title = "The Plan"
analyst = "Ann Smith; Bob Jones"
outlet = "The Review"
perspective = "realist"
section = "analysis"
published = 2025-04-22
url = "https://example.org/plan"
colour = "green"
"""


def test_a_sidecar_gives_every_field_and_ignores_unknown_keys() -> None:
    article = metadata.described(metadata.sidecar("a.txt.toml", COMPLETE), "sidecar", "the sidecar")
    assert (article.title, article.analysts, article.outlet, article.perspective) == (
        "The Plan", ("Ann Smith", "Bob Jones"), "The Review", "realist",
    )  # fmt: skip
    assert (article.section_label, article.published_date, article.published_date_basis, article.url) == (
        "analysis", "2025-04-22", "sidecar", "https://example.org/plan",
    )  # fmt: skip


@pytest.mark.parametrize("key", ["analyst", "author", "authors"])
def test_analysts_may_be_a_list_under_any_of_their_keys(key: str) -> None:
    fields = metadata.sidecar("a.toml", f'{key} = ["Ann Smith", "Bob Jones"]'.encode())
    assert metadata.described(fields, "sidecar", "x").analysts == ("Ann Smith", "Bob Jones")


def test_a_date_may_be_given_as_text_or_with_a_time() -> None:
    for written in ('"2025-04-22"', "2025-04-22T10:00:00Z", '"2025-04-22 10:00:00"'):
        fields = metadata.sidecar("a.toml", f"published = {written}".encode())
        assert metadata.described(fields, "sidecar", "x").published_date == "2025-04-22"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("title = 7", "title must be text"),
        ('url = ["https://x.org"]', "url must be text"),
        ("analyst = 7", "analyst must be a name"),
        ('authors = ["Ann", 7]', "authors must be a name"),
        ('published = "April 22, 2025"', "'April 22, 2025' is not a date; write it as YYYY-MM-DD"),
        ('published = "2025-02-30"', "'2025-02-30' is not a date"),
        ("published = 2025", "'2025' is not a date"),
        ('section = "politics"', "'politics' is not one of opinion, analysis"),
        ('url = "javascript:alert(1)"', "must begin with http"),
        ("columns = 7", "[columns]"),
        ("columns = {text = 7}", "[columns]"),
        ("title =", "not TOML"),
    ],
)
def test_a_bad_sidecar_is_refused_naming_file_and_key(line: str, named: str) -> None:
    with pytest.raises(Rejected, match=r"essay\.txt\.toml.*" + re.escape(named)):
        metadata.sidecar("essay.txt.toml", line.encode())


def test_a_sidecar_that_is_not_utf_8_is_refused_naming_the_byte() -> None:
    with pytest.raises(Rejected, match="byte 9"):
        metadata.sidecar("a.toml", b'title = "\xff"')


def test_front_matter_is_parted_from_the_text() -> None:
    fields, text = metadata.front_matter("---\ntitle: The Plan\npublished: 2025-04-22\n---\n\nBody.\n")
    assert (fields, text.strip()) == ({"title": "The Plan", "published": "2025-04-22"}, "Body.")


def test_scalars_of_front_matter_stay_as_written() -> None:
    fields, _ = metadata.front_matter("---\ntitle: 1984\noutlet: No\nurl: ~\n---\nBody.")
    article = metadata.described(fields, "front matter", "x")
    assert (article.title, article.outlet, article.url) == ("1984", "No", "")


def test_broken_front_matter_is_refused_naming_the_line() -> None:
    with pytest.raises(Rejected, match="line 3"):
        metadata.front_matter("---\ntitle: fine\noutlet: a: b\n---\nBody.")


def test_front_matter_that_is_not_closed_is_refused() -> None:
    with pytest.raises(Rejected, match="not closed"):
        metadata.front_matter("---\ntitle: fine\n\nBody.")


def test_rules_of_dashes_around_prose_are_not_front_matter_and_lose_nothing() -> None:
    fields, text = metadata.front_matter("---\nA motto.\n---\nBody.")
    assert (fields, text.split()) == ({}, ["A", "motto.", "Body."])


def test_front_matter_that_expands_without_end_is_harmless() -> None:
    bomb = "---\na: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    with pytest.raises(Rejected, match="title must be text"):
        metadata.described(metadata.front_matter(f"{bomb}title: *u\n---\nBody.")[0], "front matter", "x")


@pytest.mark.parametrize(
    "written",
    ["April 22, 2025", "22 April 2025", "Apr. 22, 2025", "Tuesday, April 22nd, 2025", "2025-04-22",
     "22 Apr 2025, 10:30",
     "Tue, 22 Apr 2025 10:00:00 GMT", "2025-04-22T08:00:00+00:00"],
)  # fmt: skip
def test_written_dates_are_understood(written: str) -> None:
    assert metadata.written_date(written) == "2025-04-22"


@pytest.mark.parametrize(
    "written", ["04/05/2025", "April 2025", "February 30, 2025", "2025-13-01", "soon", "", "22.4.2025", "0001-01-01"]
)
def test_what_is_not_clearly_a_date_is_none(written: str) -> None:
    assert metadata.written_date(written) == ""


@pytest.mark.parametrize(
    ("line", "analysts", "day"),
    [
        ("by George Friedman - April 22, 2025", ("George Friedman",), "2025-04-22"),
        ("By Ann Smith and Bob Jones, 3 March 2025", ("Ann Smith", "Bob Jones"), "2025-03-03"),
        ("By Ann Smith, Bob Jones, and C. D. Roe", ("Ann Smith", "Bob Jones", "C. D. Roe"), ""),
        ("George Friedman | April 22, 2025", ("George Friedman",), "2025-04-22"),
        ("April 22, 2025 | by George Friedman", ("George Friedman",), "2025-04-22"),
        ("April 22, 2025", (), "2025-04-22"),
        ("Published on 22 April 2025", (), "2025-04-22"),
        ("**Author: George Friedman**", ("George Friedman",), ""),
        ("By Ursula von der Leyen", ("Ursula von der Leyen",), ""),
        ("By Kyiv desk", ("Kyiv desk",), ""),
        ("By Reuters - April 22, 2025", ("Reuters",), "2025-04-22"),
        ("BY MICHAEL O’HANLON", ("MICHAEL O’HANLON",), ""),
    ],
)
def test_a_byline_is_read(line: str, analysts: tuple[str, ...], day: str) -> None:
    found = metadata.byline(line)
    assert found is not None
    assert (found.analysts, found.published_date, found.published_date_basis) == (
        analysts,
        day,
        "byline" if day else "",
    )


@pytest.mark.parametrize(
    "line",
    ["By Land and Sea", "By April 22, 2025, they had left.", "By force", "George Friedman", "by February 30, 2025", "",
     "By the time the talks began", "Kyiv, April 22, 2025", "By 2025", "by Ann Smith, who was there - April 22, 2025"],
)  # fmt: skip
def test_a_line_that_is_not_a_byline_is_left_alone(line: str) -> None:
    assert metadata.byline(line) is None


@given(st.text(max_size=300))
def test_no_line_breaks_the_reader_of_bylines(line: str) -> None:
    found = metadata.byline(line)
    assert found is None or found.analysts or found.published_date


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_front_matter_is_read_or_refused(block: str) -> None:
    try:
        fields, _ = metadata.front_matter(f"---\n{block}\n---\nBody.")
        metadata.described(fields, "front matter", "x")
    except Rejected as reason:
        assert str(reason)


@given(st.binary(max_size=100))
def test_any_sidecar_is_read_or_refused(body: bytes) -> None:
    try:
        assert isinstance(metadata.sidecar("a.toml", body), dict)
    except Rejected as reason:
        assert "a.toml" in str(reason)
