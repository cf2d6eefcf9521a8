"""Identity: which document an input is, across edits, renames, deletions and copies."""

from collections.abc import Collection, Iterable
from typing import Any

import pandas as pd

from pipeline.corpus import urls
from pipeline.corpus.rows import KINDS
from pipeline.text import stable_id

Document = dict[str, Any]


def document_id(name: str) -> str:
    """The id of the document first read from this input."""
    return stable_id("doc", name)


def name_of(given: str, url: str | None) -> str:
    """The name that gives a document its id: the key of a page's own address, else the input as it is."""
    return urls.key(url or given) if is_page(given) else given


def is_among(name: str, inputs: Collection[str]) -> bool:
    """Whether an input is among these, or is a row (`table.csv#key`) of a table among them."""
    tables = (name[:place] for place, mark in enumerate(name) if mark == "#")
    return name in inputs or any(table.lower().endswith(KINDS) and table in inputs for table in tables)


def is_page(name: str) -> bool:
    """Whether an input is a web address."""
    return name.startswith(("https://", "http://"))


def _addresses(document: Document) -> list[str]:
    """The keys under which a page is known: of the address that was listed, and of its own."""
    if not is_page(document["input"]):
        return []
    return list(dict.fromkeys(urls.key(name) for name in (document["input"], document["url"]) if name))


class Held:
    """The current version of every document held, without its text, and the inputs that were refused.

    Documents are looked up by input and by text; refusals by input.
    """

    def __init__(self, texts: pd.DataFrame, refusals: pd.DataFrame) -> None:
        current = texts.loc[texts["is_current"].astype(bool)].astype(object)
        self._documents: dict[str, Document] = {}
        self._inputs: dict[tuple[str, str], str] = {}
        # Dictionaries as sets that keep their order, so that which of several twins is met first is always the same.
        self._texts: dict[str, dict[str, None]] = {}
        self._pages: dict[str, str] = {}
        for row in current.where(current.notna(), None).to_dict("records"):
            self.add({str(name): value for name, value in row.items()})
        columns = ["source_id", "input", "body_sha256", "extraction_version", "reason"]
        self._refusals = {row[:2]: row[2:] for row in refusals[columns].itertuples(index=False, name=None)}

    def add(self, document: Document) -> None:
        """Hold a document, in place of its earlier version."""
        own = document["document_id"]
        before = self._documents.get(own)
        if before:
            self._texts[before["text_sha256"]].pop(own)
            if self._inputs.get((before["source_id"], before["input"])) == own:
                del self._inputs[before["source_id"], before["input"]]
        self._documents[own] = {name: value for name, value in document.items() if name != "text"}
        self._inputs[document["source_id"], document["input"]] = own
        self._texts.setdefault(document["text_sha256"], {})[own] = None
        for address in _addresses(document):
            self._pages.setdefault(address, own)

    def by_input(self, source_id: str, name: str) -> Document | None:
        """The document that was last read from this input."""
        return self._documents.get(self._inputs.get((source_id, name), ""))

    def by_page(self, *keys: str) -> Document | None:
        """The document that was read from a page with one of these keys (see `urls.key`), whichever source listed it."""
        return next((self._documents[self._pages[key]] for key in keys if key in self._pages), None)

    def of_source(self, source_id: str) -> Iterable[Document]:
        """The documents that were last read from this source."""
        return [held for held in self._documents.values() if held["source_id"] == source_id]

    def _with_text(self, text_sha256: str) -> Iterable[Document]:
        return [self._documents[own] for own in self._texts.get(text_sha256, ())]

    def predecessor(self, document: Document, listed: Collection[str]) -> Document | None:
        """The document that a reading continues: the one of its input, or one with its text whose file is gone."""
        same_input = self.by_input(document["source_id"], document["input"]) or self.by_page(*_addresses(document))
        if same_input:
            return same_input
        renamed = (
            held
            for held in self._with_text(document["text_sha256"])
            if held["source_id"] == document["source_id"] and not is_among(held["input"], listed)
        )
        return next(renamed, None)

    def rename(self, source_id: str, names: dict[str, str]) -> None:
        """Let documents follow their files to new names; they are read again there, and their old names are free."""
        moving = [(self.by_input(source_id, old), new) for old, new in names.items()]
        for document, new in moving:
            if document:
                self.add({**document, "input": new, "is_listed": False})

    def twin(self, text_sha256: str) -> Document | None:
        """A listed document with exactly this text."""
        return next((held for held in self._with_text(text_sha256) if held["is_listed"]), None)

    def free_id(self, document: Document) -> str:
        """The id that its name gives; where another document bears it, as after a rename, one from input and text."""
        own = document_id(name_of(document["input"], document["url"]))
        if own in self._documents:
            own = stable_id("doc", document["source_id"], document["input"], document["text_sha256"])
        return own

    def refusal(self, source_id: str, name: str, body_sha256: str | None, extraction_version: str) -> str | None:
        """Why these same bytes were refused before by the same code, if they were."""
        before = self._refusals.get((source_id, name))
        return before[2] if before and body_sha256 and before[:2] == (body_sha256, extraction_version) else None

    def unlisted(self, source_id: str, met: Collection[str]) -> list[Document]:
        """Documents of the source that were listed before and of which nothing was met now.

        A table that could not be read is met under its own name, and its rows are kept as they were.
        """
        gone = [held for held in self.of_source(source_id) if held["is_listed"] and not is_among(held["input"], met)]
        for document in gone:
            self.add({**document, "is_listed": False})
        return gone

    def newest_date(self, source_id: str) -> pd.Timestamp | None:
        """Publication date of the newest document of the source."""
        dates = [held["published_date"] for held in self.of_source(source_id)]
        return max((date for date in dates if date is not None), default=None)
