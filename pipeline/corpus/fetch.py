"""Fetch: the only module of Parley that opens sockets. Hosts side by side, inside caps, to public addresses alone.

It stands on httpcore2, the transport of httpx2, whose network backend is the one place where a connection can be
checked in the moment it is made. The client above it would follow redirects, keep cookies, unpack bodies and take
proxies from the environment; each is unwanted here or done within bounds of our own. A proxy would connect in our
place, to addresses that we cannot check.
"""

import random
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import Any, Final, Self

import httpcore2

from pipeline.corpus.addresses import Gate, Location, Resolve, Unresolved
from pipeline.corpus.answers import BY_HAND, Answer, Failed, Fetched, Request, header_values, too_large
from pipeline.corpus.decompression import ACCEPTED, CutShort, Decoder, Unreadable
from pipeline.corpus.hosts import Round
from pipeline.corpus.politeness import Clock, Deadline, Reach, Settings
from pipeline.corpus.visits import Overdue, Visitor, lane, late

_NEXT: Final = "it is tried again in the next round"
# A body in pieces of a byte each costs more time than it has content; servers send some kilobytes a piece.
_MOST_PIECES: Final = 20_000


def system_addresses(host: str, seconds: float) -> list[str]:
    """The addresses of a name by the system's resolver.

    Raises:
        OSError: there are none, or none within `seconds`. The system's own limit is half a minute and cannot be set.
    """
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            # As bytes, because Python's own IDNA encoding of text refuses some names that resolve.
            found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
            answers.put([str(entry[4][0]) for entry in found])
        except Exception as error:
            # Whatever it is, it belongs to the thread that waits.
            answers.put(error)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"the name service gave no answer within {seconds:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


