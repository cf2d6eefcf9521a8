"""Horizons: by when a sentence says that something will be, and the days between which that can be checked.

Conventions, where English leaves it open: "by" a period means by its end, "before" it by the day before its start; a
season is a meteorological one of the northern hemisphere (Russia's and Ukraine's); a month, season or day without a year
is the one still running or the next to come; "within months" ends with the next larger unit, a year. A window never
opens before the text was published, and one that is wholly past is no horizon.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeline.cues import Span
from pipeline.features.periods import feast_day, later, piece

Window = tuple[date | None, date | None]
Resolve = Callable[[re.Match[str], date | None], Window | None]

_MONTHS: Final = (
    "january february march april may june july august september october november december".split()
)  # fmt: skip
_DAYS: Final = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS: Final = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_COUNTS: Final = {
    **{w: n for n, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)},
    "a": 1, "an": 1, "fifteen": 15, "eighteen": 18, "twenty": 20, "twenty-four": 24, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "ninety": 90, "a hundred": 100, "a couple of": 2, "a dozen": 12, "half a": 0.5,
}  # fmt: skip
# Months and days.
_UNITS: Final = {
    "hour": (0, 1), "day": (0, 1), "week": (0, 7), "fortnight": (0, 14), "month": (1, 0), "quarter": (3, 0),
    "year": (12, 0), "decade": (120, 0), "generation": (360, 0),
}  # fmt: skip
# An unnumbered plural ends with the next larger unit.
_VAGUE: Final = {"hours": (0, 1), "days": (0, 7), "weeks": (1, 0), "months": (12, 0), "years": (120, 0)}
_COUNT: Final = r"(?P<count>\d{1,3}|" + "|".join(sorted(map(re.escape, _COUNTS), key=len, reverse=True)) + ")"
_UNIT: Final = r"(?P<unit>" + "|".join(_UNITS) + ")s?(?:['’]s?)?"
_MONTH: Final = "(?P<month>" + "|".join(name.title() for name in _MONTHS) + ")"
_SEASON: Final = r"(?P<season>spring|summer|autumn|fall|winter)(?!\w|-)"
_YEAR: Final = r"(?P<year>20[2-9]\d)(?![\w%]|[,.]\d)"
_PART: Final = (
    r"(?:(?P<part>early|mid|late|the (?:beginning|start|middle|end|close|turn) of|the (?:first|second) half of|"
    r"the (?:first|second|third|fourth|last) quarter of|end(?=-))[\s-]+)?"
)
_LEAD: Final = (
    r"(?P<lead>by|before|until|till|through|during|throughout|over|in|within|inside|on|at|from|after|for|"
    r"some\s?time in)\s+"
)


@dataclass(frozen=True)
class Horizon:
    """The words of a horizon, where they stand, and the first and last day of its window, where they can be told."""

    span: Span
    words: str
    low: date | None
    high: date | None


def find(text: str, published: date | None) -> list[Horizon]:
    """Horizons that a sentence names, in reading order. Without a date of publication only dated ones have a window."""
    found: list[Horizon] = []
    read: list[Span] = []
    for pattern, resolve in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in read):
                continue
            read.append(match.span())
            window = resolve(match, published)
            if window is not None:
                low, high = _clip(window, published)
                if high is None or published is None or high >= published:
                    found.append(Horizon(match.span(), match.group(), low, high))
    return sorted(found, key=lambda horizon: horizon.span)


def _clip(window: Window, published: date | None) -> Window:
    low, high = window
    if published and (high or low):
        low = max(low, published) if low else published
    return low, high


def _led(match: re.Match[str], start: date, last: date) -> Window:
    """The window that a preposition makes of a period from `start` to `last`."""
    lead = (match.groupdict().get("lead") or "").lower()
    if lead == "before":
        # "Before the end of the year" and "before the year is out" reach as far as "by" does.
        is_end = re.search(r"\b(?:end|close) of|\bis out$", match.group(), re.IGNORECASE)
        return None, last if is_end else start - timedelta(days=1)
    if lead in ("by", "until", "till", "through", "within", "inside"):
        return None, last
    if lead in ("after", "from"):
        return (last + timedelta(days=1) if lead == "after" else start), None
    return start, last


def _part_of(match: re.Match[str], start: date, last: date) -> tuple[date, date]:
    """The named part of a period: thirds for early, mid and late; halves; quarters; its end or its start."""
    part = (match.groupdict().get("part") or "").lower()
    length = (last - start).days + 1
    if part in ("the end of", "end", "the close of"):
        return (start, last) if _is_by(match) else (start + timedelta(days=length * 2 // 3), last)
    ordinals = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": 3}
    named = re.match(r"the (\w+) (half|quarter) of", part)
    if named:
        pieces = {"half": 2, "quarter": 4}[named.group(2)]
        return piece(start, length, ordinals[named.group(1)], pieces)
    thirds = {
        "early": 0,
        "the beginning of": 0,
        "the start of": 0,
        "the turn of": 0,
        "mid": 1,
        "the middle of": 1,
        "late": 2,
    }
    return piece(start, length, thirds[part], 3) if part in thirds else (start, last)


def _is_by(match: re.Match[str]) -> bool:
    return (match.groupdict().get("lead") or "").lower() in ("by", "before", "until", "till", "through")


def _year(match: re.Match[str], published: date | None) -> Window | None:
    year = int(match["year"])
    return _led(match, *_part_of(match, date(year, 1, 1), date(year, 12, 31)))


def _month(match: re.Match[str], published: date | None) -> Window | None:
    number = _MONTHS.index(match["month"].lower()) + 1
    day = match.groupdict().get("day") or match.groupdict().get("day_after")
    year = match.groupdict().get("year")
    if year is None and published is None:
        return None, None
    try:
        return _led(match, *_part_of(match, *_in_year(number, day, int(year) if year else None, published)))
    except ValueError:  # 31 June
        return None


def _in_year(month: int, day: str | None, year: int | None, published: date | None) -> tuple[date, date]:
    def period(of: int) -> tuple[date, date]:
        first = date(of, month, int(day or 1))
        return first, first if day else later(first, 1, days=-1)

    if year is not None or published is None:
        return period(year or 1)
    running = period(published.year)
    return running if running[1] >= published else period(published.year + 1)


def _season(match: re.Match[str], published: date | None) -> Window | None:
    first = _SEASONS[match["season"]]
    named, which = match.groupdict().get("year"), (match.groupdict().get("which") or "").lower()
    if named is None and published is None:
        return None, None
    if which in ("last", "that", "each", "every"):
        return None

    def period(year: int) -> tuple[date, date]:
        start = date(year, first, 1)
        return start, later(start, 3, days=-1)

    if named:
        return _led(match, *_part_of(match, *period(int(named))))
    assert published is not None
    years = range(published.year - 1, published.year + 2)
    if which == "next":
        chosen = next(period(year) for year in years if period(year)[0] > published)
    elif which == "this":
        # "This spring" in November looks back; _clip sees a window that is wholly past.
        chosen = next((period(y) for y in years if period(y)[0] <= published <= period(y)[1]), period(published.year))
    else:
        chosen = next(period(year) for year in years if period(year)[1] >= published)
    return _led(match, *_part_of(match, *chosen))


def _calendar(match: re.Match[str], published: date | None) -> Window | None:
    """This or next week, month, quarter, year or decade; "the year" is the running one."""
    if published is None:
        return None, None
    unit, which = match["unit"].lower(), match["which"].lower()
    if which in ("the coming", "the next"):
        return None, later(published, *_UNITS.get(unit, (1200, 0)))
    steps = int(which in ("next", "the following"))
    if unit == "week":
        start = published - timedelta(days=published.weekday()) + timedelta(weeks=steps)
        return _led(match, start, start + timedelta(days=6))
    if unit in ("decade", "century"):
        size = {"decade": 10, "century": 100}[unit]
        year = (published.year // size + steps) * size
        return _led(match, *_part_of(match, date(year, 1, 1), date(year + size - 1, 12, 31)))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = later(date(published.year, (published.month - 1) // months * months + 1, 1), months * steps)
    return _led(match, *_part_of(match, start, later(start, months, days=-1)))


def _numbered(match: re.Match[str], published: date | None) -> Window | None:
    """Within, in or over a number of units from publication; "a decade hence"."""
    if published is None:
        return None, None
    words = match["count"].lower()
    number = float(_COUNTS.get(words, 0) or words)
    months, days = _UNITS[match["unit"].lower()]
    if number * months > 1200:  # "in 500 years" is no day
        return None, None
    if match["unit"].lower() == "hour":
        number = -(-number // 24)
    return None, later(published, int(number * months), int(number * days))


def _vague(match: re.Match[str], published: date | None) -> Window | None:
    return (None, later(published, *_VAGUE[match["unit"].lower()])) if published else (None, None)


def _weekday(match: re.Match[str], published: date | None) -> Window | None:
    if published is None:
        return None, None
    ahead = (_DAYS.index(match["day"].lower()) - published.weekday()) % 7
    day = published + timedelta(days=ahead)
    return _led(match, day, day)


def _near(match: re.Match[str], published: date | None) -> Window | None:
    if published is None:
        return None, None
    day = published + timedelta(days=int(match["near"].lower() == "tomorrow"))
    return day, day


def _feast(match: re.Match[str], published: date | None) -> Window | None:
    if published is None:
        return None, None
    days = (feast_day(match["feast"], published.year + n) for n in (0, 1))
    day = next(day for day in days if day >= published)
    return _led(match, day, day)


def _open(match: re.Match[str], published: date | None) -> Window | None:
    """Words that name no day: sooner or later, in the foreseeable future."""
    return None, None


def _compiled(*patterns: tuple[str, Resolve]) -> tuple[tuple[re.Pattern[str], Resolve], ...]:
    return tuple((re.compile(rf"(?<![\w-]){text}"), resolve) for text, resolve in patterns)


_WHICH: Final = r"(?P<which>this|next|the coming|the following|the|that|last|each|every)"
_SPAN: Final = r"(?P<unit>week|month|quarter|year|decade|century)(?!\w|['’])"
_PLURAL: Final = r"(?P<unit>hours|days|weeks|months|years)(?!\w|['’])"
_AHEAD: Final = r"the\s+(?:next|coming)\s+"
_FEAST: Final = r"Christmas|New Year['’]s Day|New Year['’]s|New Year|Easter|Thanksgiving"
_DATELESS: Final = (
    r"sooner or later|in the end|eventually|soon(?:er)?|one day|some\s?day|before long|in (?:our|my|his) lifetimes?|in time|"
    r"(?:in|for) the (?:foreseeable|near|long) (?:future|run|term)|at some point|in due course|imminently|ever again|"
    r"for (?:a )?(?:good )?(?:long )?(?:while|time) (?:longer|to come|yet)"
)
# A name keeps its capital, because "may" and "march" are verbs; a bare month needs a preposition or a day.
_PATTERNS: Final = _compiled(
    (rf"(?i:{_LEAD})?(?:the\s+)?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?(?!\w)", _month),
    (rf"(?i:{_LEAD})?{_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?!\d)(?:,?\s+{_YEAR})?(?!\w)", _month),
    (rf"(?i:{_LEAD}{_PART}){_MONTH}(?:\s+(?:of\s+)?{_YEAR})?(?!\w)", _month),
    (rf"(?i:(?:{_LEAD})?{_PART}(?:(?:the|this|next|that|last)\s+)?{_SEASON}\s+(?:of\s+)?){_YEAR}", _season),
    (rf"(?i:{_LEAD}{_PART}(?:{_WHICH}\s+)?{_SEASON})", _season),
    (rf"(?i:{_PART}(?P<which>this|next)\s+{_SEASON})", _season),
    (rf"(?i:{_LEAD}{_PART}){_YEAR}", _year),
    (rf"(?P<part>[Ee]arly|[Mm]id|[Ll]ate)[\s-]+{_YEAR}", _year),
    (rf"(?i:{_LEAD}{_PART}(?P<which>this|next|the next|the coming|the following|the)\s+{_SPAN}(?:\s+is out)?)", _calendar),
    (rf"(?i:{_PART}(?P<which>this|next)\s+{_SPAN})", _calendar),
    (rf"(?i:(?:with)?in\s+(?:{_AHEAD}|(?:about|roughly|perhaps|another)\s+)?{_COUNT}[\s-]{_UNIT}(?!\w))", _numbered),
    (rf"(?i:(?:over|during|inside)\s+(?:{_AHEAD})?{_COUNT}[\s-]{_UNIT}(?!\w))", _numbered),
    (rf"(?i:{_AHEAD}{_COUNT}[\s-]{_UNIT}(?!\w))", _numbered),
    (rf"(?i:{_COUNT}[\s-]{_UNIT}\s+(?:from now|hence|away|ahead|off)(?!\w))", _numbered),
    (rf"(?i:(?:within|in|over|during)\s+(?:a matter of\s+|{_AHEAD}(?:few\s+)?|a few\s+)?{_PLURAL}(?:\s+to come)?)", _vague),
    (rf"(?i:the\s+(?:coming|next few)\s+{_PLURAL})", _vague),
    (rf"(?i:{_LEAD}(?:(?:this|next)\s+)?)(?P<day>{'|'.join(name.title() for name in _DAYS)})(?!\w)", _weekday),
    (r"(?i:(?P<near>tonight|tomorrow|today)(?!\w))", _near),
    (rf"(?i:{_LEAD}(?:the\s+)?)(?P<feast>{_FEAST})(?!\w)", _feast),
    (rf"(?i:{_DATELESS})(?!\w)", _open),
)  # fmt: skip
