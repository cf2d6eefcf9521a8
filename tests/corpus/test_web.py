"""Tests of pipeline.corpus.web: whole rounds against outlets served over HTTP on this machine."""

import runpy
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pandas as pd
import pytest

from pipeline.corpus import accounting, configuration, documents
from pipeline.corpus.ingest import Ingestion
from pipeline.corpus.sandbox import Sandbox
from pipeline.corpus.web import WebReader
from pipeline.store import RawBodies, Store
from pipeline.tables.corpus import DOCUMENT_TEXTS, FETCHES, SOURCE_HEALTH, WEB_VISITS

PRESS: Final = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("press.py"))))
Press = PRESS.Press
story = PRESS.story
QUERY: Final = tomllib.loads((Path(__file__).parents[2] / "data/corpus/sources.toml").read_text())["relevance"]["parts"]


@dataclass
class Round:
    """What one round left behind."""

    fetches: pd.DataFrame
    health: pd.DataFrame

    def states(self, source: str = "") -> dict[str, int]:
        rows = self.fetches.loc[self.fetches["source_id"] == source] if source else self.fetches
        return {str(label): int(count) for label, count in rows["state_label"].value_counts().items()}

    def row(self, url: str) -> Any:
        (found,) = self.fetches.loc[self.fetches["input"] == url].itertuples()
        return found

    def of(self, source: str) -> Any:
        (found,) = self.health.loc[self.health["source_id"] == source].itertuples()
        return found


@dataclass
class Desk:
    """A user with a data folder, who takes in what the press prints."""

    data: Path
    press: Any
    clock: Any
    box: Sandbox
    entries: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    deadline_seconds: float = 60.0

    @property
    def store(self) -> Store:
        return Store(str(self.data / "store"))

    def source(self, name: str, kind: str, location: str, **fields: Any) -> str:
        lines = [f'id = "{name}"', f'kind = "{kind}"', f'location = "{location}"']
        lines += [f"{key} = {value!r}" for key, value in fields.items()]
        self.entries.append("[[source]]\n" + "\n".join(lines).replace("True", "true").replace("False", "false"))
        return name

    def list_pages(self, *urls: str, name: str = "list") -> None:
        path = self.data / "corpus" / f"{name}.csv"
        path.write_text("url\n" + "".join(f'"{url}"\n' for url in urls))
        if not any(f'"{name}"' in entry for entry in self.entries):
            self.source(name, "pages", f"corpus/{name}.csv")

    def read(self, *only: str) -> Round:
        """One round, recorded as the assets record it."""
        corpus = self.data / "corpus"
        corpus.joinpath("sources.toml").write_text("\n\n".join([*self.entries, f"[relevance]\nparts = {QUERY!r}"]))
        loaded = configuration.load(corpus)
        bodies = RawBodies(self.data / "raw")
        web = WebReader(
            lambda: self.press.fetcher(**self.settings), self.box.run, self.store, bodies, self.data, self.clock,
            "code-1", self.deadline_seconds,
        )  # fmt: skip
        ingestion = Ingestion(
            loaded, self.data, self.store, bodies, self.box.parse, self.clock, "code-1", run_task=self.box.run, web=web
        )
        fetches, health = ingestion.run(list(only))
        self.store.upsert(FETCHES, fetches)
        self.store.replace(SOURCE_HEALTH, health)
        assert accounting.unaccounted(self.store.read(FETCHES), health) == []
        return Round(fetches, health)

    def texts(self) -> pd.DataFrame:
        return self.store.read(DOCUMENT_TEXTS)

    def documents(self) -> pd.DataFrame:
        return documents.current(self.texts().drop(columns="text"), configuration.load(self.data / "corpus"))


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def desk(tmp_path: Path, clock: Any, box: Sandbox) -> Iterator[Desk]:
    (tmp_path / "corpus").mkdir()
    with Press() as press:
        yield Desk(tmp_path, press, clock, box)


