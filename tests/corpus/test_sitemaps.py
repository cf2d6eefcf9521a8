"""Tests of pipeline.corpus.sitemaps."""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import sitemaps
from pipeline.corpus.article import Rejected

SET = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://example.org/a?utm_source=sitemap </loc><lastmod>2025-08-19T10:00:00+03:00</lastmod>
<image:image><image:loc>https://example.org/a.jpg</image:loc><image:title>A picture</image:title></image:image>
<news:news><news:publication><news:name>The Quiet Front</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2025-08-18</news:publication_date><news:title>The Map &amp; the Table</news:title></news:news></url>
<url><image:image><image:loc>https://example.org/b.jpg</image:loc></image:image><loc>https://example.org/b</loc><lastmod>never</lastmod></url>
<url><loc>mailto:nobody@example.org</loc></url>
</urlset>"""


def test_a_news_sitemap_gives_title_date_and_publication() -> None:
    page = sitemaps.read(SET).pages[0]
    assert (page.url, page.news_title, page.news_publication) == (
        "https://example.org/a",
        "The Map & the Table",
        "The Quiet Front",
    )
    assert page.news_date == datetime(2025, 8, 18)


def test_when_a_page_was_modified_keeps_its_zone_and_is_no_publication_date() -> None:
    page = sitemaps.read(SET).pages[0]
    assert page.modified is not None
    assert page.modified.astimezone(UTC) == datetime(2025, 8, 19, 7, tzinfo=UTC)
    assert sitemaps.read(SET).pages[1].news_date is None


def test_a_picture_in_an_entry_is_not_taken_for_the_page() -> None:
    assert [page.url for page in sitemaps.read(SET).pages] == ["https://example.org/a", "https://example.org/b"]


def test_entries_without_a_usable_address_are_counted() -> None:
    assert sitemaps.read(SET).problems == ("entries without a usable address were left out: 1",)


def test_an_index_lists_further_sitemaps() -> None:
    body = b"<sitemapindex><sitemap><loc>/a.xml.gz</loc></sitemap><sitemap><loc>https://example.org/b.xml</loc></sitemap></sitemapindex>"
    found = sitemaps.read(body, url="https://example.org/sitemap.xml")
    assert found.children == ("https://example.org/a.xml.gz", "https://example.org/b.xml")
    assert not found.pages


def test_a_text_sitemap_has_an_address_a_line() -> None:
    found = sitemaps.read(b"\xef\xbb\xbfhttps://example.org/a\r\nhttps://example.org/b\n", "text/plain")
    assert [page.url for page in found.pages] == ["https://example.org/a", "https://example.org/b"]


def test_a_packed_sitemap_is_unpacked() -> None:
    assert len(sitemaps.read(gzip.compress(SET)).pages) == 2


def test_a_feed_may_serve_as_a_sitemap() -> None:
    feed = b"<rss version='2.0'><channel><title>F</title><item><title>T</title><link>https://example.org/x</link></item></channel></rss>"
    assert sitemaps.read(feed).pages[0].news_title == "T"


def test_a_sitemap_that_breaks_off_gives_what_stood_before() -> None:
    found = sitemaps.read(SET[: SET.index(b"<url><loc>mailto")])
    assert len(found.pages) == 2
    assert "malformed" in found.problems[0]


def test_no_more_pages_are_read_than_the_protocol_allows() -> None:
    entries = b"".join(
        b"<url><loc>https://example.org/%d</loc></url>" % number for number in range(sitemaps.MOST_PAGES + 5)
    )
    found = sitemaps.read(b"<urlset>" + entries + b"</urlset>")
    assert len(found.pages) == sitemaps.MOST_PAGES
    assert "only the first 50,000" in found.problems[-1]


BOMB = b'<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"), (b"<!DOCTYPE html><html><head><title>Log in</title>", "web page, not a sitemap: 'Log in'"), (BOMB, "entities"),
        (BOMB.decode().encode("utf-16"), "entities"), (b"<a>" * 100_000, "deep"), (b"<urlset></urlset>", "lists no pages"),
        (gzip.compress(b" " * 60_000_000, mtime=0), "unpacks to more"), (gzip.compress(SET, mtime=0)[:60], "damaged gzip"), (b"\x00\x01\x02", "lists no pages"),
    ],
)  # fmt: skip
def test_what_is_no_sitemap_is_rejected_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        sitemaps.read(body)


@given(
    st.one_of(st.binary(max_size=300), st.integers(0, len(SET)).map(lambda cut: SET[:cut] + b"\xff<" + SET[cut + 3 :]))
)
def test_any_bytes_give_a_sitemap_or_a_refusal(body: bytes) -> None:
    try:
        assert isinstance(sitemaps.read(body, "text/xml; charset=utf-8", "https://example.org/"), sitemaps.Sitemap)
    except Rejected as refusal:
        assert str(refusal)
