"""Addresses: every spelling of an address outside the public internet is refused, and what is public is not."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.addresses import Gate, Refused, Unresolved, locate, special_purpose


def nowhere(host: str, seconds: float) -> list[str]:
    raise AssertionError(f"{host} is an address and is not to be looked up")


def leading_to(*addresses: str) -> Gate:
    return Gate((), lambda host, seconds: list(addresses))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255",
        "127.0.0.1", "127.255.255.254",
        "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
        "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1", "64:ff9b::8.8.8.8",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1",
        "2001:10::1", "2001:20::1",
        "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3ffe::1", "3fff::1", "4000::1", "5f00::1",
        "fc00::1", "fd00:ec2::254",
        "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
    ],
)  # fmt: skip
def test_a_special_address_is_refused_by_itself_and_behind_a_name(address: str) -> None:
    with pytest.raises(Refused, match="not on the public internet"):
        leading_to(address).addresses(locate("http://outlet.org/"), 1)
    if "%" not in address:
        literal = f"[{address}]" if ":" in address else address
        with pytest.raises(Refused, match="not on the public internet"):
            Gate((), nowhere).addresses(locate(f"http://{literal}/"), 1)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "100.63.255.255",
        "172.32.0.1",
        "198.20.0.1",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "2001:4860:4860::8888",
    ],
)
def test_a_public_address_is_passed(address: str) -> None:
    assert leading_to(address).addresses(locate("https://outlet.org/"), 1) == [address]


@given(st.ip_addresses())
def test_whatever_the_standard_library_calls_special_is_refused(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if (
        address.is_private
        or address.is_multicast
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
    ):
        assert special_purpose(address)


@given(st.ip_addresses(v=4))
def test_no_ipv6_dress_makes_an_ipv4_address_pass(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    dresses = [
        number,
        0xFFFF << 32 | number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80,
        0x20010000 << 96 | number ^ 0xFFFFFFFF,
    ]
    assert all(special_purpose(ipaddress.IPv6Address(dress)) for dress in dresses)


def test_one_private_address_refuses_the_name() -> None:
    with pytest.raises(Refused):
        leading_to("93.184.216.34", "10.0.0.1").addresses(locate("http://outlet.org/"), 1)


def test_an_answer_that_is_no_address_is_refused() -> None:
    with pytest.raises(Refused, match="is no address"):
        leading_to("localhost").addresses(locate("http://outlet.org/"), 1)


def test_a_name_without_addresses_is_unresolved() -> None:
    with pytest.raises(Unresolved):
        leading_to().addresses(locate("http://outlet.org/"), 1)


@pytest.mark.parametrize("url", [
    "ftp://outlet.org/", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x",
    "gopher://outlet.org/", "ws://outlet.org/",
    "unix:/run/docker.sock", "http+unix://a/", "http://user:secret@outlet.org/",
    "http://user@outlet.org/", "https://:secret@outlet.org/",
    "http://8.8.8.8@127.0.0.1/", "http://[fe80::1%25eth0]/", "http://[::1", "http://1.2.3.4.5/",
    "http://256.1.1.1/", "http://outlet.org:99999/",
    "http://", "http:///", "//outlet.org/", "/path", "", "outlet.org", "http://out let.org/",
    "http://\x00outlet.org/", "http://\ud800.org/",
    "http://outlet.org/" + "a" * 9000, "http://./",
])  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        locate(url)


@pytest.mark.parametrize(("url", "host", "target", "lane"), [
    ("HTTP://Outlet.ORG.:80/a b?x=é#part", "outlet.org", "/a%20b?x=%C3%A9", "outlet.org"),
    ("https://outlet.org", "outlet.org", "/", "outlet.org"),
    ("http:\\\\outlet.org\\a", "outlet.org", "/a", "outlet.org"),
    ("http://аналитика.рф/", "xn--80aaa5aameo2c.xn--p1ai", "/", "xn--80aaa5aameo2c.xn--p1ai"),
    ("http://outlet.org:8080/?", "outlet.org", "/", "outlet.org:8080"),
    ("http://[2606:4700::1111]:8080/x", "2606:4700::1111", "/x", "[2606:4700::1111]:8080"),
])  # fmt: skip
def test_a_web_address_is_read_as_browsers_read_it(url: str, host: str, target: str, lane: str) -> None:
    location = locate(url)
    assert (location.host, location.target, location.lane) == (host, target, lane)
    assert "#" not in location.url


@pytest.mark.parametrize(("url", "authority", "origin"), [
    ("http://outlet.org:443/", "outlet.org:443", "http://outlet.org:443"),
    ("https://outlet.org:443/", "outlet.org", "https://outlet.org:443"),
    ("http://[2606:4700::1111]/", "[2606:4700::1111]", "http://[2606:4700::1111]:80"),
])  # fmt: skip
def test_host_header_and_origin_name_the_port_where_they_must(url: str, authority: str, origin: str) -> None:
    assert (locate(url).authority, locate(url).origin) == (authority, origin)


@pytest.mark.parametrize("port", [22, 25, 53, 6379, 7999, 9001, 11211])
def test_ports_that_no_publisher_uses_are_refused(port: int) -> None:
    with pytest.raises(Refused, match=f'add "outlet.org:{port}" to the allow setting'):
        leading_to("93.184.216.34").addresses(locate(f"http://outlet.org:{port}/"), 1)


@pytest.mark.parametrize(("allow", "url", "passes"), [
    ("wiki.intranet:8443", "https://wiki.intranet:8443/", True),
    ("wiki.intranet:8443", "https://wiki.intranet/", False),
    ("wiki.intranet:8443", "https://other.intranet:8443/", False),
    ("10.1.2.3:99", "http://any.name:99/", True),
    ("10.1.2.3:99", "http://any.name:98/", False),
    ("10.1.0.0/16", "http://any.name:99/", True),
    ("10.1.2.3", "http://any.name/", True),
    ("10.2.0.0/16", "http://any.name/", False),
    ("[::1]:8080", "http://any.name:8080/", False),
])  # fmt: skip
def test_the_allow_setting_opens_what_it_names_and_no_more(allow: str, url: str, passes: bool) -> None:
    gate = Gate([allow], lambda host, seconds: ["10.1.2.3"])
    if passes:
        assert gate.addresses(locate(url), 1) == ["10.1.2.3"]
    else:
        with pytest.raises(Refused):
            gate.addresses(locate(url), 1)


@pytest.mark.parametrize(
    "entry", ["wiki.intranet", "http://wiki.intranet:80", "10.0.0.0/99", "a b:80", "user@host:80", ":80", "host:port"]
)
def test_an_allow_entry_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="allow: "):
        Gate([entry], nowhere)
