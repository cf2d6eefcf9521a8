"""Web and folders, attacked: whole rounds over more than 150 inputs made to do harm, beside one outlet that is sound.

No refused address is connected to, every input is accounted for with a reason and a remedy, the sound outlet is taken in
whole, and time and memory stay inside bounds.
"""

import csv
import itertools
import json
import os
import re
import runpy
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Self

import pytest

from pipeline.corpus.sandbox import Sandbox
from pipeline.tables.corpus import DOCUMENT_TEXTS, WEB_VISITS

HOSTILE: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("hostile.py"))))
ROUNDS: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_web.py"))))
PRESS: Final = ROUNDS.PRESS
story = PRESS.story
# Two slow cores need some seconds a round, with a parser stopped a few times; a hang is what the bound is for.
LONGEST_ROUND_SECONDS: Final = 120.0
# Bodies on their way: at worst 24 hosts hold 10 MB twice and eight bodies wait for their reader, which is 560 MB; the
# outlets live in this process as well. Seen are 150 MB, most of them libraries that the first round loads.
MOST_GROWTH_BYTES: Final = 600_000_000
# A parser may take 1.5 GB of addresses beside its libraries, which are some 200 MB. Seen are 400 MB.
MOST_CHILD_BYTES: Final = 1_900_000_000
# Two minutes of bombs and drips; the parts have fast tests of their own.
pytestmark = pytest.mark.slow
STOPPED_AFTER_SECONDS: Final = 5.0
FEWEST_INPUTS: Final = 150
# What a reader can do about a refusal, or that nothing need be done.
REMEDY: Final = re.compile(
    r"\b(?:open it|open the address|save|give|check|correct|copy|take (?:it|what)|add|shorten|ask|look for|tried again|"
    r"comes? first|keep|divide|split|write|put|delete|call|close|download|report|translate|export|run OCR|create|"
    r"asked again|read in the next round|[Ss]ay which|kinds that are read are)\b"
)


pages = cache(HOSTILE.pages)
documents = cache(HOSTILE.documents)


@dataclass
class Watch:
    """The most memory that this process and each of its children held while the block ran. Linux alone tells."""

    grown: int = 0
    largest_child: int = 0
    seconds: float = 0.0
    _is_over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._before, self._started = memory(os.getpid(), "VmRSS"), time.monotonic()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._started
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(0.1):
            self.grown = max(self.grown, memory(os.getpid(), "VmRSS") - self._before)
            self.largest_child = max([self.largest_child, *(memory(child, "VmHWM") for child in children())])


def memory(process: int, kind: str) -> int:
    with suppress(OSError):
        found = re.search(rf"{kind}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


def children() -> set[int]:
    """Every process that descends from this one."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
    found = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


@dataclass
class Siege:
    """A desk with one sound outlet among what is hostile. `resolve` is the name service, `sockets` remember."""

    desk: Any
    sockets: Any = field(default_factory=PRESS.WEB.WatchedSockets)
    names: dict[str, Iterator[list[str]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    watch: Watch = field(default_factory=Watch)

    def __post_init__(self) -> None:
        self.sockets.standing_in[HOSTILE.PUBLIC] = self.press.server.port
        self.desk.settings = {
            "sockets": self.sockets, "resolve": self._resolve, "retries": 1,
            "request_seconds": 1e6, "source_seconds": 1e6,
        }  # fmt: skip
        # Waits are skipped and yet counted, by every host at once, so that only what is about time has little of it.
        self.desk.deadline_seconds = 1e6
        self.sound = ROUNDS.newspaper(self.desk)

    @property
    def press(self) -> Any:
        return self.desk.press

    def _resolve(self, host: str, seconds: float) -> list[str]:
        if host in self.names:
            return next(self.names[host])
        return [HOSTILE.PUBLIC] if host == "outlet.example" else PRESS.WEB.here(host, seconds)

    def article(self) -> bytes:
        """A sound page with a text of its own."""
        body: bytes = story("odd.example", next(self.numbers)).body
        return body

    def serve(self, path: str, body: bytes, content_type: str = "text/html; charset=utf-8") -> str:
        """Serve a body, each at a host of its own, so that no host is given up for another's deed."""
        host = f"{path.strip('/')}.example"
        self.press.serve(host, path, body, content_type)
        return str(self.press.url(host, path))

    def bounce(self, path: str, location: str, status: int = 302) -> str:
        host = f"{path.strip('/')}.example"
        self.press.routes[f"{host} {path}"] = _redirect(location, status)
        return str(self.press.url(host, path))

    def list_pages(self, listed: Iterable[str], name: str = "list") -> None:
        self.desk.list_pages(name=name)
        with (self.desk.data / "corpus" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["url"], *([url] for url in listed)])

    def source(self, name: str, kind: str, location: str) -> str:
        found: str = self.desk.source(name, kind, json.dumps(location)[1:-1])
        return found

    def read(self) -> Any:
        """One round, with what holds of every round."""
        with self.watch:
            found = self.desk.read()
        print(
            f"{len(found.fetches)} inputs, {self.watch.seconds:.1f} s, {self.watch.grown / 1e6:.0f} MB more here, "
            f"{self.watch.largest_child / 1e6:.0f} MB in the largest child"
        )
        allowed = {("127.0.0.1", self.press.server.port), (HOSTILE.PUBLIC, 80)}
        assert {(host, port) for host, port, _ in self.sockets.attempts} <= allowed
        assert found.states("daily") == {"stored": 3}, found.fetches[["input", "state_label", "reason"]].to_string()
        assert without_remedy(found) == []
        assert self.watch.seconds < LONGEST_ROUND_SECONDS
        assert self.watch.grown < MOST_GROWTH_BYTES and self.watch.largest_child < MOST_CHILD_BYTES
        return found


