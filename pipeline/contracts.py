"""Column and Table: how a published table is declared, and how a frame is brought to its declaration and checked.

The declarations themselves stand in `pipeline.tables`. From one declaration come the dtypes, the column order of the
CSV, the Arrow schema on disk, the Columns tab in the UI, the blocking contract check and the data dictionary.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow

Kind = Literal["text", "integer", "number", "boolean", "date", "timestamp"]

_ARROW: Final[Mapping[Kind, arrow.DataType]] = {
    "text": arrow.string(),
    "integer": arrow.int64(),
    "number": arrow.float64(),
    "boolean": arrow.bool_(),
    "date": arrow.date32(),
    "timestamp": arrow.timestamp("us", tz="UTC"),
}

_PANDAS: Final[Mapping[Kind, str]] = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "datetime64[us]",
    "timestamp": "datetime64[us, UTC]",
}
# By default Arrow gives integers with missing cells as floats, and a large one loses its last digits.
_NULLABLE: Final = {arrow.int64(): pd.Int64Dtype(), arrow.bool_(): pd.BooleanDtype()}


@dataclass(frozen=True)
class Column:
    """One column: `minimum` and `maximum` are inclusive; `places` are the decimals a number is rounded to."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    is_required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    places: int = 4


@dataclass(frozen=True)
class Table:
    """One table: its grain in words, its key, its columns.

    `records_run`: rows tell of the runs themselves, so two builds of the same input differ here.
    `is_private`: holds article text and never leaves the machine.
    `is_tracked`: its cells are compared between builds in `changes`.
    """

    name: str
    stage: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    records_run: bool = False
    is_private: bool = False
    is_tracked: bool = False

    def __post_init__(self) -> None:
        unknown = [name for name in self.key if name not in self.column_names]
        if unknown:
            raise ValueError(f"table {self.name}: key columns {unknown} are not among its columns")

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns in their published order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def arrow_schema(self) -> arrow.Schema:
        """The schema on disk, in Delta Lake and in Parquet."""
        return arrow.schema([arrow.field(c.name, _ARROW[c.kind]) for c in self.columns])

    @cached_property
    def rules(self) -> pa.DataFrameSchema:
        """The pandera schema: dtypes, ranges, closed vocabularies, required cells, unique key."""
        return pa.DataFrameSchema(
            {c.name: _pandera_column(c, is_key=c.name in self.key) for c in self.columns},
            strict=True,
            ordered=True,
            unique=list(self.key),
        )

    def empty(self) -> pd.DataFrame:
        """A frame with this table's columns and no rows."""
        return self._without_rows.copy()

    @cached_property
    def _without_rows(self) -> pd.DataFrame:
        return conform(pd.DataFrame(columns=list(self.column_names)), self)


