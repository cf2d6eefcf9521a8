"""Feeds: RSS, RDF, Atom and JSON Feed from bytes to entries, and the feeds that an OPML list names."""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import feedparser
from defusedxml import ElementTree
from lxml import etree, html

from pipeline.corpus import envelopes, urls
from pipeline.corpus.article import Rejected
from pipeline.text import normalize

MOST_ENTRIES: Final = 500
_LONGEST_SUMMARY: Final = 5_000
_ZONE: Final = re.compile(r"(?:Z|UTC?|GMT|[ECMP][SD]T|MSK|[+-]\d{2}:?\d{2})\s*$", re.IGNORECASE)
_HOUR: Final = re.compile(r"\d{1,2}:\d{2}")
_ATOM_AUTHOR: Final = re.compile(r"^\s*[^\s@]+@[^\s@]+\s*\((.+)\)\s*$")


@dataclass(frozen=True)
class Entry:
    """One entry of a feed. `published` is in UTC; where no zone was stated, UTC is assumed and the flag is false."""

    url: str
    title: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_zone_known: bool = False
    summary: str = ""
    content_html: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A feed: its title, at most MOST_ENTRIES entries in its own order, and what was wrong with it, in sentences."""

    title: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outline:
    """One feed that an OPML list names."""

    title: str
    feed_url: str
    site_url: str = ""


def read(body: bytes, content_type: str = "", base_url: str = "") -> Feed:
    """A feed of any kind from its bytes. Relative addresses are resolved against `base_url`.

    Raises:
        Rejected: no feed at all (a web page, an entity bomb, empty, too large), with what was found in its place.
    """
    body = envelopes.unpacked(envelopes.bounded(body), envelopes.LARGEST_BODY)
    text = envelopes.xml(body, content_type, "a feed")
    if text.lstrip().startswith("{"):
        return _json_feed(envelopes.json_object(text, "a JSON feed"), base_url)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base_url}
    try:
        parsed = feedparser.parse(io.BytesIO(text.encode("utf-8", "replace")), response_headers=headers)
    except (ValueError, AssertionError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise Rejected(f"is a feed too damaged to read: {type(error).__name__}") from error
    if not parsed.get("version") and not parsed.entries:
        raise Rejected(f"answers with text that is no feed: {' '.join(text[:120].split())!r}; check the address")
    problems = (
        [f"the feed is malformed: {parsed.get('bozo_exception')}; what could be read was taken; {envelopes.AGAIN}"]
        if parsed.bozo
        else []
    )
    return _feed(_plain(parsed.feed.get("title", "")), parsed.entries, _entry, base_url, problems)


def _feed(title: str, found: list[Any], reader: Any, base_url: str, problems: list[str]) -> Feed:
    entries, unusable = [], 0
    for item in found[:MOST_ENTRIES]:
        try:
            entries.append(reader(item, base_url))
        except Rejected:
            unusable += 1
    if unusable:
        problems.append(f"entries without a usable address were left out: {unusable}")
    if len(found) > MOST_ENTRIES:
        problems.append(f"only the first {MOST_ENTRIES} of {len(found)} entries were read")
    if not found:
        problems.append("the feed holds no entries")
    return Feed(title, tuple(entries), tuple(problems))


def _entry(item: Mapping[str, Any], base_url: str) -> Entry:
    published, zone_known = _published(item)
    contents = [part.get("value", "") for part in item.get("content", []) if "html" in str(part.get("type", "html"))]
    summary = item.get("summary", "") or ""
    return Entry(
        url=urls.canonical(_link(item), base_url),
        title=_plain(item.get("title", "")),
        authors=_authors(item),
        published=published,
        published_zone_known=zone_known,
        summary=_plain(summary)[:_LONGEST_SUMMARY],
        content_html=max(contents, key=len, default="") or None,
        tags=_distinct(_plain(str(tag.get("label") or tag.get("term") or "")) for tag in item.get("tags", [])),
    )


def _link(item: Mapping[str, Any]) -> str:
    """The address of the page: FeedBurner's original, the alternate link, or a guid that is an address."""
    original = item.get("feedburner_origlink")
    alternate = next(
        (link.get("href") for link in item.get("links", []) if link.get("rel") == "alternate" and link.get("href")), ""
    )
    guid = str(item.get("id", ""))
    found = str(original or alternate or item.get("link") or (guid if guid.startswith(("http://", "https://")) else ""))
    if not found:
        raise Rejected("the entry has no address")
    return found


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    found = [str(author.get("name") or "") for author in item.get("authors", [])] or [str(item.get("author", ""))]
    return _distinct(_plain(_ATOM_AUTHOR.sub(r"\1", name)) for name in found)


