"""Export: whatever a cell holds, the files give it back as text, number, date or nothing, and nothing in them runs."""

import csv
import io
import math
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as parquet
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.contracts import Column, Table, conform
from pipeline.dataset import export

KEY = Column("specimen_id", "text", "Id")
COLUMNS = (
    KEY,
    Column("text", "text", "Words", unit="words"),
    Column("count", "integer", "Count"),
    Column("score", "number", "Score"),
    Column("is_new", "boolean", "New"),
    Column("seen_date", "date", "Day"),
    Column("seen_at", "timestamp", "Moment", unit="UTC"),
)
TABLE = Table("specimens", "corpus", "one specimen", ("specimen_id",), COLUMNS)
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from(["=", "+", "-", "@", "\t", "＝", "＠", " ", "\n", "\r", '"', "'", ",", ";", "1", "e", ".", "﻿"]),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    min_size=1,
    max_size=20,
)


def frame(**cells: list[Any]) -> pd.DataFrame:
    size = max(len(values) for values in cells.values())
    return conform(pd.DataFrame({"specimen_id": [f"s{n:04d}" for n in range(size)], **cells}), TABLE)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def cell(name: str, value: Any) -> str:
    return rows(export.csv_bytes(frame(**{name: [value]}), TABLE))[0][name]


def sheet(**cells: list[Any]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(export.excel_bytes({TABLE: frame(**cells)})))["specimens"]


@settings(max_examples=50, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=5))
@example(["a\rb", "\r", 'x"\r\n"', "=1\r"])
@example(["", '"', "''", "﻿=1"])
def test_hostile_text_comes_back_through_the_csv_module_with_its_guard_and_nothing_else(texts: list[str]) -> None:
    found = rows(export.csv_bytes(frame(text=texts), TABLE))
    assert [row["text"] for row in found] == [export.guarded(text) for text in texts]
    assert all(row["specimen_id"] == f"s{number:04d}" for number, row in enumerate(found))


@settings(max_examples=50, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=5))
@example(["a\rb", "NA", "null", "1.0"])
def test_hostile_text_comes_back_through_pandas(texts: list[str]) -> None:
    content = export.csv_bytes(frame(text=texts), TABLE)
    found = pd.read_csv(io.BytesIO(content), keep_default_na=False, dtype="str")
    assert found["text"].tolist() == [export.guarded(text) for text in texts]


@settings(max_examples=50, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=5))
def test_parquet_holds_the_text_without_a_guard(texts: list[str]) -> None:
    stored = parquet.read_table(io.BytesIO(export.parquet_bytes(frame(text=texts), TABLE)))
    assert stored["text"].to_pylist() == texts


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", ["", " ", "   ", "\t\u00a0", "\u3000="])
def test_what_begins_a_formula_is_guarded(before: str, start: str) -> None:
    assert export.guarded(f"{before}{start}HYPERLINK(1)") == f"'{before}{start}HYPERLINK(1)"


