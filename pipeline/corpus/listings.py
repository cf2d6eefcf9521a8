"""Listings: what a web source lists: what is asked for, and the candidates in the answer. It opens nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

from pipeline.corpus import feeds, page_lists, searches, sitemaps, urls
from pipeline.corpus.answers import Request
from pipeline.corpus.article import Article, Rejected
from pipeline.corpus.feeds import Entry
from pipeline.corpus.sources import Source

# How deep sitemaps may name further sitemaps, and how many are read of one source.
DEEPEST_SITEMAP: Final = 3
MOST_SITEMAPS: Final = 30
MOST_LISTED: Final = 5_000
# What GDELT asks of its users.
_GDELT_SPACING_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Candidate:
    """One page that a source lists: what is said of it there, and what holds for it by the user's own list."""

    entry: Entry
    key: str
    given: Article

    @property
    def heading(self) -> str:
        """Title, teaser, tags, text in the feed, and the words of the address."""
        address = re.sub(r"[-_/+.]+", " ", unquote(urlsplit(self.entry.url).path))
        entry = self.entry
        return "\n".join((entry.title, entry.summary, " ".join(entry.tags), entry.content_html or "", address))


@dataclass(frozen=True)
class Listing:
    """What one answer lists: candidates, further addresses to ask, and what was wrong with it, in sentences."""

    candidates: tuple[Candidate, ...] = ()
    further: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def request(source: Source, now: datetime, mediacloud_key: str) -> Request:
    """What is asked for first.

    Raises:
        Rejected: a key is missing, or the search makes no sense.
    """
    start, end = window(source, now)
    if source.kind == "gdelt":
        address = searches.gdelt_url(source.query, _midnight(start), min(now, _midnight(end + timedelta(days=1))))
        return Request(address, source.id, kind="search", spacing_seconds=_GDELT_SPACING_SECONDS)
    if source.kind == "mediacloud":
        if not mediacloud_key:
            raise Rejected("needs a key: set MEDIACLOUD_API_KEY in the environment (search.mediacloud.org gives one)")
        return _mediacloud(
            searches.mediacloud_url(source.query, start, end, collections=source.collections), source, mediacloud_key
        )
    return Request(urls.canonical(source.location), source.id, kind=source.kind)


def _mediacloud(address: str, source: Source, key: str) -> Request:
    return Request(address, source.id, kind="search", authorization=f"Token {key}")


def further(source: Source, address: str, now: datetime, mediacloud_key: str) -> Request:
    """What an answer asks for in turn: a sitemap by its address, or a search's next page by its token."""
    if source.kind != "mediacloud":
        return Request(address, source.id, kind=source.kind)
    start, end = window(source, now)
    query = searches.mediacloud_url(source.query, start, end, collections=source.collections, next_page=address)
    return _mediacloud(query, source, mediacloud_key)


def window(source: Source, now: datetime) -> tuple[date, date]:
    """The days from which pages are taken, where the source tells their dates."""
    end = source.until or now.date()
    return source.since or end - timedelta(days=source.days), end


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def read(source: Source, body: bytes, content_type: str, address: str) -> Listing:
    """The candidates in an answer, in its order, each page once, at most `most_items` of them.

    Raises:
        Rejected: it is not what was asked for.
    """
    if source.kind == "feed":
        feed = feeds.read(body, content_type, address)
        return _listing(source, feed.entries, (), feed.problems)
    if source.kind == "sitemap":
        found = sitemaps.read(body, content_type, address)
        return _listing(source, _pages(source, found), found.children, found.problems)
    answer = (searches.read_gdelt if source.kind == "gdelt" else searches.read_mediacloud)(body, content_type)
    entries = (Entry(hit.url, hit.title, published=_moment(hit.published)) for hit in answer.found)
    return _listing(source, entries, (answer.next_page,) if answer.next_page else (), answer.problems)


def read_list(source: Source, body: bytes) -> Listing:
    """The candidates of a user's own list of pages.

    Raises:
        Rejected: it cannot be read.
    """
    found = page_lists.read(source.location, body, source.columns)
    candidates = []
    for row in found.rows:
        given = Article(
            "", row.title, row.authors, row.outlet, row.perspective, row.section or "unknown",
            row.published, "list" if row.published else "",
        )  # fmt: skip
        candidates.append(Candidate(Entry(row.url, row.title, row.authors), urls.key(row.url), given))
    return _bounded(source, candidates, (), found.problems)


def _pages(source: Source, found: sitemaps.Sitemap) -> Iterable[Entry]:
    """The pages of a sitemap whose addresses hold what the source asks for, the newest first, undated ones last."""
    held = [page for page in found.pages if not source.include or any(part in page.url for part in source.include)]
    dated = [(page, page.news_date or page.modified) for page in held]
    newest = sorted(dated, key=lambda pair: pair[1].timestamp() if pair[1] else float("-inf"), reverse=True)
    for page, _ in newest:
        moment = page.news_date
        yield Entry(page.url, page.news_title, (), moment, bool(moment and moment.tzinfo))


def candidate(entry: Entry) -> Candidate:
    """A page of which nothing but an entry is known."""
    return Candidate(entry, urls.key(entry.url), Article(""))


def _listing(source: Source, entries: Iterable[Entry], more: tuple[str, ...], problems: tuple[str, ...]) -> Listing:
    candidates = [candidate(entry) for entry in entries]
    return _bounded(source, candidates, more, problems)


def _bounded(source: Source, found: list[Candidate], more: tuple[str, ...], problems: tuple[str, ...]) -> Listing:
    unique = list({candidate.key: candidate for candidate in reversed(found)}.values())[::-1]
    # What a user lists by hand is taken whole, as far as any list by hand goes.
    most = MOST_LISTED if source.kind == "pages" else source.most_items
    if len(unique) > most:
        problems += (f"only {most} of {len(unique)} pages were looked at; raise most_items for more",)
    return Listing(tuple(unique[:most]), more, problems)


def joined(source: Source, listings: Iterable[Listing]) -> Listing:
    """Several answers of one source as one."""
    parts = list(listings)
    candidates = [candidate for part in parts for candidate in part.candidates]
    problems = dict.fromkeys(problem for part in parts for problem in part.problems)
    return _bounded(source, candidates, (), tuple(problems))


def outside(source: Source, candidate: Candidate, now: datetime) -> str:
    """Why a candidate's date is not among those that the source is asked for; empty where it is, or is not known."""
    if candidate.entry.published is None or not (source.since or source.until):
        return ""
    start, end = window(source, now)
    day = candidate.entry.published.date()
    return "" if start <= day <= end else f"published on {day}, outside {start} to {end} that the source asks for"


def _moment(day: date | None) -> datetime | None:
    return _midnight(day).replace(tzinfo=None) if day else None


def without_content(entry: Entry) -> Entry:
    """An entry without the text that a feed carries, as what is said of a page."""
    return replace(entry, content_html=None)
