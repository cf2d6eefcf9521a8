"""Derivation: rows computed from documents, each document once for each state of its inputs, code and codebook."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from pipeline.contracts import Table, conform
from pipeline.engine import Engine
from pipeline.lineage import row_hashes
from pipeline.store import Store
from pipeline.tables.catalog import DERIVATIONS
from pipeline.tables.corpus import DOCUMENT_TEXTS
from pipeline.text import sha256

Measure = Callable[..., pd.DataFrame]


@dataclass
class Derivation:
    """Computes one table's rows document by document, and keeps those whose inputs and code are what they were.

    `code_version` is a fingerprint of everything that is not a frame: code, packages, codebook. After `by_document`,
    `computed_count` and `kept_count` tell how many documents each way, and `ledger` is to be stored after the rows.
    """

    table: Table
    store: Store
    engine: Engine
    code_version: str
    computed_count: int = 0
    kept_count: int = 0
    ledger: pd.DataFrame = field(default_factory=DERIVATIONS.empty)

    def by_document(self, measure: Measure, *frames: pd.DataFrame) -> pd.DataFrame:
        """Rows for every document of the frames: `measure(texts, *frames)` over batches of stale documents.

        Each frame has a `document_id`; the measure gets the rows of its batch's documents, and their texts as
        `document_id`, `text_sha256`, `text`. The rows come back with their `feature_version` stamped on.
        """
        wanted = self._versions(frames)
        kept = self._current_rows(wanted)
        stale = wanted.loc[~wanted["document_id"].isin(kept.attrs["documents"])]
        self.computed_count, self.kept_count = len(stale), len(wanted) - len(stale)
        fresh = self._compute(measure, frames, stale["document_id"].tolist())
        fresh = fresh.merge(wanted, on="document_id", how="left") if len(fresh) else fresh
        rows = pd.concat([frame for frame in (kept, fresh) if len(frame)] or [self.table.empty()], ignore_index=True)
        counts = wanted["document_id"].map(rows["document_id"].value_counts()).fillna(0)
        self.ledger = conform(wanted.assign(table_name=self.table.name, row_count=counts), DERIVATIONS)
        return rows

    def _versions(self, frames: tuple[pd.DataFrame, ...]) -> pd.DataFrame:
        """One row a document: its id and the fingerprint of its rows in all frames and of the code."""
        parts = []
        for number, frame in enumerate(frames):
            # An upstream version that moved without moving any value is no reason to compute again.
            values = frame.drop(columns="feature_version", errors="ignore")
            hashes = row_hashes(values).astype("str")
            parts.append(pd.DataFrame({"document_id": frame["document_id"], "part": f"{number}:" + hashes}))
        whole = pd.concat(parts, ignore_index=True).sort_values(["document_id", "part"])
        joined = whole.groupby("document_id", sort=True)["part"].agg(" ".join)
        versions = [f"v_{sha256(f'{self.code_version} {text}')[:12]}" for text in joined]
        return pd.DataFrame(
            {"document_id": joined.index.astype("str"), "feature_version": pd.Series(versions, dtype="str")}
        )

    def _current_rows(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """Rows of the documents that need no computing: the ledger has the wanted version, the table all its rows.

        Rows without their entry in the ledger, or an entry without its rows, mean that the document is computed again.
        """
        ledger = self.store.read(DERIVATIONS, where={"table_name": [self.table.name]})
        current = wanted.merge(ledger[["document_id", "feature_version", "row_count"]])
        rows = self.store.read(self.table)
        matched = rows.merge(current[["document_id", "feature_version"]])
        found = current["document_id"].map(matched["document_id"].value_counts()).fillna(0)
        whole = current.loc[(found == current["row_count"]).fillna(False).astype(bool), "document_id"]
        kept = matched.loc[matched["document_id"].isin(whole), list(self.table.column_names)]
        kept.attrs["documents"] = sorted(whole)
        return kept

    def _compute(self, measure: Measure, frames: tuple[pd.DataFrame, ...], documents: list[str]) -> pd.DataFrame:
        if not documents:
            return self.table.empty()
        size = self.engine.batch_size
        texts = self.store.stream(
            DOCUMENT_TEXTS,
            ["document_id", "text_sha256", "text"],
            {"document_id": documents, "is_current": [True]},
            size,
        )
        batches = ((part, *(_of(part["document_id"], frame) for frame in frames)) for part in texts)
        results = list(self.engine.map(self.table.name, measure, batches, total=-(-len(documents) // size)))
        rows = pd.concat([part for part in results if len(part)] or [self.table.empty()], ignore_index=True)
        return rows.drop(columns="feature_version", errors="ignore")


def _of(documents: pd.Series, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.loc[frame["document_id"].isin(documents)].reset_index(drop=True)