def _redirect(location: str, status: int) -> bytes:
    head = f"HTTP/1.1 {status} Moved\r\nLocation: ".encode() + location.encode("utf-8", "surrogatepass")
    return head + b"\r\nContent-Length: 0\r\n\r\n"


def without_remedy(found: Any) -> list[str]:
    """Refusals, waits and failed sources that do not say what can be done, and failures of Parley's own."""
    rows = found.fetches.loc[found.fetches["state_label"].isin(("rejected", "retry_after"))]
    told = [*zip(rows["input"], rows["reason"], strict=True)]
    told += [
        *found.health.dropna(subset=["last_error"])[["source_id", "last_error"]].itertuples(index=False, name=None)
    ]
    return [f"{name}: {why}" for name, why in told if not REMEDY.search(str(why)) or "Parley itself" in str(why)]


def ends(found: Any, source: str) -> dict[str, str]:
    """The state of each input of a source, by the last part of its address."""
    rows = found.fetches.loc[found.fetches["source_id"] == source]
    return {
        str(name).rsplit("/", 1)[-1]: str(label) for name, label in zip(rows["input"], rows["state_label"], strict=True)
    }


def wrong(found: Any, source: str, allowed: dict[str, Iterable[str]]) -> dict[str, str]:
    """Inputs of a source that ended otherwise than they may, or did not end, or that nobody listed."""
    met = ends(found, source)
    missing = dict.fromkeys(allowed.keys() - met.keys(), "not accounted for")
    return missing | {
        name: f"{label}, which it may not" for name, label in met.items() if label not in allowed.get(name, ())
    }


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(deadline_seconds=STOPPED_AFTER_SECONDS) as sandbox:
        yield sandbox


@pytest.fixture
def siege(tmp_path: Path, clock: Any, box: Sandbox) -> Iterator[Siege]:
    (tmp_path / "corpus/inbox").mkdir(parents=True)
    with PRESS.Press() as press:
        yield Siege(ROUNDS.Desk(tmp_path, press, clock, box))


REFUSED: Final = ("rejected",)
TITLED: Final = f"<title>{HOSTILE.TALKS}</title>"


def feed_of(links: Iterable[str], kind: str) -> bytes:
    escape = lambda link: link.replace("&", "&amp;").replace("<", "&lt;")  # noqa: E731
    if kind == "json":
        items = [{"url": link, "title": HOSTILE.TALKS} for link in links]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    if kind == "atom":
        entries = "".join(f'<entry>{TITLED}<link href="{escape(link)}"/></entry>' for link in links)
        return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()
    if kind == "sitemap":
        head = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
        news = f"<n:news><n:title>{HOSTILE.TALKS}</n:title></n:news>"
        return f"<urlset {head}>{''.join(f'<url><loc>{escape(link)}</loc>{news}</url>' for link in links)}</urlset>".encode()
    entries = "".join(f"<item>{TITLED}<link>{escape(link)}</link></item>" for link in links)
    return f'<rss version="2.0"><channel>{entries}</channel></rss>'.encode()


LISTS: Final = ("rss", "atom", "json", "sitemap")


def test_no_address_that_is_listed_leads_to_a_refused_connection(siege: Siege) -> None:
    siege.list_pages(HOSTILE.addresses("list").values())
    for kind in LISTS:
        location = siege.serve(f"/{kind}", feed_of(HOSTILE.addresses(kind).values(), kind), "")
        siege.source(kind, "sitemap" if kind == "sitemap" else "feed", location)
    found = siege.read()
    for kind in ("list", *LISTS):
        assert wrong(found, kind, dict.fromkeys(HOSTILE.addresses(kind), REFUSED)) == {}
    assert "secret" not in found.fetches.to_csv() + siege.desk.store.read(WEB_VISITS).to_csv()


