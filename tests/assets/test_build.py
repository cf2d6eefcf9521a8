"""The whole build, as its user runs it: what the issue promises of the dataset."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from frictionless import Package

from pipeline.contracts import violations
from pipeline.store import Store
from pipeline.tables.catalog import PUBLISHED, TABLES

RUN_RECORDS = {table.name for table in PUBLISHED if table.records_run}


@pytest.fixture(scope="module")
def essay(sample_dataset: Mapping[str, pd.DataFrame]) -> str:
    documents = sample_dataset["documents"]
    return str(documents.loc[documents["origin_label"] == "anchor", "document_id"].item())


def of_essay(sample_dataset: Mapping[str, pd.DataFrame], table: str, essay: str) -> pd.DataFrame:
    rows = sample_dataset[table]
    return rows.loc[rows["document_id"] == essay]


def test_the_essay_has_its_metadata(sample_dataset: Mapping[str, pd.DataFrame], essay: str) -> None:
    row = of_essay(sample_dataset, "documents", essay).iloc[0]
    assert (row["title"], row["analyst"], str(row["published_date"].date())) == (
        "The Trump-Putin Negotiations", "George Friedman", "2025-04-22",
    )  # fmt: skip
    assert (row["word_count"], row["paragraph_count"], row["published_date_basis"]) == (1003, 7, "byline")


def test_the_essay_has_56_sentences_and_a_grade_of_10_88(
    sample_dataset: Mapping[str, pd.DataFrame], essay: str
) -> None:
    row = of_essay(sample_dataset, "document_readability", essay)
    assert len(row) == 1
    assert row["sentence_count"].item() == 56
    assert row["flesch_kincaid_grade"].item() == pytest.approx(10.88, abs=0.05)
    assert len(of_essay(sample_dataset, "sentences", essay)) == 56


@pytest.mark.parametrize(
    ("target", "accepted"),
    [
        ("settlement_likely", {"favor"}), ("territorial_outcome", {"favor"}), ("territorial_concessions", {"absent"}),
        ("putin_good_faith", {"against"}), ("unpredictability_helps", {"mixed"}), ("security_guarantees", {"absent"}),
        ("nato_membership", {"absent"}), ("europe_role", {"absent"}), ("trump_mediator", {"mentioned", "against"}),
        ("pressure_on_russia", {"absent", "mentioned"}), ("western_military_support", {"absent", "mentioned"}),
        ("kyiv_position", {"absent", "mentioned"}),
    ],
)  # fmt: skip
def test_the_essay_is_coded_as_by_hand(
    sample_dataset: Mapping[str, pd.DataFrame], essay: str, target: str, accepted: set[str]
) -> None:
    rows = of_essay(sample_dataset, "document_stance", essay).set_index("target_id")
    assert rows.loc[target, "stance_label"] in accepted


def test_the_essay_expects_a_settlement_and_does_not_prescribe_one(
    sample_dataset: Mapping[str, pd.DataFrame], essay: str
) -> None:
    rows = of_essay(sample_dataset, "document_stance", essay).set_index("target_id")
    assert rows.loc["settlement_likely", "majority_modality"] == "expects"


def test_every_document_has_a_row_for_each_target_and_frame(sample_dataset: Mapping[str, pd.DataFrame]) -> None:
    documents = set(sample_dataset["documents"]["document_id"])
    for table, count in (("document_stance", 12), ("document_frames", 10)):
        sizes = sample_dataset[table].groupby("document_id").size()
        assert set(sizes.index) == documents and (sizes == count).all()


def test_every_table_keeps_its_contract(sample_dataset: Mapping[str, pd.DataFrame]) -> None:
    assert {name: violations(frame, TABLES[name]) for name, frame in sample_dataset.items()} == {
        name: [] for name in sample_dataset
    }


def test_the_data_package_is_accepted_by_frictionless(built: Path) -> None:
    report = Package(str(built / "dataset" / "datapackage.json")).validate()
    assert report.valid, report.to_summary()


def test_the_data_dictionary_names_every_column_of_every_csv(built: Path) -> None:
    dictionary = pd.read_csv(built / "dataset" / "data_dictionary.csv")
    for table in PUBLISHED:
        header = (built / "dataset" / f"{table.name}.csv").read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        assert dictionary.loc[dictionary["table_name"] == table.name, "column_name"].tolist() == header
    assert dictionary["description"].str.len().min() >= 5


def test_csv_and_parquet_hold_the_same_cells(built: Path) -> None:
    for table in PUBLISHED:
        written = pd.read_csv(built / "dataset" / f"{table.name}.csv", dtype="str", keep_default_na=False)
        stored = pd.read_parquet(built / "dataset" / f"{table.name}.parquet")
        assert list(written.columns) == list(stored.columns)
        assert len(written) == len(stored)
        for column in table.columns:
            assert (written[column.name] == "").tolist() == stored[column.name].isna().tolist(), (
                table.name,
                column.name,
            )
            if column.kind in ("integer", "number"):
                assert pd.to_numeric(written[column.name]).dropna().tolist() == stored[column.name].dropna().tolist()


def test_a_plain_csv_reader_finds_as_many_cells_in_each_row_as_in_the_header(built: Path) -> None:
    for path in sorted((built / "dataset").glob("*.csv")):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}


def test_ids_read_as_text_in_any_reader(sample_dataset: Mapping[str, pd.DataFrame]) -> None:
    for name, frame in sample_dataset.items():
        for column in (column for column in frame.columns if column.endswith("_id") and column != "run_id"):
            assert frame[column].dropna().str.match(r"[A-Za-z]").all(), (name, column)


def test_a_workbook_opens_with_numbers_as_numbers_and_text_as_text(
    built: Path, parley: Callable[..., object], tmp_path: Path
) -> None:
    parley(built, "export", "--format", "xlsx", "--to", str(tmp_path))
    book = openpyxl.load_workbook(tmp_path / "parley.xlsx")
    assert book.sheetnames == [table.name for table in PUBLISHED]
    rows = list(book["document_readability"].iter_rows(values_only=True))
    grade = rows[0].index("flesch_kincaid_grade")
    assert all(isinstance(row[grade], float) for row in rows[1:])
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_no_article_leaves_the_machine(built: Path, sample_dataset: Mapping[str, pd.DataFrame]) -> None:
    texts = Store(str(built / "store")).read(TABLES["document_texts"]).set_index("document_id")["text"]
    paragraphs = [paragraph for text in texts for paragraph in text.split("\n\n") if len(paragraph) > 300]
    assert len(paragraphs) > 100
    for path in (built / "dataset").iterdir():
        content = path.read_text(encoding="utf-8", errors="ignore")
        assert not any(paragraph in content for paragraph in paragraphs), path.name


def test_the_sample_says_that_it_stands_in(built: Path, sample_dataset: Mapping[str, pd.DataFrame]) -> None:
    assert sample_dataset["builds"]["is_sample_compared"].all()
    assert "practice" in (built / "dataset" / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rebuilt(built: Path, parley: Callable[..., object], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of the built folder in which the build ran once more, and what that run said."""
    data = tmp_path_factory.mktemp("rebuilt") / "data"
    shutil.copytree(built, data)
    result = parley(data, "build")
    return data, result.stdout  # type: ignore[attr-defined]


