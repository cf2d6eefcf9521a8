"""Builds: the record of each build, and the cells that moved since the one before."""

import json
import platform
from collections.abc import Mapping
from datetime import datetime

import pandas as pd
from deltalake.exceptions import DeltaError

from pipeline.contracts import Table, conform
from pipeline.dataset import changes
from pipeline.lineage import package_versions, source_version
from pipeline.store import Store, table_versions
from pipeline.tables.catalog import PUBLISHED
from pipeline.tables.dataset import BUILDS, CHANGES
from pipeline.text import sha256

TRACKED: Mapping[str, Table] = {table.name: table for table in PUBLISHED if table.is_tracked}
CONTENT: tuple[Table, ...] = tuple(table for table in PUBLISHED if not table.records_run)
# The modules whose source and packages a published number can depend on.
_MODULES = (
    "pipeline.corpus.ingest", "pipeline.corpus.documents", "pipeline.corpus.sentences", "pipeline.features.readability",
    "pipeline.features.stance", "pipeline.features.frames", "pipeline.features.topics", "pipeline.comparison.documents",
    "pipeline.comparison.profiles", "pipeline.comparison.keyness", "pipeline.evaluation.agreement",
)  # fmt: skip


def record(
    builds: pd.DataFrame, documents: pd.DataFrame, store: Store, *, now: datetime, version: str,
    codebook_version: int, codebook_sha256: str, configuration_sha256: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """The rows that this build adds to `changes` and to `builds`.

    The build is compared with the last one on record, whose tables the store still holds under the versions that it
    noted. The record itself is written last: a build that was killed before is compared anew, under the same id.
    """
    compared = documents.loc[documents["is_compared"].fillna(False).astype(bool)]
    packages = package_versions(*_MODULES)
    row = {
        "build_id": f"build_{len(builds) + 1:05d}",
        "run_id": store.run_id,
        "built_at": now,
        "parley_version": version,
        "python_version": platform.python_version(),
        "code_version": source_version(*_MODULES)[:12],
        "package_versions": "; ".join(f"{name} {number}" for name, number in packages.items()),
        "codebook_version": codebook_version,
        "codebook_sha256": codebook_sha256,
        "configuration_sha256": configuration_sha256,
        "document_count": len(documents),
        "compared_document_count": len(compared),
        "is_sample_compared": bool((compared["origin_label"] == "sample").any()),
        "table_versions": table_versions(store, TRACKED),
        "content_sha256": sha256(" ".join(f"{t.name}={store.content_sha256(t)}" for t in CONTENT)),
    }
    now_row = conform(pd.DataFrame([row]), BUILDS)
    return _changes(builds, now_row.iloc[0], store), now_row


def _changes(builds: pd.DataFrame, now: pd.Series, store: Store) -> pd.DataFrame:
    if builds.empty:
        return CHANGES.empty()
    before = builds.sort_values("build_id").iloc[-1]
    versions = json.loads(before["table_versions"])
    present = json.loads(now["table_versions"])
    moved_tables = {name: table for name, table in TRACKED.items() if versions.get(name) != present.get(name)}
    if not moved_tables:
        return CHANGES.empty()
    needed = {**moved_tables, "documents": TRACKED["documents"]}
    try:
        old = {name: store.read(table, version=versions[name]) for name, table in needed.items() if name in versions}
    except (DeltaError, FileNotFoundError):
        # The store was cleaned of versions this old: what moved cannot be told any more, and the build goes on.
        return CHANGES.empty()
    old |= {name: table.empty() for name, table in needed.items() if name not in old}
    new = {name: store.read(table) for name, table in needed.items()}
    what = changes.moved(before, now, old["documents"], new["documents"])
    return changes.between(str(now["build_id"]), moved_tables, old, new, what)


def lineage(builds: pd.DataFrame) -> dict[str, str]:
    """What the latest build was made with, as text: no times and no ids of runs, so the same input reads the same.

    Raises:
        ValueError: no build is on record.
    """
    if builds.empty:
        raise ValueError("builds: no build is on record; run `parley build` first")
    names = ("parley_version", "python_version", "package_versions", "codebook_version", "content_sha256")
    latest = builds.sort_values("build_id").iloc[-1]
    return {name: str(latest[name]) for name in names}
