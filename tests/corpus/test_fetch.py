"""Fetch: what comes of a request, for every way in which a server can answer, be slow, lie or break off."""

import gzip
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus.answers import Fetched, Request

sys.path.append(str(Path(__file__).parent))
from local_web import Outlet, Route, Seen, SkippingClock, fetcher, reply

KIB = 1024


def one(outlet: Outlet, request: Request, **choices: Any) -> Fetched:
    with fetcher(outlet, **choices) as opened:
        (result,) = opened.fetch([request], 60)
    return result


def visit(route: Route, **choices: Any) -> Fetched:
    with Outlet({"/page": route}) as outlet:
        return one(outlet, Request(outlet.url("/page")), **choices)


def forever(piece: bytes, first: bytes = b"") -> Route:
    def pieces(seen: Seen) -> Iterator[bytes]:
        yield first
        while True:
            yield piece

    return pieces


def dripping(start: bytes) -> Route:
    def pieces(seen: Seen) -> Iterator[bytes]:
        yield start
        pause = threading.Event()
        while not pause.wait(0.02):
            yield b"x"

    return pieces


def test_a_page_comes_with_its_body_and_what_its_headers_say() -> None:
    page = reply(
        "тест".encode("cp1251"),
        content_type='Text/HTML; charset="Windows-1251"',
        etag='"v1"',
        last_modified="Tue, 22 Apr 2025 09:00:00 GMT",
    )
    result = visit(page)
    assert (result.state, result.status, result.reason) == ("ok", 200, "")
    assert result.body.decode(result.charset) == "тест"
    assert (result.content_type, result.etag, result.last_modified) == (
        "text/html",
        '"v1"',
        "Tue, 22 Apr 2025 09:00:00 GMT",
    )


def test_a_held_copy_that_is_current_is_not_sent_again() -> None:
    def conditional(seen: Seen) -> Iterator[bytes]:
        fresh = seen.headers.get("if-none-match") == '"v1"' and seen.headers.get("if-modified-since") == "Tue"
        yield reply(status=304, etag='"v1"') if fresh else reply(b"body")

    with Outlet({"/page": conditional}) as outlet:
        result = one(outlet, Request(outlet.url("/page"), etag='"v1"', last_modified="Tue"))
    assert (result.state, result.status, result.body, result.etag) == ("not_modified", 304, b"", '"v1"')


def test_a_304_that_nobody_asked_for_is_not_taken_for_a_held_copy() -> None:
    assert visit(reply(status=304)).state == "retry_after"


@pytest.mark.parametrize("etag", ['"a"\r\nX-Evil: 1', '"ключ"', "\x00", " "])
def test_a_stored_validator_that_no_header_can_carry_is_left_out(etag: str) -> None:
    with Outlet() as outlet:
        assert one(outlet, Request(outlet.url(), etag=etag)).state == "ok"
    assert "if-none-match" not in outlet.seen[-1].headers
    assert "x-evil" not in outlet.seen[-1].headers


