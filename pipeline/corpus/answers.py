"""Answers: what is asked of a host, what comes of it, and what each outcome means to a researcher. It opens nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

State = Literal["ok", "not_modified", "gone", "rejected", "retry_after"]

REDIRECTS: Final = (301, 302, 303, 307, 308)
_PERMANENT: Final = (301, 308)
# The server says that it is not able now: worth asking again.
PASSING: Final = (408, 425, 429, 500, 502, 503, 504)
BY_HAND: Final = "open it in a browser and save the page under data/corpus/inbox"

# Reason phrases of RFC 9110 that readers know; the standard library's list would bring a module that opens connections.
_NAMES: Final = {
    304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 410: "Gone",
    429: "Too Many Requests", 451: "Unavailable For Legal Reasons", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip

_ACCEPT: Final = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "sitemap": "application/xml, text/xml, */*;q=0.5",
    "search": "application/json, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.5",
}


@dataclass(frozen=True)
class Request:
    """One URL to fetch for one source.

    Attributes:
        etag, last_modified: the validators of the copy that is held, or empty.
        kind: what is expected there: "page", "feed", "sitemap" or "search". A search is an interface for programs, so
            that robots.txt, which speaks to those that come unasked, is not read for it.
        authorization: value of the Authorization header, sent to the origin of `url` and to no other.
        spacing_seconds: what the host wants between two requests, where that is known and longer than the usual.
    """

    url: str
    source_id: str = ""
    etag: str = ""
    last_modified: str = ""
    kind: str = "page"
    authorization: str = field(default="", repr=False)
    spacing_seconds: float = 0.0

    @property
    def accept(self) -> str:
        """The Accept header for what is expected."""
        return _ACCEPT.get(self.kind, "*/*")

    @property
    def validators(self) -> dict[str, str]:
        """The headers of a conditional request (RFC 9110, 13.1), without validators that no header can carry."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {
            name: value
            for name, value in found.items()
            if re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e]{0,500}[\x21-\x7e])?", value)
        }


@dataclass(frozen=True)
class Fetched:
    """What came of one request.

    Attributes:
        request: the request, exactly one result for each.
        final_url: the last address that was tried, after redirects; the given one where it could not be read.
        state: ok (a body came), not_modified (the held copy is current), gone (404, 410), rejected (will not work by
            itself), retry_after (may work in a later round).
        reason: why, and what to do about it, for a researcher; empty for ok and not_modified.
        status: HTTP status of the last answer, 0 where there was none.
        body: the unpacked body; empty unless ok.
        content_type, charset, etag, last_modified: from the headers, empty where they say nothing.
        redirects: the addresses that were left, in order.
        permanent: whether there were redirects and all were permanent (301, 308), so that final_url may replace url.
        wait_seconds: how long the host asked to be left alone, where it did.
    """

    request: Request
    final_url: str
    state: State
    reason: str = ""
    status: int = 0
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    redirects: tuple[str, ...] = ()
    permanent: bool = False
    wait_seconds: float | None = None

    @property
    def url(self) -> str:
        """The address as it was asked for."""
        return self.request.url


class Failed(Exception):
    """An exchange that gives no body. The message is the reason, for a researcher.

    `is_worth_repeating` says that the same request may work in a moment; `wait_seconds` is what Retry-After asked for.
    """

    def __init__(
        self,
        state: State,
        reason: str,
        *,
        status: int = 0,
        is_worth_repeating: bool = False,
        wait_seconds: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.state: State = state
        self.status = status
        self.is_worth_repeating = is_worth_repeating
        self.wait_seconds = wait_seconds


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case, the first of each) and unpacked body of one HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Journey:
    """Where a request has been led so far."""

    at: str
    left: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def go(self, url: str, status: int) -> None:
        """Follow a redirect."""
        self.left.append(self.at)
        self.statuses.append(status)
        self.at = url

    @property
    def is_permanent(self) -> bool:
        """Whether there were redirects, all of them permanent."""
        return bool(self.statuses) and all(status in _PERMANENT for status in self.statuses)


def arrived(request: Request, journey: Journey, answer: Answer) -> Fetched:
    """The result for an answer that is no redirect.

    Raises:
        Failed: the answer gives no body.
    """
    known = answer.status == 304 and bool(request.validators)
    if not known and answer.status not in (200, 203):
        raise failure(answer.status)
    content_type, charset = _media_type(answer.headers.get("content-type", ""))
    return Fetched(
        request,
        journey.at,
        "not_modified" if known else "ok",
        status=answer.status,
        body=answer.body,
        content_type=content_type,
        charset=charset,
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
        redirects=tuple(journey.left),
        permanent=journey.is_permanent,
    )


def failed(request: Request, journey: Journey, failure: Failed) -> Fetched:
    """The result for a request that gives no body."""
    return Fetched(
        request,
        journey.at,
        failure.state,
        str(failure),
        failure.status,
        redirects=tuple(journey.left),
        permanent=journey.is_permanent,
        wait_seconds=failure.wait_seconds,
    )


def failure(status: int, wait_seconds: float | None = None) -> Failed:
    """What an HTTP status other than success means and what to do about it."""
    name = f"{status} ({_NAMES[status]})" if status in _NAMES else str(status)
    if status in PASSING or status >= 500:
        asked = f" and asked to be left alone for {wait_seconds:,.0f} s" if wait_seconds else ""
        reason = f"the server answered {name}{asked}; it is tried again in the next round"
        return Failed(
            "retry_after", reason, status=status, is_worth_repeating=status in PASSING, wait_seconds=wait_seconds
        )
    if status in (404, 410):
        lasting = "was taken down for good" if status == 410 else "is not there"
        return Failed(
            "gone",
            f"the server answered {name}: the page {lasting}; look for it at the outlet or in a web archive",
            status=status,
        )
    if status in (401, 402, 403, 407, 451):
        return Failed(
            "rejected", f"the server answered {name}: it does not give this page to programs; {BY_HAND}", status=status
        )
    if status == 304:
        return Failed(
            "retry_after",
            "the server answered 304 (Not Modified), though no copy was named; it is tried again in the next round",
            status=304,
        )
    return Failed(
        "rejected", f"the server answered {name} in place of a page; check the address, or {BY_HAND}", status=status
    )


def _media_type(header: str) -> tuple[str, str]:
    """Media type and charset of a Content-Type header (RFC 9110, 8.3), both in lower case."""
    charset = re.search(r""";\s*charset\s*=\s*["']?([\w.:+-]+)""", header, re.IGNORECASE)
    return header.partition(";")[0].strip().lower()[:100], charset[1].lower()[:40] if charset else ""


def header_values(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case: of repeated ones the first, but every Content-Encoding, with commas."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.decode("latin-1").lower()
        if key == "content-encoding" and key in found:
            found[key] += f", {_text(value)}"
        found.setdefault(key, _text(value))
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def too_large(most_bytes: int) -> Failed:
    """What is to be said of an answer that is more than it may be."""
    reason = f"is larger than {most_bytes:,} bytes, which no article is; save its text under data/corpus/inbox"
    return Failed("rejected", reason, status=200)