def _published(item: Mapping[str, Any]) -> tuple[datetime | None, bool]:
    """When the entry appeared. What was updated or crawled is never taken for what was published."""
    for name in ("published", "created"):
        moment, stated = item.get(f"{name}_parsed"), str(item.get(name, ""))
        if moment:
            try:
                year, month, day, hour, minute, second = moment[:6]
                taken = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
                return taken, bool(_ZONE.search(stated)) and bool(_HOUR.search(stated))
            except (ValueError, OverflowError):
                return None, False
    return None, False


def _json_feed(feed: Mapping[str, Any], base_url: str) -> Feed:
    """A JSON Feed, version 1 or 1.1 (jsonfeed.org)."""
    items = feed.get("items")
    if "jsonfeed.org" not in str(feed.get("version", "")) or not isinstance(items, list):
        raise Rejected(
            "answers with JSON that is not a JSON Feed (no jsonfeed.org version or no items); check the address"
        )
    return _feed(_plain(feed.get("title")), items, _json_entry, base_url, [])


def _json_entry(item: Any, base_url: str) -> Entry:
    if not isinstance(item, dict):
        raise Rejected("the entry is no object")
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    stated = str(item.get("date_published") or "")
    published, zone_known = _iso(stated)
    tags, guid = item.get("tags"), str(item.get("id") or "")
    address = item.get("url") or item.get("external_url") or (guid if guid.startswith(("http://", "https://")) else "")
    if not address:
        raise Rejected("the entry has no address")
    return Entry(
        url=urls.canonical(str(address), base_url),
        title=_plain(item.get("title")),
        authors=_distinct(_plain(author.get("name")) for author in authors or [] if isinstance(author, dict)),
        published=published,
        published_zone_known=zone_known,
        summary=_plain(item.get("summary") or item.get("content_text"))[:_LONGEST_SUMMARY],
        content_html=str(item["content_html"]) if item.get("content_html") else None,
        tags=_distinct(_plain(tag) for tag in (tags if isinstance(tags, list) else [])),
    )


def _iso(stated: str) -> tuple[datetime | None, bool]:
    try:
        moment = datetime.fromisoformat(stated)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), bool(moment.tzinfo)
    except (ValueError, OverflowError):
        return None, False


def opml(body: bytes, content_type: str = "") -> tuple[Outline, ...]:
    """The feeds in an OPML list, in order, each address once.

    Raises:
        Rejected: it is not OPML, or names no feed.
    """
    text = envelopes.xml(envelopes.bounded(body), content_type, "an OPML list")
    try:
        root = ElementTree.fromstring(text, forbid_dtd=False)
    except (ParseError, ValueError, RecursionError) as error:
        raise Rejected(f"is no OPML that can be read: {error}; export the list again") from error
    found: dict[str, Outline] = {}
    for outline in root.iter("outline"):
        attributes = {name.lower(): value for name, value in outline.attrib.items()}
        try:
            address = urls.canonical(attributes.get("xmlurl", ""))
        except Rejected:
            continue
        title = _plain(attributes.get("title") or attributes.get("text"))
        found.setdefault(address, Outline(title, address, attributes.get("htmlurl", "")))
    if not found:
        raise Rejected("names no feed: an OPML list has outline elements with an xmlUrl")
    return tuple(found.values())


def _plain(value: Any) -> str:
    """Text without markup and on one line."""
    text = value if isinstance(value, str) else ""
    if "<" in text or "&" in text:
        try:
            text = html.fromstring(f"<div>{text}</div>").text_content()
        except (etree.ParserError, ValueError):
            text = re.sub(r"<[^>]*>", " ", text)
    return " ".join(normalize(text).split())


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