def test_a_second_build_with_nothing_new_says_so(rebuilt: tuple[Path, str]) -> None:
    assert "33 unchanged" in rebuilt[1]
    assert "Nothing new: nothing was recomputed" in rebuilt[1]


def test_a_second_build_with_nothing_new_writes_to_the_record_of_runs_alone(
    built: Path, rebuilt: tuple[Path, str]
) -> None:
    before, after = Store(str(built / "store")), Store(str(rebuilt[0] / "store"))
    moved = {name for name, table in TABLES.items() if before.version(table) != after.version(table)}
    assert moved == {"fetches", "source_health", "builds"}


def test_a_second_build_with_nothing_new_leaves_every_other_file_as_it_was(
    built: Path, rebuilt: tuple[Path, str]
) -> None:
    allowed = {f"{name}.{kind}" for name in RUN_RECORDS for kind in ("csv", "parquet")} | {"datapackage.json"}
    differing = {
        path.name
        for path in (built / "dataset").iterdir()
        if path.read_bytes() != (rebuilt[0] / "dataset" / path.name).read_bytes()
    }
    assert differing <= allowed


@pytest.mark.slow
def test_two_builds_from_scratch_are_the_same_to_the_byte(
    built: Path, fresh_data: Path, parley: Callable[..., object]
) -> None:
    parley(fresh_data, "build")
    records = {f"{name}.{kind}" for name in RUN_RECORDS for kind in ("csv", "parquet")}
    for path in sorted((built / "dataset").iterdir()):
        if path.name in records:
            continue
        mine, other = path.read_bytes(), (fresh_data / "dataset" / path.name).read_bytes()
        if path.name == "datapackage.json":
            mine, other = without_run_records(mine), without_run_records(other)
        assert mine == other, path.name


def without_run_records(package: bytes) -> bytes:
    """The data package without the size and hash of the files that record the runs themselves."""
    content = json.loads(package)
    content["resources"] = [entry for entry in content["resources"] if entry["name"] not in RUN_RECORDS]
    return json.dumps(content).encode()
