"""Corpus assets: what came in and what became of it, the documents, their analysts, versions and sentences."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

import dagster as dg
import pandas as pd
from pydantic import Field

from assets.resources import Folders, Internet
from assets.table_assets import table_asset
from pipeline.corpus import documents as documents_of
from pipeline.corpus import sentences as sentences_of
from pipeline.corpus.configuration import Configuration
from pipeline.corpus.ingest import Ingestion
from pipeline.corpus.sandbox import Sandbox
from pipeline.corpus.web import WebReader
from pipeline.derivation import Derivation
from pipeline.engine import Engine
from pipeline.lineage import code_version
from pipeline.store import RawBodies, Store
from pipeline.tables import corpus

# What is told from any text, wherever it comes from.
_ANY_TEXT: Final = ("pipeline.corpus.language", "pipeline.corpus.text_kinds", "pipeline.corpus.duplicates")


class IngestConfig(dg.Config):
    """Which sources to read: ids from data/corpus/sources.toml; none means all that are enabled."""

    sources: list[str] = Field(default_factory=list)


@table_asset(
    corpus.FETCHES, corpus.SOURCE_HEALTH,
    code="pipeline.corpus.ingest", kinds={"python", "deltalake"}, appends=(corpus.FETCHES,), config=IngestConfig,
)  # fmt: skip
def ingestion(
    config: IngestConfig, configuration: Configuration, folders: Folders, store: Store, bodies: RawBodies,
    sandbox: Sandbox, internet: Internet | None, clock: Callable[[], datetime], engine: Engine,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Reads the sources once; every input ends in exactly one state, with its reason."""
    code = code_version("pipeline.corpus.folder", *_ANY_TEXT)
    web = WebReader(
        partial(internet.open, configuration.sources.web), sandbox.run, store, bodies, folders.data, clock,
        code_version("pipeline.corpus.page_reading", *_ANY_TEXT),
        configuration.sources.web.deadline_seconds, internet.mediacloud_key, engine.progress,
    ) if internet else None  # fmt: skip
    reader = Ingestion(
        configuration, folders.data, store, bodies, sandbox.parse, clock, code, engine.progress, sandbox.run, web
    )
    return reader.run(config.sources)


@table_asset(corpus.DOCUMENTS, code="pipeline.corpus.documents", kinds={"pandas", "deltalake"})
def documents(document_texts: pd.DataFrame, configuration: Configuration) -> pd.DataFrame:
    """The documents as they stand, corrected by users, and whether each is compared."""
    return documents_of.current(document_texts, configuration)


@table_asset(corpus.DOCUMENT_ANALYSTS, code="pipeline.corpus.documents", kinds={"pandas", "deltalake"})
def document_analysts(documents: pd.DataFrame) -> pd.DataFrame:
    """Who wrote what; a co-authored text counts for each author."""
    return documents_of.by_analyst(documents)


@table_asset(corpus.DOCUMENT_VERSIONS, code="pipeline.corpus.documents", kinds={"pandas", "deltalake"})
def document_versions(document_texts: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Every text that a document has had, and what each edit did to it."""
    return documents_of.versions(document_texts, documents)


@table_asset(corpus.SENTENCES, code="pipeline.corpus.sentences", kinds={"python", "deltalake"})
def sentences(documents: pd.DataFrame, derive: Derivation) -> pd.DataFrame:
    """The sentences of each document, and whose voice speaks in them."""
    return derive.by_document(sentences_of.split, documents[["document_id", "text_sha256"]])
