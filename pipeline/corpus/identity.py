"""Identity: which document an input is, across edits, renames, deletions and copies."""

from typing import Any

import pandas as pd

from pipeline.text import stable_id

Document = dict[str, Any]


def document_id(name: str) -> str:
    """The id of the document first read from this input."""
    return stable_id("doc", name)


class Held:
    """The current version of every document held, and the inputs that were refused, looked up by input and by text."""

    def __init__(self, texts: pd.DataFrame, refusals: pd.DataFrame) -> None:
        current = texts.loc[texts["is_current"].astype(bool)].astype(object)
        self._documents: dict[str, Document] = {}
        for row in current.where(current.notna(), None).to_dict("records"):
            self.add({str(name): value for name, value in row.items()})
        columns = ["input", "body_sha256", "extraction_version", "reason"]
        self._refusals = {row[0]: row[1:] for row in refusals[columns].itertuples(index=False, name=None)}

    def add(self, document: Document) -> None:
        """Hold a document, in place of its earlier version."""
        self._documents[document["document_id"]] = document

    def by_input(self, source_id: str, name: str) -> Document | None:
        """The document that was last read from this input."""
        return next(
            (
                held
                for held in self._documents.values()
                if held["input"] == name and held["source_id"] == source_id
            ),
            None,
        )

    def predecessor(self, document: Document, listed: set[str]) -> Document | None:
        """The document that this reading continues: the one of the same input, or one with the same text whose file is gone."""
        same_input = self.by_input(document["source_id"], document["input"])
        if same_input:
            return same_input
        return next(
            (
                held
                for held in self._documents.values()
                if held["text_sha256"] == document["text_sha256"]
                and held["source_id"] == document["source_id"]
                and held["input"].split("#")[0] not in listed
            ),
            None,
        )

    def twin(self, text_sha256: str) -> Document | None:
        """A listed document with exactly this text."""
        return next(
            (held for held in self._documents.values() if held["text_sha256"] == text_sha256 and held["is_listed"]), None
        )

    def free_id(self, document: Document) -> str:
        """The input's own id, or where a renamed document still bears it, one made from input and text."""
        own = document_id(document["input"])
        return own if own not in self._documents else stable_id("doc", document["input"], document["text_sha256"])

    def refusal(self, name: str, body_sha256: str | None, extraction_version: str) -> str | None:
        """Why these same bytes were refused before by the same code, if they were."""
        before = self._refusals.get(name)
        return before[2] if before and body_sha256 and before[:2] == (body_sha256, extraction_version) else None

    def unlisted(self, source_id: str, listed: set[str]) -> list[Document]:
        """Documents of the source that were listed before and are not now."""
        gone = [
            held
            for held in self._documents.values()
            if held["source_id"] == source_id and held["is_listed"] and held["input"] not in listed
        ]
        for document in gone:
            self.add({**document, "is_listed": False})
        return gone

    def newest_date(self, source_id: str) -> pd.Timestamp | None:
        """Publication date of the newest document of the source."""
        dates = [held["published_date"] for held in self._documents.values() if held["source_id"] == source_id]
        return max((date for date in dates if date is not None), default=None)