def test_no_address_of_a_source_or_of_a_sitemap_in_an_index_leads_to_a_refused_connection(siege: Siege) -> None:
    for kind in ("feed", "sitemap"):
        for mark, address in HOSTILE.addresses(kind).items():
            siege.source(mark, kind, address)
    for mark, address in HOSTILE.addresses("index").items():
        child = address.replace("&", "&amp;")
        index = f"<sitemapindex><sitemap><loc>{child}</loc></sitemap></sitemapindex>".encode()
        siege.press.serve("index.example", f"/{mark}", index, "application/xml")
        siege.source(mark, "sitemap", siege.press.url("index.example", f"/{mark}"))
    found = siege.read()
    told = found.health.set_index("source_id")
    marks = [mark for kind in ("feed", "sitemap") for mark in HOSTILE.addresses(kind)]
    assert told.loc[marks, "last_error"].notna().all()
    warned = told.loc[list(HOSTILE.addresses("index")), "warnings"]
    assert warned.str.contains("not on the public internet|publishers use").all()


def test_no_redirect_leads_to_a_refused_connection(siege: Siege) -> None:
    pages_, robots = HOSTILE.addresses("to"), HOSTILE.addresses("robots")
    siege.list_pages(
        [*(siege.bounce(f"/{mark}", address) for mark, address in pages_.items()),
         *(siege.serve(f"/{mark}", siege.article()) for mark in robots)]
    )  # fmt: skip
    for mark, address in robots.items():
        siege.press.routes[f"{mark}.example /robots.txt"] = _redirect(address, 301)
    for mark, address in HOSTILE.addresses("source").items():
        siege.source(mark, "feed", siege.bounce(f"/{mark}", address))
    found = siege.read()
    assert wrong(found, "list", dict.fromkeys([*pages_, *robots], REFUSED)) == {}
    assert found.health.set_index("source_id").loc[list(HOSTILE.addresses("source")), "last_error"].notna().all()


def test_what_a_page_calls_its_own_address_is_neither_opened_nor_believed(siege: Siege) -> None:
    forms = HOSTILE.addresses("own") | {f"scheme-{n}": form for n, form in enumerate(HOSTILE.SCHEMES)}
    for mark, address in forms.items():
        stated = address.replace('"', "&quot;")
        links = f'<link rel="canonical" href="{stated}"><meta property="og:url" content="{stated}">'.encode()
        siege.press.serve(
            "own.example", f"/{mark}", siege.article().replace(b"<head>", b"<head>" + links, 1), "text/html"
        )
    siege.list_pages(siege.press.url("own.example", f"/{mark}") for mark in forms)
    found = siege.read()
    assert wrong(found, "list", dict.fromkeys(forms, ("stored",))) == {}
    texts = siege.desk.texts()
    assert (texts.loc[texts["source_id"] == "list", "url"].str.startswith(siege.press.url("own.example", "/"))).all()