def _pandera_column(column: Column, *, is_key: bool) -> pa.Column:
    checks = []
    if column.allowed:
        checks.append(pa.Check.isin(column.allowed))
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum))
    if column.maximum is not None:
        checks.append(pa.Check.le(column.maximum))
    return pa.Column(checks=checks, nullable=not (column.is_required or is_key))


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Bring a frame to its table: declared columns in order, dtypes, rounding, rows in key order.

    A declared column that the frame lacks is missing throughout; a column that is not declared raises, because it would
    be lost without a word. The published value is the rounded one: noise past the stated places is never a change.

    Raises:
        ValueError: names the table, the column and the reason.
    """
    extra = [name for name in frame.columns if name not in table.column_names]
    if extra:
        raise ValueError(f"table {table.name}: columns {extra} are not declared in pipeline/tables/{table.stage}.py")
    twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if twice:
        raise ValueError(f"table {table.name}: columns {twice} stand twice in the frame; drop or rename one of each")
    whole = frame.reindex(columns=list(table.column_names))
    cast = {column.name: _cast(whole[column.name], column, table) for column in table.columns}
    return pd.DataFrame(cast).sort_values(list(table.key), kind="stable", ignore_index=True)


def _cast(values: pd.Series, column: Column, table: Table) -> pd.Series:
    try:
        return _CASTS[column.kind](values, column)
    except (TypeError, ValueError) as error:
        raise ValueError(f"table {table.name}, column {column.name}: not {column.kind}: {error}") from error


def _text(values: pd.Series, column: Column) -> pd.Series:
    if values.dtype != "str":
        _refuse(values, lambda value: not isinstance(value, str), "text")
    cast = values.astype("str")
    # CSV cannot tell an empty text from a missing one, so no table does.
    is_empty = cast == ""
    return cast.mask(is_empty) if is_empty.any() else cast


def _integer(values: pd.Series, column: Column) -> pd.Series:
    return values.astype("Int64")


def _number(values: pd.Series, column: Column) -> pd.Series:
    exact = values.astype("float64")
    # A float this large has no decimals that rounding could take off; it could only spoil its last digits.
    has_decimals = exact.abs() < 2.0**52 / 10**column.places
    rounded = exact.where(has_decimals).round(column.places).where(has_decimals, exact)
    # Adding zero turns -0.0 into 0.0, which would otherwise print as another value.
    return rounded + 0.0


def _boolean(values: pd.Series, column: Column) -> pd.Series:
    return values.astype("boolean")


def _date(values: pd.Series, column: Column) -> pd.Series:
    _refuse_numbers(values)
    return pd.to_datetime(values, errors="raise").astype("datetime64[us]").dt.normalize()


def _timestamp(values: pd.Series, column: Column) -> pd.Series:
    _refuse_numbers(values)
    return pd.to_datetime(values, utc=True, errors="raise").astype("datetime64[us, UTC]")


def _refuse_numbers(values: pd.Series) -> None:
    """Pandas would take 20250422 for so many nanoseconds after 1970, without a word."""
    if pd.api.types.is_numeric_dtype(values.dtype) or values.dtype == object:
        _refuse(values, lambda value: isinstance(value, int | float), "a date; write it as YYYY-MM-DD")


def _refuse(values: pd.Series, is_wrong: Callable[[Any], bool], wanted: str) -> None:
    wrong = next((value for value in values.dropna() if is_wrong(value)), None)
    if wrong is not None:
        raise TypeError(f"{wrong!r} is not {wanted}")


_CASTS: Final[Mapping[Kind, Callable[[pd.Series, Column], pd.Series]]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}


def violations(frame: pd.DataFrame, table: Table) -> list[str]:
    """Every way in which a conformed frame breaks its contract, one sentence each; empty when it holds.

    At most 20 are told, each with the column, the rule and a row's key, so that a reader can find the cell.
    """
    try:
        table.rules.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        failures = errors.failure_cases.head(20)
        return [_sentence(frame, table, row) for row in failures.to_dict("records")]
    return []


def _sentence(frame: pd.DataFrame, table: Table, failure: dict[str, object]) -> str:
    index = failure.get("index")
    where = ""
    if isinstance(index, int | float) and index == index and int(index) < len(frame):
        key = frame.iloc[int(index)][list(table.key)]
        where = " in row " + ", ".join(f"{name}={key[name]}" for name in table.key)
    return f"{table.name}.{failure['column']}: {failure['check']} fails for {failure['failure_case']!r}{where}"


def to_arrow(frame: pd.DataFrame, table: Table) -> arrow.Table:
    """A conformed frame as an Arrow table under the table's schema."""
    return arrow.Table.from_pandas(frame, schema=table.arrow_schema, preserve_index=False, safe=False)


def from_arrow(stored: arrow.Table, table: Table) -> pd.DataFrame:
    """A stored Arrow table (any columns of it) as a frame with the declared dtypes, in key order where it can be."""
    kinds = {column.name: column for column in table.columns}
    frame = stored.to_pandas(date_as_object=False, types_mapper=_NULLABLE.get)
    # Rows were conformed when they were written: only what Arrow gives back in another dtype is cast again.
    is_other = {name: frame[name].dtype != _PANDAS[kinds[name].kind] for name in frame.columns}
    cast = pd.DataFrame({n: _cast(frame[n], kinds[n], table) if is_other[n] else frame[n] for n in frame.columns})
    key = [name for name in table.key if name in cast.columns]
    return cast.sort_values(key, kind="stable", ignore_index=True) if key and len(cast) else cast