@pytest.mark.parametrize("text", ["peace", "a=1", "1-2", "'=1", "’tis", " x", "", '"=1"', "mail@example.org"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert export.guarded(text) == text


@pytest.mark.parametrize("text", ["-1.5", "-3", "-1e-05", "-inf"])
def test_a_negative_number_in_a_text_column_stays_as_it_is(text: str) -> None:
    assert export.guarded(text) == text


@pytest.mark.parametrize("text", ["-1+2", "--1", "-1.5\n", "-1.5 ", "-", "-A1", "-１", "+1", "-1,5", "-1e"])
def test_what_only_looks_like_a_negative_number_is_guarded(text: str) -> None:
    assert export.guarded(text).startswith("'")


@settings(max_examples=50, deadline=None)
@given(st.floats(allow_nan=False, width=64))
@example(-1.5)
@example(-1e-4)
def test_a_number_is_never_guarded_and_comes_back_exactly(value: float) -> None:
    held = frame(score=[value])
    text = rows(export.csv_bytes(held, TABLE))[0]["score"]
    assert float(text) == held["score"].iloc[0]
    back = pd.read_csv(io.BytesIO(export.csv_bytes(held, TABLE)))
    assert back["score"].iloc[0] == held["score"].iloc[0]


def test_minus_one_and_a_half_stays_a_number() -> None:
    assert cell("score", -1.5) == "-1.5"


@settings(max_examples=50, deadline=None)
@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_an_integer_keeps_every_digit_beside_a_missing_one(value: int) -> None:
    held = frame(count=pd.array([value, None], dtype="Int64").tolist())
    held["count"] = pd.array([value, None], dtype="Int64")
    found = rows(export.csv_bytes(held, TABLE))
    assert [row["count"] for row in found] == [str(value), ""]


@pytest.mark.parametrize("column", [column.name for column in COLUMNS[1:]])
def test_a_missing_cell_is_empty(column: str) -> None:
    assert cell(column, None) == ""


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("is_new", True, "true"),
        ("is_new", False, "false"),
        ("seen_date", "2025-04-22", "2025-04-22"),
        ("seen_date", "0999-01-02", "0999-01-02"),
        ("seen_at", "2025-04-22T12:30:00+02:00", "2025-04-22T10:30:00.000000Z"),
        ("seen_at", "2025-04-22T10:30:00.25Z", "2025-04-22T10:30:00.250000Z"),
        ("count", 3, "3"),
        ("score", 3, "3.0"),
    ],
)
def test_cells_are_spelled_by_the_dialect(column: str, value: Any, expected: str) -> None:
    assert cell(column, value) == expected


def test_lines_end_in_lf_alone_and_no_mark_stands_before_them() -> None:
    content = export.csv_bytes(frame(text=["peace", "talks"], score=[1, 2]), TABLE)
    assert content.startswith(b"specimen_id,text,")
    assert b"\r" not in content
    assert content.count(b"\n") == 3
    assert content.endswith(b"\n")


def test_an_empty_table_has_its_header() -> None:
    assert export.csv_bytes(TABLE.empty(), TABLE) == (",".join(TABLE.column_names) + "\n").encode()


def test_parquet_keeps_kinds_and_tells_what_columns_mean() -> None:
    held = frame(text=["a", None], count=[1, None], score=[0.5, None], seen_at=["2025-04-22T10:00:00Z", None])
    stored = parquet.read_table(io.BytesIO(export.parquet_bytes(held, TABLE)))
    assert stored.schema.types == TABLE.arrow_schema.types
    assert stored.schema.metadata == {b"table": b"specimens", b"grain": b"one specimen"}
    assert stored.schema.field("text").metadata == {b"description": b"Words", b"unit": b"words"}
    assert stored["count"].to_pylist() == [1, None]


@pytest.mark.parametrize("write", [export.csv_bytes, export.parquet_bytes], ids=["csv", "parquet"])
def test_the_same_rows_give_the_same_bytes(write: Any) -> None:
    assert write(frame(text=["a"]), TABLE) == write(frame(text=["a"]), TABLE)


LINKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{=1}",
    "https://example.org/",
    "mailto:a@example.org",
    "internal:A1",
    "42",
    "file://x",
]


def test_excel_holds_text_as_text() -> None:
    found = [row[1] for row in sheet(text=LINKS).iter_rows(min_row=2)]
    assert [entry.value for entry in found] == LINKS
    assert {entry.data_type for entry in found} == {"s"}
    assert not any(entry.hyperlink for entry in found)


def test_excel_holds_numbers_dates_and_truths_as_such() -> None:
    entries = next(
        sheet(
            text=["a"], count=[3], score=[-1.5], is_new=[True], seen_date=["2025-04-22"],
            seen_at=["2025-04-22T10:00:00Z"],
        ).iter_rows(min_row=2, values_only=True)
    )  # fmt: skip
    assert entries == ("s0000", "a", 3, -1.5, True, datetime(2025, 4, 22), datetime(2025, 4, 22, 10))


