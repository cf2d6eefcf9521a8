"""Hostile: addresses, answers, feeds, pages, documents and file names made to do harm, each under the name of its deed."""
# ruff: noqa: E501 - lines of markup and of cases are kept whole

import gzip
import html
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, NamedTuple

TRAP: Final = 8099  # Nothing listens there: an attempt to connect is the failure.
PUBLIC: Final = "93.184.216.34"
TALKS: Final = "Ukraine peace talks: Kyiv and Moscow on a ceasefire"

# One address in the spellings that resolvers and browsers know, and what else lies behind a firewall.
HOSTS: Final = (
    "127.0.0.1", "127.1", "127.0.0.1.", "2130706433", "0x7f000001", "0X7F.1", "017700000001", "0177.0.0.01",
    "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "127。0。0。1", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "0", "0.0.0.0", "127.127.127.127",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::80ff:fffe]", "[fe80::1]", "[fec0::1]", "[fd00:ec2::254]",
    "[ff02::1]", "[100::1]", "[2001:db8::1]", "[::ffff:169.254.169.254]", "10.0.0.1", "0xa.1", "012.1", "172.16.0.1",
    "192.168.257", "169.254.169.254", "2852039166", "0xa9fea9fe", "100.64.0.1", "100.100.100.200", "168.63.129.16",
    "192.0.0.192", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "localhost", "LOCALHOST.",
    "ｌｏｃａｌｈｏｓｔ", "x.localhost", "user:secret@127.0.0.1", "8.8.8.8@127.0.0.1", "a:b@localhost", "loopback-ключ.example",
)  # fmt: skip
# Public names at ports that no publisher uses, and schemes other than the web's.
PORTS: Final = (22, 25, 53, 3306, 6379, 9200, 11211, 65535)
SCHEMES: Final = (
    "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:6379/_x", "unix:///run/docker.sock", "data:text/html,x",
    "javascript:alert(1)", "jar:http://127.0.0.1!/x", "ws://127.0.0.1/x", "http+unix://x/y", "view-source:http://127.0.0.1/",
)  # fmt: skip
# What a name service may answer, the address that is refused last: a name is checked in the moment of connecting.
NAME_SERVICE: Final = (
    ["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"],
    ["fe80::1%lo"], ["0.0.0.0"], ["100.64.0.1"], ["224.0.0.1"], ["localhost"], [""], ["127.1"], [PUBLIC, "127.0.0.1"],
    ["192.168.0.1", PUBLIC], [PUBLIC, "::1"],
)  # fmt: skip


def addresses(place: str) -> dict[str, str]:
    """Addresses that are refused, by a mark in their path by which they are found again. `place` keeps marks apart."""
    hosts = [f"http://{host}:{TRAP}" for host in HOSTS]
    hosts += [f"http://outlet.example:{port}" for port in PORTS] + [
        "https://127.0.0.1",
        "https://[::1]",
        "http:/\\127.0.0.1",
    ]
    return {f"{place}-{number}": f"{host}/{place}-{number}" for number, host in enumerate(hosts)}


class Page(NamedTuple):
    """What is served at an address, and the states in which it may end."""

    body: bytes
    content_type: str
    states: tuple[str, ...]


STORED: Final = ("stored",)
REFUSED: Final = ("rejected",)
EITHER: Final = ("stored", "rejected")
# Of several with the same text one is stored.
ANY: Final = (*EITHER, "duplicate")
_HTML: Final = "text/html; charset=utf-8"


def _ld(value: str) -> bytes:
    return f'<script type="application/ld+json">{value}</script>'.encode()


def article_data(**fields: object) -> bytes:
    """Structured data of an article, as a script element."""
    return _ld(json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **fields}))


def _nested(tag: str, depth: int) -> tuple[bytes, bytes]:
    return f"<{tag}>".encode() * depth, f"</{tag}>".encode() * depth


