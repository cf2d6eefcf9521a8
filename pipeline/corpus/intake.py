"""Intake: takes what a reader made of one input into `document_texts`, and says in which state the input ended.

Files, table rows and web pages end here alike. Texts are written in batches as the round goes on, so that a killed round
keeps what it had and the next one goes on from there.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pandas as pd

from pipeline.contracts import conform
from pipeline.corpus import identity, urls
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.corpus.calls import Run, here
from pipeline.corpus.configuration import Configuration, Override
from pipeline.corpus.descriptions import Description, compared, described
from pipeline.corpus.sources import Source
from pipeline.corpus.versions import edit
from pipeline.store import RawBodies, Store
from pipeline.tables.corpus import DOCUMENT_TEXTS
from pipeline.text import one_line, sha256

_BATCH: Final = 64
_BATCH_CHARACTERS: Final = 20_000_000
# Columns that do not tell one state of a document from another: where it came from, and the text, whose hash tells it.
_BOOKKEEPING: Final = ("body_sha256", "extraction_version", "first_seen_at", "text")

Outcome = Article | Rejected | NotYet
Row = dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """One input as its reader hands it over: its row of `fetches` so far, its bytes, and what became of reading them.

    `listed` are the inputs that its source lists now.
    """

    source: Source
    row: Row
    body: bytes
    outcome: Callable[[], Outcome]
    listed: Collection[str]


@dataclass
class Intake:
    """Takes offers. `held` knows every document; `now` is the clock."""

    configuration: Configuration
    store: Store
    bodies: RawBodies
    held: identity.Held
    run: Run = here
    _waiting: list[Row] = field(default_factory=list)

    def settle(self, offer: Offer) -> Row:
        """The state that an input ends in, having written what it leads to."""
        source, row = offer.source, offer.row
        known = self.held.by_input(source.id, row["input"])
        withdrawn = self.withdrawal(source, row["input"])
        if withdrawn:
            return withdrawn
        if (
            known
            and known["is_listed"]
            and all(known[name] == row[name] for name in ("body_sha256", "extraction_version"))
        ):
            return state("unchanged", "", known["document_id"])
        earlier = self.held.refusal(source.id, row["input"], row["body_sha256"], row["extraction_version"])
        if earlier:
            return state("rejected", earlier)
        outcome = offer.outcome()
        if isinstance(outcome, NotYet):
            return state("retry_after", str(outcome), known["document_id"] if known else None)
        if isinstance(outcome, Rejected):
            return state("rejected", str(outcome))
        return self.take(offer, outcome)

    def take(self, offer: Offer, article: Article) -> Row:
        """As `settle`, of an article that was read already."""
        source, name = offer.source, offer.row["input"]
        known = self.held.by_input(source.id, name)
        try:
            told = described(article.title, article.text, self.run)
        except Rejected as refusal:
            return state("rejected", str(refusal))
        if told.language not in ("", "en"):
            reason = f"is written in {told.language!r} (ISO 639-1); Parley reads English: translate it or take it out"
            return state("rejected", reason)
        relevance = self.configuration.sources.relevance
        judgement = relevance.judge(article.title, article.text)
        if source.is_filtered and not known and not relevance.admits(judgement.score):
            return state("irrelevant", judgement.reason)
        document = _document(offer, article, told, judgement.score)
        withdrawn = self.withdrawal(source, name, document["url"], document["text_sha256"])
        if withdrawn:
            return withdrawn
        if not self.bodies.path(offer.row["body_sha256"]).exists():
            self.bodies.put(offer.body)
        return self._take(document, offer)

    def withdrawal(self, source: Source, name: str, url: str | None = None, text_sha256: str = "") -> Row | None:
        """The state of an input that users withdrew; None where they did not."""
        known = self.held.by_input(source.id, name)
        own = known["document_id"] if known else identity.document_id(identity.name_of(name, url))
        override = self.configuration.withdrawal(own, name, text_sha256 or (known["text_sha256"] if known else ""))
        return _withdrawn(override) if override else None

    def elsewhere(self, source: Source, name: str, listed: Collection[str], *keys: str) -> Row | None:
        """The state of a page that another source lists, or this one under another address; None where none does."""
        other = self.held.by_page(*keys)
        if not other or not other["is_listed"] or (other["source_id"], other["input"]) == (source.id, name):
            return None
        is_own = other["source_id"] == source.id
        if (is_own and other["input"] not in listed) or (not is_own and not self._reads(other["source_id"])):
            return None
        place = other["input"] if is_own else f"source {other['source_id']!r}"
        return state("duplicate", f"the same page is listed by {place}", other["document_id"])

    def _reads(self, source_id: str) -> bool:
        return any(entry.id == source_id and entry.enabled for entry in self.configuration.sources.source)

    def _take(self, document: Row, offer: Offer) -> Row:
        """Write a document as new, as an edit, or not at all where nothing about it changed."""
        if identity.is_page(document["input"]):
            keys = [urls.key(name) for name in (document["input"], document["url"]) if name]
            elsewhere = self.elsewhere(offer.source, document["input"], offer.listed, *keys)
            if elsewhere:
                return elsewhere
        before = self.held.predecessor(document, offer.listed)
        if before is None:
            twin = self.held.twin(document["text_sha256"])
            own = self.held.free_id(document)
            fresh = document | {"document_id": own, "version": 1, **edit(None, "")}
            self._write(fresh)
            self.held.add(fresh)
            reason = f"has the same text as {twin['input']} ({twin['document_id']})" if twin else ""
            return state("duplicate" if twin else "stored", reason, fresh["document_id"])
        document["document_id"] = before["document_id"]
        is_edit = document["text_sha256"] != before["text_sha256"] and document["body_sha256"] != before["body_sha256"]
        if is_edit:
            after = document | {"version": before["version"] + 1, **edit(None, "")}
            self._write({**before, "is_current": False}, after)
        else:
            after = {**before, **document, "first_seen_at": before["first_seen_at"]}
            self._write(after)
        self.held.add(after)
        same = all(after[name] == before.get(name) for name in after if name not in _BOOKKEEPING)
        return state("unchanged" if same else "stored", "", document["document_id"])

    def unlist(self, documents: list[Row]) -> None:
        """Documents leave the comparison and stay in the history."""
        for document in documents:
            self._write({**document, "is_listed": False})

    def _write(self, *documents: Row) -> None:
        """Keep documents for the next batch; those given together are in one commit, so that no kill comes between."""
        self._waiting += documents
        characters = sum(len(document.get("text", "")) for document in self._waiting)
        if len(self._waiting) >= _BATCH or characters >= _BATCH_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            frame = pd.DataFrame(self._completed(self._waiting)).drop_duplicates(list(DOCUMENT_TEXTS.key), keep="last")
            self.store.upsert(DOCUMENT_TEXTS, conform(frame, DOCUMENT_TEXTS))
            self._waiting.clear()

    def _completed(self, documents: list[Row]) -> list[Row]:
        """Rows with the texts that are held on disk alone, and with what each edit did to the text before."""
        keys = [(document["document_id"], document["version"]) for document in documents]
        partial = [
            own
            for (own, version), document in zip(keys, documents, strict=True)
            if version > 1 or "text" not in document
        ]
        stored = self.store.read(DOCUMENT_TEXTS, ["document_id", "version", "text"], {"document_id": partial})
        texts = {(own, version): text for own, version, text in stored.itertuples(index=False, name=None)}
        texts |= {key: document["text"] for key, document in zip(keys, documents, strict=True) if "text" in document}
        rows = []
        for (own, version), document in zip(keys, documents, strict=True):
            # A text read anew by other code is compared with the version before as well.
            before = texts.get((own, version - 1)) if "text" in document else None
            rows.append(
                {**document, "text": texts[own, version]}
                | (compared(before, document["text"], self.run) if before else {})
            )
        return rows


def state(label: str, reason: str, document_id: str | None = None) -> Row:
    """The columns of `fetches` that say what became of an input."""
    return {"state_label": label, "reason": reason or None, "document_id": document_id}


def _withdrawn(override: Override) -> Row:
    why = override.reason or "no reason given"
    told = state("rejected", f"withdrawn by overrides.csv ({why}); take the row out to read it again")
    # Not a refusal by the code that reads: without the row, the same bytes are read again.
    return told | {"extraction_version": None}


def _document(offer: Offer, article: Article, told: Description, relevance_score: float | None) -> Row:
    source, row = offer.source, offer.row
    given = Article(text="", outlet=source.outlet, perspective=source.perspective, section_label=source.section)
    article = article.filled_from(given)
    if article.section_label == "unknown":
        kind = Article("", section_label=told.section_label, section_evidence=told.section_evidence)
        article = article.filled_from(kind)
    return {
        "is_current": True,
        "is_listed": True,
        "source_id": source.id,
        "input": row["input"],
        "origin_label": source.origin_label,
        "title": one_line(article.title) or None,
        "analyst": "; ".join(filter(None, map(one_line, article.analysts))) or None,
        "outlet": one_line(article.outlet) or None,
        "perspective": article.perspective or None,
        "section_label": article.section_label,
        "section_evidence": article.section_evidence or None,
        "published_date": pd.Timestamp(article.published_date) if article.published_date else None,
        "published_date_basis": article.published_date_basis or None,
        "published_at": _utc(article.published_at),
        "modified_date": pd.Timestamp(article.modified_date) if article.modified_date else None,
        "is_paywalled": article.is_paywalled,
        "url": article.url or None,
        "language": told.language or None,
        "is_truncated": article.is_truncated,
        "body_sha256": row["body_sha256"],
        "text_sha256": sha256(article.text),
        "signature": told.signature or None,
        "extraction_version": row["extraction_version"],
        "first_seen_at": row["attempted_at"],
        "relevance_score": relevance_score,
        "word_count": told.word_count,
        "paragraph_count": told.paragraph_count,
        "sentence_count": told.sentence_count,
        "text": article.text,
    }


def _utc(moment: datetime | None) -> pd.Timestamp | None:
    """A moment in UTC; without a zone it is none, because it could be any of two dozen."""
    return pd.Timestamp(moment).tz_convert("UTC") if moment is not None and moment.tzinfo else None
