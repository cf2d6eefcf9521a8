"""Searches: the addresses that ask the GDELT DOC 2.0 API and Media Cloud, and their answers from bytes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from pipeline.corpus import charsets, envelopes, urls
from pipeline.corpus.article import Rejected
from pipeline.text import normalize

GDELT: Final = "https://api.gdeltproject.org/api/v2/doc/doc"
MEDIACLOUD: Final = "https://search.mediacloud.org/api/search/story-list"
# The most that GDELT gives in one answer.
MOST_RECORDS: Final = 250
MOST_STORIES: Final = 1_000


@dataclass(frozen=True)
class Found:
    """One page that a search found. `seen_at` is when the search engine saw it, which is no publication date."""

    url: str
    title: str = ""
    outlet: str = ""
    language: str = ""
    published: date | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What a search found, the token of its next page (empty at the last), and what was wrong with it."""

    found: tuple[Found, ...]
    next_page: str = ""
    problems: tuple[str, ...] = ()


def gdelt_url(query: str, start: datetime, end: datetime, most: int = MOST_RECORDS) -> str:
    """The address that asks GDELT for the newest articles that match the query between two moments (UTC).

    GDELT DOC 2.0 holds articles since 2017, answers with at most 250, and wants five seconds between requests.
    """
    if not query.strip() or start >= end:
        raise Rejected("a GDELT search needs a query and a start before its end")
    parameters = {
        "query": query, "mode": "artlist", "format": "json", "sort": "datedesc",
        "maxrecords": str(min(most, MOST_RECORDS)),
        "startdatetime": f"{_utc(start):%Y%m%d%H%M%S}", "enddatetime": f"{_utc(end):%Y%m%d%H%M%S}",
    }  # fmt: skip
    return f"{GDELT}?{urlencode(parameters)}"


def mediacloud_url(
    query: str,
    start: date,
    end: date,
    *,
    collections: tuple[int, ...] = (),
    sources: tuple[int, ...] = (),
    next_page: str = "",
) -> str:
    """The address that asks Media Cloud's online news for stories published between two days.

    The key goes into the header `Authorization: Token KEY`, never into the address.
    """
    if not query.strip() or start > end:
        raise Rejected("a Media Cloud search needs a query and a start no later than its end")
    parameters = {"q": query, "start": start.isoformat(), "end": end.isoformat(), "platform": "onlinenews-mediacloud"}
    if collections:
        parameters["cs"] = ",".join(map(str, collections))
    if sources:
        parameters["ss"] = ",".join(map(str, sources))
    if next_page:
        parameters["pagination_token"] = next_page
    return f"{MEDIACLOUD}?{urlencode(parameters)}"


def read_gdelt(body: bytes, content_type: str = "") -> Answer:
    """GDELT's answer. Nothing found is an empty answer; a complaint, which GDELT sends as plain text, is a refusal.

    Raises:
        Rejected: the answer is a complaint, a web page or damaged; the complaint is passed on.
    """
    answer = _answer(body, content_type, "GDELT")
    return _found(answer.get("articles", []), _gdelt_article, "", MOST_RECORDS)


def read_mediacloud(body: bytes, content_type: str = "") -> Answer:
    """Media Cloud's answer.

    Raises:
        Rejected: the answer is a complaint, a web page or damaged; the complaint is passed on.
    """
    answer = _answer(body, content_type, "Media Cloud")
    if "stories" not in answer:
        complaint = answer.get("note") or answer.get("detail") or answer.get("error") or "no stories in the answer"
        raise Rejected(f"Media Cloud answers: {str(complaint)[:200]}; check the key and the query")
    token = answer.get("pagination_token")
    return _found(answer["stories"], _mediacloud_story, token if isinstance(token, str) else "", MOST_STORIES)


def _answer(body: bytes, content_type: str, who: str) -> dict[str, Any]:
    text = charsets.decode(envelopes.bounded(body), content_type).text
    if text.lstrip().startswith("<"):
        raise Rejected(f"{who} answers with a web page, not JSON; it is tried again in the next round")
    return envelopes.json_object(text, f"{who}'s JSON")


def _found(items: Any, reader: Any, next_page: str, most: int) -> Answer:
    if not isinstance(items, list):
        raise Rejected("the answer's list of articles is no list; the API may have changed")
    found: dict[str, Found] = {}
    unusable = 0
    for item in items[:most]:
        try:
            page = reader(item if isinstance(item, dict) else {})
            found.setdefault(page.url, page)
        except Rejected:
            unusable += 1
    problems = (f"results without a usable address were left out: {unusable}",) if unusable else ()
    return Answer(tuple(found.values()), next_page, problems)


def _gdelt_article(item: dict[str, Any]) -> Found:
    seen = str(item.get("seendate") or "").replace("T", "").removesuffix("Z")
    try:
        seen_at = datetime.strptime(seen, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        seen_at = None
    language = _text(item, "language")
    return Found(
        urls.canonical(_text(item, "url")), _text(item, "title"), _text(item, "domain"), language, None, seen_at
    )


def _mediacloud_story(item: dict[str, Any]) -> Found:
    try:
        published = date.fromisoformat(_text(item, "publish_date")[:10])
    except ValueError:
        published = None
    try:
        seen_at = _utc(datetime.fromisoformat(_text(item, "indexed_date")))
    except (ValueError, OverflowError):
        seen_at = None
    outlet = _text(item, "media_name") or _text(item, "media_url")
    return Found(
        urls.canonical(_text(item, "url")), _text(item, "title"), outlet, _text(item, "language"), published, seen_at
    )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return " ".join(normalize(value).split()) if isinstance(value, str) else ""


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