class _Meter:
    """Counts what one exchange receives, and gives its socket no more time than the exchange has."""

    def __init__(self, settings: Settings, deadline: Deadline) -> None:
        self._settings, self._deadline = settings, deadline
        self.received = 0
        self.is_in_head = True

    def seconds(self, asked: float | None) -> float:
        """The timeout for one socket call. A drip that keeps every call short is cut off here."""
        left = self._deadline.left()
        if left <= 0:
            raise Overdue(self.received)
        return min(left, self._settings.silence_seconds if asked is None else asked)

    def room(self, asked: int) -> int:
        """How much one read may bring. Raises Failed where headers still go on after all that they may be."""
        if not self.is_in_head:
            return asked
        if self.received >= self._settings.header_bytes:
            raise Failed("rejected", f"sends headers of more than {self._settings.header_bytes:,} bytes; {BY_HAND}")
        return min(asked, self._settings.header_bytes - self.received)

    def count(self, size: int) -> None:
        """Raises Failed once more has come than may."""
        self.received += size
        if self.received > self._settings.wire_bytes + self._settings.header_bytes:
            raise too_large(self._settings.wire_bytes)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, meter: _Meter) -> None:
        self._stream, self._meter = stream, meter

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(self._meter.room(max_bytes), self._meter.seconds(timeout))
        self._meter.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._meter.seconds(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._meter.seconds(timeout)), self._meter)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _CheckedBackend(httpcore2.NetworkBackend):
    """Connects to addresses that the gate has passed, and to nothing by name. TLS and Host still carry the name."""

    def __init__(self, wire: "Wire", location: Location, meter: _Meter) -> None:
        self._wire, self._location, self._meter = wire, location, meter

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._wire.gate.addresses(self._location, self._meter.seconds(timeout))
        ends = self._wire.clock.monotonic() + self._meter.seconds(timeout)
        for tries_left in range(len(addresses), 0, -1):
            # The first of several addresses may be dead, as IPv6 often is; the others have their share of the time.
            share = max(0.1, (ends - self._wire.clock.monotonic()) / tries_left)
            try:
                stream = self._wire.sockets.connect_tcp(
                    addresses[-tries_left], self._location.port, self._meter.seconds(share)
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if tries_left == 1:
                    self._wire.reach.failed(self._location.host)
                    raise
            else:
                self._wire.reach.reached()
                return _Stream(stream, self._meter)
        raise AssertionError("the gate passes at least one address")


class Wire:
    """One GET at a time over a connection of its own; nothing is kept from one to the next."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        gate: Gate,
        reach: Reach,
        sockets: httpcore2.NetworkBackend,
        tls: ssl.SSLContext | None,
    ) -> None:
        self.clock, self.gate, self.reach, self.sockets = clock, gate, reach, sockets
        self._settings = settings
        self._tls = tls or httpcore2.default_ssl_context()

    def get(
        self, location: Location, headers: dict[str, str], deadline: Deadline, most_bytes: int, *, cuts_off: bool
    ) -> Answer:
        """See `visits.Get`."""
        meter = _Meter(self._settings, deadline)
        try:
            return self._exchange(location, headers, meter, most_bytes, cuts_off=cuts_off)
        except Unresolved as error:
            self.reach.failed(location.host)
            raise Failed(
                "retry_after",
                f"the name {location.host} does not resolve ({error}); check the address and the network; {_NEXT}",
            ) from error
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            # A socket's timeout and the clock differ by some microseconds.
            if deadline.left() <= 0.01:
                raise Overdue(meter.received) from error
            raise self._trouble(location, error) from error

    def _exchange(
        self, location: Location, headers: dict[str, str], meter: _Meter, most_bytes: int, *, cuts_off: bool
    ) -> Answer:
        origin = httpcore2.Origin(location.scheme.encode(), location.host.encode(), location.port)
        url = httpcore2.URL(scheme=location.scheme, host=location.host, port=location.port, target=location.target)
        sent = {"Host": location.authority, **headers, "Accept-Encoding": ACCEPTED, "Connection": "close"}
        connect = self.reach.patience(self._settings.connect_seconds)
        timeouts = {"connect": connect, "read": self._settings.silence_seconds, "write": self._settings.silence_seconds}
        backend = _CheckedBackend(self, location, meter)
        with (
            httpcore2.HTTPConnection(origin, self._tls, network_backend=backend) as connection,
            connection.stream("GET", url, headers=list(sent.items()), extensions={"timeout": timeouts}) as response,
        ):
            meter.is_in_head = False
            found = header_values(response.headers)
            body = self._body(response, found, most_bytes, cuts_off=cuts_off) if response.status in (200, 203) else b""
            return Answer(response.status, found, body)

    def _body(self, response: httpcore2.Response, headers: dict[str, str], most_bytes: int, *, cuts_off: bool) -> bytes:
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._settings.wire_bytes and not cuts_off:
            raise too_large(self._settings.wire_bytes)
        body = bytearray()
        try:
            for piece in _pieces(response, Decoder(headers.get("content-encoding", ""))):
                body += piece
                if len(body) > most_bytes:
                    if cuts_off:
                        break
                    raise too_large(most_bytes)
        except Unreadable as reason:
            raise Failed("rejected", f"the answer {reason}; {BY_HAND}", status=response.status) from reason
        except CutShort as reason:
            raise Failed(
                "retry_after", f"{reason}; {_NEXT}", status=response.status, is_worth_repeating=True
            ) from reason
        del body[most_bytes:]
        return bytes(body)

    def _trouble(self, location: Location, error: Exception) -> Failed:
        """What a broken connection means. Silence is not tried again: TCP itself has sent its packets again."""
        cause = error.__cause__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failed(
                "retry_after",
                f"{location.host} shows no valid certificate ({cause.verify_message}); "
                f"open it in a browser to see why; {_NEXT}",
            )
        if isinstance(error, httpcore2.TimeoutException):
            return Failed("retry_after", f"{location.host} does not answer; {_NEXT}")
        said = f" ({error})" if str(error) else ""
        verb = "cannot be connected to" if isinstance(error, httpcore2.ConnectError) else "broke off its answer"
        return Failed("retry_after", f"{location.host} {verb}{said}; {_NEXT}", is_worth_repeating=True)


def _pieces(response: httpcore2.Response, decoder: Decoder) -> Iterator[bytes]:
    for number, chunk in enumerate(response.iter_stream()):
        if number > _MOST_PIECES:
            raise Unreadable(f"comes in more than {_MOST_PIECES:,} pieces")
        yield from decoder.feed(chunk)
    yield from decoder.finish()


class Fetcher:
    """Fetches for one round; robots.txt, spacing and dead hosts are remembered as long as it lives.

    Args:
        settings: how politely, how long and how much.
        clock: time.
        allow: what is opened besides the public internet, for tests and intranets (see `addresses.Gate`).
        resolve: name to addresses. sockets: connects to an address. tls: who is trusted. jitter: 0 to 1, for retries.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        allow: Iterable[str] = (),
        *,
        resolve: Resolve = system_addresses,
        sockets: httpcore2.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings, self._clock = settings, clock
        reach = Reach()
        wire = Wire(settings, clock, Gate(allow, resolve), reach, sockets or httpcore2.SyncBackend(), tls)
        self._visitor = Visitor(wire.get, settings, clock, reach, jitter)
        self._deadlines: list[Deadline] = []
        self._sources: dict[str, Deadline] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for deadline in self._deadlines:
            deadline.cancel()

    def fetch(self, requests: Iterable[Request], deadline_seconds: float) -> Iterator[Fetched]:
        """One result for each request, as they come; what does not fit into the time is `retry_after`."""
        deadline = Deadline(self._clock, deadline_seconds)
        self._deadlines.append(deadline)
        return Round(
            asked=list(requests),
            host=lane,
            ready_at=self._visitor.turns.ready_at,
            serve=lambda request: self._visitor.visit(request, self._of_source(request.source_id, deadline)),
            late=late,
            clock=self._clock,
            deadline=deadline,
            at_once=self._settings.hosts_at_once,
        ).results()

    def _of_source(self, source_id: str, whole: Deadline) -> Deadline:
        """A source's own deadline, which runs from its first request on."""
        with self._lock:
            own = self._sources.setdefault(source_id, Deadline(self._clock, self._settings.source_seconds))
        return Deadline(self._clock, own.left(), within=whole)
