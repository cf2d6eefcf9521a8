"""Withdrawal: a takedown removes a document's text everywhere and keeps it out, under whatever name it comes back."""

import csv
from pathlib import Path

import pandas as pd

from pipeline.corpus.configuration import Override
from pipeline.store import RawBodies, Store
from pipeline.tables.catalog import TABLES
from pipeline.tables.corpus import DOCUMENT_TEXTS


def withdraw(document_id: str, reason: str, folder: Path, store: Store, bodies: RawBodies) -> str:
    """Note the withdrawal in overrides.csv, and remove every version of the text and its bytes; returns the input.

    Other documents with one of the same texts go with it. Rows computed from the texts, excerpts among them, go from
    every table but those whose past versions the next build is compared with: these hold no text, and the next build
    takes the rows out. Past versions go too, so that no file on disk holds the words any more. Bytes that another
    document was read from as well, such as a table with many rows, are kept.

    Raises:
        ValueError: no such document is held.
    """
    held = store.read(DOCUMENT_TEXTS, ["document_id", "version", "input", "body_sha256", "text_sha256"])
    named = held.loc[held["document_id"] == document_id]
    if named.empty:
        raise ValueError(f"no document {document_id} is held; documents.csv lists the ids")
    twins = held.loc[held["text_sha256"].isin(named["text_sha256"]), "document_id"]
    own = held.loc[held["document_id"].isin(twins)]
    _note(folder / "overrides.csv", own, reason)
    for table in TABLES.values():
        if "document_id" in table.column_names and not (table.is_tracked or table.records_run):
            for name in sorted(set(twins)):
                store.remove(table, "document_id", name)
            store.purge(table)
    shared = set(held.loc[~held["document_id"].isin(twins), "body_sha256"])
    for body in set(own["body_sha256"]) - shared:
        bodies.remove(body)
    return str(named["input"].iloc[-1])


def _note(path: Path, withdrawn: pd.DataFrame, reason: str) -> None:
    """A row a withdrawn document and text, in place of rows that said so before; other rows and columns stay."""
    columns = list(Override.model_fields)
    rows: list[dict[str, str]] = []
    texts = withdrawn[["document_id", "text_sha256"]].drop_duplicates()
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [row for row in reader if not _says_so(row, set(texts["document_id"]))]
            columns = list(dict.fromkeys([*(reader.fieldnames or ()), *columns]))
    for document_id, text_sha256 in texts.itertuples(index=False, name=None):
        rows.append({"document_id": document_id, "is_withdrawn": "true", "reason": reason, "text_sha256": text_sha256})
    draft = path.with_suffix(".csv.draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
    draft.replace(path)


def _says_so(row: dict[str, str], documents: set[str]) -> bool:
    return row["document_id"] in documents and (row.get("is_withdrawn") or "").lower() == "true"
