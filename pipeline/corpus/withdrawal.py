"""Withdrawal: a takedown removes a document's text everywhere and keeps it out."""

import csv
from pathlib import Path

from pipeline.corpus.sources import Override
from pipeline.store import RawBodies, Store
from pipeline.tables.corpus import DOCUMENT_TEXTS


def withdraw(document_id: str, reason: str, folder: Path, store: Store, bodies: RawBodies) -> str:
    """Note the withdrawal in overrides.csv, and remove every version of the text and its bytes; returns the input's name.

    Past versions of the text table go too, so that no file on disk holds the words any more. Bytes that another document
    was read from as well, such as a table with many rows, are kept.

    Raises:
        ValueError: no such document is held.
    """
    held = store.read(DOCUMENT_TEXTS, ["document_id", "version", "input", "body_sha256"])
    own = held.loc[held["document_id"] == document_id]
    if own.empty:
        raise ValueError(f"no document {document_id} is held; documents.csv lists the ids")
    _note(folder / "overrides.csv", document_id, reason)
    store.remove(DOCUMENT_TEXTS, "document_id", document_id)
    store.purge(DOCUMENT_TEXTS)
    others = set(held.loc[held["document_id"] != document_id, "body_sha256"])
    for body in set(own["body_sha256"]) - others:
        bodies.remove(body)
    return str(own["input"].iloc[-1])


def _note(path: Path, document_id: str, reason: str) -> None:
    columns = list(Override.model_fields)
    rows = []
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or columns)
            rows = [row for row in reader if row.get("document_id") != document_id or row.get("is_withdrawn", "").lower() != "true"]
    rows.append({"document_id": document_id, "is_withdrawn": "true", "reason": reason})
    draft = path.with_suffix(".csv.draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
    draft.replace(path)
