"""Quotations: where somebody else's words stand between marks, in the habits of printers here and abroad.

Double marks straight and curly, German („…“), angle («…»), and single ones (‘…’) where they cannot be apostrophes. A
paragraph's quotation that stays open runs on if the next paragraph reopens it, as printers do.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.text import SentenceSpan

_MARK: Final = re.compile('[“”„«»"]')
_CLOSES: Final = {"“": '”"', "„": '“”"', "«": "»", '"': '"”', "»": "«"}
_REOPENS: Final = "“\"„«‘'"
_OPENS_AFTER: Final = " \n([{—–-/…:"
_SINGLE_OPENS: Final = re.compile(r"(?:(?<=^)|(?<=[\s(\[—–]))[‘'](?=[A-Za-zÀ-ÿ…\[])(?!(?:em|tis|twas|til|cause|n)\b)")
# An apostrophe stands within a word or, where a plural owns something, before a lower-case word.
_SINGLE_CLOSES: Final = re.compile(r"(?P<stop>[,.!?…;:—–]|\w)[’'](?!\w)(?P<owns>\s[a-z])?")


class Quotation(NamedTuple):
    """What stands between quotation marks, marks included; `runs_on` where the next paragraph reopens it."""

    start: int
    end: int
    runs_on: bool


def find(text: str, paragraphs: Sequence[Sequence[SentenceSpan]]) -> list[Quotation]:
    """The quotations of a text, in order and disjoint, as offsets in it."""
    found: list[Quotation] = []
    for number, group in enumerate(paragraphs):
        following = paragraphs[number + 1][0].start if number + 1 < len(paragraphs) else None
        is_reopened = following is not None and text[following] in _REOPENS
        doubles = list(_doubles(text, group, is_reopened=is_reopened))
        singles = list(_singles(text, group, doubles, is_reopened=is_reopened))
        found += _merged(sorted([*doubles, *singles]))
    return found


def _doubles(text: str, group: Sequence[SentenceSpan], *, is_reopened: bool) -> Iterator[Quotation]:
    first, last = group[0].start, group[-1].end
    opened: int | None = None
    for mark in _MARK.finditer(text, first, last):
        place = mark.start()
        if opened is not None and text[place] in _CLOSES[text[opened]] and not _opens_straight(text, place, first):
            yield Quotation(opened, place + 1, runs_on=False)
            opened = None
        elif text[place] in "“„«" or _opens_straight(text, place, first):
            opened = place
    if opened is not None:
        yield _left_open(group, opened, is_reopened=is_reopened)


def _opens_straight(text: str, place: int, first: int) -> bool:
    if text[place] != '"':
        return False
    is_after_space = place == first or text[place - 1] in _OPENS_AFTER or text[place - 1] in "‘'"
    return is_after_space and place + 1 < len(text) and not text[place + 1].isspace()


def _left_open(group: Sequence[SentenceSpan], opened: int, *, is_reopened: bool) -> Quotation:
    """One that its paragraph does not close: to be gone on with, or ended with its sentence, as after a slip."""
    ends = [span.end for span in group if span.end > opened]
    return Quotation(opened, ends[-1] if is_reopened else ends[0], is_reopened)


def _singles(
    text: str, group: Sequence[SentenceSpan], doubles: Sequence[Quotation], *, is_reopened: bool
) -> Iterator[Quotation]:
    """Quotations in single marks, those outside double ones; without a closing mark, the opening one is an apostrophe."""
    first, last = group[0].start, group[-1].end
    at = first
    while opening := _SINGLE_OPENS.search(text, at, last):
        place = at = opening.end()
        nearest = bisect_right(doubles, place, key=lambda one: one.start) - 1
        if nearest >= 0 and place < doubles[nearest].end:
            continue
        following = _SINGLE_OPENS.search(text, place, last)
        end = _single_end(text, place, following.start() if following else last)
        if end is not None:
            at = end
            yield Quotation(opening.start(), end, runs_on=False)
        elif text[opening.start()] == "‘" and is_reopened and not following:
            yield Quotation(opening.start(), last, runs_on=True)


def _single_end(text: str, start: int, limit: int) -> int | None:
    """The offset after the mark that closes: after or before punctuation for choice, else the last that may."""
    candidates = list(_SINGLE_CLOSES.finditer(text, start, limit))
    for one in candidates:
        if one["stop"] in ",.!?…;:—–" or not one["owns"] or one["stop"] != "s":
            return one.start() + 2
    return candidates[-1].start() + 2 if candidates else None


def _merged(quotations: Sequence[Quotation]) -> list[Quotation]:
    """The outermost of quotations within one another."""
    kept: list[Quotation] = []
    for one in quotations:
        if kept and one.start < kept[-1].end:
            outer = kept[-1]
            kept[-1] = Quotation(outer.start, max(outer.end, one.end), outer.runs_on or one.runs_on)
        else:
            kept.append(one)
    return kept
