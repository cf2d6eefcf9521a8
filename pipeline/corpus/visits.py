"""Visits: one request from robots.txt through redirects and retries to its result. It opens nothing; `get` does."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from pipeline.corpus.addresses import Location, Refused, locate
from pipeline.corpus.answers import (
    BY_HAND,
    PASSING,
    REDIRECTS,
    Answer,
    Failed,
    Fetched,
    Journey,
    Request,
    arrived,
    failed,
    failure,
)
from pipeline.corpus.politeness import (
    PROGRAM,
    Allotment,
    Clock,
    Deadline,
    OutOfTime,
    Reach,
    Robots,
    Settings,
    Turns,
    retry_after_seconds,
)

_BACKOFF_SECONDS: Final = 0.5
# A host that fails so many requests in a row, each with its retries, is left alone for the round.
_FAILURES_BEFORE_LEAVING: Final = 3


class Overdue(Exception):
    """An exchange that its deadline cut off, after so many bytes had come."""

    def __init__(self, received: int) -> None:
        super().__init__(f"cut off after {received} bytes")
        self.received = received


class Get(Protocol):
    """One GET, no redirects followed. Keeps at most `most_bytes` of the body; more is cut off or, otherwise, refused.

    Raises:
        Refused, Failed, Overdue.
    """

    def __call__(  # noqa: D102 - the class says it
        self, location: Location, headers: dict[str, str], deadline: Deadline, most_bytes: int, *, cuts_off: bool
    ) -> Answer: ...


@dataclass
class _Site:
    """What is known of one origin in this round: its robots.txt, or why it is left alone."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    robots: Robots | Failed | None = None
    failures: int = 0


