"""Web: one round over the web sources: what each lists, then the pages, hosts side by side, inside one deadline."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pipeline.corpus import health, listings
from pipeline.corpus.answers import Fetched, Request
from pipeline.corpus.article import Rejected
from pipeline.corpus.calls import Run
from pipeline.corpus.feeds import Entry
from pipeline.corpus.fetch import Fetcher
from pipeline.corpus.intake import Intake, state
from pipeline.corpus.listings import Candidate, Listing
from pipeline.corpus.memory import Memory, content_type
from pipeline.corpus.page_visits import PageVisits
from pipeline.corpus.sources import Source
from pipeline.engine import Progress, silent
from pipeline.store import RawBodies, Store
from pipeline.text import sha256

Row = dict[str, Any]
_LARGEST_LIST: Final = 10_000_000


@dataclass
class _Answers:
    """What came of asking one source for its list."""

    parts: list[Listing] = field(default_factory=list)
    trouble: str = ""
    asked: set[str] = field(default_factory=set)


@dataclass
class WebReader:
    """Reads web sources. `open_fetcher` starts a round of fetching, `run` calls a parser that can be killed."""

    open_fetcher: Callable[[], Fetcher]
    run: Run
    store: Store
    bodies: RawBodies
    data_folder: Path
    now: Callable[[], datetime]
    code_version: str
    deadline_seconds: float
    mediacloud_key: str = field(default="", repr=False)
    progress: Progress = silent
    monotonic: Callable[[], float] = time.monotonic

    def read(
        self, sources: list[Source], round_id: str, intake: Intake, *, is_by_hand: bool
    ) -> tuple[list[Row], list[Row]]:
        """Rows of `fetches`, in the order of the sources and of what they list, and a state a source for its health."""
        if not sources:
            return [], []
        started = self.now()
        ends = self.monotonic() + self.deadline_seconds
        memory = Memory(self.store, self.bodies, started)
        visits = PageVisits(round_id, started, self.code_version, intake, memory, self.run, is_by_hand)
        with self.open_fetcher() as fetcher:
            answers = self._lists(sources, fetcher, memory, ends)
            rows = self._pages(sources, answers, fetcher, visits, ends)
        for source in sources:
            if source.kind == "pages" and not answers[source.id].trouble:
                met = {row["input"] for row in rows[source.id]}
                intake.unlist(intake.held.unlisted(source.id, met))
        memory.flush()
        states = [_health(source, answers[source.id], rows[source.id], round_id, started, intake) for source in sources]
        return [row for source in sources for row in rows[source.id]], states

    def _lists(self, sources: list[Source], fetcher: Fetcher, memory: Memory, ends: float) -> dict[str, _Answers]:
        by_id = {source.id: source for source in sources}
        answers = {source.id: _Answers() for source in sources}
        waiting: list[Request] = []
        for source in sources:
            try:
                if source.kind == "pages":
                    answers[source.id].parts.append(listings.read_list(source, self._list_file(source)))
                else:
                    waiting.append(listings.request(source, self.now(), self.mediacloud_key))
            except Rejected as reason:
                answers[source.id].trouble = str(reason)
        for depth in range(listings.DEEPEST_SITEMAP + 1):
            asked = [memory.conditional(request) for request in waiting]
            waiting = []
            for number, fetched in enumerate(fetcher.fetch(asked, max(0.0, ends - self.monotonic())), start=1):
                self.progress("reading feeds and lists", number, len(asked))
                source = by_id[fetched.request.source_id]
                more = self._listed(source, answers[source.id], fetched, memory)
                waiting += more if depth < listings.DEEPEST_SITEMAP else []
        return answers

    def _list_file(self, source: Source) -> bytes:
        path = self.data_folder / source.location
        if not path.is_file():
            raise Rejected(
                f"{source.location} is not a file; put the list there or correct the location in sources.toml"
            )
        if path.stat().st_size > _LARGEST_LIST:
            raise Rejected(f"{source.location} is larger than {_LARGEST_LIST:,} bytes; a list of pages is smaller")
        return path.read_bytes()

    def _listed(self, source: Source, answers: _Answers, fetched: Fetched, memory: Memory) -> list[Request]:
        """Take in one answer; returns what it asks for in turn."""
        visit = memory.of(source.id, fetched.url)
        if fetched.state not in ("ok", "not_modified"):
            answers.trouble = answers.trouble or fetched.reason
            return []
        body = fetched.body or memory.body(visit)
        kind = content_type(fetched) or (visit["content_type"] if visit else None) or ""
        try:
            listing: Listing = self.run(listings.read, source, body, kind, fetched.final_url)
        except Rejected as reason:
            answers.trouble = answers.trouble or f"{fetched.url} {reason}"
            return []
        answers.parts.append(listing)
        if fetched.state == "ok" and fetched.request.kind != "search":
            self._keep(visit, body)
            memory.note(source.id, fetched.url, state_label="stored", asked_at=self.now(),
                        **memory.note_copy(fetched, sha256(body)))  # fmt: skip
        found = sum(len(part.candidates) for part in answers.parts)
        room = listings.MOST_SITEMAPS - len(answers.asked) if found < source.most_items else 0
        further = [address for address in listing.further if address not in answers.asked][: max(0, room)]
        answers.asked.update(further)
        return [listings.further(source, address, self.now(), self.mediacloud_key) for address in further]

    def _keep(self, visit: Row | None, body: bytes) -> None:
        """Keep a list's bytes until it changes, so that a host that says "not modified" need not send it again."""
        name = self.bodies.put(body)
        if visit and visit["body_sha256"] not in (None, name):
            self.bodies.remove(visit["body_sha256"])

    def _pages(
        self, sources: list[Source], answers: dict[str, _Answers], fetcher: Fetcher, visits: PageVisits, ends: float
    ) -> dict[str, list[Row]]:
        """Each source's rows: pages that waited come first, then what is new, then what is looked at again."""
        found: dict[tuple[str, str], Row] = {}
        asked: dict[tuple[str, str], tuple[Source, Candidate, set[str]]] = {}
        owners: dict[str, str] = {}
        repeated: list[tuple[Source, Candidate]] = []
        order: dict[str, list[str]] = {}
        for source in sources:
            candidates = _candidates(source, answers[source.id], visits.memory)
            listed = {candidate.entry.url for candidate in candidates}
            order[source.id] = [candidate.entry.url for candidate in candidates]
            for candidate in candidates:
                place = (source.id, candidate.entry.url)
                result = visits.settled(source, candidate, listed)
                if result is None and owners.setdefault(candidate.key, source.id) != source.id:
                    repeated.append((source, candidate))
                elif result is None:
                    asked[place] = (source, candidate, listed)
                else:
                    found[place] = visits.row(source, candidate) | result
        requests = [
            visits.request(source, candidate) for source, candidate, _ in _ordered(asked.values(), visits.memory)
        ]
        for number, fetched in enumerate(fetcher.fetch(requests, max(0.0, ends - self.monotonic())), start=1):
            place = (fetched.request.source_id, fetched.url)
            source, candidate, listed = asked[place]
            found[place] = visits.arrived(source, candidate, fetched, listed)
            self.progress("reading pages", number, len(requests))
        for source, candidate in repeated:
            owner = found[owners[candidate.key], _address(candidate, owners[candidate.key], asked)]
            told = state("duplicate", f"the same page is listed by source {owner['source_id']!r}", owner["document_id"])
            found[source.id, candidate.entry.url] = visits.row(source, candidate) | told
        return {source_id: [found[source_id, url] for url in urls_] for source_id, urls_ in order.items()}