def test_the_user_agent_is_honest_and_nothing_else_is_told() -> None:
    with Outlet() as outlet:
        one(outlet, Request(outlet.url()), contact="https://parley.example/bot")
    assert outlet.seen[-1].headers["user-agent"] == "Parley/0.1 (+https://parley.example/bot)"
    assert set(outlet.seen[-1].headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize(
    ("status", "state", "remedy"),
    [
        (404, "gone", "web archive"), (410, "gone", "taken down"), (401, "rejected",
        "data/corpus/inbox"), (403, "rejected", "data/corpus/inbox"),
        (451, "rejected", "data/corpus/inbox"), (400, "rejected",
        "check the address"), (204, "rejected", "check the address"),
        (206, "rejected", "check the address"), (302, "rejected",
        "check the address"), (501, "retry_after", "next round"),
        (500, "retry_after", "next round"), (503, "retry_after", "next round"), (429, "retry_after", "next round"),
    ],
)  # fmt: skip
def test_every_status_becomes_a_state_with_a_remedy(status: int, state: str, remedy: str) -> None:
    result = visit(reply(status=status))
    assert (result.state, result.status) == (state, status)
    assert remedy in result.reason


@pytest.mark.parametrize(
    ("statuses", "permanent"), [([301, 308], True), ([301, 302], False), ([307, 303], False), ([], False)]
)
def test_a_move_is_permanent_when_every_redirect_says_so(statuses: list[int], permanent: bool) -> None:
    routes = {f"/{number}": reply(status=status, location=f"/{number + 1}") for number, status in enumerate(statuses)}
    with Outlet({**routes, f"/{len(statuses)}": reply(b"end")}) as outlet:
        result = one(outlet, Request(outlet.url("/0")))
    assert (result.body, result.permanent) == (b"end", permanent)
    assert result.redirects == tuple(outlet.url(f"/{number}") for number in range(len(statuses)))
    assert result.final_url == outlet.url(f"/{len(statuses)}")


def test_five_redirects_are_followed_and_six_are_not() -> None:
    routes = {f"/{number}": reply(status=302, location=f"/{number + 1}") for number in range(9)}
    with Outlet({**routes, "/9": reply(b"end")}) as outlet:
        assert one(outlet, Request(outlet.url("/4"))).body == b"end"
        assert "more than 5 times" in one(outlet, Request(outlet.url("/3"))).reason


def test_redirects_in_a_circle_are_rejected_at_once() -> None:
    with Outlet({"/page": reply(status=302, location="/page", set_cookie="a=b")}) as outlet:
        assert "circle" in one(outlet, Request(outlet.url("/page"))).reason
    assert outlet.paths().count("/page") == 1


def test_no_validator_cookie_or_key_crosses_to_another_host() -> None:
    with Outlet() as other, Outlet() as first:
        first.routes["/page"] = reply(
            status=302, location=other.url("/", "other.test"), set_cookie="id=1; Domain=.test"
        )
        with fetcher(first, other) as opened:
            (result,) = opened.fetch(
                [Request(first.url("/page", "first.test"), etag='"v"', last_modified="Tue", authorization="Token 1")],
                60,
            )
    assert (result.state, first.seen[-1].headers["authorization"], first.seen[-1].headers["if-none-match"]) == (
        "ok",
        "Token 1",
        '"v"',
    )
    for seen in (*other.seen, first.seen[0]):
        assert not {"authorization", "cookie", "if-none-match", "if-modified-since", "referer"} & set(seen.headers)


def test_what_may_pass_is_tried_three_times_with_growing_waits() -> None:
    clock = SkippingClock()
    with Outlet({"/page": reply(status=503)}) as outlet:
        one(outlet, Request(outlet.url("/page")), clock=clock)
    assert outlet.paths().count("/page") == 3
    assert sum(clock.slept) == pytest.approx(0.5 + 1.0, abs=0.2)


@pytest.mark.parametrize(
    "broken",
    [
        reply(b"half", content_length="900"),
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"SSH-2.0-OpenSSH\r\n",
        reply(gzip.compress(b"x" * 999)[:-4], content_encoding="gzip"),
    ],
)
def test_an_answer_that_breaks_off_is_tried_again_and_then_left_for_the_next_round(broken: bytes) -> None:
    with Outlet({"/page": broken}) as outlet:
        assert one(outlet, Request(outlet.url("/page"))).state == "retry_after"
    assert outlet.paths().count("/page") == 3


def test_a_try_that_succeeds_is_the_result() -> None:
    answers = iter([reply(status=500), b"", reply(b"at last")])
    assert visit(lambda seen: iter([next(answers)])).body == b"at last"


def test_retry_after_is_waited_for() -> None:
    clock = SkippingClock()
    answers = iter([reply(status=429, retry_after="40"), reply(b"at last")])
    result = visit(lambda seen: iter([next(answers)]), clock=clock)
    assert result.body == b"at last"
    assert sum(clock.slept) == pytest.approx(40, abs=0.2)


def test_a_host_that_wants_longer_than_the_round_gets_no_further_request() -> None:
    with (
        Outlet({"/page": reply(status=503, retry_after="Tue, 22 Apr 2025 13:00:00 GMT")}) as outlet,
        fetcher(outlet) as opened,
    ):
        results = list(opened.fetch([Request(outlet.url(path)) for path in ("/page", "/", "/page")], 60))
    assert outlet.paths() == ["/robots.txt", "/page"]
    assert (results[0].state, results[0].wait_seconds) == ("retry_after", 3600)
    assert all("asked to be left alone for 3,600 s" in result.reason for result in results)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;",
    ],
)
def test_a_drip_is_cut_off_though_every_piece_comes_in_time(start: bytes) -> None:
    result = visit(dripping(start), request_seconds=0.3)
    assert result.state == "rejected"
    assert "in the 0.3 s that it had" in result.reason


