"""Words of estimative probability and their ranges, and the grammar of predicting, read from estimative.toml.

Sources of the ranges: ICD 203 (Office of the Director of National Intelligence 2015) and Kent 1964; numbers are taken as
they are written. What a sentence predicts with them is told in pipeline/features/predictions.py.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline import cues
from pipeline.cues import Reading, Span
from pipeline.text import sha256

_NUMBERS: Final = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
} | {"twenty": 20, "a hundred": 100, "thousand": 1000}  # fmt: skip
_NUMBER: Final = r"(\d+(?:\.\d+)?|" + "|".join(_NUMBERS) + ")"
_PERCENT: Final = rf"{_NUMBER}(?:\s*(?:%|per\s?cent))?(?:\s*(?:to|or|-|–)\s*{_NUMBER})?[\s-]*(?:%|per\s?cent)"
_CHANCE: Final = r"(?:chances?|probability|probabilities|likelihood|odds)"
# A number is a probability at a word for one: "a 40 percent chance", "put the odds at one in eight".
_LINK: Final = (
    r"(?:[^\w;.]+[\w'’-]+){0,9}?[^\w;.]+(?:at|is|are|of|to|as)\s+"
    r"(?:(?:only|about|roughly|around|some|no|better|more|than|over|under|perhaps|just)\s+)*"
)
_SHARE: Final = rf"(?<![\w.]){_PERCENT}[\s-]+(?:{_CHANCE}|likely|probable|certain)(?!\w)|{_CHANCE}{_LINK}{_PERCENT}"
_RATIO: Final = (
    rf"(?<![\w.])(?:{_CHANCE}{_LINK})?{_NUMBER}[\s-](?:chances?[\s-])?(?:in|out of)[\s-]{_NUMBER}"
    r"(?![\w%-]|\s*per\s?cent)"
)
_NUMERIC: Final = (
    ("share", re.compile(_SHARE, re.IGNORECASE)),
    ("ratio", re.compile(_RATIO, re.IGNORECASE)),
    ("even", re.compile(r"(?<!\w)(?:fifty[\s-]fifty|50[-–/]50)(?!\w)", re.IGNORECASE)),
    ("odds", re.compile(rf"(?<![\w.]){_NUMBER}[\s-]to[\s-]{_NUMBER}\s+(against|on)(?!\w)", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Range:
    """The probabilities from `low` to `high` that the terms (a group of cues) stand for on a scale."""

    id: str
    scale: str
    low: float
    high: float
    terms: str

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 1:
            raise ValueError(f"low {self.low} and high {self.high} must be in order and between 0 and 1")


@dataclass(frozen=True)
class Grammar:
    """The English of predicting; each field is one group of cues, as told in estimative.toml."""

    predicts: str
    infinitives: str
    would: str
    opinions: str
    not_would: str
    possibilities: str
    conditions: str
    not_conditions: str
    denials: str
    subject_denials: str
    not_denials: str
    asked: str
    not_predicting: str


class Estimate(NamedTuple):
    """A probability in words or numbers: the words' span, the range, and whose scale it is."""

    span: Span
    low: float
    high: float
    scale: str

    def mirrored(self) -> "Estimate":
        """The same estimate of the opposite: "not likely" is what "likely" leaves over."""
        return self._replace(low=round(1 - self.high, 6), high=round(1 - self.low, 6))


@dataclass(frozen=True)
class Estimative:
    """Ranges in order of preference, what holds a term and gives no range, the grammar, the file's SHA-256."""

    ranges: tuple[Range, ...]
    unranged: str
    grammar: Grammar
    fingerprint: str

    def estimates(self, reading: Reading) -> list[Estimate]:
        """Every probability that a sentence states, in reading order; of overlapping terms the longest is meant."""
        found = [
            Estimate(span, entry.low, entry.high, entry.scale)
            for entry in self.ranges
            for span in reading.spans(entry.terms)
        ]
        found += _numeric(reading.text)
        barred = [Estimate(span, 0, 1, "") for span in reading.spans(self.unranged)]
        kept: list[Estimate] = []
        # Sorting is stable: of two scales' readings of the same words the preferred one stays.
        for estimate in sorted(found + barred, key=lambda estimate: estimate.span[0] - estimate.span[1]):
            if all(estimate.span[1] <= other.span[0] or other.span[1] <= estimate.span[0] for other in kept):
                kept.append(estimate)
        return sorted(estimate for estimate in kept if estimate.scale)