def _address(candidate: Candidate, owner: str, asked: dict[tuple[str, str], tuple[Source, Candidate, set[str]]]) -> str:
    """The address under which the owner of a page lists it."""
    return next(
        url for (source_id, url), (_, other, _) in asked.items() if source_id == owner and other.key == candidate.key
    )


def _candidates(source: Source, answers: _Answers, memory: Memory) -> list[Candidate]:
    """What a source lists now, and what it listed before and did not fit; nothing where the list could not be read."""
    if not answers.parts:
        return []
    listed = list(listings.joined(source, answers.parts).candidates)
    met = {candidate.entry.url for candidate in listed} | {source.location}
    if source.kind == "pages":
        return listed
    waited = [visit for visit in memory.waiting(source.id) if visit["url"] not in met]
    return listed + [listings.candidate(Entry(visit["url"], visit["title"] or "")) for visit in waited]


def _ordered(
    asked: Iterable[tuple[Source, Candidate, set[str]]], memory: Memory
) -> list[tuple[Source, Candidate, set[str]]]:
    def urgency(item: tuple[Source, Candidate, set[str]]) -> int:
        visit = memory.of(item[0].id, item[1].entry.url)
        return 1 if visit is None else 0 if visit["state_label"] == "retry_after" else 2

    return sorted(asked, key=urgency)


def _health(
    source: Source, answers: _Answers, rows: list[Row], round_id: str, started: datetime, intake: Intake
) -> Row:
    """How a source fared: its list must have been read, and of the pages that were asked for one must have answered."""
    labels = [row["state_label"] for row in rows]
    is_mute = bool(labels) and set(labels) == {"retry_after"}
    trouble = "" if answers.parts else answers.trouble or "nothing came back"
    if is_mute and not trouble:
        trouble = f"none of its {len(labels)} pages could be reached; the first: {rows[0]['reason']}"
    problems = [problem for part in answers.parts for problem in part.problems]
    problems += [answers.trouble] if answers.parts and answers.trouble else []
    problems += ["it led to no page; check the address"] if answers.parts and not rows else []
    succeeded = {} if trouble else {"last_success_at": started}
    return {
        "source_id": source.id,
        "last_round_id": round_id,
        "last_attempt_at": started,
        **succeeded,
        "items_seen_count": len(rows),
        **health.counts(labels),
        "newest_item_date": intake.held.newest_date(source.id),
        "last_error": trouble or None,
        "warnings": "; ".join(dict.fromkeys(problems)) or None,
    }