def opened(press: Any, host: str, count: int) -> list[Any]:
    return [press.publish(story(host, number)) for number in range(count)]


def newspaper(desk: Desk, count: int = 3, host: str = "daily.example") -> list[Any]:
    """An outlet with a feed of opinion pieces, as source "daily"."""
    stories = opened(desk.press, host, count)
    desk.source("daily", "feed", desk.press.rss(host, stories))
    return stories


KINDS: Final = ("rss", "atom", "json_feed", "rdf", "sitemap")


@pytest.fixture
def world(desk: Desk) -> list[Any]:
    """A dozen outlets, each with markup of its own, listed by feeds of every kind, a sitemap and a list of pages."""
    stories = [desk.press.publish_family(*family, seed) for seed, family in enumerate(PRESS.FAMILIES, start=3)]
    for number, found in enumerate(stories[:-2]):
        kind = KINDS[number % len(KINDS)]
        location = getattr(desk.press, kind)(found.host, [found])
        desk.source(f"outlet-{number}", "sitemap" if kind == "sitemap" else "feed", location)
    desk.list_pages(*(desk.press.url(found.host, found.path) for found in stories[-2:]))
    return stories


def test_a_dozen_outlets_with_feeds_of_every_kind_are_taken_in(desk: Desk, world: list[Any]) -> None:
    first = desk.read()
    assert first.states() == {"stored": 12}, first.fetches[["input", "state_label", "reason"]].to_string()
    assert first.health["last_error"].isna().all()


def test_titles_authors_and_dates_of_a_dozen_markups_come_out(desk: Desk, world: list[Any]) -> None:
    desk.read()
    found = desk.documents()
    assert {(row.title, row.analyst, row.published_date.date()) for row in found.itertuples()} == {
        (printed.title, printed.author, printed.published.date()) for printed in world
    }


def test_a_second_round_asks_conditionally_and_writes_nothing_but_the_record(desk: Desk, world: list[Any]) -> None:
    desk.read()
    before, asked = desk.store.version(DOCUMENT_TEXTS), len(desk.press.seen)
    second = desk.read()
    again = [seen for seen in desk.press.seen[asked:] if not seen.path.endswith("robots.txt")]
    assert second.states() == {"unchanged": 12}
    assert all("if-none-match" in seen.headers for seen in again) and again
    assert desk.store.version(DOCUMENT_TEXTS) == before


def test_a_round_after_edits_writes_exactly_the_versions_edited(desk: Desk, world: list[Any]) -> None:
    desk.read()
    told = desk.texts().set_index("title")["text"].str.contains("a ceasefire")
    edited = [printed for printed in world if told[printed.title].all()][:2]
    for printed in edited:
        desk.press.publish(replace(printed, body=printed.body.replace(b"a ceasefire", b"a lasting ceasefire")))
    third = desk.read()
    assert third.states() == {"unchanged": 10, "stored": 2}
    texts = desk.texts()
    assert sorted(texts.loc[texts["version"] == 2, "title"]) == sorted(printed.title for printed in edited)
    assert (texts.loc[texts["version"] == 2, "sentences_altered_count"] >= 1).all()


def test_without_validators_unchanged_pages_are_still_recognised(desk: Desk) -> None:
    desk.press.has_validators = False
    newspaper(desk)
    desk.read()
    assert desk.read().states() == {"unchanged": 3}


def test_a_list_that_did_not_change_is_not_sent_again_and_its_pages_are_still_looked_at(desk: Desk) -> None:
    stories = newspaper(desk)
    desk.read()
    desk.press.publish(replace(stories[1], body=stories[1].body.replace(b"summit", b"conference")))
    assert desk.read().states() == {"unchanged": 2, "stored": 1}