def test_excel_leaves_missing_cells_empty() -> None:
    entries = next(sheet(text=[None]).iter_rows(min_row=2, values_only=True))
    assert entries == ("s0000",) + (None,) * 6


def test_excel_holds_what_it_has_no_number_or_day_for_as_text() -> None:
    entries = next(sheet(score=[-math.inf], seen_date=[date(1878, 3, 3)]).iter_rows(min_row=2, values_only=True))
    assert (entries[3], entries[5]) == ("-inf", "1878-03-03")


def named(name: str) -> Table:
    return Table(name, "corpus", "one", ("specimen_id",), (KEY,))


def test_sheets_of_tables_with_long_names_are_told_apart() -> None:
    tables = [named("x" * 31 + "_first"), named("X" * 31 + "_second"), named("x" * 40), named("short")]
    book = openpyxl.load_workbook(io.BytesIO(export.excel_bytes({table: table.empty() for table in tables})))
    assert len({name.lower() for name in book.sheetnames}) == 4
    assert max(len(name) for name in book.sheetnames) == 31
    assert book.sheetnames[3] == "short"


@pytest.mark.parametrize(("text", "held"), [("a" * 40_000, 32_767), ("🕊" * 20_000, 16_383), ("b" * 32_767, 32_767)])
def test_a_text_that_is_too_long_for_excel_is_cut_at_its_limit(text: str, held: int) -> None:
    assert sheet(text=[text])["B2"].value == text[:held]


@pytest.mark.parametrize("text", ["a\x01b\x0b\x1f", "\ufffe", "\uffff", "a\r\nb", " a ", "<b>&amp;"])
def test_characters_that_xml_forbids_leave_a_workbook_that_opens(text: str) -> None:
    found = sheet(text=[text])["B2"].value
    unescaped = openpyxl.utils.escape.unescape(found) if "_x" in found else found
    assert unescaped.replace("\r\n", "\n") == text.replace("\r\n", "\n")


@pytest.mark.parametrize("text", ["<r>x</r>", "<r></si></sst><evil/></r>", "<r>" + "&" * 40_000 + "</r>"])
def test_text_that_looks_like_a_workbooks_own_markup_stays_text(text: str) -> None:
    assert sheet(text=[text])["B2"].value.rstrip() == text[:32_767].rstrip()


def test_a_table_that_no_sheet_holds_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_SHEET_ROWS", 3)
    assert export.excel_bytes({TABLE: frame(text=["a", "b"])})
    with pytest.raises(ValueError, match=r"specimens: 3 rows.*csv or parquet"):
        export.excel_bytes({TABLE: frame(text=["a", "b", "c"])})


def test_a_workbook_does_not_hold_the_time_of_its_making() -> None:
    book = zipfile.ZipFile(io.BytesIO(export.excel_bytes({TABLE: frame(text=["a"])})))
    assert str(datetime.now(UTC).year) not in book.read("docProps/core.xml").decode().replace("/2006/", "")
    assert {entry.date_time[0] for entry in book.infolist()} == {1980}


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    assert export.write(tmp_path / "a" / "b" / "c.csv", b"words")
    assert (tmp_path / "a" / "b" / "c.csv").read_bytes() == b"words"


def test_a_written_file_may_be_read_by_everyone(tmp_path: Path) -> None:
    export.write(tmp_path / "c.csv", b"words")
    assert (tmp_path / "c.csv").stat().st_mode & 0o777 == 0o644


def test_a_file_that_holds_the_content_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    export.write(path, b"words")
    before = path.stat()
    assert not export.write(path, b"words")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert export.write(path, b"other words")


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.csv"
    export.write(path, b"old")

    def refused(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OSError, match="disk full"):
        export.write(path, b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("c.csv", b"old")]


def test_a_reader_never_sees_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.csv"
    export.write(path, b"old")
    seen = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append((path.read_bytes(), self.read_bytes()))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    export.write(path, b"new")
    assert seen == [(b"old", b"new")]
