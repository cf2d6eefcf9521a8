"""Changes: the cells that differ between the last build and this one, each with its cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from pipeline.contracts import Table
from pipeline.dataset.export import as_text
from pipeline.store import differences
from pipeline.tables.dataset import CAUSES, CHANGES

# Provenance of a row, not a number that anyone reads: it says why a cell moved and is not itself news.
_PROVENANCE: Final = ("feature_version", "text_sha256", "codebook_version", "textstat_version", "dictionary_version")
_CODEBOOK_TABLES: Final = ("document_stance", "document_frames", "label_agreement")
# Tables that hold stance or frames beside other measures.
_PARTLY_CODEBOOK_TABLES: Final = ("document_comparison", "analyst_profiles")
# Measured on one document alone: what became of the others moves no cell here.
_SOLITARY_TABLES: Final = ("document_readability", "document_stance", "document_frames")
# Cells of `documents` that follow from what is known about a text and not from its words.
_METADATA: Final = (
    "title", "analyst", "outlet", "perspective", "section_label", "source_id", "input", "origin_label",
    "published_date", "published_date_basis", "url",
)  # fmt: skip
# Cells of `documents` that follow from the other documents as well.
_MEMBERSHIP: Final = ("duplicate_of_document_id", "is_compared", "not_compared_reason")


@dataclass(frozen=True)
class Moved:
    """What differs between two builds apart from their numbers.

    Documents are told by id: `relabelled` are those whose metadata differ. `has_recomposed` says whether the texts that
    are compared are other ones, for whatever reason.
    """

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    edited: frozenset[str] = frozenset()
    relabelled: frozenset[str] = frozenset()
    has_recomposed: bool = False
    has_codebook: bool = False
    has_code: bool = False
    has_package: bool = False
    has_configuration: bool = False

    @property
    def has_corpus(self) -> bool:
        """Whether any document came, went or was edited."""
        return bool(self.added or self.removed or self.edited)


def moved(before: pd.Series, now: pd.Series, old: pd.DataFrame, new: pd.DataFrame) -> Moved:
    """What moved between two rows of `builds`, with the `documents` tables of both."""
    both = old.merge(new, on="document_id", suffixes=("_old", "_new"))
    edited = both.loc[_differs(both, "text_sha256"), "document_id"]
    relabelled = [both.loc[_differs(both, name), "document_id"] for name in _METADATA]
    return Moved(
        added=frozenset(new["document_id"]) - frozenset(old["document_id"]),
        removed=frozenset(old["document_id"]) - frozenset(new["document_id"]),
        edited=frozenset(edited),
        relabelled=frozenset().union(*relabelled),
        has_recomposed=_compared(old) != _compared(new),
        has_codebook=before["codebook_sha256"] != now["codebook_sha256"],
        has_code=before["code_version"] != now["code_version"],
        has_package=before["package_versions"] != now["package_versions"],
        has_configuration=before["configuration_sha256"] != now["configuration_sha256"],
    )


def _differs(both: pd.DataFrame, name: str) -> pd.Series:
    old, new = both[f"{name}_old"], both[f"{name}_new"]
    # Missing is equal to missing.
    return ~((old == new).fillna(False).astype(bool) | (old.isna() & new.isna()))


def _compared(documents: pd.DataFrame) -> frozenset[tuple[str, str]]:
    held = documents.loc[documents["is_compared"].fillna(False).astype(bool)]
    return frozenset(zip(held["document_id"], held["text_sha256"].fillna(""), strict=True))


def between(
    build_id: str,
    tables: Mapping[str, Table],
    old: Mapping[str, pd.DataFrame],
    new: Mapping[str, pd.DataFrame],
    what: Moved,
) -> pd.DataFrame:
    """`changes` of one build: a row a cell that differs, over the tracked tables of both builds."""
    parts = [_cells(tables[name], old[name], new[name], what) for name in tables if tables[name].is_tracked]
    rows = pd.concat([part for part in parts if len(part)] or [CHANGES.empty()], ignore_index=True)
    return rows.assign(build_id=build_id)


def _cells(table: Table, old: pd.DataFrame, new: pd.DataFrame, what: Moved) -> pd.DataFrame:
    added, changed, removed = differences(old, new, table)
    before = old.merge(changed[list(table.key)], on=list(table.key))
    cells = pd.concat(
        [
            _long(table, added, "new_value").assign(change_label="row added"),
            _long(table, removed, "old_value").assign(change_label="row removed"),
            _long(table, before, "old_value")
            .merge(_long(table, changed, "new_value"), on=["row_key", "document_id", "column_name"], how="outer")
            .assign(change_label="cell changed"),
        ]
    ).reindex(columns=["row_key", "document_id", "column_name", "old_value", "new_value", "change_label"])
    cells = cells.loc[cells["old_value"].fillna("") != cells["new_value"].fillna("")]
    causes = [
        _cause(table, document, column, label, what)
        for document, column, label in zip(
            cells["document_id"], cells["column_name"], cells["change_label"], strict=True
        )
    ]
    return cells.drop(columns="document_id").assign(table_name=table.name, cause=causes)


def _long(table: Table, rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """A row a cell that holds something, spelled as in the CSV, but for key and provenance."""
    keys = rows[list(table.key)].astype("str").agg("/".join, axis=1) if len(rows) else pd.Series(dtype="str")
    documents = rows["document_id"] if "document_id" in table.key else pd.Series("", index=rows.index, dtype="str")
    values = [column for column in table.columns if column.name not in (*table.key, *_PROVENANCE)]
    texts = {column.name: [as_text(value, column) for value in rows[column.name]] for column in values}
    wide = pd.DataFrame(texts, index=rows.index, dtype="str").assign(row_key=keys, document_id=documents)
    long = wide.melt(id_vars=["row_key", "document_id"], var_name="column_name", value_name=name)
    return long.loc[long[name] != ""]


def _cause(table: Table, document: str, column: str, label: str, what: Moved) -> str:
    """The nearest thing that moved: the document itself, then what all its rows depend on, then the other texts."""
    own = document if "document_id" in table.key else ""
    is_labelled = table.name == "documents" and label == "cell changed" and column in _METADATA
    candidates = (
        # An edited text explains its counts and scores. Its title or analyst has another reason.
        (own in what.edited and not is_labelled, "text edited"),
        (own in what.added, "text added"),
        (own in what.removed, "text removed"),
        (what.has_configuration and is_labelled, "alias or configuration"),
        (what.has_codebook and table.name in _CODEBOOK_TABLES, "codebook changed"),
        (what.has_package, "package changed"),
        (what.has_code, "code changed"),
        *(
            _causes_in_documents(own, column, what)
            if table.name == "documents"
            else _causes_elsewhere(table, own, label, what)
        ),
    )
    cause = next((name for holds, name in candidates if holds), "unexplained")
    assert cause in CAUSES
    return cause


def _causes_in_documents(document: str, column: str, what: Moved) -> tuple[tuple[bool, str], ...]:
    return (
        (what.has_configuration, "alias or configuration"),
        (document in what.relabelled and column in (*_METADATA, *_MEMBERSHIP), "metadata edited"),
        # Also a document that its source no longer lists: it stays on record and leaves the comparison.
        (column in _MEMBERSHIP and (what.has_corpus or what.has_recomposed), "corpus changed"),
        # Such as a truncation or a language that the file states.
        (document not in what.added | what.removed, "metadata edited"),
    )


def _causes_elsewhere(table: Table, document: str, label: str, what: Moved) -> tuple[tuple[bool, str], ...]:
    is_solitary = table.name in _SOLITARY_TABLES and label == "cell changed"
    return (
        (what.has_corpus and what.has_recomposed and not is_solitary, "corpus changed"),
        (what.has_codebook and table.name in _PARTLY_CODEBOOK_TABLES, "codebook changed"),
        (what.has_configuration, "alias or configuration"),
        (document in what.relabelled, "metadata edited"),
        ((what.has_corpus or what.has_recomposed) and not is_solitary, "corpus changed"),
        (bool(what.relabelled) and not is_solitary, "metadata edited"),
    )