def _numeric(text: str) -> Iterator[Estimate]:
    for kind, pattern in _NUMERIC:
        for match in pattern.finditer(text):
            numbers = [_value(group) for group in match.groups() if group and group.lower() not in ("against", "on")]
            # "one in eight towns" counts towns; at the head of a chance, or bare, it is a probability.
            if kind == "ratio" and not re.search(_CHANCE, match.group(), re.IGNORECASE):
                continue
            shares = _shares(kind, numbers, is_against=match.group().lower().endswith("against"))
            if shares and all(0 <= share <= 1 for share in shares):
                yield Estimate(match.span(), min(shares), max(shares), "number")


def _value(words: str) -> float:
    return float(_NUMBERS.get(words.lower(), 0) or words)


def _shares(kind: str, numbers: list[float], *, is_against: bool) -> list[float]:
    if kind == "even":
        return [0.5]
    if kind == "share":
        return [number / 100 for number in numbers]
    first, second = numbers
    if kind == "ratio":
        return [first / second] if second else []
    return [(second if is_against else first) / (first + second)] if first + second else []


def load(path: Path) -> Estimative:
    """Read and check estimative.toml.

    Raises:
        FileNotFoundError: names the file that is not there.
        ValueError: names the file and the entry, and says what is wrong with it.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: forecasts need this file; take it from the package's data/codebook")
    content = path.read_bytes()
    try:
        parsed = tomllib.loads(content.decode())
        return _read(parsed, sha256(content))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not TOML in UTF-8: {error}") from error
    except KeyError as error:
        raise ValueError(f"{path}: {error.args[0]} is missing; add it") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def _read(parsed: Mapping[str, Any], fingerprint: str) -> Estimative:
    scales = list(parsed["scales"])
    ranges = [_range(entry, scales) for entry in parsed["range"]]
    words: dict[str, str] = {}
    for name, text in parsed["groups"].items():
        words[name] = _group(f"groups.{name}", [text], words)
    grammar = parsed["grammar"]
    names = [field.name for field in fields(Grammar)]
    for name in sorted(grammar.keys() ^ set(names)):
        raise ValueError(f"grammar.{name} is {'not known' if name in grammar else 'missing'}")
    groups = {
        name: _group(f"grammar.{name}", [grammar[name]] if isinstance(grammar[name], str) else grammar[name], words)
        for name in names
    }
    ranges.sort(key=lambda entry: scales.index(entry.scale))
    return Estimative(tuple(ranges), _group("unranged", parsed["unranged"], words), Grammar(**groups), fingerprint)


def _range(entry: Mapping[str, Any], scales: list[str]) -> Range:
    name = entry.get("id", "without an id")
    try:
        if entry["scale"] not in scales:
            raise ValueError(f"scale {entry['scale']!r} is none of {', '.join(scales)}")
        terms = _group("terms", entry["terms"], {})
        return Range(entry["id"], entry["scale"], float(entry["low"]), float(entry["high"]), terms)
    except KeyError as error:
        raise ValueError(f"range {name}: {error.args[0]} is missing") from error
    except ValueError as error:
        raise ValueError(f"range {name}: {error}") from error


def _group(field: str, phrases: list[str], words: Mapping[str, str]) -> str:
    """Alternatives as one group, each @name replaced by the group of that name."""
    text = "|".join(phrases)
    for name in re.findall(r"@(\w+)", text):
        if name not in words:
            raise ValueError(f"{field}: @{name} is not among the groups given before it")
    whole = re.sub(r"@(\w+)", lambda match: f"({words[match.group(1)]})", text)
    try:
        cues.compiled(whole)
    except ValueError as error:
        raise ValueError(f"{field}: {error}") from error
    return whole
