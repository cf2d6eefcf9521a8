"""Dataset assets: evidence, the record of builds and changes, the files that the user takes away, the report."""

from collections.abc import Callable
from datetime import datetime

import dagster as dg
import pandas as pd

from assets.resources import Folders
from assets.table_assets import OWNER, table_asset
from pipeline.codebook import Codebook
from pipeline.corpus.configuration import Configuration
from pipeline.dataset import builds as builds_of
from pipeline.dataset import bundle as bundle_of
from pipeline.dataset import evidence as evidence_of
from pipeline.dataset import export, report
from pipeline.derivation import Derivation
from pipeline.lineage import VERSION
from pipeline.store import Store
from pipeline.tables import dataset
from pipeline.tables.catalog import PUBLISHED
from pipeline.text import sha256
from pipeline.training import Training

EVERY_TABLE = [table.name for table in PUBLISHED]


@table_asset(dataset.EVIDENCE, code="pipeline.dataset.evidence", kinds={"python", "deltalake"})
def evidence(
    sentence_stance: pd.DataFrame, sentence_frames: pd.DataFrame, sentences: pd.DataFrame, derive: Derivation
) -> pd.DataFrame:
    """The sentences behind each stance and frame: offsets for all, short excerpts within the caps."""
    return derive.by_document(evidence_of.quote, sentence_stance, sentence_frames, sentences)


@table_asset(
    dataset.CHANGES, dataset.BUILDS,
    code="pipeline.dataset.builds", kinds={"pandas", "deltalake"}, appends=(dataset.CHANGES, dataset.BUILDS),
    after=tuple(name for name in EVERY_TABLE if name not in ("changes", "builds")),
)  # fmt: skip
def build_record(
    builds: pd.DataFrame, documents: pd.DataFrame, store: Store, clock: Callable[[], datetime],
    codebook: Codebook, training: Training, configuration: Configuration,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """This build on record, and every published cell that moved since the last one, with the cause."""
    return builds_of.record(
        builds, documents, store, now=clock(), version=VERSION, codebook_version=codebook.version,
        codebook_sha256=sha256(codebook.fingerprint + training.labels.fingerprint),
        configuration_sha256=configuration.fingerprint,
    )  # fmt: skip


@dg.asset(deps=EVERY_TABLE, kinds={"csv", "parquet"}, owners=[OWNER], required_resource_keys={"store", "folders"})
def bundle(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """The folder to take away: a CSV and a Parquet file a table, data_dictionary.csv and datapackage.json."""
    folders: Folders = context.resources.folders
    frames = {table.name: context.resources.store.read(table) for table in PUBLISHED}
    written = bundle_of.write(folders.dataset, frames, VERSION)
    context.log.info(f"{len(written)} files differ from before, in {folders.dataset}")
    return dg.MaterializeResult(
        metadata={"folder": dg.MetadataValue.path(folders.dataset), "files written": len(written)}
    )


@dg.asset(deps=EVERY_TABLE, kinds={"html"}, owners=[OWNER], required_resource_keys={"store", "folders", "codebook"})
def comparison_report(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """report.html: the comparison in one file to read, print or send."""
    path = context.resources.folders.dataset / "report.html"
    frames = {table.name: context.resources.store.read(table) for table in PUBLISHED}
    page = report.render(frames, build=builds_of.lineage(frames["builds"]), names=context.resources.codebook.names)
    export.write(path, page.encode())
    return dg.MaterializeResult(metadata={"report": dg.MetadataValue.path(path), "bytes": len(page.encode())})
