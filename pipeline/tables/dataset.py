"""Tables of the dataset stage: evidence excerpts, the record of builds, and what changed between them."""

from typing import Final

from pipeline.contracts import Column, Table
from pipeline.tables.corpus import FEATURE_VERSION, TEXT_SHA256
from pipeline.tables.features import MODALITIES, POLARITIES

CAUSES: Final = (
    "text edited", "text added", "text removed", "alias or configuration", "codebook changed",
    "code changed", "package changed", "metadata edited", "corpus changed", "unexplained",
)  # fmt: skip

EVIDENCE: Final = Table(
    name="evidence",
    stage="dataset",
    grain="one cell of document_stance or document_frames and one sentence that it stands on",
    key=("table_name", "row_key", "sentence_id"),
    columns=(
        Column("table_name", "text", "Table of the cell", allowed=("document_stance", "document_frames")),
        Column("row_key", "text", "Key of the cell's row: document and target or frame, joined by a slash"),
        Column("sentence_id", "text", "The sentence"),
        Column("document_id", "text", "The document", is_required=True),
        Column("target_id", "text", "The target or frame", is_required=True),
        Column("polarity_label", "text", "Position taken, for stance", allowed=POLARITIES),
        Column("modality_label", "text", "Modality, for stance", allowed=MODALITIES),
        Column(
            "start_offset",
            "integer",
            "First code point of the sentence in the body text",
            unit="code points",
            is_required=True,
            minimum=0,
        ),
        Column(
            "end_offset", "integer", "One past its last code point", unit="code points", is_required=True, minimum=1
        ),
        Column(
            "excerpt",
            "text",
            "Verbatim opening of the sentence, within the caps; empty once a document's cap is reached",
        ),
        Column("is_cut", "boolean", "Whether the excerpt stops short of the sentence's end", is_required=True),
        TEXT_SHA256,
        FEATURE_VERSION,
    ),
)

BUILDS: Final = Table(
    name="builds",
    stage="dataset",
    grain="one build of the dataset",
    key=("build_id",),
    records_run=True,
    columns=(
        Column("build_id", "text", "Id of the build, in order"),
        Column("run_id", "text", "Dagster's id of the run", is_required=True),
        Column("built_at", "timestamp", "When the build was recorded", unit="UTC", is_required=True),
        Column("parley_version", "text", "Version of Parley", is_required=True),
        Column("python_version", "text", "Version of Python", is_required=True),
        Column("code_version", "text", "Fingerprint of the pipeline's source", is_required=True),
        Column(
            "package_versions",
            "text",
            'Packages that numbers depend on, "name version", joined by "; "',
            is_required=True,
        ),
        Column("codebook_version", "integer", "Version of the codebook", is_required=True, minimum=1),
        Column("codebook_sha256", "text", "Fingerprint of the codebook's files", is_required=True),
        Column("configuration_sha256", "text", "Fingerprint of sources, overrides and aliases", is_required=True),
        Column("document_count", "integer", "Documents held", is_required=True, minimum=0),
        Column("compared_document_count", "integer", "Documents compared", is_required=True, minimum=0),
        Column(
            "is_sample_compared", "boolean", "Whether the sample stood in for collected commentary", is_required=True
        ),
        Column("table_versions", "text", "Store version of each table, as JSON", is_required=True),
        Column(
            "content_sha256", "text", "Fingerprint of all published tables that do not record runs", is_required=True
        ),
    ),
)

CHANGES: Final = Table(
    name="changes",
    stage="dataset",
    grain="one cell that differs from the build before",
    key=("build_id", "table_name", "row_key", "column_name"),
    records_run=True,
    columns=(
        Column("build_id", "text", "The build in which the cell changed"),
        Column("table_name", "text", "Table of the cell"),
        Column("row_key", "text", "Key of the cell's row, its parts joined by a slash"),
        Column("column_name", "text", "Column of the cell"),
        Column("old_value", "text", "Value in the build before; empty where the row is new or the cell was missing"),
        Column("new_value", "text", "Value in this build; empty where the row is gone or the cell is missing"),
        Column(
            "change_label",
            "text",
            "What happened to the row",
            is_required=True,
            allowed=("row added", "row removed", "cell changed"),
        ),
        Column("cause", "text", "Why it changed", is_required=True, allowed=CAUSES),
    ),
)

TABLES: Final = (EVIDENCE, BUILDS, CHANGES)
