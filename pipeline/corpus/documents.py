"""Documents: the current documents with their corrections, analysts, duplicates, and whether each is compared."""

import re
import unicodedata
from typing import Final

import pandas as pd

from pipeline.corpus import duplicates
from pipeline.corpus.configuration import CORRECTABLE, Alias, Configuration
from pipeline.corpus.sources import SourceList
from pipeline.tables.corpus import DOCUMENT_VERSIONS, DOCUMENTS
from pipeline.text import stable_id

# The sample stands in until the corpus holds this many compared documents beside the essay.
OTHERS_THAT_RETIRE_THE_SAMPLE: Final = 10
FEWEST_WORDS_COMPARED: Final = 100
_COMMENTARY: Final = ("opinion", "analysis", "editorial", "interview", "unknown")


def current(document_texts: pd.DataFrame, configuration: Configuration) -> pd.DataFrame:
    """`documents` from the current versions (no body text needed), corrected by overrides.csv and aliases.csv."""
    found = document_texts.loc[document_texts["is_current"].astype(bool)].copy()
    documents = _corrected(found, configuration)
    documents["analyst"] = [
        "; ".join(analysts(name, outlet, configuration.aliases))
        for name, outlet in zip(documents["analyst"], documents["outlet"], strict=True)
    ]
    enabled = [source.id for source in configuration.sources.source if source.enabled]
    documents["is_listed"] = documents["is_listed"].astype(bool) & documents["source_id"].isin(enabled)
    documents["duplicate_of_document_id"] = duplicates.folded(documents).astype("str")
    documents["not_compared_reason"] = _not_compared_reason(documents, configuration.sources)
    documents["is_compared"] = documents["not_compared_reason"].isna()
    return documents[list(DOCUMENTS.column_names)]


def _corrected(documents: pd.DataFrame, configuration: Configuration) -> pd.DataFrame:
    for override in configuration.overrides:
        own = (
            documents["document_id"] == override.document_id
            if override.document_id
            else documents["input"] == override.input
        )
        if override.withdraws:
            if override.text_sha256:
                own |= documents["text_sha256"] == override.text_sha256
            documents = documents.loc[~own].copy()
            continue
        for column in CORRECTABLE:
            value = getattr(override, column)
            if value:
                documents.loc[own, column] = pd.Timestamp(value) if column == "published_date" else value
        if override.published_date:
            documents.loc[own, "published_date_basis"] = "override"
    return documents


def analysts(names: object, outlet: object, aliases: tuple[Alias, ...]) -> list[str]:
    """Names of the analysts as displayed: spellings joined by the aliases; the outlet where unsigned."""
    joined = {_folded(alias.alias): alias.name for alias in aliases}
    found = [" ".join(part.split()) for part in str(names).split(";")] if isinstance(names, str) else []
    canonical = [joined.get(_folded(name), name) for name in found if name]
    unsigned = [outlet.strip() if isinstance(outlet, str) and outlet.strip() else "Unsigned"]
    return list(dict.fromkeys(canonical)) or unsigned


def _folded(name: str) -> str:
    return re.sub(r"[\s.]+", " ", unicodedata.normalize("NFKC", name)).strip().casefold()


def analyst_id(name: str) -> str:
    """A readable id from a name: `analyst_george_friedman`; a hash where the name has no Latin letters."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")
    return f"analyst_{slug}" if slug else stable_id("analyst", _folded(name))


def by_analyst(documents: pd.DataFrame) -> pd.DataFrame:
    """`document_analysts`: a row a document and analyst, so that a co-authored text counts for each."""
    rows = [
        (document, analyst_id(name), name)
        for document, names in zip(documents["document_id"], documents["analyst"].str.split("; "), strict=True)
        for name in names
    ]
    frame = pd.DataFrame(rows, columns=["document_id", "analyst_id", "analyst"])
    # Two spellings of one name, such as with and without its accents, are one analyst.
    frame = frame.drop_duplicates(["document_id", "analyst_id"])
    return frame.assign(is_sole=~frame.duplicated("document_id", keep=False))


def versions(document_texts: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """`document_versions` of the documents that are not withdrawn, with what each edit did."""
    held = document_texts.loc[document_texts["document_id"].isin(documents["document_id"])]
    return held[list(DOCUMENT_VERSIONS.column_names)]


def _not_compared_reason(documents: pd.DataFrame, entries: SourceList) -> pd.Series:
    """The first reason that holds against comparing each document; missing where none does."""
    filtered = [source.id for source in entries.source if source.is_filtered]
    is_beside = documents["source_id"].isin(filtered) & (documents["relevance_score"] < entries.relevance.threshold)
    rules = (
        (~documents["is_listed"].astype(bool), "its source no longer has it, or is switched off"),
        (documents["duplicate_of_document_id"].notna(), "duplicate of another document"),
        (documents["is_truncated"].astype(bool), "the text breaks off"),
        (~documents["section_label"].isin(_COMMENTARY), "not commentary: " + documents["section_label"]),
        (is_beside, "not about the talks, by the relevance query"),
        (documents["word_count"] < FEWEST_WORDS_COMPARED, f"shorter than {FEWEST_WORDS_COMPARED} words"),
    )
    reason = pd.Series(None, index=documents.index, dtype="str")
    for holds, text in rules:
        reason = reason.mask(holds & reason.isna(), text)
    stands_in = documents["origin_label"] == "sample"
    others = int((reason.isna() & ~documents["origin_label"].isin(("anchor", "sample"))).sum())
    if others >= OTHERS_THAT_RETIRE_THE_SAMPLE:
        reason = reason.mask(stands_in & reason.isna(), "the sample has served: ten other documents are compared")
    return reason
