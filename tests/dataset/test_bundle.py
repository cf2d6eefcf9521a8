"""Bundle: every published table twice, what describes them, and nothing rewritten that did not change."""

import json
from collections.abc import Mapping
from pathlib import Path

import frictionless
import pandas as pd
import pytest

from pipeline.contracts import conform
from pipeline.dataset import bundle
from pipeline.tables.catalog import PUBLISHED, TABLES
from pipeline.tables.corpus import DOCUMENT_TEXTS


def frames(share: float = 0.5) -> Mapping[str, pd.DataFrame]:
    table = TABLES["document_topics"]
    row = conform(pd.DataFrame({"document_id": ["d"], "topic_id": ["t"], "topic_share": [share]}), table)
    return {entry.name: entry.empty() for entry in PUBLISHED} | {"document_topics": row}


def test_the_folder_holds_a_csv_and_a_parquet_file_a_table_and_what_describes_them(tmp_path: Path) -> None:
    written = bundle.write(tmp_path, frames(), "1.0")
    expected = {f"{table.name}.{kind}" for table in PUBLISHED for kind in ("csv", "parquet")}
    assert set(written) == {file.name for file in tmp_path.iterdir()}
    assert set(written) == expected | {"data_dictionary.csv", "datapackage.json"}


def test_no_private_table_is_in_the_folder(tmp_path: Path) -> None:
    bundle.write(tmp_path, frames(), "1.0")
    assert not list(tmp_path.glob(f"{DOCUMENT_TEXTS.name}*"))
    assert not any(table.is_private for table in bundle.selected([]))


def test_the_validator_accepts_the_folder(tmp_path: Path) -> None:
    bundle.write(tmp_path, frames(), "1.0")
    found = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert found.valid, found.flatten(["type", "note"])


def test_only_the_files_that_differ_are_written_again(tmp_path: Path) -> None:
    bundle.write(tmp_path, frames(), "1.0")
    assert bundle.write(tmp_path, frames(), "1.0") == []
    assert bundle.write(tmp_path, frames(0.25), "1.0") == [
        "document_topics.csv", "document_topics.parquet", "datapackage.json",
    ]  # fmt: skip


def test_the_users_own_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    bundle.write(tmp_path, frames(), "1.0")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_the_package_bears_the_version(tmp_path: Path) -> None:
    bundle.write(tmp_path, frames(), "7.1")
    assert json.loads((tmp_path / "datapackage.json").read_text())["version"] == "7.1"


def test_tables_are_selected_by_name_in_the_order_given() -> None:
    assert [table.name for table in bundle.selected(["keyness", "documents"])] == ["keyness", "documents"]


def test_every_published_table_is_selected_where_none_is_named() -> None:
    assert bundle.selected([]) == PUBLISHED


@pytest.mark.parametrize("name", ["nonsense", "document_texts", "derivations"])
def test_a_table_that_is_not_published_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(ValueError, match=rf"no published table \['{name}'\]; there are .*documents"):
        bundle.selected([name])
