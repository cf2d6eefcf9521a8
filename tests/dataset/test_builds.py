"""Builds: each build is put on record once, with what moved since the one before, whatever was killed or cleaned away."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from pipeline.contracts import conform, violations
from pipeline.dataset import builds
from pipeline.store import Store
from pipeline.tables.catalog import TABLES
from pipeline.tables.dataset import BUILDS, CHANGES

DOCUMENTS = TABLES["documents"]
TOPICS = TABLES["document_topics"]
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"), run_id="run-1")


def documents(*names: str, **changed: Any) -> pd.DataFrame:
    row = {
        "title": "T", "analyst": "A", "section_label": "opinion", "source_id": "s", "input": "i", "word_count": 500,
        "origin_label": "local", "paragraph_count": 5, "version": 1, "is_truncated": False, "is_compared": True,
    }  # fmt: skip
    rows = [row | {"document_id": name, "text_sha256": f"sha-{name}"} | changed for name in names]
    return conform(pd.DataFrame(rows, columns=list(DOCUMENTS.column_names)), DOCUMENTS)


def hold(store: Store, frame: pd.DataFrame, share: float = 0.5) -> None:
    store.replace(DOCUMENTS, frame)
    topics = pd.DataFrame({"document_id": frame["document_id"], "topic_id": "t", "topic_share": share})
    store.replace(TOPICS, conform(topics, TOPICS))


def compare(store: Store, **changed: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    settings: dict[str, Any] = {
        "now": NOW, "version": "1.0", "codebook_version": 1, "codebook_sha256": "book", "configuration_sha256": "conf",
    }  # fmt: skip
    moved, row = builds.record(store.read(BUILDS), store.read(DOCUMENTS), store, **(settings | changed))
    return conform(moved, CHANGES), row


def record(store: Store, **changed: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A build that lives to its end, which writes what moved first and itself last."""
    moved, row = compare(store, **changed)
    store.upsert(CHANGES, moved)
    store.upsert(BUILDS, row)
    return moved, row


def test_the_first_build_is_number_one_and_has_no_changes(store: Store) -> None:
    hold(store, documents("d1", "d2"))
    moved, row = record(store)
    assert moved.empty
    assert row["build_id"].tolist() == ["build_00001"]


def test_the_row_of_a_build_keeps_its_contract_and_counts(store: Store) -> None:
    hold(store, pd.concat([documents("d1", "d2"), documents("d3", is_compared=False)]))
    row = record(store)[1]
    assert violations(row, BUILDS) == []
    assert row[["run_id", "document_count", "compared_document_count"]].iloc[0].tolist() == ["run-1", 3, 2]
    assert json.loads(row["table_versions"].iloc[0]).keys() == {"documents", "document_topics"}


@pytest.mark.parametrize(
    ("origin", "is_compared", "expected"), [("sample", True, True), ("sample", False, False), ("local", True, False)]
)
def test_the_row_says_whether_the_sample_is_compared(
    store: Store, origin: str, is_compared: bool, expected: bool
) -> None:
    hold(store, documents("d1", origin_label=origin, is_compared=is_compared))
    assert record(store)[1]["is_sample_compared"].tolist() == [expected]


def test_a_build_with_no_documents_is_recorded(store: Store) -> None:
    moved, row = record(store)
    assert moved.empty
    assert row["document_count"].tolist() == [0]


def test_the_second_build_holds_what_an_edit_moved(store: Store) -> None:
    hold(store, documents("d1", "d2"))
    record(store)
    hold(store, documents("d1", "d2", text_sha256="other", word_count=510), share=0.25)
    moved, row = record(store)
    assert row["build_id"].tolist() == ["build_00002"]
    assert set(moved["build_id"]) == {"build_00002"}
    assert set(moved["cause"]) == {"text edited"}
    assert set(zip(moved["row_key"], moved["column_name"], moved["old_value"], moved["new_value"], strict=True)) == {
        ("d1", "word_count", "500", "510"), ("d2", "word_count", "500", "510"),
        ("d1/t", "topic_share", "0.5", "0.25"), ("d2/t", "topic_share", "0.5", "0.25"),
    }  # fmt: skip
    assert violations(moved, CHANGES) == []