def _heads() -> dict[str, bytes]:
    """What is put into the head of an article that is sound otherwise."""
    far, early = "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"
    return {
        "JSON-LD of 100,000 brackets": _ld("[" * 100_000),
        "JSON-LD of 100,000 braces": _ld('{"a":' * 100_000),
        "JSON-LD with an integer of a million digits": _ld('{"@type":"NewsArticle","wordCount":' + "9" * 1_000_000 + "}"),
        "JSON-LD with an infinite word count": article_data(wordCount="1e999"),
        "JSON-LD with odd values": article_data(headline=[{"a": [True, None]}], author=[None, 1, {"name": {"x": []}}], wordCount=[]),
        "JSON-LD dates at the ends of time": article_data(datePublished=early, dateModified=far),
        "JSON-LD dates at the ends of time, reversed": article_data(datePublished=far, dateModified=early),
        "JSON-LD date with an impossible zone": article_data(datePublished="2025-03-01T00:00:00+99:99"),
        "JSON-LD with 20,000 authors": article_data(author=[{"@type": "Person", "name": f"Anna Nr{n}"} for n in range(20_000)]),
        "JSON-LD graph of 20,000 articles": _ld(json.dumps({"@graph": [{"@type": "NewsArticle", "@id": str(n)} for n in range(20_000)]})),
        "JSON-LD with an article of two megabytes": article_data(articleBody="word " * 400_000),
        "headline with control characters": article_data(headline="\x00\x07\x1b[2J of the talks"),
        "headline that is a formula": article_data(headline="=HYPERLINK(1) of the talks"),
        "author of a megabyte": b'<meta name="author" content="' + b"Ann Lee, " * 110_000 + b'">',
        "author of a megabyte without a blank": b'<meta name="author" content="' + b"a" * 1_000_000 + b'">',
        "date of a megabyte": b'<meta property="article:published_time" content="' + b"2" * 1_000_000 + b'">',
        "outlet of a megabyte": b'<meta property="og:site_name" content="' + b"<b>" * 300_000 + b'">',
        "title of a megabyte": b"<title>" + b"- | -" * 200_000 + b"</title>",
        "title that is markup": b"<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>",
        "title that is a formula": b'<meta property="og:title" content="=HYPERLINK(&quot;http://127.0.0.1:8099/&quot;)">',
        "title with controls of direction": '<meta property="og:title" content="\u202egnp.exe\u2066\u200f">'.encode(),
        "base at the metadata service": b'<base href="http://169.254.169.254/">',
        "refresh to this machine": b'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:8099/">',
        "style and icon of this machine": b'<link rel="stylesheet" href="http://127.0.0.1:8099/a.css"><link rel="icon" href="//10.0.0.1/">',
        "amphtml at this machine": b'<link rel="amphtml" href="http://127.0.0.1:8099/amp">',
        "script of three megabytes": b"<script>" + b"var a = '<p>';" * 220_000 + b"</script>",
        "comment of three megabytes": b"<!--" + b"-" * 3_000_000 + b"-->",
        "doctype with entities in the middle": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>&b;',
    }  # fmt: skip


def _inners() -> dict[str, bytes]:
    """What is put between the paragraphs of an article that is sound otherwise."""
    deep = {
        tag: _nested(tag, depth)
        for tag, depth in (("div", 200_000), ("table", 5_000), ("ul", 8_000), ("svg", 8_000), ("font", 8_000))
    }
    nested = {f"nested {tag} beside the text": opening + b"x" + closing for tag, (opening, closing) in deep.items()}
    return nested | {
        "unclosed bold 50,000 times": b"<b>" * 50_000,
        "misnested marks": b"<b><i><a href=x>" * 1_500 + b"</b></i></a>" * 1_500,
        "attribute of a megabyte": b'<p title="' + b"a" * 1_000_000 + b'">x</p>',
        "element with 15,000 attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(15_000)) + b">x</p>",
        "null bytes": b"<p>a\x00b" + b"\x00" * 5_000 + b"</p>",
        "surrogates in the bytes": b"<p>a \xed\xa0\x80 \xed\xb0\x80 b \xf5\x80\x80\x80 \xc0\xaf</p>",
        "surrogates and impossible characters by number": b"<p>&#xD800; &#xDFFF; &#x110000; &#99999999999; &#0; &#x1;</p>",
        "controls of direction": "<p>\u202e\u2066\u2067 talks \u2069 \u200b\u200d\ufeff</p>".encode() * 500,
        "marks stacked on one letter": ("<p>a" + "\u0301" * 30_000 + "</p>").encode(),
        "word of a megabyte": b"<p>" + b"a" * 1_000_000 + b"</p>",
        "line of a million blanks": b"<p>a" + b" " * 1_000_000 + b"b</p>",
        "400,000 line breaks": b"<br>" * 400_000,
        "100,000 empty paragraphs": b"<p></p>" * 100_000,
        "10,000 links": b'<a href="http://127.0.0.1:8099/">a link of some words here</a> ' * 10_000,
        "pictures, frames and forms of this machine": b'<img src="http://127.0.0.1:8099/a"><iframe src="http://[::1]/"></iframe><form action="//10.0.0.1">',
        "entities without end": b"<p>" + b"&amp" * 200_000 + b"</p>",
        "100,000 options": b"<select>" + b"<option>x" * 100_000 + b"</select>",
        "template and plaintext": b"<template><p>x</p></template><xmp><b></xmp>",
        "100,000 quotation marks": b"<p>" + "“".encode() * 100_000 + b"</p>",
        "dashes, a hundred thousand": b"<p>" + b"- " * 100_000 + b"</p>",
        "formulas as paragraphs": b"<p>=1+1|'cmd'!A1</p><p>@SUM(1)</p><p>+1</p><p>-1</p>" * 20,
    }  # fmt: skip


