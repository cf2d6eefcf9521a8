"""Fetch, attacked: whatever a page, a redirect, a robots.txt or a name service says, no refused address is reached."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from pipeline.corpus.answers import Fetched, Request
from pipeline.corpus.fetch import Fetcher
from pipeline.corpus.politeness import Settings

sys.path.append(str(Path(__file__).parent))
from local_web import Outlet, Seen, SkippingClock, WatchedSockets, fetcher, here, reply

# Nothing need listen there: an attempt to connect is the failure.
TRAP = 8099
PUBLIC = "93.184.216.34"

HOSTS = [
    # One address in the spellings that resolvers and browsers know.
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1",
    "0x7F.0x0.0x0.0x1", "017700000001", "0177.1",
    "0177.0.0.01", "0x7f.0.0.0x1", "127.0.0.0x1", "127.00.000.01", "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1", "127。0。0。1", "１２７.0.0.1",
    "①②⑦.⓪.⓪.①", "127.0.0.１", "127｡1", "0", "0.0.0.0", "0x0", "00000", "127.127.127.127",
    "127.0.0.1\t", "12\n7.0.0.1",
    # The same in IPv6, alone and wrapped.
    "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::127.0.0.1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::FFFF:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[2002:c0a8:101::1]",
    "[2001:0:7f00:1::80ff:fffe]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[fec0::1]",
    "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
    "[100::1]", "[2001:db8::1]", "[2001:10::1]", "[2001:20::1]", "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]",
    # Networks behind the firewall, and services of cloud providers.
    "10.0.0.1", "167772161", "0xa.1", "012.1", "172.16.0.1", "192.168.1.1", "192.168.257",
    "3232235777", "169.254.169.254", "169.254.43518",
    "2852039166", "0xa9fea9fe", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "198.18.0.1", "192.0.2.1", "203.0.113.9",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "4294967295",
    # Names that lead there, and names hidden behind others.
    "localhost", "LOCALHOST", "localhost.", "ｌｏｃａｌｈｏｓｔ", "x.localhost", "trap.test", "trap.test.",
    "user@127.0.0.1", "8.8.8.8@127.0.0.1",
    "a:b@localhost", "127.0.0.1#@8.8.8.8", "127.0.0.1\\@8.8.8.8", "127.0.0.1?@8.8.8.8",
]  # fmt: skip
SCHEMES = [
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/_x",
    "unix:///run/docker.sock",
    "data:text/html,x",
    "//127.0.0.1:8099/x",
    "http:/\\127.0.0.1:8099/",
]
FORMS = [
    *(f"http://{host}:{TRAP}/" if "@8" not in host else f"http://{host}" for host in HOSTS),
    *(f"https://{host}/" for host in HOSTS[:4]),
    *SCHEMES,
]


def route(seen: Seen) -> Iterator[bytes]:
    yield reply(status=302, location=unquote(seen.path.partition("?")[2]))


def resolver(host: str, seconds: float) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with Outlet() as opened:
        yield opened


def only_the_outlet_was_connected_to(sockets: WatchedSockets, outlet: Outlet) -> bool:
    return {(host, port) for host, port, _ in sockets.attempts} <= {("127.0.0.1", outlet.port)}


def attack(outlet: Outlet, url: str, **choices: Any) -> tuple[Fetched, WatchedSockets]:
    sockets = WatchedSockets()
    with fetcher(outlet, resolve=resolver, sockets=sockets, **choices) as opened:
        (result,) = opened.fetch([Request(url)], 60)
    return result, sockets


@pytest.mark.parametrize("form", FORMS)
def test_no_spelling_of_an_address_is_connected_to_when_it_is_given(form: str, outlet: Outlet) -> None:
    result, sockets = attack(outlet, form)
    assert (result.state, result.status, sockets.attempts) == ("rejected", 0, [])
    assert result.reason


@pytest.mark.parametrize("form", FORMS)
def test_no_spelling_of_an_address_is_connected_to_when_a_page_redirects_there(form: str, outlet: Outlet) -> None:
    outlet.routes[f"/to?{quote(form, safe='')}"] = route
    result, sockets = attack(outlet, outlet.url(f"/to?{quote(form, safe='')}"))
    assert only_the_outlet_was_connected_to(sockets, outlet)
    assert result.state == "rejected"
    assert "/to?" in " ".join(outlet.paths())


@pytest.mark.parametrize("form", FORMS)
def test_no_spelling_of_an_address_is_connected_to_when_robots_txt_redirects_there(form: str, outlet: Outlet) -> None:
    outlet.routes["/robots.txt"] = reply(status=301, location=quote(form, safe=":/@#?\\[]%"))
    result, sockets = attack(outlet, outlet.url())
    assert only_the_outlet_was_connected_to(sockets, outlet)
    assert outlet.paths() == ["/robots.txt"]
    assert result.state == "rejected"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "169.254.169.254",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1%lo",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "localhost",
        "",
        "127.1",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_is_not_followed_to_a_refused_address(address: str, scheme: str) -> None:
    sockets = WatchedSockets()
    with fetcher(resolve=lambda host, seconds: [PUBLIC, address], sockets=sockets) as opened:
        (result,) = opened.fetch([Request(f"{scheme}://outlet.test/")], 60)
    assert (result.state, sockets.attempts) == ("rejected", [])


def test_a_name_that_resolves_elsewhere_the_second_time_is_refused_the_second_time(outlet: Outlet) -> None:
    answers = iter([[PUBLIC], [PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    sockets = WatchedSockets(standing_in={PUBLIC: outlet.port})
    outlet.routes["/page"] = reply(status=302, location=f"http://outlet.test:{TRAP}/secret")
    with fetcher(resolve=lambda host, seconds: next(answers), sockets=sockets) as opened:
        (result,) = opened.fetch([Request(f"http://outlet.test:{TRAP}/page")], 60)
    assert [host for host, _, _ in sockets.attempts] == [PUBLIC, PUBLIC]
    assert outlet.paths() == ["/robots.txt", "/page"]
    assert result.state == "rejected"
    assert "outlet.test resolves to 127.0.0.1" in result.reason


def test_the_address_that_was_checked_is_the_one_connected_to(outlet: Outlet) -> None:
    sockets = WatchedSockets(standing_in={PUBLIC: outlet.port})
    asked: list[str] = []

    def once_public(host: str, seconds: float) -> list[str]:
        asked.append(host)
        return [PUBLIC]

    with fetcher(resolve=once_public, sockets=sockets) as opened:
        (result,) = opened.fetch([Request("http://outlet.test/")], 60)
    assert (result.state, outlet.seen[-1].headers["host"]) == ("ok", "outlet.test")
    # As many lookups as connections: nothing looks the name up again after the check.
    assert len(asked) == len(sockets.attempts) == 2
    assert {(host, port) for host, port, _ in sockets.attempts} == {(PUBLIC, 80)}


def test_an_opened_place_opens_no_other_port(outlet: Outlet) -> None:
    with Outlet() as trap:
        outlet.routes["/page"] = reply(status=302, location=trap.url())
        assert attack(outlet, outlet.url("/page"))[0].state == "rejected"
    assert trap.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "",
        " ",
        "http://[",
        "http://a b/",
        "ht!tp://x",
        "\x7f",
        "http://outlet.org:port/",
        "x" * 9000,
        "ключ",
        "%zz",
        "?",
        "#",
        "://",
    ],
)
def test_an_odd_redirect_ends_in_a_result(location: str, outlet: Outlet) -> None:
    outlet.routes["/page"] = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    result, sockets = attack(outlet, outlet.url("/page"))
    assert result.state in ("rejected", "gone")
    assert only_the_outlet_was_connected_to(sockets, outlet)


def test_a_resolver_that_fails_unforeseen_costs_one_address_and_not_the_round(outlet: Outlet) -> None:
    def failing(host: str, seconds: float) -> list[str]:
        if host == "odd.test":
            raise RuntimeError("out of order")
        return here(host, seconds)

    with fetcher(outlet, resolve=failing) as opened:
        results = list(opened.fetch([Request(outlet.url(host=host)) for host in ("odd.test", "outlet.test")], 60))
    assert {(result.url, result.state) for result in results} == {
        (outlet.url(host="odd.test"), "rejected"),
        (outlet.url(host="outlet.test"), "ok"),
    }


def test_this_machine_is_refused_with_the_system_resolver_and_no_allow_setting() -> None:
    sockets = WatchedSockets()
    with Fetcher(Settings(version="0.1"), SkippingClock().clock, sockets=sockets) as opened:
        results = list(opened.fetch([Request("http://localhost/"), Request("http://127.0.0.1/")], 60))
    assert ({result.state for result in results}, sockets.attempts) == ({"rejected"}, [])
