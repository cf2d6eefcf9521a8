"""Politeness: settings, deadlines, Retry-After, robots.txt, turns at a host, and when a network seems absent."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from protego import Protego

# The product token that robots.txt files address (RFC 9309, 2.2.1).
PROGRAM: Final = "Parley"
# Enough for a connection across the world.
_BRIEF_SECONDS: Final = 1.0
# A wait is slept in slices, so that a round that is given up ends soon.
_SLICE_SECONDS: Final = 0.25
# So many different hosts that cannot be reached, and none that can, mean that the fault is here.
_HOSTS_THAT_PROVE_ABSENCE: Final = 6


@dataclass(frozen=True)
class Settings:
    """How politely, how long and how much. Sizes in bytes, times in seconds.

    Attributes:
        version, contact: for the User-Agent; `contact` is an address (mail or web) at which an outlet can complain.
        hosts_at_once: hosts that are served side by side.
        spacing_seconds: from the end of one request to a host to the start of the next; a Crawl-delay lengthens it
            up to `longest_spacing_seconds`.
        longest_wait_seconds: a longer Retry-After ends the request for this round.
        retries: further tries after a failure that may pass.
        request_seconds: for one request with its redirects and retries, waits for turns not counted; and again for
            robots.txt.
        source_seconds: for all requests of one source in one round, from the first on.
        connect_seconds: for a name lookup, and again for a connection.
        silence_seconds: between two pieces of an answer.
        slowest_rate: an answer that comes slower, in bytes a second, is a drip and is rejected.
        wire_bytes, body_bytes: of one answer as sent, and unpacked. At worst every host in service holds a body twice
            and eight bodies wait for their reader.
    """

    version: str
    contact: str = ""
    hosts_at_once: int = 24
    spacing_seconds: float = 1.0
    longest_spacing_seconds: float = 20.0
    longest_wait_seconds: float = 60.0
    retries: int = 2
    request_seconds: float = 30.0
    source_seconds: float = 180.0
    connect_seconds: float = 5.0
    silence_seconds: float = 15.0
    slowest_rate: int = 1024
    redirects: int = 5
    header_bytes: int = 64 * 1024
    wire_bytes: int = 10 * 1024 * 1024
    body_bytes: int = 10 * 1024 * 1024
    robots_bytes: int = 500 * 1024

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\x21-\x27\x2a-\x7e]*", self.contact):
            raise ValueError(
                f"contact {self.contact!r}: give one mail or web address, in ASCII and without blanks or parentheses"
            )

    @property
    def user_agent(self) -> str:
        """Who asks, and whom to write to."""
        return f"{PROGRAM}/{self.version}" + (f" (+{self.contact})" if self.contact else "")


@dataclass(frozen=True)
class Clock:
    """Time as it is handed in. `now` is the wall clock (aware datetimes), `monotonic` and `sleep` count seconds."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class OutOfTime(Exception):
    """A wait would outlast the deadline. The message says what was waited for."""


class Deadline:
    """So many seconds from now, and never longer than the deadline it is part of."""

    def __init__(self, clock: Clock, seconds: float, within: "Deadline | None" = None) -> None:
        self._clock = clock
        self._ends = clock.monotonic() + seconds
        self._within = within
        self.is_cancelled = False

    def left(self) -> float:
        """Seconds left; negative once it has passed."""
        if self.is_cancelled:
            return float("-inf")
        own = self._ends - self._clock.monotonic()
        return own if self._within is None else min(own, self._within.left())

    def cancel(self) -> None:
        """Let it be over now."""
        self.is_cancelled = True

    def wait(self, seconds: float, reason: str) -> None:
        """Sleep.

        Raises:
            OutOfTime: at once where the wait would outlast the deadline.
        """
        until = self._clock.monotonic() + seconds
        while (wait := until - self._clock.monotonic()) > 0:
            if wait > self.left():
                raise OutOfTime(reason)
            self._clock.sleep(min(wait, _SLICE_SECONDS))


