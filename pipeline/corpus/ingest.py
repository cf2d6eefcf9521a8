"""Ingest: reads the chosen sources once, writes new and edited documents, and accounts for every input.

One round leaves a row an input in `fetches` and a row a source in `source_health`; document texts are written in
batches as the round goes on, so that a killed round keeps what it had and the next one goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pipeline.contracts import conform
from pipeline.corpus import folder, identity
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.corpus.files import Parse
from pipeline.corpus.language import language
from pipeline.corpus.sources import Configuration, Override, Source
from pipeline.corpus.versions import edit
from pipeline.engine import Progress, silent
from pipeline.store import RawBodies, Store
from pipeline.tables.corpus import DOCUMENT_TEXTS, FETCHES, SOURCE_HEALTH
from pipeline.text import paragraph_spans, sentence_spans, sha256, stable_id, words

_BATCH: Final = 64
_BATCH_CHARACTERS: Final = 20_000_000
_HELD: Final = [name for name in DOCUMENT_TEXTS.column_names if name != "text"]
# Columns that do not tell one state of a document from another: where it came from, and the text, whose hash tells it.
_BOOKKEEPING: Final = ("body_sha256", "extraction_version", "first_seen_at", "text")


@dataclass
class Ingestion:
    """Everything one round works with. `now` is the clock; `code_version` fingerprints the code that reads bytes."""

    configuration: Configuration
    data_folder: Path
    store: Store
    bodies: RawBodies
    parse: Parse
    now: Callable[[], datetime]
    code_version: str
    progress: Progress = silent
    _waiting: list[dict[str, Any]] = field(default_factory=list)

    def run(self, only: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Read the named sources, or all that are enabled: rows of `fetches` of this round, and `source_health` whole.

        Raises:
            ConfigurationError: a source is named that sources.toml does not have.
        """
        chosen = self.configuration.chosen(only)
        round_id = self._round_id()
        held = identity.Held(self.store.read(DOCUMENT_TEXTS, _HELD), self._last_refusals())
        fetches: list[dict[str, Any]] = []
        health: list[dict[str, Any]] = []
        for source in chosen:
            rows, state = self._read_source(source, round_id, held)
            fetches += rows
            health.append(state)
        self._write_waiting()
        return conform(pd.DataFrame(fetches), FETCHES), self._health(health)

    def _round_id(self) -> str:
        """An id that no earlier round has, even where the clock stands still."""
        taken = set(self.store.read(FETCHES, ["round_id"])["round_id"])
        stem = f"round_{self.now():%Y%m%dT%H%M%S%f}"
        numbered = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
        return stem if stem not in taken else next(name for name in numbered if name not in taken)

    def _last_refusals(self) -> pd.DataFrame:
        refused = self.store.read(FETCHES, where={"state_label": ["rejected"]})
        ordered = refused.sort_values(["attempted_at", "round_id"])
        return ordered.drop_duplicates(["source_id", "input"], keep="last")

    def _read_source(
        self, source: Source, round_id: str, held: identity.Held
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        started = self.now()
        state: dict[str, Any] = {
            "source_id": source.id,
            "last_round_id": round_id,
            "last_attempt_at": started,
        }
        try:
            listed = folder.paths(source, self.data_folder)
        except Rejected as reason:
            return [], state | {
                "items_seen_count": 0,
                "items_held_count": 0,
                "items_rejected_count": 0,
                "last_error": str(reason),
            }
        inputs = {folder.name(path, self.data_folder) for path in listed}
        bodies = {known["input"]: known["body_sha256"] for known in held.of_source(source.id) if known["is_listed"]}
        held.rename(source.id, folder.moved(bodies, listed, self.data_folder))
        rows: list[dict[str, Any]] = []
        seen = 0
        self.progress(f"reading {source.id}", 0, len(listed))
        for number, file in enumerate(folder.opened(listed, self.data_folder, self.now), start=1):
            seen += folder.count(source, file)
            for reading in folder.readings(source, file, self.parse):
                rows.append(self._row(source, reading, round_id, held, inputs))
                self.progress(f"reading {source.id}", len(rows), seen + len(listed) - number)
        for document in held.unlisted(source.id, {row["input"] for row in rows}):
            self._write({**document, "is_listed": False})
        labels = [row["state_label"] for row in rows]
        return rows, state | {
            "last_success_at": started,
            "items_seen_count": seen,
            "items_held_count": sum(label in ("stored", "unchanged", "duplicate") for label in labels),
            "items_rejected_count": labels.count("rejected"),
            "newest_item_date": held.newest_date(source.id),
        }

    def _row(
        self, source: Source, reading: folder.Reading, round_id: str, held: identity.Held, listed: set[str]
    ) -> dict[str, Any]:
        """The row of `fetches` of one input, having written what the input leads to."""
        extraction = f"x_{sha256(f'{self.code_version} {source.fingerprint} {reading.settings}')[:12]}"
        row = {
            "fetch_id": stable_id("fetch", round_id, source.id, reading.input),
            "round_id": round_id,
            "source_id": source.id,
            "input": reading.input,
            "body_sha256": reading.body_sha256 or None,
            "byte_count": len(reading.body) if reading.body else None,
            "extraction_version": extraction,
            "attempted_at": self.now(),
        }
        return row | self._settle(source, reading, row, held, listed)

    def _settle(
        self, source: Source, reading: folder.Reading, row: dict[str, Any], held: identity.Held, listed: set[str]
    ) -> dict[str, Any]:
        """The state that an input ends in, having written what it leads to."""
        known = held.by_input(source.id, reading.input)
        own = known["document_id"] if known else identity.document_id(reading.input)
        withdrawn = self.configuration.withdrawal(own, reading.input, known["text_sha256"] if known else "")
        if withdrawn:
            return _withdrawn(withdrawn)
        if (
            known
            and known["is_listed"]
            and all(known[name] == row[name] for name in ("body_sha256", "extraction_version"))
        ):
            return _state("unchanged", "", known["document_id"])
        earlier = held.refusal(source.id, reading.input, row["body_sha256"], row["extraction_version"])
        if earlier:
            return _state("rejected", earlier)
        outcome = reading.outcome()
        if isinstance(outcome, NotYet):
            return _state("retry_after", str(outcome), known["document_id"] if known else None)
        if isinstance(outcome, Rejected):
            return _state("rejected", str(outcome))
        tongue = language(outcome.text)
        if tongue not in ("", "en"):
            return _state(
                "rejected", f"is written in {tongue!r} (ISO 639-1); Parley reads English: translate it or take it out"
            )
        document = _document(source, reading.input, outcome, tongue, row, self.configuration)
        withdrawn = self.configuration.withdrawal(own, reading.input, document["text_sha256"])
        if withdrawn:
            return _withdrawn(withdrawn)
        if not self.bodies.path(reading.body_sha256).exists():
            self.bodies.put(reading.body)
        return self._take(document, held, listed)

    def _take(self, document: dict[str, Any], held: identity.Held, listed: set[str]) -> dict[str, Any]:
        """Write a document as new, as an edit, or not at all where nothing about it changed."""
        before = held.predecessor(document, listed)
        if before is None:
            twin = held.twin(document["text_sha256"])
            fresh = document | {"document_id": held.free_id(document), "version": 1, **edit(None, "")}
            self._write(fresh)
            held.add(fresh)
            reason = f"has the same text as {twin['input']} ({twin['document_id']})" if twin else ""
            return _state("duplicate" if twin else "stored", reason, fresh["document_id"])
        document["document_id"] = before["document_id"]
        is_edit = document["text_sha256"] != before["text_sha256"] and document["body_sha256"] != before["body_sha256"]
        if is_edit:
            after = document | {"version": before["version"] + 1, **edit(None, "")}
            self._write({**before, "is_current": False}, after)
        else:
            after = {**before, **document, "first_seen_at": before["first_seen_at"]}
            self._write(after)
        held.add(after)
        same = all(after[name] == before.get(name) for name in after if name not in _BOOKKEEPING)
        return _state("unchanged" if same else "stored", "", document["document_id"])

    def _write(self, *documents: dict[str, Any]) -> None:
        """Keep documents for the next batch; those given together are in one commit, so that no kill comes between."""
        self._waiting += documents
        characters = sum(len(document.get("text", "")) for document in self._waiting)
        if len(self._waiting) >= _BATCH or characters >= _BATCH_CHARACTERS:
            self._write_waiting()

    def _write_waiting(self) -> None:
        if self._waiting:
            frame = pd.DataFrame(self._completed(self._waiting)).drop_duplicates(list(DOCUMENT_TEXTS.key), keep="last")
            self.store.upsert(DOCUMENT_TEXTS, conform(frame, DOCUMENT_TEXTS))
            self._waiting.clear()

    def _completed(self, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
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
            rows.append({**document, "text": texts[own, version]} | (edit(before, document["text"]) if before else {}))
        return rows

    def _health(self, states: list[dict[str, Any]]) -> pd.DataFrame:
        """One row an entry of sources.toml: this round's state over the last one's."""
        before = {row["source_id"]: row for row in self.store.read(SOURCE_HEALTH).to_dict("records")}
        now = {state["source_id"]: state for state in states}
        rows = []
        for source in self.configuration.sources.source:
            old: dict[str, Any] = {str(name): value for name, value in before.get(source.id, {}).items()}
            state = now.get(source.id, {})
            if state:
                before_failures = old.get("failures_in_a_row_count", 0)
                failures = (0 if pd.isna(before_failures) else before_failures) + 1 if state.get("last_error") else 0
                state = {"last_error": None, **state, "failures_in_a_row_count": failures}
            fixed = {
                "source_id": source.id,
                "source_kind": source.kind,
                "location": source.location,
                "is_enabled": source.enabled,
            }
            rows.append({**old, **state, **fixed})
        return conform(pd.DataFrame(rows), SOURCE_HEALTH)


def _state(label: str, reason: str, document_id: str | None = None) -> dict[str, Any]:
    return {"state_label": label, "reason": reason or None, "document_id": document_id}


def _withdrawn(override: Override) -> dict[str, Any]:
    why = override.reason or "no reason given"
    told = _state("rejected", f"withdrawn by overrides.csv ({why}); take the row out to read it again")
    # Not a refusal by the code that reads: without the row, the same bytes are read again.
    return told | {"extraction_version": None}


def _document(
    source: Source, name: str, article: Article, tongue: str, row: dict[str, Any], configuration: Configuration
) -> dict[str, Any]:
    given = Article(text="", outlet=source.outlet, perspective=source.perspective, section_label=source.section)
    article = article.filled_from(given)
    return {
        "is_current": True,
        "is_listed": True,
        "source_id": source.id,
        "input": name,
        "origin_label": source.origin,
        "title": article.title or None,
        "analyst": "; ".join(article.analysts) or None,
        "outlet": article.outlet or None,
        "perspective": article.perspective or None,
        "section_label": article.section_label,
        "published_date": pd.Timestamp(article.published_date) if article.published_date else None,
        "published_date_basis": article.published_date_basis or None,
        "url": article.url or None,
        "language": tongue or None,
        "is_truncated": article.is_truncated,
        "body_sha256": row["body_sha256"],
        "text_sha256": sha256(article.text),
        "extraction_version": row["extraction_version"],
        "first_seen_at": row["attempted_at"],
        "relevance_score": configuration.sources.relevance.score(f"{article.title}\n{article.text}"),
        "word_count": len(words(article.text)),
        "paragraph_count": len(paragraph_spans(article.text)),
        "sentence_count": len(sentence_spans(article.text)),
        "text": article.text,
    }