def test_a_page_taken_down_for_good_leaves_the_comparison_and_not_the_history(desk: Desk) -> None:
    stories = newspaper(desk)
    desk.read()
    desk.press.fail(stories[0].host, stories[0].path, 410)
    row = desk.read().row(desk.press.url(stories[0].host, stories[0].path))
    assert row.state_label == "rejected" and "410" in row.reason
    held = desk.documents().set_index("title").loc[stories[0].title]
    assert not held["is_compared"]


def test_a_page_that_is_missing_for_once_keeps_its_last_good_text(desk: Desk) -> None:
    stories = newspaper(desk)
    desk.read()
    desk.press.fail(stories[0].host, stories[0].path, 404)
    row = desk.read().row(desk.press.url(stories[0].host, stories[0].path))
    assert row.state_label == "rejected" and row.document_id.startswith("doc_")
    assert desk.documents().set_index("title").loc[stories[0].title, "is_compared"]


def test_a_moved_page_stays_the_same_document(desk: Desk) -> None:
    stories = newspaper(desk)
    desk.read()
    moved = replace(stories[0], path="/archive/new-place")
    desk.press.publish(moved)
    desk.press.fail(stories[0].host, stories[0].path, 301, location=moved.path)
    assert desk.read().states() == {"unchanged": 2, "stored": 1}
    desk.press.rss("daily.example", [moved, *stories[1:]])
    third = desk.read()
    assert third.states() == {"unchanged": 3} or third.states() == {"unchanged": 2, "stored": 1}
    assert len(desk.texts()) == 3 and desk.read().states() == {"unchanged": 3}


def test_two_sources_that_list_one_page_make_one_document_and_one_request(desk: Desk) -> None:
    stories = newspaper(desk, 1)
    address = desk.press.url(stories[0].host, stories[0].path)
    desk.list_pages(f"{address}?utm_source=letter")
    found = desk.read()
    assert found.states("daily") == {"stored": 1} and found.states("list") == {"duplicate": 1}
    assert [seen.path for seen in desk.press.seen].count(stories[0].path) == 1
    assert "source 'daily'" in found.fetches.set_index("source_id").loc["list", "reason"]
    assert desk.read("list").states() == {"duplicate": 1}


def test_a_page_taken_off_the_list_leaves_the_comparison(desk: Desk) -> None:
    stories = opened(desk.press, "daily.example", 2)
    urls = [desk.press.url(found.host, found.path) for found in stories]
    desk.list_pages(*urls)
    desk.read()
    desk.list_pages(urls[0])
    desk.read()
    assert list(desk.documents().set_index("title").loc[[s.title for s in stories], "is_compared"]) == [True, False]


def test_an_article_that_falls_off_its_feed_stays(desk: Desk) -> None:
    stories = newspaper(desk)
    desk.read()
    desk.press.rss("daily.example", stories[2:])
    desk.read()
    assert desk.documents()["is_compared"].sum() == 3


def test_what_is_not_about_the_talks_is_counted_and_neither_stored_nor_asked_for_again(desk: Desk) -> None:
    about = desk.press.publish(story("daily.example", 1))
    garden = story("daily.example", 2, title="Roses in a dry summer", text="Water them at night. " * 30)
    body = garden.body.replace(b"Kyiv", b"Leeds").replace(b"Kremlin", b"gardener").replace(b"Washington", b"Sussex")
    desk.press.publish(replace(garden, body=body.replace(b"ceasefire", b"hose")))
    desk.source("daily", "feed", desk.press.rss("daily.example", [about, garden]))
    found = desk.read()
    assert found.states() == {"stored": 1, "irrelevant": 1}
    assert "relevance 0." in found.row(desk.press.url("daily.example", "/opinion/piece-2")).reason
    assert len(desk.texts()) == 1
    asked = len(desk.press.seen)
    assert desk.read().states() == {"unchanged": 1, "irrelevant": 1}
    assert "/opinion/piece-2" not in [seen.path for seen in desk.press.seen[asked:]]


