"""Every table by name, in stage order: what the store, the exports and the data dictionary run through."""

from collections.abc import Mapping
from typing import Final

from pipeline.contracts import Column, Table
from pipeline.tables import comparison, corpus, dataset, evaluation, features, forecasts

STAGES: Final = ("corpus", "features", "comparison", "evaluation", "dataset")

DERIVATIONS: Final = Table(
    name="derivations",
    stage="corpus",
    grain="one document whose rows in one table are computed; kept by the store, never exported",
    key=("table_name", "document_id"),
    is_private=True,
    columns=(
        Column("table_name", "text", "The table"),
        Column("document_id", "text", "The document"),
        Column("feature_version", "text", "Fingerprint of what the rows were computed from", is_required=True),
        Column("row_count", "integer", "Rows computed, so that lost ones are noticed and none is a result", minimum=0),
    ),
)

PUBLISHED: Final[tuple[Table, ...]] = tuple(
    table
    for module in (corpus, features, forecasts, comparison, evaluation, dataset)
    for table in module.TABLES
    if not table.is_private
)
TABLES: Final[Mapping[str, Table]] = {
    table.name: table for table in (*PUBLISHED, corpus.DOCUMENT_TEXTS, corpus.WEB_VISITS, DERIVATIONS)
}