def test_a_build_with_nothing_new_is_recorded_and_changes_nothing(store: Store) -> None:
    hold(store, documents("d1"))
    first = record(store)[1]
    moved, second = record(store)
    assert moved.empty
    assert second["build_id"].tolist() == ["build_00002"]
    assert second["content_sha256"].tolist() == first["content_sha256"].tolist()


def test_content_is_another_when_a_table_is(store: Store) -> None:
    hold(store, documents("d1"))
    first = record(store)[1]
    hold(store, documents("d1"), share=0.25)
    assert record(store)[1]["content_sha256"].tolist() != first["content_sha256"].tolist()


def test_a_build_is_compared_with_the_one_before_and_not_with_the_first(store: Store) -> None:
    for count in (1, 2, 3):
        hold(store, documents("d1", word_count=500 + count))
        moved = record(store)[0]
    assert moved[["old_value", "new_value"]].to_numpy().tolist() == [["502", "503"]]


@pytest.mark.parametrize(
    ("field", "cause"), [("codebook_sha256", "unexplained"), ("configuration_sha256", "alias or configuration")]
)
def test_what_was_handed_in_is_compared_with_the_record(store: Store, field: str, cause: str) -> None:
    hold(store, documents("d1"))
    record(store)
    hold(store, documents("d1"), share=0.25)
    # Topics do not rest on the codebook.
    assert set(record(store, **{field: "other"})[0]["cause"]) == {cause}


def test_a_build_killed_before_its_record_is_compared_again_under_the_same_id(store: Store) -> None:
    hold(store, documents("d1"))
    record(store)
    hold(store, documents("d1", "d2"))
    killed, _ = compare(store)
    store.upsert(CHANGES, killed)
    moved, row = record(store)
    assert row["build_id"].tolist() == ["build_00002"]
    assert len(moved)
    assert_frame_equal(moved, killed)
    assert_frame_equal(store.read(CHANGES), moved)


def test_a_store_whose_old_files_were_vacuumed_does_not_fail_the_build(store: Store) -> None:
    hold(store, documents("d1"))
    record(store)
    hold(store, documents("d1", word_count=510), share=0.25)
    for table in (DOCUMENTS, TOPICS):
        store.purge(table)
    moved, row = record(store)
    assert moved.empty
    assert row["build_id"].tolist() == ["build_00002"]


def test_a_store_whose_old_log_is_gone_does_not_fail_the_build(store: Store) -> None:
    hold(store, documents("d1"))
    record(store)
    for table in (DOCUMENTS, TOPICS):
        shutil.rmtree(Path(store.root) / table.name)
    store.replace(DOCUMENTS, documents("d1").iloc[:0])
    moved, row = record(store)
    assert moved.empty
    assert row["build_id"].tolist() == ["build_00002"]


def test_a_table_that_is_new_since_the_last_build_is_added_row_by_row(store: Store) -> None:
    store.replace(DOCUMENTS, documents("d1"))
    record(store)
    hold(store, documents("d1"))
    moved = record(store)[0]
    assert set(zip(moved["table_name"], moved["change_label"], strict=True)) == {("document_topics", "row added")}


def test_lineage_tells_no_time_and_no_run(store: Store) -> None:
    hold(store, documents("d1"))
    record(store)
    first = builds.lineage(store.read(BUILDS))
    record(Store(store.root, run_id="run-2"), now=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(store.read(BUILDS)) == 2
    assert builds.lineage(store.read(BUILDS)) == first
    assert not {"built_at", "run_id", "build_id"} & first.keys()


def test_lineage_is_that_of_the_latest_build(store: Store) -> None:
    record(store)
    record(store, version="2.0")
    assert builds.lineage(store.read(BUILDS))["parley_version"] == "2.0"


def test_lineage_without_a_build_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="parley build"):
        builds.lineage(BUILDS.empty())