def test_a_title_beside_the_subject_is_not_even_asked_for(desk: Desk) -> None:
    garden = desk.press.publish(story("daily.example", 2, title="Roses"))
    feed = desk.press.rss("daily.example", [garden])
    route = desk.press.routes["daily.example /feed"]
    body = b"".join(route(SimpleNamespace(headers={}))).replace(b"On the peace talks over Ukraine", b"On gardens")
    desk.press.serve("daily.example", "/feed", body.split(b"\r\n\r\n", 1)[1], "application/rss+xml")
    desk.source("daily", "feed", feed)
    assert desk.read().states() == {"irrelevant": 1}
    assert [seen.path for seen in desk.press.seen].count(garden.path) == 0


def test_what_a_user_lists_is_scored_and_never_turned_away(desk: Desk) -> None:
    garden = story("daily.example", 2, title="Roses", text="Water the roses at night, and never at noon. " * 20)
    body = garden.body.replace(b"Ukraine", b"Leeds").replace(b"Kyiv", b"Leeds")
    desk.press.publish(replace(garden, body=body))
    desk.list_pages(desk.press.url(garden.host, garden.path))
    assert desk.read().states() == {"stored": 1}
    assert desk.texts()["relevance_score"].iloc[0] < 0.75


def test_a_feed_that_fails_keeps_its_last_good_documents_and_says_since_when(desk: Desk, clock: Any) -> None:
    newspaper(desk)
    desk.read()
    reached = desk.read().of("daily").last_success_at
    desk.press.fail("daily.example", "/feed", 500)
    clock.advance(days=1)
    desk.read()
    clock.advance(days=1)
    state = desk.read().of("daily")
    assert state.failures_in_a_row_count == 2 and state.last_success_at == reached and "500" in state.last_error
    assert desk.documents()["is_compared"].sum() == 3


def test_a_web_page_in_place_of_a_feed_is_told(desk: Desk) -> None:
    desk.press.serve("daily.example", "/feed", b"<!DOCTYPE html><title>Are you human?</title>", "text/html")
    desk.source("daily", "feed", desk.press.url("daily.example", "/feed"))
    assert "web page, not a feed: 'Are you human?'" in desk.read().of("daily").last_error


def test_one_bad_source_never_hides_the_others(desk: Desk) -> None:
    newspaper(desk)
    for number, trouble in enumerate((b"", b"\x00" * 40, b"<rss><channel><item>", b"{not json", b"%PDF-1.4")):
        desk.press.serve("bad.example", f"/feed{number}", trouble, "application/rss+xml")
        desk.source(f"bad-{number}", "feed", desk.press.url("bad.example", f"/feed{number}"))
    desk.source("nowhere", "feed", "http://nothing.invalid/feed")
    desk.source("no-list", "pages", "corpus/missing.csv")
    found = desk.read()
    assert found.states("daily") == {"stored": 3}
    assert found.health.set_index("source_id").drop(index="daily")["last_error"].notna().sum() >= 6


def test_a_page_that_robots_txt_closes_is_not_asked_for(desk: Desk) -> None:
    stories = newspaper(desk, 2)
    desk.press.routes["daily.example /robots.txt"] = PRESS.WEB.reply(
        f"User-agent: *\nDisallow: {stories[0].path}\n".encode(), content_type="text/plain"
    )
    found = desk.read()
    assert found.states() == {"stored": 1, "rejected": 1}
    assert "robots.txt" in found.row(desk.press.url(stories[0].host, stories[0].path)).reason
    assert stories[0].path not in [seen.path for seen in desk.press.seen]


