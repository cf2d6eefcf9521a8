"""Outcomes: what became of forecasts, as users record it in data/codebook/outcomes.csv, and how forecasters scored.

The score is Brier's (1950) for a single event: (p - o) squared, from 0 (sure and right) to 1 (sure and wrong).
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from pipeline.text import sha256

COLUMNS: Final = ("forecast_id", "outcome", "resolved_date", "source_url", "note")
# Below so many resolved forecasts with a probability a mean score says more of chance than of the forecaster.
ENOUGH_FORECASTS: Final = 3


@dataclass(frozen=True)
class Outcomes:
    """What the file holds: forecast_id, outcome, resolved_date, source_url, note; and the SHA-256 of its bytes."""

    rows: pd.DataFrame
    fingerprint: str


def read(path: Path) -> Outcomes:
    """Read and check the users' file of outcomes.

    Raises:
        FileNotFoundError: names the file that is not there, and what to put there.
        ValueError: names the file and the line, and says what is wrong with it and how to put it right.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: not there; a file with the one line {','.join(COLUMNS)} will do")
    content = path.read_bytes()
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        given = tuple(reader.fieldnames or ())
        if given != COLUMNS:
            raise ValueError(f"{path}: columns are {', '.join(given)}; make them {', '.join(COLUMNS)}")
        lines = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: not CSV in UTF-8: {error}; save it as such") from error
    seen: dict[str, int] = {}
    rows = [_row(f"{path}, line {number}", number, row, seen) for number, row in lines]
    return Outcomes(_frame(rows), sha256(content))


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = {"outcome": "float64", "resolved_date": "datetime64[us]"}
    return frame.astype({name: kinds.get(name, "str") for name in COLUMNS})


def _row(place: str, number: int, row: dict[str, str], seen: dict[str, int]) -> dict[str, object]:
    if None in row or None in row.values():
        raise ValueError(f"{place}: must have {len(COLUMNS)} cells; put text that holds a comma in quotation marks")
    forecast_id = row["forecast_id"].strip()
    if not forecast_id:
        raise ValueError(f"{place}: forecast_id is empty; copy it from forecasts.csv, or take the line out")
    if forecast_id in seen:
        raise ValueError(f"{place}: {forecast_id} stands in line {seen[forecast_id]} already; keep one of the two")
    seen[forecast_id] = number
    return {
        "forecast_id": forecast_id,
        "outcome": _outcome(place, row["outcome"]),
        "resolved_date": _day(place, row["resolved_date"]),
        "source_url": row["source_url"].strip() or None,
        "note": row["note"].strip() or None,
    }


def _outcome(place: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ValueError(
            f"{place}: outcome {text!r} must be 1 (what the clause names came about, read without its 'not'), 0, or a "
            "share between them; take the line out while it is open"
        )
    return value


def _day(place: str, text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(
            f"{place}: resolved_date {text!r} is no date; write it as YYYY-MM-DD, or leave it empty"
        ) from error


def resolve(forecasts: pd.DataFrame, outcomes: Outcomes) -> pd.DataFrame:
    """Forecasts with `outcome`, `resolved_date`, `outcome_url` and `brier_score`, missing where nothing is recorded.

    The score takes the middle of the forecast's range for p, and is missing where the sentence gives no probability.
    """
    held = outcomes.rows.rename(columns={"source_url": "outcome_url"}).drop(columns="note")
    bare = forecasts.drop(columns=["outcome", "resolved_date", "outcome_url", "brier_score"], errors="ignore")
    rows = bare.merge(held, on="forecast_id", how="left", validate="many_to_one")
    middle = (rows["probability_low"] + rows["probability_high"]) / 2
    return rows.assign(brier_score=(middle - rows["outcome"]) ** 2)


def unmatched(forecasts: pd.DataFrame, outcomes: Outcomes) -> list[str]:
    """Forecast ids that have an outcome and no forecast, because the text was edited or the id mistyped."""
    return sorted(set(outcomes.rows["forecast_id"]) - set(forecasts["forecast_id"]))


def brier_by_holder(forecasts: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """One row a holder: how many forecasts, with a probability, resolved with one, and their mean Brier score.

    The author of a document stands under its `analyst`; a holder who is reported keeps the name that the text gives.
    Below three resolved forecasts with a probability the mean is missing.

    Args:
        forecasts: rows of FORECASTS.
        documents: document_id, analyst.

    Returns:
        holder, forecast_count, ranged_count, resolved_count, mean_brier_score; in the holders' order.
    """
    analysts = documents.set_index("document_id")["analyst"]
    is_author = forecasts["holder"] == "author"
    holder = forecasts["holder"].mask(is_author, forecasts["document_id"].map(analysts)).fillna("author not told")
    rows = pd.DataFrame(
        {
            "holder": holder.astype("str"),
            "is_ranged": forecasts["probability_low"].notna(),
            "brier_score": forecasts["brier_score"].astype("float64"),
        }
    )
    table = rows.groupby("holder", as_index=False).agg(
        forecast_count=("is_ranged", "size"),
        ranged_count=("is_ranged", "sum"),
        resolved_count=("brier_score", "count"),
        mean_brier_score=("brier_score", "mean"),
    )
    is_enough = table["resolved_count"].to_numpy() >= ENOUGH_FORECASTS
    return table.assign(mean_brier_score=np.where(is_enough, table["mean_brier_score"], np.nan))
