"""Ingest: reads the chosen sources once and accounts for every input: one round.

A round leaves a row an input in `fetches` and a row a source in `source_health`. Files and tables are read here, what the
web lists in `web`; both hand their articles to `intake`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pipeline.contracts import conform
from pipeline.corpus import folder, health, identity
from pipeline.corpus.article import Rejected
from pipeline.corpus.calls import Run, here
from pipeline.corpus.configuration import Configuration
from pipeline.corpus.files import Parse
from pipeline.corpus.intake import Intake, Offer
from pipeline.corpus.sources import Source
from pipeline.corpus.web import WebReader
from pipeline.engine import Progress, silent
from pipeline.store import RawBodies, Store
from pipeline.tables.corpus import DOCUMENT_TEXTS, FETCHES, SOURCE_HEALTH
from pipeline.text import sha256, stable_id

_HELD: Final = [name for name in DOCUMENT_TEXTS.column_names if name != "text"]


@dataclass
class Ingestion:
    """Everything one round works with. `now` is the clock; `code_version` fingerprints the code that reads bytes.

    Without `web` the web is left alone: its sources keep what they have, and say when they were last read.
    """

    configuration: Configuration
    data_folder: Path
    store: Store
    bodies: RawBodies
    parse: Parse
    now: Callable[[], datetime]
    code_version: str
    progress: Progress = silent
    run_task: Run = here
    web: WebReader | None = None

    def run(self, only: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Read the named sources, or all that are enabled: rows of `fetches` of this round, and `source_health` whole.

        Raises:
            ConfigurationError: a source is named that sources.toml does not have.
        """
        chosen = self.configuration.chosen(only)
        round_id = self._round_id()
        held = identity.Held(self.store.read(DOCUMENT_TEXTS, _HELD), self._last_refusals())
        intake = Intake(self.configuration, self.store, self.bodies, held, self.run_task)
        fetches: list[dict[str, Any]] = []
        states: list[dict[str, Any]] = []
        for source in chosen:
            if source.is_local:
                rows, state = self._read_source(source, round_id, intake)
                fetches += rows
                states.append(state)
        if self.web:
            distant = [source for source in chosen if not source.is_local]
            rows, found = self.web.read(distant, round_id, intake, is_by_hand=bool(only))
            fetches += rows
            states += found
        intake.flush()
        before = self.store.read(SOURCE_HEALTH)
        return (
            conform(pd.DataFrame(fetches), FETCHES),
            health.table(self.configuration.sources.source, states, before),
        )

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
        self, source: Source, round_id: str, intake: Intake
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
            return [], state | {"items_seen_count": 0, **health.counts([]), "last_error": str(reason)}
        inputs = {folder.name(path, self.data_folder) for path in listed}
        held = intake.held
        bodies = {known["input"]: known["body_sha256"] for known in held.of_source(source.id) if known["is_listed"]}
        held.rename(source.id, folder.moved(bodies, listed, self.data_folder))
        rows: list[dict[str, Any]] = []
        seen = 0
        self.progress(f"reading {source.id}", 0, len(listed))
        for number, file in enumerate(folder.opened(listed, self.data_folder, self.now), start=1):
            seen += folder.count(source, file)
            for reading in folder.readings(source, file, self.parse):
                rows.append(self._row(source, reading, round_id, intake, inputs))
                self.progress(f"reading {source.id}", len(rows), seen + len(listed) - number)
        intake.unlist(held.unlisted(source.id, {row["input"] for row in rows}))
        return rows, state | {
            "last_success_at": started,
            "items_seen_count": seen,
            **health.counts([row["state_label"] for row in rows]),
            "newest_item_date": held.newest_date(source.id),
        }

    def _row(
        self, source: Source, reading: folder.Reading, round_id: str, intake: Intake, listed: set[str]
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
        offer = Offer(source, row, reading.body, reading.outcome, listed)
        return row | intake.settle(offer)