def test_a_dying_host_and_a_slow_one_leave_the_others_their_articles(desk: Desk) -> None:
    newspaper(desk)
    dying = opened(desk.press, "dying.example", 4)
    slow = opened(desk.press, "slow.example", 2)
    desk.source("dying", "feed", desk.press.rss("dying.example", dying))
    desk.source("slow", "feed", desk.press.rss("slow.example", slow))
    for printed in dying:
        desk.press.fail(printed.host, printed.path, 503)

    def drip(_: Any) -> Iterator[bytes]:
        for _ in range(60):
            time.sleep(0.1)
            yield b"H"

    for printed in slow:
        desk.press.stream(printed.host, printed.path, drip)
    desk.settings = {"request_seconds": 4.0, "silence_seconds": 4.0}
    found = desk.read()
    assert found.states("daily") == {"stored": 3}, found.fetches[["input", "state_label", "reason"]].to_string()
    assert found.states("dying") == {"retry_after": 4}
    assert set(found.states("slow")) <= {"retry_after", "rejected"}


def test_what_did_not_fit_into_the_time_comes_first_in_the_next_round(desk: Desk) -> None:
    stories = newspaper(desk)
    desk.press.fail(stories[2].host, stories[2].path, 503)
    assert desk.read().states() == {"stored": 2, "retry_after": 1}
    desk.press.publish(stories[2])
    fresh = [desk.press.publish(story("daily.example", number)) for number in (7, 8)]
    desk.press.rss("daily.example", fresh)
    asked = len(desk.press.seen)
    found = desk.read()
    assert found.states() == {"stored": 3}, found.fetches[["input", "state_label", "reason"]].to_string()
    pages = [seen.path for seen in desk.press.seen[asked:] if seen.path.startswith("/opinion")]
    assert pages[0] == stories[2].path


def test_without_time_every_page_waits_and_nothing_is_lost(desk: Desk) -> None:
    stories = opened(desk.press, "daily.example", 3)
    desk.list_pages(*(desk.press.url(found.host, found.path) for found in stories))
    desk.deadline_seconds = 0.0
    found = desk.read()
    assert found.states() == {"retry_after": 3} and "none of its 3 pages" in found.of("list").last_error
    desk.deadline_seconds = 60.0
    assert desk.read().states() == {"stored": 3}


def test_a_host_that_asks_for_rest_is_left_alone_until_then(desk: Desk, clock: Any) -> None:
    stories = newspaper(desk, 1)
    desk.press.fail(stories[0].host, stories[0].path, 429, retry_after="7200")
    assert desk.read().states() == {"retry_after": 1}
    desk.press.publish(stories[0])
    asked = len(desk.press.seen)
    clock.advance(minutes=30)
    assert desk.read().states() == {"retry_after": 1}
    assert stories[0].path not in [seen.path for seen in desk.press.seen[asked:]]
    clock.advance(hours=2)
    assert desk.read().states() == {"stored": 1}


def test_a_refused_page_is_asked_again_after_a_week_or_by_hand(desk: Desk, clock: Any) -> None:
    stories = newspaper(desk, 1)
    desk.press.fail(stories[0].host, stories[0].path, 403)
    assert "does not give this page to programs" in str(desk.read().fetches["reason"].iloc[0])
    desk.press.publish(stories[0])
    clock.advance(days=1)
    told = desk.read()
    assert told.states() == {"rejected": 1} and "asked again from" in told.fetches["reason"].iloc[0]
    assert desk.read("daily").states() == {"stored": 1}


def test_the_text_that_a_feed_carries_stands_in_for_a_page_that_is_withheld(desk: Desk) -> None:
    printed = desk.press.publish(story("letters.example", 1))
    content = printed.body.decode().split("<article>")[1].split("</article>")[0]
    address = desk.press.url(printed.host, printed.path)
    whole = f"<content:encoded><![CDATA[{content}]]></content:encoded>"
    item = f"<item><title>{printed.title}</title><link>{address}</link>{whole}</item>"
    head = 'version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    feed = f"<rss {head}><channel>{item}</channel></rss>"
    desk.press.serve("letters.example", "/feed", feed.encode(), "application/rss+xml")
    desk.press.fail(printed.host, printed.path, 403)
    desk.source("letters", "feed", desk.press.url("letters.example", "/feed"))
    assert desk.read().states() == {"stored": 1}
    assert desk.texts()["word_count"].iloc[0] > 250
    assert desk.read().states() == {"unchanged": 1}


