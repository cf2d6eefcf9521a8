"""Soak: fifty sources, read forty times over: no duplicates, exactly the planned versions, flat memory, cheap rounds."""

import gc
import os
import random
import re
import runpy
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pytest

from pipeline.corpus.sandbox import Sandbox
from pipeline.tables.corpus import DOCUMENT_TEXTS, FETCHES, SOURCE_HEALTH

ROUNDS: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_web.py"))))
PRESS: Final = ROUNDS.PRESS
SOURCES: Final = 50
REREADINGS: Final = 40
STORIES: Final = 4
SEED: Final = 20_250_601
# Every fourth rereading, something has happened; between them, and in the last ones, nothing has.
EVENTFUL: Final = 4
# What a round leaves in this process is nothing of Python's own: 200 inputs kept by mistake would be 200 blocks and more.
MOST_BLOCKS_A_ROUND: Final = 100
# What the system counts grows nevertheless: each commit leaves some 200 kB in deltalake's own memory, measured alone
# (reading leaves none, nor does fetching), and a round commits its record in two or three tables. A build is a process
# of its own, so that this ends with it. The fit begins with the fifth round, when caches are filled.
MOST_GROWTH_A_ROUND_BYTES: Final = 1_500_000
MOST_GROWTH_BYTES: Final = 60_000_000
KINDS: Final = ("rss", "atom", "json_feed", "rdf", "sitemap", "pages")

pytestmark = pytest.mark.slow


@dataclass
class Town:
    """Fifty outlets, what each lists now, and how many versions each article has by the plan."""

    desk: Any
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    listed: dict[str, list[Any]] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)
    down: set[str] = field(default_factory=set)
    printed: int = STORIES

    def kind(self, host: str) -> str:
        return KINDS[int(host.split(".")[0].removeprefix("outlet")) % len(KINDS)]

    def found(self, host: str, name: str) -> None:
        """Open an outlet with its first articles, and a source for it."""
        self.listed[host] = [self.desk.press.publish(PRESS.story(host, number)) for number in range(STORIES)]
        self.versions.update(found.title for found in self.listed[host])
        location = self.print_list(host)
        if self.kind(host) != "pages":
            self.desk.source(name, "sitemap" if self.kind(host) == "sitemap" else "feed", location)

    def print_list(self, host: str) -> str:
        if self.kind(host) == "pages":
            addresses = [self.desk.press.url(found.host, found.path) for found in self.listed[host]]
            self.desk.list_pages(*addresses, name=host.split(".")[0])
            return ""
        printed: str = getattr(self.desk.press, self.kind(host))(host, self.listed[host])
        return printed

    def some(self, count: int) -> list[str]:
        return self.chance.sample([host for host in sorted(self.listed) if host not in self.down], count)

    def happen(self) -> None:
        """A few edits, a move, new articles, and feeds that fail; those that failed are up again."""
        self.mend()
        for host in self.some(3):
            self.edit(host, self.chance.randrange(len(self.listed[host])))
        (host,) = self.some(1)
        self.move(host, self.chance.randrange(len(self.listed[host])))
        for host in self.some(2):
            self.listed[host].insert(0, self.desk.press.publish(PRESS.story(host, self.printed)))
            self.versions[self.listed[host][0].title] += 1
            self.printed += 1
            self.print_list(host)
        for host in self.some(2):
            if self.kind(host) != "pages":
                self.fail(host)

    def mend(self) -> None:
        """Feeds that failed are up again."""
        for host in sorted(self.down):
            self.print_list(host)
        self.down.clear()

    def edit(self, host: str, place: int) -> None:
        article = self.listed[host][place]
        added = f"<p>In the hour {self.versions[article.title]} of the talks the envoys of {host} added a word.</p></article>"
        body = article.body.replace(b"</article>", added.encode())
        self.listed[host][place] = self.desk.press.publish(replace(article, body=body))
        self.versions[article.title] += 1

    def move(self, host: str, place: int) -> None:
        """The article goes to another address, to which the old one leads for good, and the list names the new one."""
        article = self.listed[host][place]
        moved = self.desk.press.publish(replace(article, path=f"{article.path}-moved-{self.printed}"))
        self.desk.press.fail(host, article.path, 301, location=moved.path)
        self.listed[host][place] = moved
        self.print_list(host)

    def fail(self, host: str) -> None:
        path = {
            "rss": "/feed",
            "atom": "/atom",
            "json_feed": "/feed.json",
            "rdf": "/index.rdf",
            "sitemap": "/sitemap.xml",
        }
        self.desk.press.fail(host, path[self.kind(host)], 410)
        self.down.add(host)

    def requests(self) -> int:
        """What a round asks for: robots.txt once a host, each list, the sitemap an index names, and each page."""
        asked = 0
        for host, stories in self.listed.items():
            lists = {"pages": 0, "sitemap": 2}.get(self.kind(host), 1)
            asked += 2 if host in self.down else 1 + lists + len(stories)
        return asked


@dataclass
class Clock:
    """A clock for the whole module that moves when told."""

    moment: datetime = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Spent:
    """What one round took and left."""

    seconds: float
    requests: int
    resident: int
    blocks: int
    raw_files: int
    texts_version: int | None
    states: dict[str, int]
    is_eventful: bool


def resident() -> int:
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0


