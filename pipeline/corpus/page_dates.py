"""Page dates: when a page says it was published, how reliably, and when it was modified. The two are never mixed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline.corpus.page_markup import Markup, line, visible

_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_META_PUBLISHED: Final = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time",
    "citation_publication_date", "citation_online_date", "citation_date", "dc.date.issued", "dcterms.issued",
    "dc.date", "dcterms.date", "dcterms.created", "dc.date.created", "parsely-pub-date", "sailthru.date", "pubdate",
    "publishdate", "publish-date", "publish_date", "published_at", "publication_date", "date.issued",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "datepublished", "date", "created",
)  # fmt: skip
_META_MODIFIED: Final = (
    "article:modified_time", "og:updated_time", "article:updated_time", "dcterms.modified", "dc.date.modified",
    "last_updated_date",
    "lastmod", "last-modified", "datemodified", "revised",
)  # fmt: skip
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january января січня", "feb february февраля лютого",
            "mar march марта березня", "apr april апреля квітня",
            "may мая травня", "jun june июня червня", "jul july июля липня", "aug august августа серпня",
            "sep sept september сентября вересня", "oct october октября жовтня", "nov november ноября листопада",
            "dec december декабря грудня",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH_NAME: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_MONTH: Final = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH_NAME})\.?,?\s+(\d{{4}})\b",
    re.IGNORECASE,
)
_MONTH_DAY: Final = re.compile(rf"\b({_MONTH_NAME})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE)
_NUMERIC: Final = re.compile(r"\b(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\5(\d{4}))\b")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_URL_DATE: Final = re.compile(
    r"[/_-](?P<y>(?:19|20)\d{2})[-/_]?(?P<m>\d{2}|[a-z]{3})[-/_](?P<d>\d{1,2})(?=[/_.-]|$)|"
    r"/(?P<y2>20\d{2})(?P<m2>[01]\d)(?P<d2>[0-3]\d)(?=[/_.-]|$)"
)
_NOT_PUBLISHED: Final = re.compile(
    r"updat|modif|edited|access|retriev|©|copyright|обновлен|изменен|оновлен",
    re.IGNORECASE,
)
_DATE_CLASS: Final = re.compile(
    r"publi|posted|dateline|(?:^|[-_ ])(?:date|time|created|meta|info|byline)",
    re.IGNORECASE,
)
_LONGEST_DATE_TEXT: Final = 160


@dataclass(frozen=True)
class Dates:
    """`published_date` and `modified_date` are ISO days or empty; `published_at` has the zone that the page states."""

    published_date: str = ""
    published_at: datetime | None = None
    reliability: str = ""
    modified_date: str = ""
    notes: tuple[str, ...] = ()


def find(markup: Markup, url: str, in_feed: datetime | None, in_feed_zone_known: bool = False) -> Dates:
    """The page's dates. `reliability` is where the first usable one stood: structured data, meta, feed, url, or guess.

    Structured data that is more than a day later than the day in the address is a page dated anew: the address wins.
    """
    modified = next((day for _, day in _moments(_modified(markup))), None)
    moment, day, reliability = _stated(markup)
    in_url = url_date(url)
    notes: tuple[str, ...] = ()
    if day and in_url and (day - in_url).days > 1:
        notes = (f"dated {day} by its {reliability} and {in_url} by its address; the earlier was taken",)
        moment, day, reliability = None, in_url, "url"
    if day is None and in_feed:
        moment, day, reliability = (
            in_feed if in_feed_zone_known else in_feed.replace(tzinfo=None),
            in_feed.date(),
            "feed",
        )
    if day is None and in_url:
        day, reliability = in_url, "url"
    if day is None:
        moment, day = next(_moments(_visible_dates(markup)), (None, None))
        reliability = "guess" if day else ""
    return Dates(day.isoformat() if day else "", moment, reliability, modified.isoformat() if modified else "", notes)


def _stated(markup: Markup) -> tuple[datetime | None, date | None, str]:
    structured = [
        *_values(markup, "datePublished"),
        *_values(markup, "dateCreated"),
        *_itemprops(markup, "datePublished"),
    ]
    for values, reliability in ((structured, "structured data"), (markup.contents(*_META_PUBLISHED), "meta")):
        for moment, day in _moments(values):
            return moment, day, reliability
    return None, None, ""


def _values(markup: Markup, name: str) -> list[str]:
    return [line(node.get(name)) for node in (markup.article, markup.page) if node.get(name)]


def _modified(markup: Markup) -> list[str]:
    return [*_values(markup, "dateModified"), *_itemprops(markup, "dateModified"), *markup.contents(*_META_MODIFIED)]


def _itemprops(markup: Markup, name: str) -> list[str]:
    found = markup.tree.xpath("//*[@itemprop=$name]", name=name)
    return [line(element.get("content") or element.get("datetime") or visible(element)) for element in found[:5]]


def _visible_dates(markup: Markup) -> Iterator[str]:
    """What the page shows as a date: its time elements, then elements whose class says so, then short lines."""
    for element in markup.tree.xpath("//time[not(ancestor::aside or ancestor::footer or ancestor::nav)]")[:20]:
        if not _is_about_change(element):
            yield line(element.get("datetime") or "") or visible(element)
    by_class = markup.tree.xpath("//*[self::div or self::span or self::p or self::li or self::dd][@class]")
    for element in (found for found in by_class[:3_000] if _DATE_CLASS.search(found.get("class", ""))):
        yield _without_change(visible(element, _LONGEST_DATE_TEXT))
    for element in markup.tree.xpath("//p | //span | //font | //td | //small | //em")[:400]:
        yield _without_change(visible(element, _LONGEST_DATE_TEXT))


def _is_about_change(element: HtmlElement) -> bool:
    parent = element.getparent()
    before = line(parent.text) if parent is not None else ""
    around = f"{element.get('class') or ''} {element.get('itemprop') or ''} {before}"
    return bool(_NOT_PUBLISHED.search(around))


def _without_change(text: str) -> str:
    """A short text up to where it speaks of changes: "Posted 3 May 2025 | Updated 9 May 2025"."""
    if len(text) > _LONGEST_DATE_TEXT:
        return ""
    found = _NOT_PUBLISHED.search(text)
    return text[: found.start()] if found else text


def _moments(values: Iterator[str] | list[str]) -> Iterator[tuple[datetime | None, date]]:
    for value in values:
        moment, day = parse(value)
        if day:
            yield moment, day


def parse(text: str) -> tuple[datetime | None, date | None]:
    """The moment (where a time of day is given) and the day in a text; the day is the one that the text itself states.

    A day and month that could be either way round (03/04/2025) are not read: a wrong date is worse than none.
    """
    text = text.strip()[:_LONGEST_DATE_TEXT]
    for reader in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = reader(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        has_time = ":" in text or "T" in text
        return (moment if has_time else None), _plausible(moment.year, moment.month, moment.day)
    if found := re.search(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}\S*", text):
        return parse(found.group()) if found.group() != text else (None, _plausible(*map(int, text[:10].split("-"))))
    if text.isdigit() and len(text) in (10, 13):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return moment, _plausible(moment.year, moment.month, moment.day)
    return None, _day(text)


def _day(text: str) -> date | None:
    if found := _COMPACT.fullmatch(text):
        return _plausible(*map(int, found.groups()))
    if found := _DAY_MONTH.search(text):
        return _plausible(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
    if found := _MONTH_DAY.search(text):
        return _plausible(int(found[3]), _MONTHS[found[1].lower()], int(found[2]))
    if found := _NUMERIC.search(text):
        if found[1]:
            return _plausible(int(found[1]), int(found[2]), int(found[3]))
        first, second, year = int(found[4]), int(found[6]), int(found[7])
        if found[5] == "." or first > 12 or first == second:
            return _plausible(year, second, first)
        return _plausible(year, first, second) if second > 12 else None
    return None


def _plausible(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _FIRST_YEAR < year < _LAST_YEAR else None
    except ValueError:
        return None


def url_date(url: str) -> date | None:
    """The day in an address such as /2025/03/21/ or /2025/mar/21/; None where there is no whole day."""
    found = _URL_DATE.search(urlsplit(url).path.lower()) if len(url) < 4_000 else None
    if not found:
        return None
    year, month, day = (found["y"], found["m"], found["d"]) if found["y"] else (found["y2"], found["m2"], found["d2"])
    number = _MONTHS.get(month, 0) if month.isalpha() else int(month)
    return _plausible(int(year), number, int(day))