def test_a_syndicated_article_is_compared_once_and_points_to_the_one_kept(desk: Desk) -> None:
    original = desk.press.publish(story("daily.example", 1))
    copy = story("mirror.example", 1)
    body = original.body.replace(
        b"</article>", b"<p>This article first appeared in the Daily of that town.</p></article>"
    )
    desk.press.publish(replace(copy, body=body, title=original.title))
    desk.list_pages(*(desk.press.url(found.host, found.path) for found in (original, copy)))
    desk.read()
    found = desk.documents()
    assert found["is_compared"].sum() == 1
    folded = found.loc[~found["is_compared"]].iloc[0]
    assert folded["duplicate_of_document_id"] == found.loc[found["is_compared"], "document_id"].iloc[0]


def test_a_paywalled_preview_is_flagged_and_not_compared(desk: Desk) -> None:
    printed = story("gate.example", 1)
    start = (
        printed.body.split(b"</p>")[0] + b"</p><p>One paragraph more of this preview stands in front of the wall.</p>"
    )
    gate = b'<div class="paywall"><p>Subscribe to continue reading</p></div></article></body></html>'
    desk.press.publish(replace(printed, body=start + gate))
    desk.list_pages(desk.press.url(printed.host, printed.path))
    desk.read()
    row = desk.documents().iloc[0]
    assert row["is_paywalled"] and row["is_truncated"] and not row["is_compared"]


@pytest.mark.parametrize(("told", "true"), [("iso-8859-1", "utf-8"), ("utf-8", "windows-1252")])
def test_a_mislabelled_charset_leaves_the_words_right(desk: Desk, told: str, true: str) -> None:
    printed = story("daily.example", 1, text=f"{PRESS.TALKS} “Façade”, said José – and Élysée agreed.")
    body = printed.body.decode().encode(true)
    desk.press.publish(replace(printed, body=body, content_type=f"text/html; charset={told}"))
    desk.list_pages(desk.press.url(printed.host, printed.path))
    desk.read()
    assert "said José – and Élysée" in desk.texts()["text"].iloc[0]


def test_a_withdrawn_page_is_not_asked_for_again(desk: Desk) -> None:
    stories = newspaper(desk, 2)
    desk.read()
    own = desk.texts().set_index("title").loc[stories[0].title, "document_id"]
    (desk.data / "corpus/overrides.csv").write_text(
        f"document_id,is_withdrawn,reason\n{own},true,asked by its author\n"
    )
    asked = len(desk.press.seen)
    found = desk.read()
    assert found.states() == {"unchanged": 1, "rejected": 1}
    assert stories[0].path not in [seen.path for seen in desk.press.seen[asked:]]


def test_only_the_named_sources_are_read(desk: Desk) -> None:
    newspaper(desk)
    desk.source("other", "feed", desk.press.rss("other.example", opened(desk.press, "other.example", 2)))
    found = desk.read("other")
    assert set(found.fetches["source_id"]) == {"other"}


def test_memory_of_addresses_holds_no_text(desk: Desk) -> None:
    newspaper(desk, 1)
    desk.read()
    remembered = desk.store.read(WEB_VISITS).to_csv()
    assert "piece-0" in remembered and "sign a ceasefire" not in remembered


def test_a_changed_reader_reads_the_kept_bytes_again_without_their_being_sent(desk: Desk) -> None:
    newspaper(desk, 2)
    desk.read()
    desk.entries[0] += '\noutlet = "The Daily"'
    asked = len(desk.press.seen)
    assert desk.read().states() == {"stored": 2}
    assert set(desk.texts()["outlet"]) == {"The Daily"}
    assert all("if-none-match" in seen.headers for seen in desk.press.seen[asked:] if "piece" in seen.path)
