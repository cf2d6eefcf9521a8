"""The definitions: they load without a warning from our code, and show a user what the issue promises."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import dagster as dg
import pytest
import yaml

from assets.definitions import STAGES, defs
from pipeline.contracts import Table
from pipeline.tables.catalog import PUBLISHED
from pipeline.tables.catalog import STAGES as STAGE_NAMES

ROOT: Final = Path(__file__).parents[2]
GRAPH: Final = defs.resolve_asset_graph()
NODES: Final = {key.to_user_string(): GRAPH.get(key) for key in GRAPH.get_all_asset_keys()}


def test_the_definitions_load_with_every_warning_an_error() -> None:
    code = "from assets.definitions import defs; [defs.resolve_job_def(name) for name in ('build_dataset', 'reingest')]"
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_every_published_table_is_an_asset_and_no_private_one_is() -> None:
    assert {table.name for table in PUBLISHED} | {"bundle", "comparison_report"} == set(NODES)


def test_groups_are_the_five_stages() -> None:
    assert tuple(STAGES) == STAGE_NAMES
    assert {NODES[table.name].group_name == table.stage for table in PUBLISHED} == {True}


@pytest.mark.parametrize("name", sorted(NODES))
def test_every_asset_has_a_description_kinds_and_an_owner(name: str) -> None:
    node = NODES[name]
    assert node.description and node.kinds and node.owners == ["team:parley"]


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: str(table.name))
def test_every_table_shows_its_declared_columns(table: Table) -> None:
    schema = NODES[table.name].metadata["dagster/column_schema"]
    assert [column.name for column in schema.columns] == list(table.column_names)
    assert all(column.description for column in schema.columns)


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: str(table.name))
def test_every_table_has_a_blocking_contract_check(table: Table) -> None:
    key = dg.AssetCheckKey(dg.AssetKey(table.name), "contract")
    assert key in GRAPH.asset_check_keys
    assert GRAPH.get_check_spec(key).blocking


def test_the_schedule_and_the_sensor_run_by_default() -> None:
    schedule, sensor = defs.resolve_schedule_def("daily_reingest"), defs.resolve_sensor_def("inbox_sensor")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


def test_the_location_has_one_name_in_the_workspace_and_in_the_project() -> None:
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]["project"]
    module = workspace["load_from"][0]["python_module"]
    assert module["location_name"] == project["code_location_name"]
    assert module["module_name"] == project["code_location_target_module"]
