"""Jobs: the whole build, and the build after reading chosen sources again."""

from typing import Any

import dagster as dg


def _ingest(settings: dict[str, Any]) -> dict[str, Any]:
    return {"ops": {"ingestion": {"config": {"sources": settings["sources"]}}}}


build_dataset = dg.define_asset_job(
    "build_dataset",
    selection=dg.AssetSelection.all(),
    description="Reads every enabled source, computes what is new, and writes the dataset.",
)

reingest = dg.define_asset_job(
    "reingest",
    selection=dg.AssetSelection.all(),
    description="Reads the named sources again (none: all that are enabled), computes what is new, and writes the dataset.",
    config=dg.ConfigMapping(
        config_schema={
            "sources": dg.Field(
                [str], default_value=[], description="Ids from data/corpus/sources.toml; none means all."
            )
        },
        config_fn=_ingest,
    ),
)

JOBS = [build_dataset, reingest]