def _wholes(sound: bytes) -> dict[str, tuple[bytes, str]]:
    """Pages of which no part is sound, with their content types; each is refused."""
    return {
        "empty": (b"", _HTML),
        "white space": (b" \n\t" * 10_000, _HTML),
        "random bytes": (bytes(range(256)) * 2_000, _HTML),
        "a picture called a page": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 5_000, _HTML),
        "an archive called a page": (archive({"a.txt": b"x"}), _HTML),
        "JSON called a page": (b'{"a": "Ukraine peace talks"}', _HTML),
        "plain text called a page": (TALKS.encode() * 50, "text/plain"),
        "six megabytes of article": (sound.replace(b"</article>", b"<p>" + b"word " * 1_200_000 + b"</p></article>"), _HTML),
        "two thousand frames": (b"<html><frameset>" + b'<frame src="http://127.0.0.1:8099/">' * 2_000 + b"</frameset></html>", _HTML),
        "nothing but 200,000 nested divs": (b"<html><body>" + b"<div>" * 200_000, _HTML),
        "nothing but half a tag": (b"<html><body><p " + b"a" * 100_000, _HTML),
        "entity bomb in XHTML": (b'<?xml version="1.0"?>' + _LAUGHS + b"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>&i;</p></body></html>", "application/xhtml+xml"),
        "file entity in XHTML": (b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p></body></html>', "application/xhtml+xml"),
        "gzip bomb that is not called packed": (packed(50_000_000), _HTML),
    }  # fmt: skip


# Python knows codecs that are no charsets: some unpack, some turn letters, some raise.
CHARSETS: Final = ("bz2", "zlib", "hex", "rot13", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "mbcs", "x" * 5_000, "../../etc", "utf-8\x00")  # fmt: skip


def pages(sound: Callable[[], bytes]) -> dict[str, Page]:
    """Odd and giant pages. `sound` gives a page with an article of its own at each call."""
    found = {
        f"head: {name}": Page(sound().replace(b"<head>", b"<head>" + part, 1), _HTML, EITHER)
        for name, part in _heads().items()
    }
    found |= {
        f"body: {name}": Page(sound().replace(b"</p><p>", b"</p>" + part + b"<p>", 1), _HTML, EITHER)
        for name, part in _inners().items()
    }
    found |= {f"whole: {name}": Page(body, kind, REFUSED) for name, (body, kind) in _wholes(sound()).items()}
    found["whole: half a page in UTF-32"] = Page(
        sound().decode().encode("utf-32")[:-901], "text/html; charset=utf-32", EITHER
    )
    return found | {
        f"charset: {name[:40]!r}": Page(sound(), f"text/html; charset={name}", (*EITHER, "retry_after"))
        for name in CHARSETS
    }


