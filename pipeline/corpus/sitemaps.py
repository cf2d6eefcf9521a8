"""Sitemaps: url sets, indexes, news sitemaps, text sitemaps and feeds used as sitemaps, from bytes."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from pipeline.corpus import envelopes, feeds, urls
from pipeline.corpus.article import Rejected

# The protocol's own limits (sitemaps.org): 50,000 addresses and 50 MB unpacked.
MOST_PAGES: Final = 50_000
_DEEPEST: Final = 20
_IN_ENTRY: Final = frozenset({"loc", "lastmod", "title", "publication_date", "name"})


@dataclass(frozen=True)
class Page:
    """One page that a sitemap lists. `modified` is no publication date; only `news_date` is."""

    url: str
    modified: datetime | None = None
    news_title: str = ""
    news_date: datetime | None = None
    news_publication: str = ""


@dataclass(frozen=True)
class Sitemap:
    """The pages and the further sitemaps that a sitemap lists, each address once, and what was wrong with it."""

    pages: tuple[Page, ...]
    children: tuple[str, ...]
    problems: tuple[str, ...] = ()


def read(body: bytes, content_type: str = "", url: str = "") -> Sitemap:
    """A sitemap of any kind from its bytes, unpacked where it is gzip. Moments keep their zone, or have none.

    Raises:
        Rejected: no sitemap at all (a web page, an entity bomb, empty, too large), with what was found in its place.
    """
    body = envelopes.unpacked(envelopes.bounded(body, envelopes.LARGEST_UNPACKED))
    text = envelopes.xml(envelopes.bounded(body, envelopes.LARGEST_UNPACKED), content_type, "a sitemap")
    if not text.lstrip().startswith("<"):
        return _sitemap([("url", {"loc": line}) for line in text.split()[: MOST_PAGES + 1]], [], url)
    problems: list[str] = []
    found = list(_entries(text, problems))
    if not found and problems == ["feed"]:
        return _from_feed(feeds.read(body, content_type, url))
    if not found and problems:
        raise Rejected(f"is no sitemap that can be read: {problems[0]}")
    return _sitemap(found, problems, url)


def _entries(text: str, problems: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """("url" or "sitemap", its fields) for each entry; what stops the reading is added to the problems."""
    depth, count, root = 0, 0, None
    fields: dict[str, str] = {}
    try:
        events = ElementTree.iterparse(io.BytesIO(text.encode("utf-8", "replace")), events=("start", "end"))
        for event, element in events:
            depth += 1 if event == "start" else -1
            if depth > _DEEPEST:
                raise Rejected(
                    f"nests its elements more than {_DEEPEST} deep, which no sitemap does; check the address"
                )
            namespace, name = _name(element)
            if event == "start":
                root = element if root is None else root
                if depth == 1 and name in ("rss", "feed", "RDF"):
                    problems.append("feed")
                    return
                fields = {} if name in ("url", "sitemap") else fields
                continue
            # An image or a video in an entry has a loc and a title of its own.
            if name in _IN_ENTRY and not any(word in namespace for word in ("image", "video")):
                fields.setdefault(name, " ".join((element.text or "").split()))
            elif name in ("url", "sitemap"):
                yield name, fields
                count += 1
                if count > MOST_PAGES:
                    return
            if depth == 1 and root is not None:
                root.clear()  # Or the finished entries would stay in memory until the end.
    except (ParseError, DefusedXmlException, ValueError) as error:
        problems.append(f"the sitemap is malformed: {error}; what could be read was taken; {envelopes.AGAIN}")


def _name(element: Element) -> tuple[str, str]:
    tag = element.tag if isinstance(element.tag, str) else ""
    namespace, _, name = tag.rpartition("}")
    return namespace, name


def _sitemap(found: list[tuple[str, dict[str, str]]], problems: list[str], base_url: str) -> Sitemap:
    pages: dict[str, Page] = {}
    children: dict[str, None] = {}
    unusable = 0
    for kind, fields in found[:MOST_PAGES]:
        try:
            address = urls.canonical(fields.get("loc", ""), base_url)
        except Rejected:
            unusable += 1
            continue
        if kind == "sitemap":
            children[address] = None
            continue
        news_date, modified = moment(fields.get("publication_date", "")), moment(fields.get("lastmod", ""))
        pages[address] = Page(address, modified, fields.get("title", ""), news_date, fields.get("name", ""))
    if not pages and not children:
        raise Rejected("lists no pages and no further sitemaps; check the address")
    if unusable:
        problems.append(f"entries without a usable address were left out: {unusable}")
    if len(found) > MOST_PAGES:
        problems.append(f"only the first {MOST_PAGES:,} entries were read")
    return Sitemap(tuple(pages.values()), tuple(children), tuple(problems))


def _from_feed(feed: feeds.Feed) -> Sitemap:
    pages = tuple(Page(entry.url, None, entry.title, entry.published, feed.title) for entry in feed.entries)
    return Sitemap(pages, (), feed.problems)


def moment(stated: str) -> datetime | None:
    """A moment in the W3C profile of ISO 8601, from a year and month alone to fractions of a second; else None."""
    text = stated.strip()
    if len(text) == 7:
        text += "-01"
    try:
        return datetime.fromisoformat(text) if len(text) >= 10 else None
    except ValueError:
        return None
