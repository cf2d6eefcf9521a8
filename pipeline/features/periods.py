"""Periods: days so many months later, pieces of a period, and the days of feasts. What words name them: horizons.py."""

import calendar
from datetime import date, timedelta
from typing import Final

import pandas as pd

_FEASTS: Final = {"christmas": (12, 25), "new year's day": (1, 1), "new year": (1, 1), "new year's": (1, 1),
                  "easter": None, "thanksgiving": None}  # fmt: skip


def later(start: date, months: int = 0, days: int = 0) -> date:
    """So many months and days later; the 31st becomes the last day of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=days)


def piece(start: date, length: int, number: int, pieces: int) -> tuple[date, date]:
    """One of the equal pieces of a period; of whole years they fall on months."""
    if length >= 365:
        months = round(length / 30.44) // pieces
        first = later(start, months * number)
        return first, later(first, months, days=-1)
    edges = [length * n // pieces for n in (number, number + 1)]
    return start + timedelta(days=edges[0]), start + timedelta(days=edges[1] - 1)


def feast_day(feast: str, year: int) -> date:
    """Day of a feast in a year: Christmas, New Year, Thanksgiving (United States), Easter (western)."""
    fixed = _FEASTS[feast.lower().replace("’", "'")]
    if fixed:
        return date(year, *fixed)
    if feast.lower() == "thanksgiving":
        first = date(year, 11, 1)
        return first + timedelta(days=(3 - first.weekday()) % 7 + 21)
    return (pd.Timestamp(year, 1, 1) + pd.offsets.Easter()).date()
