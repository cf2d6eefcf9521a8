"""Tests of pipeline.corpus.feeds."""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus import feeds
from pipeline.corpus.article import Rejected

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>The Quiet Front &amp; More</title><link>https://example.org/</link>
<item><title><![CDATA[The <em>Map</em> on the Table]]></title><link>https://example.org/a?utm_source=rss&amp;p=3</link>
<dc:creator>Marta Ellingsen</dc:creator><dc:creator>Samuel Whitcombe</dc:creator><pubDate>Tue, 19 Aug 2025 23:30:00 -0400</pubDate>
<category>Opinion</category><category>Opinion</category><description>&lt;p&gt;A short summary.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>The whole text.</p><script>alert(1)</script>]]></content:encoded></item>
<item><title>Relative</title><link>/b</link><pubDate>2025-08-18</pubDate></item>
<item><title>Permalink</title><guid isPermaLink="true">https://example.org/c</guid><atom:updated xmlns:atom="http://www.w3.org/2005/Atom">2025-08-20T00:00:00Z</atom:updated></item>
<item><title>Burned</title><link>https://feeds.example.com/~r/x/1</link><feedburner:origLink>https://example.org/d</feedburner:origLink></item>
<item><title>No address</title></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><entry><title type="html">T&amp;amp;U</title>
<link rel="self" href="https://example.org/feed"/><link rel="alternate" href="https://example.org/x"/><author><name>A One</name></author><author><name>B Two</name></author>
<published>2025-08-19T10:00:00+02:00</published><updated>2025-09-01T00:00:00Z</updated><content type="html">&lt;p&gt;Body&lt;/p&gt;</content></entry>
<entry><title>Only updated</title><link href="https://example.org/y"/><updated>2025-09-01T00:00:00Z</updated></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://example.org/"><title>RDF</title></channel><item rdf:about="https://example.org/r"><title>R</title><link>https://example.org/r</link>
<dc:date>2025-08-19T10:00:00Z</dc:date><dc:creator>C Three</dc:creator></item></rdf:RDF>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
        {"id": "1", "url": "/j", "title": "T", "authors": [{"name": "A One"}, {"name": "B Two"}], "date_published": "2025-08-19T10:00:00+03:00",
         "content_html": "<p>x</p>", "tags": ["Opinion"]},
        {"id": "2", "title": "no address"}, "no object",
    ],
}  # fmt: skip


def _rss() -> feeds.Feed:
    return feeds.read(RSS.encode(), "application/rss+xml; charset=utf-8", "https://example.org/feed")


def test_an_entry_has_its_clean_address_title_and_all_authors() -> None:
    entry = _rss().entries[0]
    assert entry.url == "https://example.org/a?p=3"
    assert entry.title == "The Map on the Table"
    assert entry.authors == ("Marta Ellingsen", "Samuel Whitcombe")
    assert (entry.tags, entry.summary) == (("Opinion",), "A short summary.")


def test_a_publication_moment_is_given_in_utc_and_its_zone_is_known() -> None:
    entry = _rss().entries[0]
    assert (entry.published, entry.published_zone_known) == (datetime(2025, 8, 20, 3, 30, tzinfo=UTC), True)


def test_a_day_without_a_zone_says_so() -> None:
    entry = _rss().entries[1]
    assert (entry.published, entry.published_zone_known) == (datetime(2025, 8, 18, tzinfo=UTC), False)


def test_when_an_entry_was_updated_is_not_when_it_was_published() -> None:
    assert _rss().entries[2].published is None
    assert feeds.read(ATOM).entries[1].published is None


def test_whole_texts_in_a_feed_are_kept_as_html() -> None:
    content = _rss().entries[0].content_html
    assert content is not None
    assert "The whole text." in content


def test_addresses_come_from_link_guid_or_the_original_link() -> None:
    assert [entry.url for entry in _rss().entries[1:]] == [
        "https://example.org/b",
        "https://example.org/c",
        "https://example.org/d",
    ]


def test_entries_without_an_address_are_counted() -> None:
    assert "entries without a usable address were left out: 1" in _rss().problems


def test_atom_gives_the_alternate_link_and_all_authors() -> None:
    entry = feeds.read(ATOM).entries[0]
    assert (entry.url, entry.authors, entry.title) == ("https://example.org/x", ("A One", "B Two"), "T&U")
    assert entry.published == datetime(2025, 8, 19, 8, tzinfo=UTC)


