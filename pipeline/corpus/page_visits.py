"""Page visits: whether a listed page is asked for, and what becomes of it once its host has answered."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from pipeline.corpus import page_reading
from pipeline.corpus.answers import Fetched, Request
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.corpus.calls import Run
from pipeline.corpus.intake import Intake, Offer, Outcome, state
from pipeline.corpus.listings import Candidate, outside
from pipeline.corpus.memory import Memory, content_type
from pipeline.corpus.sandbox import STOPPED
from pipeline.corpus.sources import Source
from pipeline.text import one_line, sha256, stable_id, words

Row = dict[str, Any]
# Each page that has to be stopped costs all others so many seconds of waiting.
STOPS_BEFORE_LEAVING: Final = 3


@dataclass
class PageVisits:
    """The pages of one round. `is_by_hand`: somebody named the sources, so that no page is spared."""

    round_id: str
    now: datetime
    code_version: str
    intake: Intake
    memory: Memory
    run: Run
    is_by_hand: bool
    stops: Counter[str] = field(default_factory=Counter)

    def row(self, source: Source, candidate: Candidate, fetched: Fetched | None = None) -> Row:
        """The columns of `fetches` that do not depend on what becomes of the page."""
        relevance = self.intake.configuration.sources.relevance.fingerprint if source.is_filtered else ""
        moved_to = fetched.final_url if fetched and fetched.permanent else ""
        settings = f"{self.code_version} {source.fingerprint} {candidate.given} {relevance} {moved_to}"
        body = self.body(fetched) if fetched else b""
        return {
            "fetch_id": stable_id("fetch", self.round_id, source.id, candidate.entry.url),
            "round_id": self.round_id,
            "source_id": source.id,
            "input": candidate.entry.url,
            "body_sha256": sha256(body) if body else None,
            "byte_count": len(body) or None,
            "extraction_version": f"x_{sha256(settings)[:12]}",
            "attempted_at": self.now,
        }

    def body(self, fetched: Fetched) -> bytes:
        """The bytes of an answer; of one that says that nothing changed, those of the copy that is held."""
        if fetched.state == "not_modified":
            return self.memory.body(self.memory.of(fetched.request.source_id, fetched.url))
        return fetched.body

    def settled(self, source: Source, candidate: Candidate, listed: set[str]) -> Row | None:
        """The state of a page that needs no asking; None for one that is to be asked for."""
        name = candidate.entry.url
        known = self.intake.held.by_input(source.id, name)
        told = self.intake.withdrawal(source, name) or self.intake.elsewhere(source, name, listed, candidate.key)
        if told:
            return told
        relevance = self.intake.configuration.sources.relevance
        visit = self.memory.of(source.id, name)
        has_waited = visit is not None and visit["state_label"] == "retry_after"
        if source.is_filtered and not known and not has_waited:
            late = outside(source, candidate, self.now)
            if late or not relevance.may_concern(candidate.heading):
                return state("irrelevant", late or "nothing in its title, teaser or address is about the talks")
        return self._remembered(source, candidate, known)

    def _remembered(self, source: Source, candidate: Candidate, known: Row | None) -> Row | None:
        visit = self.memory.of(source.id, candidate.entry.url)
        if not visit or visit["extraction_version"] != self.row(source, candidate)["extraction_version"]:
            return None
        own = known["document_id"] if known else None
        label, reason = visit["state_label"], visit["reason"] or ""
        if label == "irrelevant" and visit["title"] == self._title(candidate):
            return state(label, reason)
        again = visit["not_before_at"]
        if self.is_by_hand or again is None or again <= self.now:
            return None
        then = f"asked on {visit['asked_at']:%Y-%m-%d}; asked again from {again:%Y-%m-%d %H:%M} on"
        if label in ("rejected", "retry_after"):
            return state(label, f"{reason} ({then})", own)
        return state("unchanged", then, own) if known and known["is_listed"] else None

    def _title(self, candidate: Candidate) -> str | None:
        return one_line(candidate.entry.title) or None

    def request(self, source: Source, candidate: Candidate) -> Request:
        """What is asked of the page's host."""
        return self.memory.conditional(Request(candidate.entry.url, source.id))

    def arrived(self, source: Source, candidate: Candidate, fetched: Fetched, listed: set[str]) -> Row:
        """The row of `fetches` of a page whose host has answered, or did not answer in time."""
        row = self.row(source, candidate, fetched)
        visit = self.memory.of(source.id, candidate.entry.url)
        result = self._state(source, candidate, fetched, row, listed)
        seen = {
            "title": self._title(candidate),
            "extraction_version": row["extraction_version"],
            "asked_at": self.now,
            "not_before_at": self.memory.next_look(visit, result["state_label"], fetched.wait_seconds),
            **{name: result[name] for name in ("state_label", "reason", "document_id")},
        }
        if fetched.state == "ok":
            seen |= self.memory.note_copy(fetched, row["body_sha256"])
        self.memory.note(source.id, candidate.entry.url, **seen)
        return row | result

    def _state(self, source: Source, candidate: Candidate, fetched: Fetched, row: Row, listed: set[str]) -> Row:
        known = self.intake.held.by_input(source.id, candidate.entry.url)
        own = known["document_id"] if known else None
        if fetched.state == "retry_after":
            return state("retry_after", fetched.reason, own)
        if fetched.state in ("gone", "rejected"):
            if fetched.status == 410 and known and known["is_listed"]:
                self.intake.unlist([known])
                self.intake.held.add({**known, "is_listed": False})
            carried = page_reading.read_feed(candidate, self.run) if fetched.state == "rejected" else None
            return self._carried(source, row, *carried, listed) if carried else state("rejected", fetched.reason, own)
        visit = self.memory.of(source.id, candidate.entry.url)
        body = self.body(fetched)
        kind = content_type(fetched) or (visit["content_type"] if visit else None) or ""
        outcome = partial(self._outcome, body, kind, fetched.final_url, candidate)
        result = self.intake.settle(Offer(source, row, body, outcome, listed))
        is_kept = result["state_label"] == "rejected" and own is not None
        return result | {"document_id": own} if is_kept else result

    def _carried(self, source: Source, row: Row, body: bytes, article: Article, listed: set[str]) -> Row:
        """What becomes of an article that its feed carries whole while its page is withheld."""
        row |= {"body_sha256": sha256(body), "byte_count": len(body)}
        return self.intake.settle(Offer(source, row, body, lambda: article, listed))

    def _outcome(self, body: bytes, kind: str, address: str, candidate: Candidate) -> Outcome:
        host = urlsplit(address).hostname or ""
        if self.stops[host] >= STOPS_BEFORE_LEAVING:
            return NotYet(f"earlier pages of {host} stopped the parser; it comes first in the next round")
        try:
            article = page_reading.read(body, kind, address, candidate, self.run)
        except Rejected as reason:
            self.stops[host] += STOPPED in str(reason)
            carried = page_reading.read_feed(candidate, self.run)
            return carried[1] if carried else reason
        if article.is_truncated:
            carried = page_reading.read_feed(candidate, self.run)
            if carried and len(words(carried[1].text)) > len(words(article.text)):
                return carried[1]
        return article