class Allotment:
    """Seconds that one request may spend on the network. Waiting politely for turns costs it nothing."""

    def __init__(self, clock: Clock, seconds: float, round_deadline: Deadline) -> None:
        self._clock = clock
        self._seconds = seconds
        self.round_deadline = round_deadline

    @contextmanager
    def spend(self) -> Iterator[Deadline]:
        """The deadline of one exchange; what the block takes is taken off."""
        started = self._clock.monotonic()
        try:
            yield Deadline(self._clock, self._seconds, self.round_deadline)
        finally:
            self._seconds -= self._clock.monotonic() - started


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date (RFC 9110, 10.2.3); None if unreadable."""
    text = value.strip()
    if re.fullmatch(r"[0-9]{1,10}", text):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


class Robots:
    """One robots.txt (RFC 9309) as far as it speaks to one program."""

    def __init__(self, content: bytes, program: str) -> None:
        self._program = program
        self._rules = Protego.parse(_addressed(content.decode("utf-8-sig", "replace"), program))

    def allows(self, url: str) -> bool:
        """Whether the program may fetch this URL: the longest rule that fits wins."""
        return self._rules.can_fetch(url, self._program)

    @property
    def crawl_delay(self) -> float:
        """Seconds between two requests that the site asks for; 0 where it asks for none."""
        return self._rules.crawl_delay(self._program) or 0.0


def _addressed(text: str, program: str) -> str:
    """The file with every group that speaks to other programs put under one name.

    Protego gives each rule to each program of its group: 500 KiB of names over as many rules would fill the memory. It
    also lets a group for "par" speak to "parley", where RFC 9309 (2.2.1) wants the whole product token.
    """
    lines = []
    for line in text.splitlines():
        match = re.match(r"\s*user[- ]?agent\s*:?\s*([^#]*)", line, re.IGNORECASE)
        if match is None:
            lines.append(line)
            continue
        token = re.match(r"\*|[\w-]*", match[1].strip())
        name = token[0].lower() if token else ""
        lines.append(f"User-agent: {name if name in ('*', program.lower()) else 'other'}")
    return "\n".join(lines)


@dataclass
class _Lane:
    lock: threading.Lock = field(default_factory=threading.Lock)
    spacing: float = 0.0
    free_at: float = float("-inf")
    reason: str = ""


class Turns:
    """Who may speak to a host when: one request at a time, spaced from the end of one to the start of the next."""

    def __init__(self, clock: Clock, spacing_seconds: float, longest_spacing_seconds: float) -> None:
        self._clock = clock
        self._spacing = spacing_seconds
        self._longest = longest_spacing_seconds
        self._lanes: dict[str, _Lane] = {}
        self._lock = threading.Lock()

    def _lane(self, host: str) -> _Lane:
        with self._lock:
            return self._lanes.setdefault(host, _Lane(spacing=self._spacing))

    @contextmanager
    def turn(self, host: str, deadline: Deadline) -> Iterator[None]:
        """Wait for a turn at the host and keep it while the block runs.

        Raises:
            OutOfTime: the turn would come after the deadline.
        """
        lane = self._lane(host)
        if not lane.lock.acquire(timeout=max(0.0, deadline.left())):
            raise OutOfTime(f"{host} was busy until the time of the round was over")
        try:
            deadline.wait(
                lane.free_at - self._clock.monotonic(),
                lane.reason or f"the time of the round was over before {host} had its turn",
            )
            yield
            lane.reason = ""
        finally:
            lane.free_at = max(lane.free_at, self._clock.monotonic() + lane.spacing)
            lane.lock.release()

    def ready_at(self, host: str) -> float:
        """Monotonic time of the host's next free turn."""
        return self._lane(host).free_at

    def slow_down(self, host: str, crawl_delay_seconds: float) -> None:
        """Space the host's turns by its Crawl-delay, up to the longest spacing; never below our own."""
        lane = self._lane(host)
        lane.spacing = max(lane.spacing, min(crawl_delay_seconds, self._longest))

    def hold(self, host: str, seconds: float, reason: str) -> None:
        """Give the host no turn for so many seconds."""
        lane = self._lane(host)
        until = self._clock.monotonic() + seconds
        if until > lane.free_at:
            lane.free_at, lane.reason = until, reason


class Reach:
    """Whether a network seems to be there at all: false hope costs every host its whole connect timeout."""

    def __init__(self) -> None:
        self._unreached: set[str] = set()
        self._has_reached = False

    def reached(self) -> None:
        """A host accepted a connection."""
        self._has_reached = True

    def failed(self, host: str) -> None:
        """A host could not be resolved or connected to."""
        self._unreached.add(host)

    @property
    def looks_absent(self) -> bool:
        """Several hosts failed and none was reached."""
        return not self._has_reached and len(self._unreached) >= _HOSTS_THAT_PROVE_ABSENCE

    def patience(self, seconds: float) -> float:
        """How much of the usual time a lookup or a connection has: less with each failed host while none is reached."""
        if self._has_reached:
            return seconds
        return max(min(_BRIEF_SECONDS, seconds), seconds / (1 + len(self._unreached)))
