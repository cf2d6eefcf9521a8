"""Changes: the cells that differ between the last build and this one, each with its cause; and the record of builds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from pipeline.contracts import Table
from pipeline.store import differences
from pipeline.tables.dataset import CAUSES, CHANGES

# Provenance of a row, not a number that anyone reads: it says why a cell moved and is not itself news.
_PROVENANCE: Final = ("feature_version", "text_sha256", "codebook_version", "textstat_version", "dictionary_version")
_CODEBOOK_TABLES: Final = ("document_stance", "document_frames", "label_agreement")


@dataclass(frozen=True)
class Moved:
    """What differs between two builds apart from their numbers."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    edited: frozenset[str] = frozenset()
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
    texts = old[["document_id", "text_sha256"]].merge(
        new[["document_id", "text_sha256"]], on="document_id", suffixes=("_old", "_new")
    )
    edited = texts.loc[texts["text_sha256_old"] != texts["text_sha256_new"], "document_id"]
    return Moved(
        added=frozenset(new["document_id"]) - frozenset(old["document_id"]),
        removed=frozenset(old["document_id"]) - frozenset(new["document_id"]),
        edited=frozenset(edited),
        has_codebook=before["codebook_sha256"] != now["codebook_sha256"],
        has_code=before["code_version"] != now["code_version"],
        has_package=before["package_versions"] != now["package_versions"],
        has_configuration=before["configuration_sha256"] != now["configuration_sha256"],
    )


def between(
    build_id: str, tables: Mapping[str, Table], old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame], what: Moved
) -> pd.DataFrame:
    """`changes` of one build: a row a cell that differs, over the tracked tables of both builds."""
    parts = [_cells(tables[name], old[name], new[name], what) for name in tables if tables[name].is_tracked]
    rows = pd.concat([part for part in parts if len(part)] or [CHANGES.empty()], ignore_index=True)
    return rows.assign(build_id=build_id)


def _cells(table: Table, old: pd.DataFrame, new: pd.DataFrame, what: Moved) -> pd.DataFrame:
    added, changed, removed = differences(old, new, table)
    before = old.merge(changed[list(table.key)], on=list(table.key))
    values = [name for name in table.column_names if name not in (*table.key, *_PROVENANCE)]
    cells = pd.concat(
        [
            _long(table, added, values, "new_value").assign(change_label="row added"),
            _long(table, removed, values, "old_value").assign(change_label="row removed"),
            _long(table, before, values, "old_value")
            .merge(_long(table, changed, values, "new_value"), on=["row_key", "document_id", "column_name"], how="outer")
            .assign(change_label="cell changed"),
        ]
    ).reindex(columns=["row_key", "document_id", "column_name", "old_value", "new_value", "change_label"])
    cells = cells.loc[cells["old_value"].fillna("") != cells["new_value"].fillna("")]
    causes = [
        _cause(table, document, label, what)
        for document, label in zip(cells["document_id"], cells["change_label"], strict=True)
    ]
    return cells.drop(columns="document_id").assign(table_name=table.name, cause=causes)


def _long(table: Table, rows: pd.DataFrame, values: list[str], name: str) -> pd.DataFrame:
    keys = rows[list(table.key)].astype("str").agg("/".join, axis=1) if len(rows) else pd.Series(dtype="str")
    documents = rows["document_id"] if "document_id" in table.key else pd.Series("", index=rows.index, dtype="str")
    cells = rows[values].astype("object").where(rows[values].notna())
    wide = cells.map(lambda value: None if pd.isna(value) else str(value)).assign(row_key=keys, document_id=documents)
    return wide.melt(id_vars=["row_key", "document_id"], var_name="column_name", value_name=name).dropna(subset=[name])


def _cause(table: Table, document: str, label: str, what: Moved) -> str:
    """The nearest thing that moved: the document's own text, then what all its rows depend on, then the other texts."""
    own = "document_id" in table.key
    candidates = (
        (own and document in what.edited, "text edited"),
        (own and document in what.added, "text added"),
        (own and document in what.removed, "text removed"),
        (what.has_codebook and table.name in _CODEBOOK_TABLES, "codebook changed"),
        (what.has_package, "package changed"),
        (what.has_code, "code changed"),
        (what.has_configuration and table.name == "documents", "alias or configuration"),
        (what.has_corpus and table.name != "documents", "corpus changed"),
        (what.has_codebook, "codebook changed"),
        (what.has_configuration, "alias or configuration"),
        (what.has_corpus, "corpus changed"),
        (table.name == "documents" and label == "cell changed", "metadata edited"),
    )
    cause = next((name for holds, name in candidates if holds), "unexplained")
    assert cause in CAUSES
    return cause
