"""Addresses: which URLs may be opened and which network addresses may be connected to. It opens nothing itself.

A URL that came from the web may lead anywhere: to this machine, to the network behind its firewall, to a cloud
provider's key service. So every URL is first parsed as browsers parse it (WHATWG, which knows every odd spelling of an
address), and the addresses that its name resolves to are checked in the moment of connecting, not before: a name may
resolve differently a second later (DNS rebinding).
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urldefrag

import ada_url

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
# A name and how many seconds the answer may take; gives addresses, raises OSError where there are none.
Resolve = Callable[[str, float], list[str]]

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# Publishers use the default ports and, rarely, these. Anything else is a mail, database or administration port that a
# hostile page would have us knock at.
_OTHER_PORTS: Final = range(8000, 9001)
_LONGEST_URL: Final = 8192

# IANA special-purpose registries (RFC 6890 and its updates) with what they are for. The standard library's `is_global`
# answers differently from one Python release to the next, so the list is our own.
_SPECIAL: Final[tuple[tuple[IPNetwork, str], ...]] = tuple(
    (ipaddress.ip_network(network), purpose)
    for network, purpose in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a provider's customers (carrier-grade NAT)"),
        ("127.0.0.0/8", "this machine itself (loopback)"),
        # Azure answers here from inside its machines, though the address counts as public.
        ("168.63.129.16/32", "a cloud provider's own service"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "reserved for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "reserved for benchmarks"),
        ("198.51.100.0/24", "reserved for documentation"),
        ("203.0.113.0/24", "reserved for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved or broadcast"),
        ("::/128", "unspecified"),
        ("::1/128", "this machine itself (loopback)"),
        ("::ffff:0:0/96", "an IPv4 address in IPv6 clothing"),
        ("::/96", "an IPv4 address in IPv6 clothing"),
        ("64:ff9b::/96", "an IPv4 address behind NAT64"),
        ("64:ff9b:1::/48", "an IPv4 address behind NAT64"),
        ("2001:db8::/32", "reserved for documentation"),
        ("2001::/32", "a Teredo tunnel"),
        ("2001::/23", "reserved for protocols (ORCHID, benchmarks)"),
        ("2002::/16", "a 6to4 tunnel"),
        ("3ffe::/16", "reserved"),
        ("3fff::/20", "reserved for documentation"),
        ("fc00::/7", "private (unique local)"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private (site-local)"),
        ("ff00::/8", "multicast"),
    )
)
# All of IPv6 that is handed out to the public so far; whatever lies outside is reserved.
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")


class Refused(Exception):
    """A URL or address that is not opened. The message says why and what to do about it."""


class Unresolved(Exception):
    """A name for which there is no address, or none in time."""


@dataclass(frozen=True)
class Location:
    """A parsed URL. `host` has no brackets and no trailing dot, `target` is path and query, `url` has no fragment."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for (RFC 9309, 2.3)."""
        return f"{self.scheme}://{self._bracketed}:{self.port}"

    @property
    def lane(self) -> str:
        """What counts as one host for spacing: http and https on their default ports are one server."""
        return self.host if self.port in DEFAULT_PORTS.values() else f"{self._bracketed}:{self.port}"

    @property
    def authority(self) -> str:
        """The value of the Host header (RFC 9110, 7.2)."""
        return self._bracketed if self.port == DEFAULT_PORTS[self.scheme] else f"{self._bracketed}:{self.port}"

    @property
    def place(self) -> str:
        """Host and port as the allow setting takes them."""
        return f"{self._bracketed}:{self.port}"

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @cached_property
    def address(self) -> IPAddress | None:
        """The address where the URL has one in place of a name."""
        return _address(self.host)


