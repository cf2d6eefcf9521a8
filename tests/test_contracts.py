"""Contracts: a frame is brought to its declaration without losing or inventing anything; each rule is seen to fail."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from pipeline.contracts import Column, Table, conform, from_arrow, to_arrow, violations

TABLE = Table(
    name="specimens",
    stage="corpus",
    grain="one specimen",
    key=("specimen_id", "part"),
    columns=(
        Column("specimen_id", "text", "Id"),
        Column("part", "integer", "Part", minimum=0),
        Column("label", "text", "Closed vocabulary", is_required=True, allowed=("near", "far")),
        Column("share", "number", "Share", minimum=0, maximum=1),
        Column("weight", "number", "Weight", places=2),
        Column("is_kept", "boolean", "Kept"),
        Column("seen_date", "date", "Day"),
        Column("seen_at", "timestamp", "Time"),
    ),
)
GOOD = {
    "specimen_id": "s1", "part": 0, "label": "near", "share": 0.5, "weight": -1.5, "is_kept": True,
    "seen_date": "2025-04-22", "seen_at": "2025-04-22T10:00:00Z",
}  # fmt: skip

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
rows = st.fixed_dictionaries(
    {
        "specimen_id": words.filter(bool),
        "part": st.integers(-(2**63), 2**63 - 1),
        "label": st.none() | words,
        "share": st.none() | st.floats(),
        "weight": st.none() | st.floats(width=64),
        "is_kept": st.none() | st.booleans(),
        "seen_date": st.none() | st.dates(date(1700, 1, 1), date(2200, 1, 1)),
        "seen_at": st.none() | st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    }
)
frames = st.lists(rows, max_size=8, unique_by=lambda row: (row["specimen_id"], row["part"])).map(
    lambda found: conform(pd.DataFrame(found, columns=list(TABLE.column_names), dtype=object), TABLE)
)


def broken(**changes: object) -> list[str]:
    return violations(conform(pd.DataFrame([GOOD | changes]), TABLE), TABLE)


def test_a_frame_that_keeps_the_contract_has_no_violations() -> None:
    assert broken() == []


def test_an_empty_table_keeps_its_contract() -> None:
    assert violations(TABLE.empty(), TABLE) == []


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"specimen_id": None}, "specimen_id"),
        ({"specimen_id": ""}, "specimen_id"),
        ({"part": None}, "part"),
        ({"part": -1}, "part"),
        ({"label": None}, "label"),
        ({"label": "middling"}, "label"),
        ({"share": -0.1}, "share"),
        ({"share": 1.1}, "share"),
    ],
)
def test_a_broken_rule_is_told_with_its_column(changes: dict[str, object], column: str) -> None:
    (told,) = broken(**changes)
    assert told.startswith(f"specimens.{column}: ")


def test_a_violation_names_the_key_of_its_row() -> None:
    frame = conform(pd.DataFrame([GOOD, GOOD | {"specimen_id": "s2", "label": "middling"}]), TABLE)
    (told,) = violations(frame, TABLE)
    assert "'middling'" in told and "specimen_id=s2, part=0" in told


def test_two_rows_with_one_key_are_a_violation() -> None:
    told = violations(conform(pd.DataFrame([GOOD, GOOD | {"share": 0.1}]), TABLE), TABLE)
    assert told and all("specimen_id=s1, part=0" in sentence for sentence in told)


def test_the_same_specimen_with_another_part_is_another_row() -> None:
    assert violations(conform(pd.DataFrame([GOOD, GOOD | {"part": 1}]), TABLE), TABLE) == []


def test_missing_cells_are_allowed_where_the_column_is_not_required() -> None:
    assert broken(share=None, weight=None, is_kept=None, seen_date=None, seen_at=None) == []


def test_a_column_that_the_contract_lacks_is_a_violation() -> None:
    frame = conform(pd.DataFrame([GOOD]), TABLE).assign(stray=1)
    assert any("stray" in told for told in violations(frame, TABLE))


def test_a_column_that_the_frame_lacks_is_a_violation_unless_conformed() -> None:
    frame = conform(pd.DataFrame([GOOD]), TABLE).drop(columns="share")
    assert any("share" in told for told in violations(frame, TABLE))


def test_no_more_than_twenty_violations_are_told() -> None:
    many = pd.DataFrame([GOOD | {"part": part, "share": 2.0} for part in range(50)])
    assert len(violations(conform(many, TABLE), TABLE)) == 20


def test_an_undeclared_column_is_refused_with_the_place_to_declare_it() -> None:
    with pytest.raises(ValueError, match=r"table specimens: columns \['stray'\].*pipeline/tables/corpus.py"):
        conform(pd.DataFrame([GOOD | {"stray": 1}]), TABLE)


def test_a_column_that_stands_twice_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"specimens: columns \['share'\] stand twice"):
        conform(pd.DataFrame([["s1", 0.1, 0.2]], columns=["specimen_id", "share", "share"]), TABLE)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("part", 1.5),
        ("part", "many"),
        ("share", "half"),
        ("is_kept", "perhaps"),
        ("label", 7),
        ("specimen_id", 12.0),
        ("seen_date", "some day"),
        ("seen_date", 20250422),
        ("seen_at", 1745316000),
        ("seen_at", "noon"),
    ],
)
def test_a_wrong_type_is_refused_with_table_and_column(column: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"table specimens, column {column}: not "):
        conform(pd.DataFrame([GOOD | {column: value}]), TABLE)


def test_a_key_column_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"table odd: key columns \['b'\]"):
        Table("odd", "corpus", "one", ("b",), (Column("a", "text", ""),))


def test_a_declared_column_that_the_frame_lacks_is_missing_throughout() -> None:
    assert conform(pd.DataFrame([{"specimen_id": "s1", "part": 0}]), TABLE)["share"].isna().all()


def test_an_empty_text_is_a_missing_one() -> None:
    assert conform(pd.DataFrame([GOOD | {"label": ""}]), TABLE)["label"].isna().all()


def test_numbers_are_rounded_to_their_places() -> None:
    assert conform(pd.DataFrame([GOOD | {"weight": 0.126}]), TABLE)["weight"].tolist() == [0.13]


def test_negative_zero_is_zero() -> None:
    assert str(conform(pd.DataFrame([GOOD | {"weight": -0.001}]), TABLE)["weight"].iloc[0]) == "0.0"


def test_a_date_has_no_time_of_day() -> None:
    frame = conform(pd.DataFrame([GOOD | {"seen_date": datetime(2025, 4, 22, 23, 59)}]), TABLE)
    assert frame["seen_date"].iloc[0] == pd.Timestamp(2025, 4, 22)


def test_times_are_told_in_utc() -> None:
    frame = conform(pd.DataFrame([GOOD | {"seen_at": "2025-04-22T12:00:00+02:00"}]), TABLE)
    assert frame["seen_at"].iloc[0] == pd.Timestamp("2025-04-22T10:00:00Z")


def test_an_integer_too_large_for_a_float_keeps_its_last_digit_beside_a_missing_one() -> None:
    column = Column("n", "integer", "")
    table = Table("large", "corpus", "one", ("k",), (Column("k", "text", ""), column))
    frame = conform(pd.DataFrame({"k": ["a", "b"], "n": pd.array([2**53 + 1, None], dtype="Int64")}), table)
    assert from_arrow(to_arrow(frame, table), table)["n"].iloc[0] == 2**53 + 1


@settings(max_examples=40, deadline=None)
@given(frames)
def test_conforming_twice_changes_nothing(frame: pd.DataFrame) -> None:
    assert_frame_equal(conform(frame, TABLE), frame)


@settings(max_examples=40, deadline=None)
@given(frames)
def test_arrow_gives_back_every_conformed_frame(frame: pd.DataFrame) -> None:
    assert_frame_equal(from_arrow(to_arrow(frame, TABLE), TABLE), frame)


@settings(max_examples=20, deadline=None)
@given(frames)
def test_the_order_of_rows_and_columns_does_not_matter(frame: pd.DataFrame) -> None:
    shuffled = frame.sample(frac=1, random_state=7)[list(reversed(frame.columns))]
    assert_frame_equal(conform(shuffled, TABLE), frame)