def spend(town: Town, *, is_eventful: bool) -> Spent:
    desk = town.desk
    asked, started = len(desk.press.seen), time.monotonic()
    found = desk.read()
    seconds = time.monotonic() - started
    requests = len(desk.press.seen) - asked
    # The press remembers every request and connection; that is its memory and not the reader's.
    server = desk.press.server
    server.seen.clear()
    server._open.clear()
    server._threads[:] = [thread for thread in server._threads if thread.is_alive()]
    states = found.states()
    raw = sum(len(files) for _, _, files in os.walk(desk.data / "raw"))
    del found
    gc.collect()
    return Spent(
        seconds,
        requests,
        resident(),
        sys.getallocatedblocks(),
        raw,
        desk.store.version(DOCUMENT_TEXTS),
        states,
        is_eventful,
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("soak")
    (folder / "corpus").mkdir()
    clock = Clock()
    with Sandbox() as box, PRESS.Press() as press:
        desk = ROUNDS.Desk(folder, press, clock, box, deadline_seconds=1e6)
        desk.settings = {"source_seconds": 1e6, "request_seconds": 1e6}
        opened = Town(desk)
        for number in range(SOURCES):
            opened.found(f"outlet{number:02}.example", f"outlet{number:02}")
        yield opened


@pytest.fixture(scope="module")
def history(town: Town) -> list[Spent]:
    """The first round and forty more."""
    told = [spend(town, is_eventful=True)]
    for number in range(1, REREADINGS + 1):
        town.desk.clock.moment += timedelta(hours=1)
        is_eventful = number % EVENTFUL == 2
        if is_eventful:
            town.happen()
        else:
            # What failed is up again, so that a round in which nothing happens is one of all outlets.
            town.mend()
        told.append(spend(town, is_eventful=is_eventful))
    return told


def quiet(history: list[Spent]) -> list[tuple[Spent, Spent]]:
    """Rounds in which nothing happened, each after one of its kind: the first after events still has failures to mend."""
    return [(before, after) for before, after in pairwise(history) if not before.is_eventful and not after.is_eventful]


def test_every_article_is_one_document_with_exactly_the_versions_of_the_plan(town: Town, history: list[Spent]) -> None:
    texts = town.desk.texts()
    assert Counter(texts["title"]) == town.versions
    assert texts.groupby("title")["document_id"].nunique().eq(1).all()
    current = texts.loc[texts["is_current"].astype(bool)]
    assert not current["text_sha256"].duplicated().any() and not current["url"].duplicated().any()


def test_what_is_compared_at_the_end_is_every_article_of_the_town(town: Town, history: list[Spent]) -> None:
    documents = town.desk.documents()
    assert set(documents.loc[documents["is_compared"], "title"]) == set(town.versions)


def test_a_round_in_which_nothing_happened_writes_nothing_but_its_record(history: list[Spent]) -> None:
    for before, after in quiet(history):
        assert after.states == {"unchanged": sum(after.states.values())}
        assert (after.raw_files, after.texts_version) == (before.raw_files, before.texts_version)
    assert len(quiet(history)) >= REREADINGS // 3


def test_a_round_in_which_nothing_happened_asks_each_host_once_for_all_that_it_lists(
    town: Town, history: list[Spent]
) -> None:
    counts = {after.requests - before.requests for before, after in quiet(history)}
    assert counts == {0}
    # Each redirect of an article that moved is behind a list that names its new address, and is asked for no more.
    town.mend()
    assert spend(town, is_eventful=False).requests == town.requests()


def test_the_record_of_a_round_is_a_row_an_input_and_one_a_source(town: Town, history: list[Spent]) -> None:
    fetches = town.desk.store.read(FETCHES)
    assert len(fetches) >= sum(sum(spent.states.values()) for spent in history)
    assert not fetches["fetch_id"].duplicated().any()
    assert len(town.desk.store.read(SOURCE_HEALTH)) == SOURCES


def test_nothing_of_a_round_stays_in_python_s_memory(history: list[Spent]) -> None:
    # Rounds in which nothing happened alone: a new article rightly takes its place in the press.
    grown = sorted(after.blocks - before.blocks for before, after in quiet(history))
    usual = grown[len(grown) // 2]
    print(f"blocks of memory that a round leaves: {usual}, of {history[-1].blocks:,}")
    assert usual < MOST_BLOCKS_A_ROUND


@pytest.mark.skipif(not resident(), reason="other systems do not tell the memory of a process in this way")
def test_resident_memory_grows_by_no_more_than_the_commits_leave(history: list[Spent]) -> None:
    held = [spent.resident for spent in history[5:]]
    slope = float(np.polyfit(range(len(held)), held, 1)[0])
    print(f"memory: fifth round {held[0] / 1e6:.0f} MB, last {held[-1] / 1e6:.0f} MB, {slope / 1e3:.0f} kB a round")
    assert slope < MOST_GROWTH_A_ROUND_BYTES and held[-1] - held[0] < MOST_GROWTH_BYTES


def test_the_cost_of_an_unchanged_round_is_told(history: list[Spent]) -> None:
    first, later = history[0].seconds, sorted(after.seconds for _, after in quiet(history))
    usual = later[len(later) // 2]
    print(f"rounds: first {first:.2f} s, unchanged {usual:.2f} s, ratio {usual / first:.2f}")
    # Loosely, since a machine may be busy with something else: reading nothing new is no dearer than reading all.
    assert usual < first
