"""Tables: every row has one outcome and one key, and the count is made without the reader."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import rows
from pipeline.corpus.article import Article, Rejected

TEXT = "The talks will fail. Neither side can afford them."


def outcomes(body: str | bytes, name: str = "t.csv", mapping: dict[str, str] | None = None) -> list[rows.Row]:
    return list(rows.read(name, body.encode() if isinstance(body, str) else body, mapping))


def article(row: rows.Row) -> Article:
    assert isinstance(row.outcome, Article), row.outcome
    return row.outcome


def reason(row: rows.Row) -> str:
    assert isinstance(row.outcome, Rejected), row.outcome
    return str(row.outcome)


def test_a_table_with_common_column_names_needs_no_mapping() -> None:
    found = article(
        outcomes(
            "ID,Headline,Byline,Publish Date,media_name,link,Content\n"
            f'7,A Plan,By Ann Smith and Bob Jones,"April 22, 2025",The Review,https://x.org/1,{TEXT}\n'
        )[0]
    )
    assert (found.title, found.analysts, found.published_date, found.published_date_basis) == (
        "A Plan", ("Ann Smith", "Bob Jones"), "2025-04-22", "column",
    )  # fmt: skip
    assert (found.outlet, found.url, found.text) == ("The Review", "https://x.org/1", TEXT)


def test_a_mapping_names_columns_of_any_name() -> None:
    row = outcomes(f"nr,wer,was\n1,Ann Smith,{TEXT}\n", mapping={"text": "was", "analyst": "wer", "id": "nr"})[0]
    assert (row.key, article(row).analysts, article(row).text) == ("1", ("Ann Smith",), TEXT)


def test_the_key_is_the_id_then_the_address_then_the_row() -> None:
    body = f"id,url,text\nk1,https://x.org/1,{TEXT}\n,https://x.org/2,{TEXT}\n,,{TEXT}\n"
    assert [row.key for row in outcomes(body)] == ["k1", "https://x.org/2", "row 3"]


def test_a_table_without_a_text_column_is_refused_with_its_columns_and_the_remedy() -> None:
    with pytest.raises(Rejected, match=r"'nr', 'wer'.*t\.csv\.toml.*\[columns\]"):
        rows.read("t.csv", b"nr,wer\n1,2\n")


def test_a_mapped_column_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(Rejected, match=r"'was'.*'text'"):
        rows.read("t.csv", b"text\na\n", {"text": "was"})


def test_a_mapping_of_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(Rejected, match="'colour'"):
        rows.read("t.csv", b"text\na\n", {"colour": "text"})


def test_is_readable_tells_whether_a_table_is_refused_as_a_whole() -> None:
    assert rows.is_readable("t.csv", b"text\na\n")
    assert not rows.is_readable("t.csv", b"nr\n1\n")


def test_the_later_row_of_a_repeated_key_is_refused_naming_both() -> None:
    first, second = outcomes(f"id,text\nk,{TEXT}\nk,{TEXT} More.\n")
    assert isinstance(first.outcome, Article) and first.key != second.key
    assert "row 2" in reason(second) and "row 1" in reason(second) and "'k'" in reason(second)


@pytest.mark.parametrize("line", ["1,a,b", "1"])
def test_a_ragged_row_is_refused_and_the_next_is_read(line: str) -> None:
    ragged, whole = outcomes(f"id,text\n{line}\n2,{TEXT}\n")
    assert "line 2" in reason(ragged) and "header 2" in reason(ragged) and whole.key == "2" and article(whole)


def test_a_quotation_mark_that_is_not_closed_is_refused_naming_its_line() -> None:
    whole, swallowed = outcomes(f'id,text\n1,{TEXT}\n2,"{TEXT}\n3,{TEXT}\n')
    assert article(whole) and "line 3" in reason(swallowed) and "not closed" in reason(swallowed)


def test_an_empty_text_is_a_refused_row() -> None:
    assert "row 1: text is empty" in reason(outcomes('id,text\n1,"  "\n')[0])


def test_a_date_in_figures_alone_is_refused_naming_it() -> None:
    assert "'04/05/2025'" in reason(outcomes(f"date,text\n04/05/2025,{TEXT}\n")[0])


def test_an_address_that_is_none_is_left_out_and_noted() -> None:
    found = article(outcomes(f"url,text\nwww.x.org,{TEXT}\n")[0])
    assert found.url == "" and "www.x.org" in found.notes[0]


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_table() -> None:
    assert [row.key for row in outcomes(b"\xef\xbb\xbfid,text\r\n1," + TEXT.encode() + b"\r\n")] == ["1"]


def test_semicolons_and_tabs_are_understood_as_delimiters() -> None:
    for mark in ";\t":
        assert article(outcomes(f"id{mark}text\n1{mark}{TEXT}\n")[0]).text == TEXT


def test_a_cell_longer_than_pythons_own_limit_is_read() -> None:
    assert article(outcomes(f'text\n"{"word " * 50_000}"\n')[0])


def test_a_cell_over_the_limit_is_a_refused_row() -> None:
    assert "over the limit of 1,000,000 bytes" in reason(outcomes(f'text\n"{"word " * 200_001}"\n')[0])


def test_paragraphs_within_a_cell_are_kept() -> None:
    assert article(outcomes('text\n"One.\n\nTwo."\n')[0]).text == "One.\n\nTwo."


def test_a_table_that_is_not_utf_8_is_refused_naming_the_byte() -> None:
    with pytest.raises(Rejected, match="byte 5"):
        rows.read("t.csv", b"text\n\xff\n")
    with pytest.raises(Rejected, match="byte 5"):
        rows.count("t.csv", b"text\n\xff\n")


def test_a_malformed_json_line_is_a_refused_row_naming_the_line() -> None:
    body = (
        json.dumps({"text": TEXT})
        + "\n\n{broken\n[1]\n"
        + json.dumps({"text": TEXT, "authors": ["Ann Smith", "Bob Jones"]})
    )
    first, broken, array, last = outcomes(body, "t.jsonl")
    assert article(first) and "line 3" in reason(broken) and "line 4" in reason(array)
    assert article(last).analysts == ("Ann Smith", "Bob Jones")


@pytest.mark.parametrize("cell", [{"a": 1}, True, [1], "\ud800"])
def test_a_json_cell_of_the_wrong_kind_is_a_refused_row_naming_the_column(cell: Any) -> None:
    body = "\n".join(map(json.dumps, [{"text": TEXT}, {"text": cell}]))
    assert "row 2: text" in reason(outcomes(body, "t.jsonl")[1])


def test_a_json_line_nested_too_deeply_is_a_refused_row() -> None:
    assert "not JSON" in reason(outcomes('{"text": "a"}\n' + "[" * 200_000, "t.ndjson")[1])


def test_another_suffix_is_refused() -> None:
    with pytest.raises(Rejected, match=r"\.csv, \.jsonl"):
        rows.read("t.xlsx", b"")


def test_the_count_does_not_come_from_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    body = f"id,text\n1,{TEXT}\n2,{TEXT}\n".encode()
    whole = rows._csv_records
    monkeypatch.setattr(rows, "_csv_records", lambda text: list(whole(text))[1:])
    assert (len(list(rows.read("t.csv", body))), rows.count("t.csv", body)) == (1, 2)


CELLS = st.text(st.sampled_from("ab ,;\t\"\r\n\x85\u2028\x1c'é"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_row_of_a_written_csv_is_counted_and_read(table: list[list[str]], end: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["id", "text"], *table])
    body = buffer.getvalue().encode()
    found = list(rows.read("t.csv", body))
    assert rows.count("t.csv", body) == len(found) == len(table)
    assert len({row.key for row in found}) == len(found)


@given(st.text(st.sampled_from('ab,;\t"\r\n \x1c\x85\u2028'), max_size=60))
def test_the_count_agrees_with_the_reader_on_any_csv(rest: str) -> None:
    body = f"text,id\n{rest}".encode()
    assert rows.count("t.csv", body) == len(list(rows.read("t.csv", body)))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "url", "a"]), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["id", "url", "text", "date", "author", "title"]), JSON_VALUES).map(json.dumps)
        | JSON_VALUES.map(json.dumps)
        | st.text(st.sampled_from('{}[]":, a\t\r\x1c\x85\u2028'), max_size=12),
        max_size=8,
    )
)
def test_the_count_agrees_with_the_reader_on_any_jsonl(lines: list[str]) -> None:
    body = "\n".join(['{"text": "One."}', *lines]).encode()
    found = list(rows.read("t.jsonl", body))
    assert rows.count("t.jsonl", body) == len(found) and len({row.key for row in found}) == len(found)
    assert all(isinstance(row.outcome, Article | Rejected) for row in found)