def test_a_server_that_says_nothing_is_left_after_one_try() -> None:
    silence = threading.Event()
    with Outlet({"/page": lambda seen: iter([bytes(silence.wait(2))])}) as outlet:
        result = one(outlet, Request(outlet.url("/page")), silence_seconds=0.2)
        silence.set()
    assert (result.state, outlet.paths().count("/page")) == ("retry_after", 1)


@pytest.mark.parametrize(
    "route",
    [
        forever(b"X-Header: " + b"y" * 1000 + b"\r\n", b"HTTP/1.1 200 OK\r\n"),
        forever(b"y" * 1000, b"HTTP/1.1 200 OK\r\nX: "),
        forever(b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
        forever(b"y" * 1000, b"HTTP/1.1 200 "),
        forever(b"y" * 1000, b"HTTP/1.1 200 OK\r\n\r\n"),
        forever(b"1\r\nz\r\n" * 99, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        reply(b"", content_length=str(10**12)),
        reply(zlib.compress(bytes(64 * KIB * KIB), 9), content_encoding="deflate"),
        reply(gzip.compress(bytes(64 * KIB * KIB)), content_encoding="gzip"),
        reply(gzip.compress(gzip.compress(bytes(64 * KIB * KIB))), content_encoding="gzip, gzip"),
        reply(gzip.compress(b"") * 5000, content_encoding="gzip"),
        reply(b"x", content_encoding="br"),
        reply(b"x", content_encoding="zstd"),
        reply(b"not packed", content_encoding="gzip"),
    ],
    ids=(
        "headers header-line informational status-line body chunks length "
        "deflate gzip nested members br zstd mislabelled"
    ).split(),
)
def test_what_is_too_large_is_rejected_and_never_held(route: Route) -> None:
    tracemalloc.start()
    result = visit(route, body_bytes=256 * KIB, wire_bytes=512 * KIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.state == "rejected"
    assert "data/corpus/inbox" in result.reason
    assert peak < 4 * KIB * KIB


def test_bytes_on_the_wire_are_capped_apart_from_the_body() -> None:
    endless = forever(b"y" * 1000, b"HTTP/1.1 200 OK\r\n\r\n")
    result = visit(endless, wire_bytes=64 * KIB, body_bytes=10**9, request_seconds=2)
    assert "larger than 65,536 bytes" in result.reason


def test_a_body_in_pieces_of_a_byte_is_given_up_for_their_number() -> None:
    endless = forever(b"1\r\nz\r\n" * 99, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert "pieces" in visit(endless).reason


def test_a_request_ends_at_its_deadline_though_the_server_may_be_silent_for_longer() -> None:
    released = threading.Event()
    was_given_up: list[bool] = []

    def silent(seen: Seen) -> Iterator[bytes]:
        was_given_up.append(released.wait(2))
        yield reply(b"too late")

    with Outlet({"/page": silent}) as outlet:
        result = one(outlet, Request(outlet.url("/page")), request_seconds=0.2, silence_seconds=9)
        released.set()
    assert (result.state, was_given_up) == ("retry_after", [True])