def locate(url: str, base: str | None = None) -> Location:
    """Parse a URL, or a redirect's target relative to `base`, by the WHATWG URL standard.

    Raises:
        Refused: it is no URL, too long, neither http nor https, or carries a user name or password.
    """
    if len(url) > _LONGEST_URL:
        raise Refused(f"the address is longer than {_LONGEST_URL} characters; shorten it")
    try:
        parsed = ada_url.URL(url.strip(), base)
    except ValueError:
        raise Refused(f"{url[:200]!r} is not a web address; copy it again from the browser") from None
    scheme = parsed.protocol.rstrip(":")
    if scheme not in DEFAULT_PORTS:
        raise Refused(f"{scheme}: addresses are not opened, only http and https; give the address of the page itself")
    if parsed.username or parsed.password:
        raise Refused(
            "the address carries a user name or password, which Parley does not send; take it out of the address"
        )
    host = parsed.hostname.strip("[]").rstrip(".")
    if not host:
        raise Refused(f"{url[:200]!r} names no host; copy it again from the browser")
    # A trailing dot names the same host, but no certificate and no robots.txt is written for it.
    parsed.hostname = f"[{host}]" if ":" in host else host
    port = int(parsed.port) if parsed.port else DEFAULT_PORTS[scheme]
    return Location(urldefrag(parsed.href).url, scheme, host, port, parsed.pathname + parsed.search)


def _address(text: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def special_purpose(address: IPAddress) -> str:
    """What an address outside the public internet is for, in words; empty for a public one."""
    for network, purpose in _SPECIAL:
        if address.version == network.version and address in network:
            return purpose
    return "reserved" if address.version == 6 and address not in _GLOBAL_UNICAST else ""


class Gate:
    """Says which addresses a location may be reached at.

    `allow` opens what is otherwise refused, for tests and intranets only: "host:port" ("wiki.intranet:8443",
    "127.0.0.1:8080", "[::1]:8080") opens that port of that host wherever its name leads, an address or a network in
    CIDR form ("10.1.0.0/16") opens every port of it.
    """

    def __init__(self, allow: Iterable[str], resolve: Resolve) -> None:
        self._resolve = resolve
        self._networks: list[IPNetwork] = []
        self._places: set[tuple[str, int]] = set()
        for entry in allow:
            self._open(entry)

    def _open(self, entry: str) -> None:
        try:
            self._networks.append(ipaddress.ip_network(entry))
            return
        except ValueError:
            pass
        match = re.fullmatch(r"([^/@?#\s]+):(\d{1,5})", entry)
        if match is None:
            raise ValueError(
                f'allow: {entry!r} is neither "host:port" nor a network such as "10.1.0.0/16"; correct the entry'
            )
        try:
            self._places.add((locate(f"http://{match[1]}/").host, int(match[2])))
        except Refused as reason:
            raise ValueError(f"allow: {entry!r}: {reason}") from None

    def addresses(self, location: Location, seconds: float) -> list[str]:
        """The addresses to connect to, in the resolver's order, which is asked afresh each time for at most `seconds`.

        One refused address refuses the name: nobody publishes public and private addresses under one in good faith.

        Raises:
            Refused: the port or one of the addresses is not opened.
            Unresolved: the name leads nowhere, or did not within `seconds`.
        """
        found = [location.host] if location.address else self._look_up(location.host, seconds)
        for text in found:
            self._check(location, text)
        return found

    def _look_up(self, host: str, seconds: float) -> list[str]:
        try:
            found = self._resolve(host, seconds)
        except OSError as error:
            raise Unresolved(str(error)) from error
        if not found:
            raise Unresolved("no address")
        return list(dict.fromkeys(found))

    def _is_in_networks(self, address: IPAddress) -> bool:
        return any(address.version == network.version and address in network for network in self._networks)

    def _check(self, location: Location, text: str) -> None:
        address = _address(text)
        if address is None:
            raise Refused(
                f"the name {location.host} resolves to {text!r}, which is no address; ask who runs your name service"
            )
        places = {(location.host, location.port), (str(address), location.port)}
        if places & self._places or self._is_in_networks(address):
            return
        remedy = f'where it is right, add "{location.place}" to the allow setting'
        purpose = special_purpose(address)
        if purpose:
            name = "" if location.address else f"{location.host} resolves to {address}; "
            raise Refused(
                f"{name}{address} is not on the public internet ({purpose}) and is not connected to; {remedy}"
            )
        if location.port not in DEFAULT_PORTS.values() and location.port not in _OTHER_PORTS:
            raise Refused(f"port {location.port} is not one that publishers use (80, 443, 8000 to 9000); {remedy}")