def test_rdf_is_read() -> None:
    entry = feeds.read(RDF).entries[0]
    assert (entry.url, entry.authors) == ("https://example.org/r", ("C Three",))


def test_a_json_feed_is_read() -> None:
    feed = feeds.read(json.dumps(JSON_FEED).encode(), "application/feed+json", "https://example.org/feed.json")
    entry = feed.entries[0]
    assert (entry.url, entry.authors, entry.published) == (
        "https://example.org/j",
        ("A One", "B Two"),
        datetime(2025, 8, 19, 7, tzinfo=UTC),
    )
    assert feed.problems == ("entries without a usable address were left out: 2",)


def test_a_feed_in_another_charset_than_it_says_is_read() -> None:
    body = (
        RSS.replace("The Quiet Front", "Мирные переговоры зашли в тупик")
        .replace("utf-8", "utf-8")
        .encode("windows-1251", "xmlcharrefreplace")
    )
    assert feeds.read(body, "text/xml; charset=utf-8").title.startswith("Мирные переговоры")


def test_a_malformed_feed_gives_what_can_be_read_and_says_so() -> None:
    feed = feeds.read(RSS[: RSS.index("<item><title>Permalink")].encode(), "", "https://example.org/")
    assert [entry.title for entry in feed.entries] == ["The Map on the Table", "Relative"]
    assert "malformed" in feed.problems[0]


def test_no_more_than_five_hundred_entries_are_read() -> None:
    items = "".join(f"<item><link>https://example.org/{number}</link></item>" for number in range(520))
    feed = feeds.read(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    assert len(feed.entries) == feeds.MOST_ENTRIES
    assert feed.problems == ("only the first 500 of 520 entries were read",)


def test_an_old_rss_doctype_without_entities_is_no_bomb() -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    body = f'<?xml version="1.0"?>{doctype}<rss version="0.91"><channel><title>Old</title><item><link>https://example.org/o</link></item></channel></rss>'
    assert feeds.read(body.encode()).entries[0].url == "https://example.org/o"


BOMB = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><rss version="2.0"><channel><title>&lol2;</title></channel></rss>'
FILE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>&x;</title></channel></rss>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"  ", "empty"), (b"<!DOCTYPE html><html><head><title>Subscribe\n now</title></head>", "a web page, not a feed: 'Subscribe now'"),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'>", "a web page, not a feed"), (BOMB.encode(), "entities"),
        (BOMB.encode("utf-16"), "entities"), (FILE.encode(), "entities"), (b"just words", "no feed"), (b'{"a": 1}', "not a JSON Feed"),
        (gzip.compress(b" " * 30_000_000), "unpacks to more"), (b"x" * 21_000_000, "larger than"), (b"{" * 5_000, "not a JSON feed"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_rejected_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        feeds.read(body)


OPML = b"""<opml version="2.0"><head><title>L</title></head><body><outline text="Think tanks"><outline type="rss" text="One" xmlUrl="https://example.org/feed"
 htmlUrl="https://example.org/"/><outline title="Again" xmlurl="https://example.org/feed"/><outline text="Two" xmlUrl="https://example.com/rss"/></outline></body></opml>"""


def test_an_opml_list_names_each_feed_once() -> None:
    found = feeds.opml(OPML)
    assert [(outline.title, outline.feed_url) for outline in found] == [
        ("One", "https://example.org/feed"),
        ("Two", "https://example.com/rss"),
    ]
    assert found[0].site_url == "https://example.org/"


@pytest.mark.parametrize("body", [b"<opml></opml>", b"<opml><body>", BOMB.encode(), b"words", b"<html></html>"])
def test_what_is_no_opml_list_is_rejected(body: bytes) -> None:
    with pytest.raises(Rejected):
        feeds.opml(body)


_WHOLE = [RSS.encode(), ATOM, RDF, json.dumps(JSON_FEED).encode()]
_TORN = st.builds(
    lambda whole, cut, noise: whole[: cut % len(whole)] + noise + whole[cut % len(whole) :],
    st.sampled_from(_WHOLE),
    st.integers(0, 5000),
    st.binary(max_size=8),
)


@settings(deadline=None)
@given(
    st.one_of(st.binary(max_size=300), _TORN),
    st.sampled_from(["", "text/xml; charset=koi8-r", "application/json", "charset=\x00"]),
)
def test_any_bytes_give_a_feed_or_a_refusal(body: bytes, content_type: str) -> None:
    try:
        assert isinstance(feeds.read(body, content_type, "https://example.org/"), feeds.Feed)
    except Rejected as refusal:
        assert str(refusal)