def test_addresses_in_a_table_are_kept_as_they_are_and_never_opened(siege: Siege) -> None:
    forms = list(HOSTILE.addresses("cell").values()) + list(HOSTILE.SCHEMES)
    rows = [[f"cell-{n}", f"Piece {n}. {HOSTILE.TALKS} was on the table.", form] for n, form in enumerate(forms)]
    with (siege.desk.data / "corpus/export.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "text", "url"], *rows])
    siege.source("export", "table", "corpus/export.csv")
    found = siege.read()
    assert wrong(found, "export", {f"export.csv#cell-{n}": ("stored",) for n in range(len(forms))}) == {}


def test_other_schemes_are_told_and_never_followed(siege: Siege) -> None:
    siege.list_pages([*HOSTILE.SCHEMES, siege.serve("/kept", siege.article())])
    redirects = {f"jump-{n}": form for n, form in enumerate(HOSTILE.SCHEMES)}
    siege.list_pages([siege.bounce(f"/{mark}", form) for mark, form in redirects.items()], name="jumps")
    for kind in LISTS:
        location = siege.serve(
            f"/{kind}", feed_of([*HOSTILE.SCHEMES, siege.serve(f"/{kind}-kept", siege.article())], kind), ""
        )
        siege.source(kind, "sitemap" if kind == "sitemap" else "feed", location)
    found = siege.read()
    assert [form for form in HOSTILE.SCHEMES if form not in found.of("list").warnings] == []
    assert wrong(found, "jumps", dict.fromkeys(redirects, REFUSED)) == {}
    for kind in LISTS:
        assert f"left out: {len(HOSTILE.SCHEMES)}" in found.of(kind).warnings
        assert found.states(kind) == {"stored": 1}


def test_no_answer_of_a_name_service_leads_to_a_refused_connection(siege: Siege) -> None:
    """A name may lead elsewhere the second time: to robots.txt it is public, to the page it is not."""
    marks: dict[str, tuple[str, ...]] = {}
    for number, answer in enumerate(HOSTILE.NAME_SERVICE):
        for deed, first in (("at-once", []), ("second", [[HOSTILE.PUBLIC]]), ("jump", []), ("turned", [])):
            marks[f"{deed}-{number}"] = REFUSED
            siege.names[f"{deed}-{number}.example"] = itertools.chain(first, itertools.repeat(answer))
        siege.press.serve("", f"/second-{number}", siege.article(), "text/html")
        siege.names[f"feed-{number}.example"] = itertools.chain([[HOSTILE.PUBLIC]], itertools.repeat(answer))
        siege.source(f"feed-{number}", "feed", f"http://feed-{number}.example/feed")
    # A page that leads to a name, and one that leads to its own name, which by then leads elsewhere.
    listed = [f"http://{mark}.example/{mark}" for mark in marks if not mark.startswith(("jump", "turned"))]
    for number, answer in enumerate(HOSTILE.NAME_SERVICE):
        siege.press.routes[f"lead.example /jump-{number}"] = _redirect(f"http://jump-{number}.example/", 302)
        listed.append(siege.press.url("lead.example", f"/jump-{number}"))
        own = f"turned-{number}.example"
        siege.names[own] = itertools.chain([[HOSTILE.PUBLIC]] * 2, itertools.repeat(answer))
        siege.press.routes[f"/turned-{number}"] = _redirect(f"http://{own}/x", 302)
        listed.append(f"http://{own}/turned-{number}")
    siege.list_pages(listed)
    found = siege.read()
    assert wrong(found, "list", marks) == {}
    feeds = [f"feed-{number}" for number in range(len(HOSTILE.NAME_SERVICE))]
    assert found.health.set_index("source_id").loc[feeds, "last_error"].notna().all()
    assert not [seen.path for seen in siege.press.seen if seen.path.startswith("/at-once")]


def redirects(siege: Siege) -> dict[str, tuple[str, Iterable[str]]]:
    """Redirects that do not lead to refused addresses, and are odd in themselves."""
    goal = siege.serve("/goal", siege.article())
    past = {f"chain-{n}": (siege.press.url(f"chain-{n + 1}.example", f"/chain-{n + 1}"), ()) for n in range(1, 8)}
    return past | {
        "chain-0": (siege.press.url("chain-1.example", "/chain-1"), REFUSED),
        "itself": ("/itself", REFUSED),
        "itself-by-fragment": ("/itself-by-fragment#part", REFUSED),
        "ring-a": (siege.press.url("ring-b.example", "/ring-b"), REFUSED),
        "ring-b": (siege.press.url("ring-a.example", "/ring-a"), REFUSED),
        "to-an-article": (goal, ("stored",)),
        "with-a-password": (goal.replace("://", "://reader:secret@"), REFUSED),
        "to-nothing": ("", REFUSED),
        "to-a-blank": (" ", REFUSED),
        "to-half-an-address": ("http://[", REFUSED),
        "to-a-port-of-letters": ("http://outlet.example:port/", REFUSED),
        "to-9,000-letters": ("x" * 9_000, REFUSED),
        "to-60,000-letters": ("http://outlet.example/" + "x" * 60_000, REFUSED),
        "to-two-lines": ("/a%0d%0aHost:%20127.0.0.1", ("rejected",)),
        "to-a-name-of-bytes": ("http://\udcff\udcfe.example/", ("rejected", "retry_after")),
        "to-a-long-label": (f"http://{'a' * 300}.example/", ("rejected", "retry_after")),
        "to-a-name-that-is-not-there": ("http://nothing.invalid/", ("retry_after",)),
        "upwards": ("../../../../etc/passwd", REFUSED),
    }  # fmt: skip


def test_redirects_end_and_each_is_accounted_for(siege: Siege) -> None:
    given = redirects(siege)
    for mark, (location, _) in given.items():
        siege.bounce(f"/{mark}", location)
    listed = {mark: states for mark, (_, states) in given.items() if states}
    siege.list_pages(siege.press.url(f"{mark}.example", f"/{mark}") for mark in listed)
    found = siege.read()
    assert wrong(found, "list", listed) == {}
    assert not any("authorization" in seen.headers for seen in siege.press.seen)


def test_validators_of_one_host_are_not_shown_to_another(siege: Siege) -> None:
    moved = siege.serve("/moved", siege.article())
    siege.list_pages([moved])
    siege.read()
    siege.bounce("/moved", siege.serve("/elsewhere", siege.article()))
    asked = len(siege.press.seen)
    siege.desk.read()
    later = {seen.path: seen.headers for seen in siege.press.seen[asked:]}
    assert "if-none-match" in later["/moved"] and "if-none-match" not in later["/elsewhere"]


def test_answers_that_lie_or_are_malformed_cost_their_own_page(siege: Siege) -> None:
    given = HOSTILE.answers(siege.article())
    marks = {f"wire-{number}": (answer, states) for number, (answer, states) in enumerate(given.values())}
    for mark, (answer, _) in marks.items():
        siege.press.routes[f"{mark}.example /{mark}"] = answer
    siege.list_pages(siege.press.url(f"{mark}.example", f"/{mark}") for mark in marks)
    found = siege.read()
    told = dict(zip(marks, given, strict=True))
    assert {told[mark]: why for mark, why in wrong(found, "list", {m: s for m, (_, s) in marks.items()}).items()} == {}


def endless(siege: Siege, is_over: threading.Event) -> dict[str, Callable[[Any], Iterator[bytes]]]:
    """Answers that never end, fast and slow."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

    def after(start: bytes, piece: bytes, seconds: float = 0.0) -> Callable[[Any], Iterator[bytes]]:
        def answer(_: Any) -> Iterator[bytes]:
            yield start
            while not is_over.wait(seconds):
                yield piece

        return answer

    onward = itertools.count()

    def leading_on(_: Any) -> Iterator[bytes]:
        number = next(onward)
        path = f"/endless-on-{number}"
        siege.press.stream("onward.example", path, leading_on)
        yield _redirect(path, 302)

    return {
        "silent": after(b"", b"", 0.2),
        "silent-after-head": after(head + b"\r\n", b"", 0.2),
        "drip-of-status": after(b"", b"H", 0.3),
        "drip-of-headers": after(head, b"X: a\r\n", 0.3),
        "drip-of-body": after(head + b"\r\n", b"a", 0.3),
        "drip-of-chunks": after(head + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", 0.3),
        "drip-of-a-long-body": after(head + b"Content-Length: 9000000\r\n\r\n", b"<p>", 0.3),
        "headers": after(head, b"X: " + b"a" * 1_000 + b"\r\n"),
        "one-header": after(head + b"X: ", b"a" * 1_000),
        "body": after(head + b"\r\n", b"<p>word</p>" * 1_000),
        "chunks": after(head + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"a" * 4_096 + b"\r\n"),
        "chunk-size": after(head + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 1_000),
        "trailers": after(head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: " + b"a" * 1_000 + b"\r\n"),
        "interim-answers": after(b"", b"HTTP/1.1 103 Early\r\nLink: a\r\n\r\n" * 50),
        "redirects": leading_on,
    }  # fmt: skip


def test_answers_without_an_end_are_cut_off(siege: Siege) -> None:
    siege.desk.settings |= {"retries": 0, "request_seconds": 6.0, "silence_seconds": 4.0}
    is_over = threading.Event()
    given = endless(siege, is_over)
    slow_robots = {
        f"robots-{name}": answer for name, answer in given.items() if name.startswith(("silent", "drip", "body"))
    }
    for name, answer in given.items():
        siege.press.stream("onward.example" if name == "redirects" else f"{name}.example", f"/{name}", answer)
    for name, answer in slow_robots.items():
        siege.serve(f"/{name}", siege.article())
        siege.press.stream(f"{name}.example", "/robots.txt", answer)
    for name in ("silent", "drip-of-body", "body"):
        siege.press.stream(f"feed-{name}.example", "/feed", given[name])
        siege.source(f"feed-{name}", "feed", siege.press.url(f"feed-{name}.example", "/feed"))
    hosts = {name: "onward.example" if name == "redirects" else f"{name}.example" for name in given | slow_robots}
    siege.list_pages(siege.press.url(host, f"/{name}") for name, host in hosts.items())
    try:
        found = siege.read()
    finally:
        is_over.set()
    # What a robots.txt says before it is cut off counts (RFC 9309, 2.5), and an endless one that allows all may allow this.
    states = {name: ("rejected", "retry_after", *(("stored",) if name == "robots-body" else ())) for name in hosts}
    assert wrong(found, "list", states) == {}
    assert found.health.set_index("source_id").filter(like="feed-", axis=0)["last_error"].notna().all()


def test_odd_and_giant_pages_cost_their_own_row(siege: Siege) -> None:
    given = {f"page-{number}": page for number, page in enumerate(pages(siege.article).values())}
    told = dict(zip(given, pages(siege.article), strict=True))
    siege.list_pages([siege.serve(f"/{mark}", page.body, page.content_type) for mark, page in given.items()])
    found = siege.read()
    assert {
        told[mark]: why for mark, why in wrong(found, "list", {m: p.states for m, p in given.items()}).items()
    } == {}
    stored = [label for label in ends(found, "list").values() if label == "stored"]
    # What is sound but for one oddity is mostly read: refusing everything would be no feat.
    assert len(stored) > len(given) / 2
    # Nothing of it is written again, nor keeps the corpus from being compared.
    before = siege.desk.store.version(DOCUMENT_TEXTS)
    again = ends(siege.desk.read(), "list")
    assert {again[name] for name, label in ends(found, "list").items() if label == "stored"} == {"unchanged"}
    assert siege.desk.store.version(DOCUMENT_TEXTS) == before and len(siege.desk.documents()) >= len(stored)
    texts = siege.desk.texts()
    assert not texts["title"].str.contains("[\u202a-\u202e\u2066-\u2069\x00]").any()


def test_pdfs_and_word_files_behind_pages_cost_their_own_row(siege: Siege) -> None:
    given = {f"document-{number}": page for number, page in enumerate(documents().values())}
    siege.list_pages([siege.serve(f"/{mark}", page.body, page.content_type) for mark, page in given.items()])
    found = siege.read()
    told = dict(zip(given, documents(), strict=True))
    assert {
        told[mark]: why for mark, why in wrong(found, "list", {m: p.states for m, p in given.items()}).items()
    } == {}


def test_malformed_feeds_and_sitemaps_cost_their_own_source(siege: Siege) -> None:
    broken = {f"broken-{number}": feed for number, feed in enumerate(HOSTILE.feeds().values())}
    for mark, (body, kind) in broken.items():
        siege.source(mark, "feed", siege.serve(f"/{mark}", body, kind))
    own = list(HOSTILE.sitemaps("")).index("names itself")
    maps = HOSTILE.sitemaps(siege.press.url(f"map-{own}.example", f"/map-{own}"))
    for number, body in enumerate(maps.values()):
        siege.source(f"map-{number}", "sitemap", siege.serve(f"/map-{number}", body, "application/xml"))
    links = [siege.press.url("odd.example", f"/odd-{number}") for number in range(40)]
    odd = {f"odd-{number}": body for number, body in enumerate(HOSTILE.odd_feeds(iter(links)).values())}
    for mark, body in odd.items():
        siege.press.serve("odd.example", f"/{mark}", siege.article(), "text/html")
        siege.source(f"feed-of-{mark}", "feed", siege.serve(f"/feed-of-{mark}", body, "application/rss+xml"))
    found = siege.read()
    health = found.health.set_index("source_id")
    silent = [mark for mark in health.index if mark.startswith(("broken-", "map-"))]
    assert len(silent) == len(broken) + len(maps)
    mute = {
        mark for mark in silent if health.loc[mark, ["last_error", "warnings"]].isna().all() and not ends(found, mark)
    }
    assert mute <= {f"map-{own}"}  # It is told of below.
    assert not {label for mark in silent for label in ends(found, mark).values()} & {"stored", "duplicate"}
    assert [why for mark in odd if (why := wrong(found, f"feed-of-{mark}", {mark: ("stored",)}))] == []


def test_files_made_to_be_slow_or_broken_and_hostile_tables_cost_their_own_row(siege: Siege) -> None:
    prose = " ".join(PRESS.MARKUP.prose(4, 7))
    inbox = siege.desk.data / "corpus/inbox"
    given = HOSTILE.files(prose)
    for name, (body, _) in given.items():
        (inbox / name).write_bytes(body)
    siege.desk.source("inbox", "file", "corpus/inbox")
    for name, body in HOSTILE.tables(prose).items():
        (siege.desk.data / "corpus" / name).write_bytes(body)
        siege.source(name.replace(".", "-"), "table", f"corpus/{name}")
    found = siege.read()
    assert wrong(found, "inbox", {name: states for name, (_, states) in given.items()}) == {}
    for name in HOSTILE.tables(prose):
        told = found.of(name.replace(".", "-"))
        assert told.items_seen_count == len(ends(found, told.source_id)), name


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow these names")
def test_no_name_of_a_file_hides_it_or_another(siege: Siege) -> None:
    inbox = siege.desk.data / "corpus/inbox"
    for number, name in enumerate((*HOSTILE.FILE_NAMES, *HOSTILE.HIDDEN_NAMES)):
        text = f"Piece {number}. " + " ".join(PRESS.MARKUP.prose(3, number))
        # As bytes, because a name need not be text.
        Path(os.fsdecode(os.fsencode(inbox) + b"/" + os.fsencode(name))).write_text(text)
    (inbox / "loop.txt").symlink_to(inbox / "loop.txt")
    (inbox / "nowhere.txt").symlink_to(inbox / "not-there")
    os.mkfifo(inbox / "pipe.txt")
    (inbox / "folder.txt").mkdir()
    siege.desk.source("inbox", "file", "corpus/inbox")
    found = siege.read()
    rows = found.fetches.loc[found.fetches["source_id"] == "inbox"]
    expected = [f"inbox/{name.encode('utf-8', 'backslashreplace').decode()}" for name in HOSTILE.FILE_NAMES]
    assert sorted(rows["input"]) == sorted(expected)
    read = {name for name in HOSTILE.FILE_NAMES if name.lower().endswith((".txt", ".md"))}
    assert found.states("inbox") == {"stored": len(read), "rejected": len(expected) - len(read)}


def test_a_sitemap_that_names_only_itself_is_told_to_list_nothing(siege: Siege) -> None:
    address = siege.press.url("map.example", "/map")
    siege.source("map", "sitemap", siege.serve("/map", HOSTILE.sitemaps(address)["names itself"], "application/xml"))
    told = siege.desk.read("map").of("map")
    assert isinstance(told.last_error, str) or isinstance(told.warnings, str)


def test_a_file_with_the_longest_name_there_is_is_read(siege: Siege) -> None:
    (siege.desk.data / "corpus/inbox" / f"{'a' * 251}.txt").write_text(" ".join(PRESS.MARKUP.prose(3, 9)))
    siege.desk.source("inbox", "file", "corpus/inbox")
    assert siege.desk.read("inbox").states("inbox") == {"stored": 1}


def test_a_title_holds_no_controls_of_direction(siege: Siege) -> None:
    data = HOSTILE.article_data(headline="\u202egnp.exe\u2066 of the talks", author={"name": "Anna \u202eeeL"})
    siege.list_pages([siege.serve("/turned", siege.article().replace(b"<head>", b"<head>" + data, 1))])
    assert siege.read().states("list") == {"stored": 1}
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", siege.desk.texts()[["title", "analyst"]].to_csv())


LASTING: Final = ("Fri, 31 Dec 9999 23:59:59 -2359", "9999999999")


@pytest.mark.parametrize("rest", LASTING)
def test_a_host_that_asks_for_rest_for_ever_is_asked_again_within_a_month(siege: Siege, clock: Any, rest: str) -> None:
    address = siege.serve("/busy", siege.article())
    siege.press.fail("busy.example", "/busy", 503, retry_after=rest)
    siege.list_pages([address])
    assert siege.read().states("list") == {"retry_after": 1}
    siege.serve("/busy", siege.article())
    clock.advance(days=31)
    assert siege.desk.read().states("list") == {"stored": 1}


def half_pairs(siege: Siege) -> dict[str, dict[str, Any]]:
    """Entries of a JSON feed that hold half of a surrogate pair, which no UTF-8 can hold."""
    address, half = siege.serve("/half", siege.article()), "\ud800"
    sound = {"url": address, "title": HOSTILE.TALKS}
    return {
        "title": sound | {"title": half + HOSTILE.TALKS},
        "author": sound | {"authors": [{"name": f"Anna {half} Lee"}]},
        "address": sound | {"url": f"{address}?a={half}"},
        "text": sound | {"content_html": f"<p>{half} {HOSTILE.TALKS}</p>" * 60},
        "summary": sound | {"summary": half},
    }


HALF_PAIRS: Final = ("title", "author", "address", "text", "summary", "headline", "name")


@pytest.mark.parametrize("place", HALF_PAIRS)
def test_half_a_surrogate_pair_costs_no_round(siege: Siege, place: str) -> None:
    if place in ("headline", "name"):
        stated = {"headline": "\ud800 talks"} if place == "headline" else {"author": {"name": "Anna \udfff Lee"}}
        data = HOSTILE.article_data(**stated)
        siege.list_pages([siege.serve("/half", siege.article().replace(b"<head>", b"<head>" + data, 1))])
    else:
        feed = {"version": "https://jsonfeed.org/version/1.1", "items": [half_pairs(siege)[place]]}
        siege.source("list", "feed", siege.serve("/feed", json.dumps(feed).encode(), "application/feed+json"))
    found = siege.read()
    assert set(found.states("list")) <= {"stored", "rejected"}
    assert found.states("list") or "left out: 1" in found.of("list").warnings


def test_a_pdf_that_breaks_off_behind_a_page_costs_its_own_row(siege: Siege) -> None:
    siege.list_pages([siege.serve("/half", b"%PDF-1.4\n" + b"1 0 obj\n" * 50_000, "application/pdf")])
    assert set(siege.read().states("list")) <= {"rejected", "retry_after"}


@pytest.mark.parametrize("suffix", ["co.uk", "substack.com"])
def test_a_page_cannot_pass_for_the_article_of_another_outlet(siege: Siege, suffix: str) -> None:
    host = f"daily.{suffix}"
    victim = siege.press.publish(story(host, 8))
    address = siege.press.url(host, victim.path)
    claim = f'<link rel="canonical" href="{address}">'.encode()
    siege.press.serve(f"evil.{suffix}", "/x", siege.article().replace(b"<head>", b"<head>" + claim, 1), "text/html")
    siege.list_pages([siege.press.url(f"evil.{suffix}", "/x")])
    siege.read()
    siege.source("victim", "feed", siege.press.rss(host, [victim]))
    assert siege.desk.read("victim").states("victim") == {"stored": 1}


# A sound round of this size takes this process a tenth of it; what costs more belongs into a process that can be killed.
MOST_OWN_SECONDS: Final = 4.0


def own_seconds(siege: Siege, address: str, *texts: str) -> float:
    """Processor seconds that this process itself spends on rounds over a page with one text after the other."""
    siege.list_pages([address])
    started = time.process_time()
    for text in texts:
        # Of a page that does not say what kind of text it holds, the kind is told by the text.
        body = siege.article().replace(b'<meta property="article:section" content="Opinion">', b"")
        siege.serve("/costly", body.replace(b"</p><p>", f"</p><p>{text}</p><p>".encode(), 1))
        # Turned away for its language, a text would cost nothing and show nothing.
        assert not siege.desk.read("list").fetches["reason"].str.contains("is written in|could not|no article").any()
    return time.process_time() - started


@pytest.mark.parametrize("deed", HOSTILE.COSTLY_TEXTS)
def test_a_text_that_is_costly_to_read_costs_this_process_nothing(siege: Siege, deed: str) -> None:
    address = siege.press.url("costly.example", "/costly")
    assert own_seconds(siege, address, HOSTILE.COSTLY_TEXTS[deed]) < MOST_OWN_SECONDS


def test_an_edit_that_is_costly_to_compare_costs_this_process_nothing(siege: Siege) -> None:
    address = siege.press.url("costly.example", "/costly")
    assert own_seconds(siege, address, HOSTILE.sentences(1), HOSTILE.sentences(7)) < MOST_OWN_SECONDS


def test_a_host_whose_pages_stop_the_parser_is_left_alone_after_a_few(siege: Siege) -> None:
    slow = pages(siege.article)["body: nested table beside the text"].body
    for number in range(6):
        siege.press.serve(
            "slow.example", f"/slow-{number}", slow.replace(b"Bargaining", b"Piece %d" % number), "text/html"
        )
    siege.list_pages(siege.press.url("slow.example", f"/slow-{number}") for number in range(6))
    with Sandbox(deadline_seconds=1.0) as hasty:
        siege.desk.box = hasty
        found = siege.desk.read("list")
    assert len(found.fetches) == 6
    assert found.fetches["reason"].str.contains("was stopped").sum() <= 3


@pytest.mark.parametrize("deed", ["JSON without items", "JSON that breaks off", "entity bomb", "gzip bomb"])
def test_a_refusal_of_a_feed_says_what_can_be_done(siege: Siege, deed: str) -> None:
    body, kind = HOSTILE.feeds()[deed]
    siege.source("broken", "feed", siege.serve("/feed", body, kind))
    assert without_remedy(siege.desk.read("broken")) == []


@pytest.mark.parametrize("deed", ["nested deep", "breaks off"])
def test_a_refusal_of_a_sitemap_says_what_can_be_done(siege: Siege, deed: str) -> None:
    siege.source("broken", "sitemap", siege.serve("/map", HOSTILE.sitemaps("")[deed], "application/xml"))
    assert without_remedy(siege.desk.read("broken")) == []


@pytest.mark.parametrize("deed", ["whole: six megabytes of article", "body: 100,000 options"])
def test_a_refusal_of_a_page_says_what_can_be_done(siege: Siege, deed: str) -> None:
    page = pages(siege.article)[deed]
    siege.list_pages([siege.serve("/page", page.body, page.content_type)])
    assert without_remedy(siege.desk.read("list")) == []


@pytest.mark.parametrize("deed", ["null bytes", "only a stylesheet of this machine"])
def test_a_feed_of_nothing_is_told_to_be_no_feed(siege: Siege, deed: str) -> None:
    body, kind = HOSTILE.feeds()[deed]
    siege.source("broken", "feed", siege.serve("/feed", body, kind))
    assert "no feed" in siege.desk.read("broken").of("broken").last_error


def test_the_suite_holds_at_least_150_distinct_inputs(siege: Siege) -> None:
    lists = ("list", *LISTS, "feed", "sitemap", "index", "to", "robots", "source", "own", "cell")
    counts = {
        "addresses": sum(len(HOSTILE.addresses(place)) for place in lists),
        "schemes": len(HOSTILE.SCHEMES) * (4 + len(LISTS)),
        "alone": len(LASTING) + len(HALF_PAIRS) + len(HOSTILE.COSTLY_TEXTS) + 4,
        "names": len(HOSTILE.NAME_SERVICE) * 5,
        "redirects": sum(bool(states) for _, states in redirects(siege).values()),
        "answers": len(HOSTILE.answers(b"x")),
        "endless": len(endless(siege, threading.Event())) + 3,
        "pages": len(pages(siege.article)),
        "documents": len(documents()),
        "feeds": len(HOSTILE.feeds()) + len(HOSTILE.odd_feeds(map(str, itertools.count()))) + len(HOSTILE.sitemaps("")),
        "files": len(HOSTILE.files("x")) + len(HOSTILE.tables("x")),
        "file names": len(HOSTILE.FILE_NAMES) + len(HOSTILE.HIDDEN_NAMES),
    }
    print(counts, sum(counts.values()))
    # Even without the addresses, which are one deed at many doors.
    assert sum(counts.values()) - counts["addresses"] >= FEWEST_INPUTS