@cache
def packed(size: int, filling: bytes = b"\x00") -> bytes:
    """`size` bytes of one letter in gzip, a thousandth of it."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", mtime=0) as file:
        for _ in range(size // 1_000_000):
            file.write(filling * 1_000_000)
    return target.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in members.items():
            file.writestr(name, body)
    return target.getvalue()


_LAUGHS: Final = (
    b"<!DOCTYPE l [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (ord("a") + n, b"&%c;" % (ord("a") + n - 1) * 10) for n in range(1, 9))
    + b"]>"
)
_RSS: Final = '<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{}</channel></rss>'


def _item(title: str = TALKS, link: str = "http://outlet.example/x", extra: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{extra}</item>"


def feeds() -> dict[str, tuple[bytes, str]]:
    """Feeds that give nothing to read: the source is told to have failed, or to be empty."""
    xml, deep = "application/rss+xml", 100_000
    bomb = _LAUGHS + b"<rss version='2.0'><channel><title>&i;</title></channel></rss>"
    external = '<!DOCTYPE r [<!ENTITY x SYSTEM "{}">]><rss version="2.0"><channel><title>&x;</title></channel></rss>'
    return {
        "empty": (b"", xml),
        "white space": (b" \n" * 5_000, xml),
        "null bytes": (b"\x00" * 5_000, xml),
        "random bytes": (bytes(range(256)) * 500, xml),
        "half an item": (b"<rss><channel><item>", xml),
        "no root": (b"Ukraine peace talks", xml),
        "a web page": (b"<!DOCTYPE html><title>Are you human?</title>", "text/html"),
        "a PDF": (b"%PDF-1.4 x", xml),
        "JSON that breaks off": (b'{"version": "https://jsonfeed.org/version/1", "items": [', "application/json"),
        "JSON that is a list": (b"[1, 2, 3]", "application/json"),
        "JSON that is a number": (b"1", "application/json"),
        "JSON without items": (b'{"version": "https://jsonfeed.org/version/1"}', "application/json"),
        "JSON whose items are text": (b'{"version": "https://jsonfeed.org/version/1", "items": "x"}', "application/json"),
        "JSON of 100,000 brackets": (b'{"a":' + b"[" * deep, "application/json"),
        "JSON with an integer of a million digits": (b'{"version":"https://jsonfeed.org/version/1","items":[],"a":' + b"9" * 1_000_000 + b"}", "application/json"),
        "JSON with odd items": (b'{"version":"https://jsonfeed.org/version/1","items":[null,1,"x",[],{},{"url":5},{"url":{"a":1}}]}', "application/json"),
        "XML of 100,000 elements in each other": (b"<rss version='2.0'><channel>" + b"<a>" * deep, xml),
        "entity bomb": (bomb, xml),
        "entity bomb in UTF-16": ((b'<?xml version="1.0" encoding="utf-16"?>' + bomb).decode().encode("utf-16"), xml),
        "entity bomb behind 30,000 blanks": (b" " * 30_000 + bomb, xml),
        "entity bomb in UTF-7": (b'<?xml version="1.0" encoding="utf-7"?>' + bomb.replace(b"<", b"+ADw-"), xml),
        "quadratic entity": (b"<!DOCTYPE r [<!ENTITY a '" + b"x" * 50_000 + b"'>]><rss>" + b"&a;" * 50_000 + b"</rss>", xml),
        "entity of a file": (external.format("file:///etc/passwd").encode(), xml),
        "entity of this machine": (external.format(f"http://127.0.0.1:{TRAP}/").encode(), xml),
        "parameter entity of this machine": (f'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:{TRAP}/"> %x;]><rss/>'.encode(), xml),
        "gzip bomb": (packed(60_000_000), xml),
        "gzip that breaks off": (packed(5_000_000)[:-100], xml),
        "RSS without items": (_RSS.format("").encode(), xml),
        "RSS whose items have no address": (_RSS.format("<item><title>x</title></item>" * 50).encode(), xml),
        "charset of no kind": (b'<?xml version="1.0" encoding="bz2"?><rss', "application/rss+xml; charset=zlib"),
        "only a document type": (b"<!DOCTYPE rss>", xml),
        "only a stylesheet of this machine": (f'<?xml-stylesheet href="http://127.0.0.1:{TRAP}/"?>'.encode(), xml),
    }  # fmt: skip


def odd_feeds(links: Iterator[str]) -> dict[str, bytes]:
    """Feeds that are odd and give one entry each, whose page is served at the next of the links."""
    item = lambda extra="", title=TALKS: _item(title, html.escape(next(links)), extra)  # noqa: E731
    content = (
        "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[{}]]></content:encoded>"
    )
    dates = ("99999-99-99", "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0001 00:00:00 +2359", "0", "\u0663", "2025-03-01T00:00:00+99:99", "x" * 50_000)  # fmt: skip
    found = {f"date {date[:30]!r}": item(f"<pubDate>{date}</pubDate>") for date in dates}
    found |= {
        "title of a megabyte": item(title=TALKS + "a" * 1_000_000),
        "title that is markup": item(title=f"&lt;script&gt;alert(1)&lt;/script&gt; {TALKS}"),
        "title that is a formula": item(title=f"=HYPERLINK(1) {TALKS}"),
        "title with controls of direction": item(title=f"\u202e{TALKS}\u2066"),
        "title of nested markup": item(title="&lt;b&gt;" * 200 + TALKS),
        "text of nested markup in the feed": item(content.format("<div>" * 50_000 + TALKS)),
        "text of two megabytes in the feed": item(content.format("word " * 400_000)),
        "20,000 categories": item("<category>x</category>" * 20_000),
        "5,000 authors": item("<author>a@b.example (Anna Lee)</author>" * 5_000),
        "a guid of a megabyte": item(f"<guid>{'g' * 1_000_000}</guid>"),
        "enclosures of this machine": item(f'<enclosure url="http://127.0.0.1:{TRAP}/" type="text/html"/>'),
        "an undeclared prefix": item("<media:thing>x</media:thing>"),
        "an unclosed tag": item("<description>x"),
        "bare ampersands": item("<description>a & b && c</description>"),
        "control characters": item("<description>\x01\x02\x1f</description>"),
        "entries that go nowhere beside it": _item(link="javascript:alert(1)") + _item(link="file:///etc/passwd") + item(),
    }  # fmt: skip
    return {name: _RSS.format(part).encode("utf-8", "surrogatepass") for name, part in found.items()}


def sitemaps(address: str) -> dict[str, bytes]:
    """Sitemaps that give nothing to read. `address` is where each is served, for those that name themselves."""
    index, loc = "<sitemapindex>{}</sitemapindex>", f"<sitemap><loc>{html.escape(address)}</loc></sitemap>"
    return {
        "empty": b"",
        "a web page": b"<html><title>Not here</title>",
        "entity bomb": _LAUGHS + b"<urlset><url><loc>&i;</loc></url></urlset>",
        "nested deep": b"<urlset>" + b"<a>" * 100_000,
        "gzip bomb": packed(60_000_000),
        "gzip bomb of blanks": packed(60_000_000, b" "),
        "names itself": index.format(loc).encode(),
        "names 50,000 others that are not there": index.format("".join(f"<sitemap><loc>{html.escape(address)}/{n}</loc></sitemap>" for n in range(50_000))).encode(),
        "names no address": b"<urlset><url><loc></loc></url></urlset>",
        "names addresses of no kind": b"<urlset><url><loc>javascript:alert(1)</loc></url><url><loc>file:///etc/passwd</loc></url></urlset>",
        "text of one endless word": b"a" * 3_000_000,
        "breaks off": b"<urlset><url><loc>http://outl",
    }  # fmt: skip


def pdf(objects: list[bytes], tail: bytes = b"") -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    body, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    body += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, tail, start)
    return bytes(body)


def _stream(content: bytes, filters: str = "/FlateDecode") -> bytes:
    return b"<</Length %d/Filter %s>>\nstream\n%s\nendstream" % (len(content), filters.encode(), content)


def _one_page(content: bytes) -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content, font])


SLOWEST: Final = "PDF of 400,000 strokes"


def documents() -> dict[str, Page]:
    """PDFs and Word files behind the addresses of pages, slow, giant or broken. Nearly all are refused."""
    slow = b"BT /F 1 Tf " + b"1 0 0 1 5 5 Tm (a) Tj " * 400_000 + b"ET"
    giant, twice = zlib.compress(b" " * 100_000_000, 9), zlib.compress(zlib.compress(b" " * 500_000_000, 9), 9)
    ring = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"]
    many = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + b"3 0 R " * 900 + b"]/Count 900>>",
        b"<</Type/Page/Parent 2 0 R>>",
    ]
    types = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
    bodies = {
        SLOWEST: _one_page(_stream(zlib.compress(slow, 9))),
        "PDF that unpacks to 100 MB": _one_page(_stream(giant)),
        "PDF packed twice over 500 MB": _one_page(_stream(twice, "[/FlateDecode/FlateDecode]")),
        "PDF of a thousand filters": _one_page(_stream(b"x", "[" + "/ASCIIHexDecode" * 1_000 + "]")),
        "PDF whose pages are their own children": pdf(ring),
        "PDF of 900 pages": pdf(many),
        "PDF of nested lists": pdf([b"<</Type/Catalog/Pages " + b"[" * 50_000 + b"]" * 50_000 + b">>"]),
        "PDF whose table points into itself": b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n",
        "PDF that is locked": pdf(ring, b"/Encrypt<</Filter/Standard/V 1/R 2/O(x)/U(x)/P -1>>/ID[(a)(b)]"),
        "PDF header and random bytes": b"%PDF-1.7\n" + bytes(range(256)) * 2_000 + b"%%EOF",
        "PDF of one word": _one_page(_stream(zlib.compress(b"BT /F 1 Tf (a) Tj ET"))),
        "Word file that unpacks to 300 MB": archive({"[Content_Types].xml": types, "word/document.xml": b" " * 300_000_000}),
        "Word file of 6,000 parts": archive({f"word/{number}.xml": b"" for number in range(6_000)}),
        "Word file that breaks off": archive({"word/document.xml": b"<a/>" * 1_000})[:-40],
        "archive with a way out": archive({"../../../../etc/passwd": b"x"}),
    }  # fmt: skip
    return {
        name: Page(body, "application/pdf", EITHER if name == "PDF of one word" else REFUSED)
        for name, body in bodies.items()
    }


def answers(sound: bytes) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    """Whole answers, head and body, that lie or are malformed, and the states in which they may end."""
    size = str(len(sound)).encode()

    def reply(head: bytes = b"", body: bytes = sound, status: bytes = b"200 OK") -> bytes:
        return b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\n" + head + b"\r\n" + body

    def coded(coding: bytes, body: bytes) -> bytes:
        return reply(b"Content-Encoding: " + coding + b"\r\nContent-Length: %d\r\n" % len(body), body)

    raw = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    unwrapped = raw.compress(b"\x00" * 50_000_000) + raw.flush()
    waiting, failing = ("retry_after",), ("retry_after", "rejected")
    return {
        "gzip bomb": (coded(b"gzip", packed(200_000_000)), REFUSED),
        "deflate bomb": (coded(b"deflate", zlib.compress(b"\x00" * 50_000_000, 9)), REFUSED),
        "deflate bomb without its wrapper": (coded(b"deflate", unwrapped), REFUSED),
        "gzip in gzip": (coded(b"gzip, gzip", gzip.compress(packed(50_000_000))), REFUSED),
        "gzip over three headers": (reply(b"Content-Encoding: gzip\r\n" * 3, packed(5_000_000)), REFUSED),
        "brotli, which was not asked for": (coded(b"br", b"\x1b\xff\xff\xff" * 50), REFUSED),
        "zstd, which was not asked for": (coded(b"zstd", b"\x28\xb5\x2f\xfd" * 50), REFUSED),
        "coding of no kind": (coded(b"x" * 500, sound), REFUSED),
        "gzip that is none": (coded(b"gzip", sound), REFUSED),
        "gzip that breaks off": (coded(b"gzip", gzip.compress(sound)[:-20]), failing),
        "2,000 gzip pieces": (coded(b"gzip", gzip.compress(b"") * 2_000), REFUSED),
        "length that is too long": (reply(b"Content-Length: 9999999\r\n"), failing),
        "length that is too short": (reply(b"Content-Length: 20\r\n"), ANY),
        "length of 20 digits": (reply(b"Content-Length: 99999999999999999999\r\n"), failing),
        "length below nothing": (reply(b"Content-Length: -1\r\n"), failing),
        "two lengths": (reply(b"Content-Length: 20\r\nContent-Length: " + size + b"\r\n"), failing),
        "length and chunks": (reply(b"Content-Length: 20\r\nTransfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"), failing),
        "chunk of endless size": (reply(b"Transfer-Encoding: chunked\r\n", b"f" * 5_000 + b"\r\nx"), failing),
        "chunk of no size": (reply(b"Transfer-Encoding: chunked\r\n", b"zz\r\nx"), failing),
        "chunks that break off": (reply(b"Transfer-Encoding: chunked\r\n", b"ff\r\nx"), failing),
        "30,000 chunks of a byte": (reply(b"Transfer-Encoding: chunked\r\n", b"1\r\na\r\n" * 30_000 + b"0\r\n\r\n"), REFUSED),
        "header of a megabyte": (reply(b"X: " + b"a" * 1_000_000 + b"\r\n"), REFUSED),
        "5,000 headers": (reply(b"X: " + b"a" * 20 + b"\r\n" + b"Y: b\r\n" * 20_000), REFUSED),
        "header with a null byte": (reply(b"X: a\x00b\r\n"), (*ANY, *failing)),
        "header without a name": (reply(b": x\r\n"), failing),
        "folded header": (reply(b"X: a\r\n b\r\nContent-Length: " + size + b"\r\n"), (*ANY, *failing)),
        "type of 50,000 characters": (b"HTTP/1.1 200 OK\r\nContent-Type: " + b"t" * 50_000 + b"\r\nContent-Length: " + size + b"\r\n\r\n" + sound, ANY),
        "validator with a line break": (reply(b'ETag: "a\x0bb"\r\nLast-Modified: \xff\xfe\r\nContent-Length: ' + size + b"\r\n"), (*ANY, *failing)),
        "no HTTP at all": (b"SSH-2.0-OpenSSH_9.6\r\n", failing),
        "HTTP of an old time": (b"<html><body>" + sound, failing),
        "nothing": (b"", waiting),
        "status of no kind": (reply(status=b"abc OK"), failing),
        "status 999": (reply(b"Content-Length: 0\r\n", b"", b"999 No"), failing),
        "status 204": (reply(b"", b"", b"204 No Content"), REFUSED),
        "status 206": (reply(b"Content-Range: bytes 0-4/9\r\nContent-Length: 5\r\n", b"hello", b"206 Partial"), REFUSED),
        "status 304 that was not asked for": (reply(b"", b"", b"304 Not Modified"), waiting),
        "status 407": (reply(b"Proxy-Authenticate: Basic\r\nContent-Length: 0\r\n", b"", b"407 No"), REFUSED),
        "status 101": (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", failing),
        "2,000 answers to be continued": (b"HTTP/1.1 103 Early\r\nLink: a\r\n\r\n" * 4_000 + reply(b"Content-Length: " + size + b"\r\n"), failing),
        "rest for ever": (reply(b"Retry-After: 99999999999999\r\nContent-Length: 0\r\n", b"", b"503 Busy"), waiting),
        "rest since before time": (reply(b"Retry-After: Mon, 01 Jan 0001 00:00:00 +2359\r\nContent-Length: 0\r\n", b"", b"429 Busy"), waiting),
        "cookies by the thousand": (reply(b"Set-Cookie: a=b; Domain=.example\r\n" * 1_000 + b"Content-Length: " + size + b"\r\n"), ANY),
    }  # fmt: skip


# Names that a file in the inbox may have. Those that begin with a dot are hidden and no inputs.
FILE_NAMES: Final = (
    "two\nlines.txt", "a\rb.txt", "tab\there.txt", "=1+1.txt", "+cmd.txt", "-rf.txt", "@sum.txt", "\u202etxt.exe.txt",
    "\u200b.txt", "a\u0301.txt", "á.txt", "ключ.txt", " lead.txt", "trail .txt", "quo\"te'.txt", "semi;colon,comma.txt",
    "#hash.txt", "table.csv#row 1.txt", "%2e%2e%2f.txt", "back\\slash.txt", "CON.txt", "nul", "no-suffix", "a..txt.txt.",
    "$(touch x).txt", "`id`.txt", "<b>.txt", "{{7*7}}.txt", "http:.txt", "long" + "g" * 240 + ".txt", "a" * 246 + ".txt",
    "🕊" * 60 + ".txt", "raw-\udcff\udcfe.txt", "a.TXT", "a.txt.exe", "a.md", "--help.txt", "~.txt", "[x](http:).txt",
)  # fmt: skip
HIDDEN_NAMES: Final = (".hidden.txt", "...txt", "~$lock.txt", "half.txt.part", ".git.txt")


def files(prose: str) -> dict[str, tuple[bytes, tuple[str, ...]]]:
    """Files made to be slow or broken, by name, and the states in which they may end."""
    found: dict[str, tuple[bytes, tuple[str, ...]]] = {
        f"document-{number}.{'pdf' if page.body.startswith(b'%PDF') else 'docx'}": (
            page.body,
            (*page.states, "retry_after"),
        )
        for number, (name, page) in enumerate(documents().items())
        if name != SLOWEST
    }
    return found | {
        "eleven-megabytes.txt": (b"word " * 2_200_000, REFUSED),
        "brackets.md": (b"[" * 90_000 + prose.encode(), EITHER),
        "emphasis.md": (b"*a **b _c " * 9_000, EITHER),
        "quotes.md": (b">" * 50_000 + prose.encode(), EITHER),
        "list.md": (b"\n".join(b" " * n + b"- x" for n in range(400)), EITHER),
        "matter.md": (b"---\n" + b"a: &a [" * 500 + b"\n---\n" + prose.encode(), EITHER),
        "aliases.md": (b"---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntitle: *c\n---\n" + prose.encode(), EITHER),
        "object.md": (b"---\ntitle: !!python/object/apply:os.system ['true']\n---\n" + prose.encode(), EITHER),
        "null.txt": (b"a\x00b" * 100, REFUSED),
        "latin.txt": ("café ".encode("latin-1") * 100, REFUSED),
        "half-surrogate.txt": (b"\xed\xa0\x80 " * 100, REFUSED),
        "utf-16.txt": (prose.encode("utf-16"), ANY),
        "empty.txt": (b"", REFUSED),
        "marks.txt": (b"?! ... --- " * 500, REFUSED),
        "nested.html": (b"<html><body>" + b"<div>" * 200_000 + prose.encode(), EITHER),
        "bomb.html": (packed(60_000_000), REFUSED),
        "frames.html": (b'<html><frameset><frame src="http://127.0.0.1:8099/"></frameset></html>', REFUSED),
    }  # fmt: skip


def tables(prose: str) -> dict[str, bytes]:
    """Tables with hostile cells."""
    deep = '{"id": "deep", "text": ' + "[" * 50_000 + "]" * 50_000 + "}"
    lines = [deep, '{"id": "digits", "text": ' + "9" * 100_000 + "}", "[1, 2]", "null", "{", "\x00", '{"id": "nan", "text": NaN}',
             '{"id": "surrogate", "text": "\\ud800"}', json.dumps({"id": "=1+1", "text": prose}), '{"id": "twice", "id": "last", "text": "x y"}']  # fmt: skip
    cells = ['=cmd,"=HYPERLINK(1) ' + prose + '"', "ragged,a,b,c", 'again,"x"', 'again,"y"', f"giant,{'word ' * 250_000}",
             "bidi,\u202e\u2066", "'quote,a", "+1,\"a\nb\"", f"{'k' * 5_000},z", 'open,"never closed']  # fmt: skip
    return {
        "lines.jsonl": "\n".join(lines).encode("utf-8"),
        "cells.csv": ("id,text\n" + "\n".join(cells)).encode(),
        "empty.csv": b"",
        "header.csv": b"id,text\n",
        "no-text.csv": b"a,b\n1,2\n",
        "null.csv": b"id,text\n1,a\x00b\n",
        "wide.csv": b"text" + b",x" * 50_000 + b"\n" + b"1" + b",2" * 50_000 + b"\n",
        "latin.csv": "id,text\n1,café\n".encode("latin-1"),
    }


# Texts that cost those who read them more than they are long.
COSTLY_TEXTS: Final = {
    "dots": "</p>"
    + article_data(articleBody=f"The envoys of {TALKS} went home. " * 300 + "\n" + "." * 140_000 + " Kyiv").decode()
    + "<p>",
    "sentences of a word": f"{TALKS}. " * 20 + "Go. " * 300_000,
}


def sentences(step: int) -> str:
    """7,000 sentences out of a hundred, in an order that the step tells: what to compare two versions of costs most."""
    return " ".join(f"Envoy number {index * step % 100} came to the talks in Kyiv." for index in range(7_000))
