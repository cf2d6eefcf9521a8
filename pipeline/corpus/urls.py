"""URLs: the one spelling of an address, and the key under which two addresses are the same document."""

import re
from typing import Final
from urllib.parse import unquote

import ada_url

from pipeline.corpus.article import Rejected

LONGEST_URL: Final = 4_000
# Parameters that name the way to a page and never the page. Ambiguous names (id, p, ref, source, cid) are left alone:
# an address too many is folded later by its text, an address too few is a document lost.
_TRACKING: Final = re.compile(
    r"utm_\w*|at_(?:medium|campaign|custom\w*|link_\w+|format|ptr_\w+|bbc_team)|ns_(?:mchannel|source|campaign|"
    r"linkname|fee)|"
    r"(?:fb|g|d|tw|tt|y|ys|msclk|rdt_|li_)(?:c?lid|cid)|fbclid|gclsrc|msclkid|yclid|ysclid|igshi?d?|wbraid|gbraid|"
    r"srsltid|"
    r"_ga|_gl|_hs(?:enc|mi)|hsctatracking|mc_[ce]id|mkt_tok|vero_(?:id|conv)|oly_(?:enc|anon)_id|s_cid|xtor|cmpi?d?|"
    r"smid|smtyp|"
    r"ref_(?:src|url)|referringsource|ito|icid|ocid|guccounter|guce_referrer\w*|__twitter_impression|traffic_source|"
    r"wt_zmc|"
    r"isfreemail|triedredirect|showwelcomeonshare|publication_id|share_id|amp_(?:js_v|gsa)|usqp|outputtype|"
    r"__cf_chl_\w+",
    re.IGNORECASE,
)
_SUBSTACK: Final = re.compile(r"r|post_id|token|s|redirect|showwelcome", re.IGNORECASE)
_GOOGLE: Final = re.compile(r"(?:www\.)?google\.(?:com|[a-z]{2,3})(?:\.[a-z]{2})?")
_AMP_CACHE: Final = re.compile(r"/(?:c|v|i)/(s/)?([^/]+\.[^/]+/.*)")
_MOBILE_HOST: Final = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.)")
_AMP_PATH: Final = re.compile(r"(?:/amp|\.amp(?=\.html?$)|/amp\.html?)(?=$|/$)|/amp/?$")
_PRINT_PATH: Final = re.compile(r"/print(?:/?$|(?=/\d+))|(?<=/)print/(?=\d+)")
_VARIANT: Final = re.compile(
    r"(?:amp|print|printable|m)(?:=(?:1|true|yes|amp|print)?)?|(?:view|mode|format)=(?:print|amp)",
    re.IGNORECASE,
)


def canonical(url: str, base: str = "") -> str:
    """The address in the WHATWG spelling, without credentials, fragment, default port and tracking parameters.

    It still leads to the page. Addresses wrapped by Google's redirects and AMP caches are unwrapped. Idempotent.

    Raises:
        Rejected: it is no http or https address, or is longer than LONGEST_URL code points.
    """
    parsed = _parsed(url, base)
    for _ in range(5):
        inner = _wrapped(parsed)
        if not inner:
            break
        parsed = _parsed(inner, "")
    parsed.username = parsed.password = ""
    parsed.hash = ""
    parsed.search = _without_tracking(parsed.search, parsed.hostname)
    return str(parsed.href)


def key(url: str) -> str:
    """What two addresses of one document share: the canonical address without scheme, `www.`, last slash, and without
    its AMP, mobile and print forms, its parameters in order. It is for comparing alone and need lead nowhere.

    Raises:
        Rejected: as for `canonical`.
    """
    parsed = _parsed(canonical(url), "")
    host = _MOBILE_HOST.sub("", parsed.host, count=1)
    path = _PRINT_PATH.sub("", _AMP_PATH.sub("", parsed.pathname)).rstrip("/")
    parameters = sorted(part for part in parsed.search.lstrip("?").split("&") if part and not _VARIANT.fullmatch(part))
    return f"{host}{path}" + ("?" + "&".join(parameters) if parameters else "")


def _parsed(url: str, base: str) -> ada_url.URL:
    if len(url) > LONGEST_URL:
        raise Rejected(f"the address is longer than {LONGEST_URL:,} characters: {url[:80]}…")
    try:
        parsed = ada_url.URL(url.strip(), base=base) if base else ada_url.URL(url.strip())
    except ValueError as error:
        raise Rejected(f"is no web address: {url[:200]!r}; give one that begins with https:// or http://") from error
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname:
        raise Rejected(f"only http and https addresses are read, not {url[:200]!r}")
    if len(parsed.href) > LONGEST_URL:
        raise Rejected(f"the address is longer than {LONGEST_URL:,} characters: {url[:80]}…")
    return parsed


def _wrapped(parsed: ada_url.URL) -> str:
    """The address inside a redirect or cache address; empty where there is none."""
    if parsed.hostname.endswith(".cdn.ampproject.org"):
        found = _AMP_CACHE.match(parsed.pathname)
        return f"http{'s' if found.group(1) else ''}://{found.group(2)}{parsed.search}" if found else ""
    if not _GOOGLE.fullmatch(parsed.hostname):
        return ""
    if parsed.pathname == "/url":
        found = re.search(r"[?&](?:url|q)=(https?(?::|%3A)[^&]+)", parsed.search, re.IGNORECASE)
        return unquote(found.group(1)) if found else ""
    found = re.match(r"/amp/(s/)?([^/]+\.[^/]+/.*)", parsed.pathname)
    return f"http{'s' if found.group(1) else ''}://{found.group(2)}{parsed.search}" if found else ""


def _without_tracking(search: str, host: str) -> str:
    kept = []
    for part in search.removeprefix("?").split("&"):
        name = part.split("=", 1)[0].removeprefix("amp;")
        is_tracking = _TRACKING.fullmatch(name) or ("substack." in host and _SUBSTACK.fullmatch(name))
        if part and not is_tracking:
            kept.append(part)
    return "?" + "&".join(kept) if kept else ""
