"""Visits: robots.txt is asked first and once, and a host that fails is left alone before it costs the round."""

import gzip
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus.answers import Fetched, Request

sys.path.append(str(Path(__file__).parent))
from local_web import Outlet, Route, Seen, SkippingClock, fetcher, reply


def under(robots: Route, *paths: str, **choices: Any) -> tuple[list[Fetched], Outlet]:
    with Outlet({"/robots.txt": robots, "/page": reply(b"page")}) as outlet, fetcher(outlet, **choices) as opened:
        return list(opened.fetch([Request(outlet.url(path)) for path in paths or ("/page",)], 60)), outlet


def test_a_page_that_robots_txt_forbids_is_not_asked_for() -> None:
    (result,), outlet = under(reply(b"User-agent: Parley\nDisallow: /page"))
    assert (result.state, outlet.paths()) == ("rejected", ["/robots.txt"])
    assert "ask the outlet" in result.reason


def test_robots_txt_is_read_once_for_a_round() -> None:
    results, outlet = under(reply(b""), "/page", "/page", "/")
    assert [result.state for result in results] == ["ok"] * 3
    assert outlet.paths().count("/robots.txt") == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows_all(status: int) -> None:
    (result,), _ = under(reply(b"User-agent: *\nDisallow: /", status))
    assert result.state == "ok"


@pytest.mark.parametrize("status", [429, 500, 501, 503])
def test_a_robots_txt_that_cannot_be_had_forbids_all_for_now(status: int) -> None:
    results, outlet = under(reply(b"", status), "/page", "/")
    assert [result.state for result in results] == ["retry_after"] * 2
    assert all("robots.txt" in result.reason for result in results)
    assert set(outlet.paths()) == {"/robots.txt"}


def test_the_robots_txt_of_a_redirects_target_is_asked_too() -> None:
    forbidding = {"/robots.txt": reply(b"User-agent: *\nDisallow: /there")}
    with Outlet(forbidding) as other, Outlet() as outlet, fetcher(outlet, other) as opened:
        outlet.routes["/page"] = reply(status=301, location=other.url("/there"))
        (result,) = opened.fetch([Request(outlet.url("/page"))], 60)
    assert (result.state, result.final_url, other.paths()) == ("rejected", other.url("/there"), ["/robots.txt"])


@pytest.mark.parametrize(("redirects", "state"), [(5, "rejected"), (6, "ok"), (99, "ok")])
def test_robots_txt_is_followed_through_five_redirects_and_counts_as_missing_after_more(
    redirects: int, state: str
) -> None:
    def led(seen: Seen) -> Iterator[bytes]:
        step = int(seen.path.partition("?")[2] or 0)
        yield (
            reply(b"User-agent: *\nDisallow: /")
            if step == redirects
            else reply(status=302, location=f"/robots.txt?{step + 1}")
        )

    routes = {f"/robots.txt?{step}": led for step in range(1, 100)}
    with Outlet({**routes, "/robots.txt": led}) as outlet, fetcher(outlet) as opened:
        (result,) = opened.fetch([Request(outlet.url())], 60)
    assert result.state == state


def test_a_robots_txt_that_redirects_to_itself_counts_as_missing() -> None:
    (result,), _ = under(reply(status=302, location="/robots.txt"))
    assert result.state == "ok"


def test_what_robots_txt_says_within_its_cap_counts_and_the_rest_is_cut_at_a_line() -> None:
    start = b"User-agent: *\nDisallow: /page\n"
    filler = b"# " + b"x" * 97 + b"\n"
    long = start + filler * 5 + b"Disallow: /\n" + filler * 9999
    results, _ = under(
        reply(gzip.compress(long), content_encoding="gzip"), "/page", "/", robots_bytes=len(start + filler * 5) + 11
    )
    assert {result.url.rpartition("/")[2]: result.state for result in results} == {"page": "rejected", "": "ok"}


def test_a_search_is_an_interface_for_programs_and_needs_no_leave() -> None:
    with (
        Outlet({"/robots.txt": reply(b"User-agent: *\nDisallow: /"), "/api": reply(b"{}")}) as outlet,
        fetcher(outlet) as opened,
    ):
        (result,) = opened.fetch([Request(outlet.url("/api"), kind="search")], 60)
    assert (result.state, outlet.paths()) == ("ok", ["/api"])


def test_a_crawl_delay_spaces_the_requests_and_so_does_what_the_request_says() -> None:
    clock = SkippingClock()
    times: list[float] = []

    def timed(seen: Seen) -> Iterator[bytes]:
        times.append(clock.monotonic())
        yield reply(b"x")

    with (
        Outlet({"/robots.txt": reply(b"User-agent: *\nCrawl-delay: 7"), "/page": timed}) as outlet,
        fetcher(outlet, clock=clock) as opened,
    ):
        assert len(list(opened.fetch([Request(outlet.url("/page"))] * 3, 60))) == 3
        list(opened.fetch([Request(outlet.url("/page"), spacing_seconds=9)], 60))
        list(opened.fetch([Request(outlet.url("/page"))], 60))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps[:2]) >= 7
    assert gaps[3] >= 9


def test_a_host_that_fails_three_requests_in_a_row_is_left_for_the_next_round() -> None:
    with (
        Outlet({f"/{number}": reply(status=500) for number in range(9)}) as outlet,
        fetcher(outlet, retries=0) as opened,
    ):
        results = list(opened.fetch([Request(outlet.url(f"/{number}")) for number in range(9)], 60))
    assert [result.state for result in results] == ["retry_after"] * 9
    assert len(outlet.paths()) == 1 + 3
    assert "failed 3 times in a row" in results[-1].reason


def test_pages_that_are_missing_or_too_large_do_not_count_against_their_host() -> None:
    routes = {"/gone": reply(status=410), "/large": reply(b"x" * 9999), "/page": reply(b"page")}
    paths = ["/gone"] * 4 + ["/large"] * 4 + ["/page"]
    with Outlet(routes) as outlet, fetcher(outlet, body_bytes=1000) as opened:
        results = list(opened.fetch([Request(outlet.url(path)) for path in paths], 60))
    assert [result.state for result in results].count("ok") == 1


def test_a_host_that_recovers_is_counted_from_the_start_again() -> None:
    routes = {"/bad": reply(status=500), "/page": reply(b"page")}
    paths = ["/bad", "/bad", "/page"] * 3
    with Outlet(routes) as outlet, fetcher(outlet, retries=0) as opened:
        results = list(opened.fetch([Request(outlet.url(path)) for path in paths], 60))
    assert [result.state for result in results] == ["retry_after", "retry_after", "ok"] * 3
