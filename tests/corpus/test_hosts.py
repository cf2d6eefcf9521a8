"""Hosts side by side: one result for each request whatever happens, and no host waits for another."""

import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.corpus.answers import Request
from pipeline.corpus.fetch import system_addresses
from pipeline.corpus.hosts import Round
from pipeline.corpus.politeness import Deadline

sys.path.append(str(Path(__file__).parent))
from local_web import Outlet, Seen, SkippingClock, WatchedSockets, fetcher, reply

ROUTES = {
    "/ok": reply(b"x"), "/gone": reply(status=410), "/busy": reply(status=503, retry_after="90"),
    "/loop": reply(status=302, location="/loop"),
    "/moved": reply(status=301, location="http://b.test/ok"), "/broken": b"",
    "/away": reply(status=302, location="http://10.0.0.1/"),
}  # fmt: skip


@pytest.fixture(scope="module")
def outlet() -> Iterator[Outlet]:
    with Outlet(ROUTES) as opened:
        yield opened


hosts = st.sampled_from(["a.test", "b.test", "c.test", "gone.invalid", "10.0.0.1", "bad host", ""])
requests = st.tuples(hosts, st.sampled_from([*ROUTES, "/"])) | st.sampled_from(
    ["", "ftp://x/", "http://[", "mailto:a@b.org", "http://a.test:1/"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(requests, max_size=12), st.sampled_from([0.0, -1.0, 2.0, 60.0]), st.integers(1, 4))
def test_every_request_has_exactly_one_result(
    outlet: Outlet, asked: list[tuple[str, str] | str], seconds: float, at_once: int
) -> None:
    sent = [
        Request(url if isinstance(url, str) else outlet.url(url[1], url[0]), source_id=str(number))
        for number, url in enumerate(asked)
    ]
    with fetcher(outlet, hosts_at_once=at_once) as opened:
        results = list(opened.fetch(iter(sent), seconds))
    assert Counter(result.request.source_id for result in results) == Counter(request.source_id for request in sent)
    assert all(result.reason for result in results if result.state not in ("ok", "not_modified"))
    assert all(result.state in ("retry_after", "rejected") for result in results if seconds <= 0)


def test_what_does_not_fit_into_the_time_is_left_for_the_next_round_and_comes_first() -> None:
    with Outlet() as outlet, fetcher(outlet, spacing_seconds=10) as opened:
        results = list(opened.fetch([Request(outlet.url(f"/?{number}")) for number in range(9)], 35))
    states = [result.state for result in results]
    assert states.count("gone") == 3
    assert states.count("retry_after") == 6
    assert all("comes first in the next round" in result.reason for result in results if result.state == "retry_after")


def test_a_slow_host_holds_up_no_other() -> None:
    released = threading.Event()

    def slow(seen: Seen) -> Iterator[bytes]:
        released.wait(20)
        yield reply(b"slow")

    with (
        Outlet({"/robots.txt": slow}) as slow_one,
        Outlet() as quick_one,
        fetcher(slow_one, quick_one, hosts_at_once=2) as opened,
    ):
        results = opened.fetch([Request(slow_one.url()), *[Request(quick_one.url())] * 5], 60)
        quick = [next(results) for _ in range(5)]
        released.set()
        assert [result.body for result in [*quick, *results]] == [b"hello"] * 6
        assert {result.url for result in quick} == {quick_one.url()}


def test_a_host_is_asked_one_thing_at_a_time() -> None:
    pause = threading.Event()

    def lingering(seen: Seen) -> Iterator[bytes]:
        pause.wait(0.02)
        yield reply(b"x")

    with ExitStack() as stack:
        target = stack.enter_context(Outlet({"/page": lingering}))
        doors = [stack.enter_context(Outlet({"/": reply(status=302, location=target.url("/page"))})) for _ in range(5)]
        opened = stack.enter_context(fetcher(target, *doors))
        results = list(opened.fetch([Request(door.url()) for door in doors] + [Request(target.url("/page"))] * 3, 60))
    assert [result.state for result in results] == ["ok"] * 8
    assert target.most_at_once == 1


def test_a_reader_that_stops_ends_the_round() -> None:
    with Outlet() as outlet:
        with fetcher(outlet, spacing_seconds=1) as opened:
            results = opened.fetch([Request(outlet.url(f"/?{number}")) for number in range(500)], 10_000)
            next(results)
            assert isinstance(results, Iterator)
            results.close()  # type: ignore[attr-defined]
        for thread in threading.enumerate():
            if thread.name.startswith("fetch-"):
                thread.join(10)
                assert not thread.is_alive()
        assert len(outlet.seen) < 100


def test_a_turn_that_never_returns_costs_its_own_items_alone() -> None:
    stuck = threading.Event()
    clock = SkippingClock()
    deadline = Deadline(clock.clock, 0.2)

    def serve(item: str) -> str:
        if item == "stuck":
            stuck.wait(30)
        return item

    results = Round(
        ["stuck", "a", "b"],
        host=str,
        ready_at=lambda host: 0.0,
        serve=serve,
        late=lambda item: f"late {item}",
        clock=clock.clock,
        deadline=deadline,
        at_once=3,
    ).results()
    first = {next(results), next(results)}
    clock.sleep(60)
    assert (first, list(results)) == ({"a", "b"}, ["late stuck"])
    stuck.set()


def test_sixty_hosts_that_swallow_packets_are_not_waited_for_one_by_one() -> None:
    sockets = WatchedSockets()
    with socket.socket() as full, ExitStack() as stack:
        # A listener whose queue is full answers no further connection, as a firewall does that drops packets.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        with fetcher(sockets=sockets, connect_seconds=0.2, ports=[port]) as opened:
            results = list(
                opened.fetch(
                    [Request(f"http://h{number}.test:{port}/{page}") for number in range(60) for page in "ab"], 120
                )
            )
    assert [result.state for result in results] == ["retry_after"] * 120
    assert all("does not answer" in result.reason for result in results)
    assert len(sockets.attempts) == 60


def test_nothing_is_tried_again_once_the_network_seems_absent() -> None:
    sockets = WatchedSockets()
    with fetcher(sockets=sockets, ports=[1], hosts_at_once=1, resolve=lambda host, seconds: ["127.0.0.1"]) as opened:
        results = list(opened.fetch([Request(f"http://h{number}.test:1/") for number in range(60)], 600))
    assert [result.state for result in results] == ["retry_after"] * 60
    # Three tries for each of the first five; the sixth failure is the proof.
    assert len(sockets.attempts) == 5 * 3 + 55


def test_waits_grow_short_while_no_host_is_reached() -> None:
    waits: list[float] = []

    def hanging(host: str, seconds: float) -> list[str]:
        waits.append(seconds)
        raise TimeoutError("no answer")

    with fetcher(resolve=hanging, hosts_at_once=1) as opened:
        results = list(opened.fetch([Request(f"http://h{number}.test/") for number in range(60)], 120))
    assert [result.state for result in results] == ["retry_after"] * 60
    assert sum(waits) == pytest.approx(5 + 2.5 + 5 / 3 + 1.25 + 56, abs=0.1)


def test_a_lookup_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    hung = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: hung.wait(20))
    with pytest.raises(TimeoutError, match="no answer within"):
        system_addresses("outlet.org", 0.05)
    hung.set()


def test_the_system_knows_this_machine() -> None:
    assert set(system_addresses("localhost", 5)) <= {"127.0.0.1", "::1"}