class Visitor:
    """Does requests, from as many threads as you like. What it learns of hosts lasts as long as it does."""

    def __init__(self, get: Get, settings: Settings, clock: Clock, reach: Reach, jitter: Callable[[], float]) -> None:
        self._get, self._settings, self._clock, self._reach, self._jitter = get, settings, clock, reach, jitter
        self.turns = Turns(clock, settings.spacing_seconds, settings.longest_spacing_seconds)
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def visit(self, request: Request, deadline: Deadline) -> Fetched:
        """The result of one request. It never raises: what goes wrong is the result."""
        journey = Journey(request.url)
        allotment = Allotment(self._clock, self._settings.request_seconds, deadline)
        try:
            start = locate(request.url)
            journey.at = start.url
            self.turns.slow_down(start.lane, request.spacing_seconds)
            return arrived(request, journey, self._follow(start, journey, allotment, request))
        except Failed as reason:
            return failed(request, journey, reason)
        except Refused as reason:
            return failed(request, journey, Failed("rejected", str(reason)))
        except OutOfTime as reason:
            return failed(request, journey, Failed("retry_after", f"{reason}; it comes first in the next round"))
        except Exception as error:
            # Nothing is known that leads here, but one address must never end a round for all others.
            sentence = f"Parley itself failed at this address ({type(error).__name__}: {error}); please report it"
            return failed(request, journey, Failed("rejected", sentence))

    def _follow(self, start: Location, journey: Journey, allotment: Allotment, request: Request | None) -> Answer:
        """The first answer that is no redirect. Without a request it is a robots.txt that is fetched."""
        location = start
        for _ in range(self._settings.redirects + 1):
            if request is not None:
                self._ask_leave(location, allotment, reads_robots=request.kind != "search")
            answer = self._get_patiently(
                location, self._headers(request, start, location), allotment, is_robots=request is None
            )
            target = answer.headers.get("location", "")
            if answer.status not in REDIRECTS or not target:
                return answer
            location = _redirected(location, target)
            journey.go(location.url, answer.status)
            if request is not None and location.url in journey.left:
                raise Failed("rejected", f"redirects in a circle, as pages do that want a cookie; {BY_HAND}")
        raise Failed(
            "rejected", f"redirects more than {self._settings.redirects} times; give the address that it ends at"
        )

    def _headers(self, request: Request | None, start: Location, location: Location) -> dict[str, str]:
        """Headers for one step. What belongs to the first host stays with it, an authorization with its very origin."""
        headers = {
            "User-Agent": self._settings.user_agent,
            "Accept": request.accept if request else "text/plain, */*;q=0.5",
        }
        if request is not None and location.lane == start.lane:
            headers |= request.validators
        if request is not None and request.authorization and location.origin == start.origin:
            headers["Authorization"] = request.authorization
        return headers

    def _get_patiently(
        self, location: Location, headers: dict[str, str], allotment: Allotment, *, is_robots: bool
    ) -> Answer:
        """Get, and get again what may pass, with growing and jittered waits or those that Retry-After asks for."""
        for tries_left in reversed(range(self._settings.retries + 1)):
            try:
                return self._get_in_turn(location, headers, allotment, is_robots=is_robots)
            except Failed as reason:
                backoff = _BACKOFF_SECONDS * 2 ** (self._settings.retries - tries_left) * (1 + self._jitter())
                wait = max(backoff, reason.wait_seconds or 0.0)
                asked = f"{location.host} asked to be left alone for {wait:,.0f} s" if reason.wait_seconds else ""
                if reason.is_worth_repeating:
                    self.turns.hold(location.lane, wait, asked)
                is_over = wait > min(self._settings.longest_wait_seconds, allotment.round_deadline.left())
                if not reason.is_worth_repeating or tries_left == 0 or is_over or self._reach.looks_absent:
                    self._note_failure(location, reason)
                    raise
        raise AssertionError("the last try returns or raises")

    def _get_in_turn(
        self, location: Location, headers: dict[str, str], allotment: Allotment, *, is_robots: bool
    ) -> Answer:
        most_bytes = self._settings.robots_bytes if is_robots else self._settings.body_bytes
        with self.turns.turn(location.lane, allotment.round_deadline), allotment.spend() as deadline:
            try:
                answer = self._get(location, headers, deadline, most_bytes, cuts_off=is_robots)
            except Overdue as cut:
                raise self._slowness(location, cut.received, allotment.round_deadline) from None
        if answer.status in PASSING:
            asked = retry_after_seconds(answer.headers.get("retry-after", ""), self._clock.now())
            raise failure(answer.status, asked)
        self._site(location).failures = 0
        return answer

    def _slowness(self, location: Location, received: int, round_deadline: Deadline) -> Exception:
        if round_deadline.left() <= 0:
            return OutOfTime(f"the time of the round was over while {location.host} was answering")
        seconds = self._settings.request_seconds
        if 0 < received < self._settings.slowest_rate * seconds:
            return Failed("rejected", f"sent only {received:,} bytes in the {seconds:g} s that it had; {BY_HAND}")
        return Failed("retry_after", f"took longer than {seconds:g} s; it is tried again in the next round")

    def _note_failure(self, location: Location, reason: Failed) -> None:
        """Count what costs time: no answer, a drip, a server that is not able. A page too large costs one try."""
        site = self._site(location)
        site.failures += reason.state == "retry_after" or reason.status == 0
        if site.failures >= _FAILURES_BEFORE_LEAVING:
            site.robots = Failed(
                "retry_after",
                f"{location.host} failed {site.failures} times in a row ({reason}); "
                "its other addresses come first in the next round",
            )

    def _site(self, location: Location) -> _Site:
        with self._lock:
            return self._sites.setdefault(location.origin, _Site())

    def _ask_leave(self, location: Location, allotment: Allotment, *, reads_robots: bool) -> None:
        """Raise Failed where robots.txt forbids the address or cannot be read, or the host is left alone for now."""
        site = self._site(location)
        if not site.lock.acquire(timeout=max(0.0, allotment.round_deadline.left())):
            raise OutOfTime(f"the time of the round was over before robots.txt of {location.host} was read")
        try:
            if site.robots is None and reads_robots:
                site.robots = self._read_robots(location, allotment.round_deadline)
            known = site.robots
        finally:
            site.lock.release()
        if isinstance(known, Failed):
            raise Failed(known.state, str(known), status=known.status, wait_seconds=known.wait_seconds)
        if known is None or not reads_robots:
            return
        self.turns.slow_down(location.lane, known.crawl_delay)
        if not known.allows(location.url):
            raise Failed(
                "rejected",
                f"robots.txt of {location.host} asks programs to stay away from this address; "
                f"{BY_HAND}, or ask the outlet",
            )

    def _read_robots(self, location: Location, round_deadline: Deadline) -> Robots | Failed:
        """RFC 9309, 2.3.1: not there (4xx) allows all, not able (5xx) or out of reach forbids all for now."""
        start = locate("/robots.txt", location.url)
        journey = Journey(start.url)
        try:
            answer = self._follow(
                start, journey, Allotment(self._clock, self._settings.request_seconds, round_deadline), None
            )
        except Refused as reason:
            led = (
                "its robots.txt, which says what programs may fetch, leads to an address that is not opened: "
                if journey.left
                else ""
            )
            return Failed("rejected", f"{led}{reason}")
        except Failed as reason:
            # The one case in which RFC 9309 lets more redirects than it asks us to follow stand for "not there".
            return Robots(b"", PROGRAM) if len(journey.left) > self._settings.redirects else _unread(reason)
        if answer.status >= 500:
            return _unread(failure(answer.status))
        # What is cut off in the middle of a line would be another rule: "/news" for "/newsletter".
        whole = answer.body if len(answer.body) < self._settings.robots_bytes else answer.body.rpartition(b"\n")[0]
        return Robots(whole if answer.status in (200, 203) else b"", PROGRAM)


def _unread(reason: Failed) -> Failed:
    """Why a site is not visited now. Of one that did not answer at all, robots.txt is not worth a mention."""
    asked = "robots.txt, which says what programs may fetch, could not be read: " if reason.status else ""
    return Failed(reason.state, f"{asked}{reason}", status=reason.status, wait_seconds=reason.wait_seconds)


def _redirected(location: Location, target: str) -> Location:
    try:
        return locate(target, location.url)
    except Refused as reason:
        raise Failed("rejected", f"redirects to an address that is not opened: {reason}") from None


def lane(request: Request) -> str:
    """The host whose turn a request takes."""
    try:
        return locate(request.url).lane
    except Refused:
        # No host will be asked; the visit says why.
        return ""


def late(request: Request) -> Fetched:
    """The result of a request whose turn did not come."""
    reason = "the time of the round was over before this address had its turn; it comes first in the next round"
    return failed(request, Journey(request.url), Failed("retry_after", reason))
