"""Definitions: the contents page. Each stage's assets, with the group named once, here; the checks; the wiring."""

import dagster as dg

from assets import checks, comparison, corpus, dataset, evaluation, features
from assets.io_managers import IO_MANAGERS
from assets.jobs import JOBS
from assets.resources import RESOURCES
from assets.schedules import SCHEDULES
from assets.sensors import SENSORS

STAGES = {
    "corpus": corpus,
    "features": features,
    "comparison": comparison,
    "evaluation": evaluation,
    "dataset": dataset,
}

defs = dg.Definitions(
    assets=[
        asset for group, module in STAGES.items() for asset in dg.load_assets_from_modules([module], group_name=group)
    ],
    asset_checks=dg.load_asset_checks_from_modules([checks]),
    jobs=JOBS,
    schedules=SCHEDULES,
    sensors=SENSORS,
    resources={**RESOURCES, **IO_MANAGERS},
    # A step in a process of its own costs seconds of imports; what runs side by side does so inside the engine.
    executor=dg.in_process_executor,
)
