"""Local web: outlets on 127.0.0.1 that answer as told, byte for byte, a clock that skips waits, watched connections."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import httpcore2

from pipeline.corpus.fetch import Fetcher
from pipeline.corpus.politeness import Clock, Settings

NOW = datetime(2025, 4, 22, 12, 0, tzinfo=UTC)
ALLOW_ALL = b"User-agent: *\nAllow: /\n"


@dataclass(frozen=True)
class Seen:
    """One request as an outlet saw it."""

    path: str
    headers: dict[str, str]


Route = bytes | Callable[[Seen], Iterator[bytes]]


def reply(body: bytes = b"", status: int = 200, **headers: str) -> bytes:
    """A whole HTTP answer; header names are given with underscores."""
    lines = {"content_length": str(len(body)), "content_type": "text/html", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status} Some Reason\r\n{head}\r\n".encode() + body


class Outlet:
    """A server on 127.0.0.1. `routes` maps a path, or "host path", to an answer or to a function that yields pieces."""

    def __init__(self, routes: Mapping[str, Route] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {"/robots.txt": reply(ALLOW_ALL), "/": reply(b"hello"), **(routes or {})}
        self.seen: list[Seen] = []
        self.connections = 0
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [seen.path for seen in self.seen]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            stream = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with stream:
                head = b""
                while b"\r\n\r\n" not in head:
                    if not (data := stream.recv(65536)):
                        return
                    head += data
                self._answer(stream, head.decode("latin-1"))

    def _answer(self, stream: socket.socket, head: str) -> None:
        first, *lines = head.split("\r\n\r\n")[0].split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        seen = Seen(first.split(" ")[1], headers)
        with self._lock:
            self.seen.append(seen)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        host = headers.get("host", "").rpartition(":")[0]
        route = self.routes.get(f"{host} {seen.path}", self.routes.get(seen.path, reply(b"nothing here", 404)))
        try:
            for piece in (route,) if isinstance(route, bytes) else route(seen):
                stream.sendall(piece)
        finally:
            with self._lock:
                self._at_once -= 1


@dataclass
class SkippingClock:
    """Real time, but what is slept is skipped and remembered: waits cost a test nothing and deadlines still pass."""

    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: NOW, monotonic=self.monotonic, sleep=self.sleep)


@dataclass
class WatchedSockets(httpcore2.NetworkBackend):
    """Connects to this machine alone; `standing_in` leads public addresses to a local port. Attempts are remembered."""

    standing_in: dict[str, int] = field(default_factory=dict)
    attempts: list[tuple[str, int, float]] = field(default_factory=list)

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore2.NetworkStream:
        self.attempts.append((host, port, timeout or 0.0))
        if host in self.standing_in:
            return httpcore2.SyncBackend().connect_tcp("127.0.0.1", self.standing_in[host], timeout)
        assert host in ("127.0.0.1", "::1"), f"a test tried to connect to {host}"
        return httpcore2.SyncBackend().connect_tcp(host, port, timeout)


def here(host: str, seconds: float) -> list[str]:
    """A resolver for which every name is this machine, but names in .invalid."""
    if host.endswith(".invalid"):
        raise OSError("no such name")
    return ["127.0.0.1"]


def fetcher(*outlets: Outlet, clock: SkippingClock | None = None, **choices: Any) -> Fetcher:
    """A fetcher that reaches these outlets under any name; `choices` are settings, resolve, sockets, tls, ports."""
    others = {name: choices.pop(name) for name in ("resolve", "sockets", "tls") if name in choices}
    ports = [*choices.pop("ports", ()), *(outlet.port for outlet in outlets)]
    allow = [f"{host}:{port}" for port in ports for host in ("127.0.0.1", "[::1]")]
    settings = Settings(**{"version": "0.1", "spacing_seconds": 0.0, **choices})
    arguments = {"resolve": here, "sockets": WatchedSockets(), "tls": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), **others}
    return Fetcher(settings, (clock or SkippingClock()).clock, allow, jitter=lambda: 0.0, **arguments)
