"""Whole pages that report one named analyst's article: its unmarked sentences carry that analyst's voice too."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

INTRODUCTION: Final = 3  # Sentences of the page within which the analyst is first heard.
LEAST_ATTRIBUTIONS: Final = 4
LEAST_SHARE_OF_PAGE: Final = 0.35  # So much of the page is marked as somebody's,
LEAST_SHARE_OF_ONE: Final = 0.7  # and so much of that as this one person's.

_BACK_REFERENCE: Final = re.compile(
    r"(?:[Tt]he |[Tt]his )?(?:author|analyst|expert|writer|columnist|observer|journalist|scholar|professor|article|newspaper"
    r"|publication|diplomat|official|economist|historian|political scientist)|[Hh]e|[Ss]he"
)
_FIRST_PERSON: Final = re.compile(r"\b(?:I|[Mm]y|[Ww]e|[Oo]ur)\b")


def continued(
    sentences: Sequence[str], paragraphs: Sequence[int], speakers: Sequence[str | None], marked: Sequence[bool]
) -> dict[int, str]:
    """Positions of a page's unmarked sentences that stand between two of its one analyst's, and who that is.

    `speakers` names who is heard in each sentence that is `marked` as quoted or reported. Both neighbours must be
    marked, in the same paragraph or the ones beside it, and the sentence must not speak in the first person.
    """
    analyst = _analyst(speakers, marked)
    if analyst is None:
        return {}
    own = [number for number, is_marked in enumerate(marked) if is_marked and _is_same(speakers[number], analyst)]
    found: dict[int, str] = {}
    for first, second in pairwise(own):
        if paragraphs[second] - paragraphs[first] > 1:
            continue
        between = [number for number in range(first + 1, second) if not marked[number]]
        found |= {number: analyst for number in between if not _FIRST_PERSON.search(sentences[number])}
    return found


def _analyst(speakers: Sequence[str | None], marked: Sequence[bool]) -> str | None:
    """The person to whom most of what a page attributes belongs, where a page attributes much; else None."""
    attributed = sum(marked)
    if attributed < LEAST_ATTRIBUTIONS or attributed < LEAST_SHARE_OF_PAGE * len(marked):
        return None
    named = [speaker for speaker, is_marked in zip(speakers, marked, strict=True) if is_marked and speaker]
    surnames = Counter(name.split()[-1] for name in named if not _BACK_REFERENCE.fullmatch(name))
    if not surnames:
        return None
    surname = surnames.most_common(1)[0][0]
    fullest = max((name for name in named if name.split()[-1] == surname), key=len)
    if not re.search(r"[A-Z][\w’'-]+ [A-Z][\w’'-]+$", fullest):
        return None  # A state or a ministry has no article that a page could be the report of.
    if surname not in {(speaker or "?").split()[-1] for speaker in speakers[:INTRODUCTION]}:
        return None
    heard = sum(is_marked and _is_same(who, fullest) for who, is_marked in zip(speakers, marked, strict=True))
    return fullest if heard >= LEAST_SHARE_OF_ONE * attributed else None


def _is_same(speaker: str | None, analyst: str) -> bool:
    return speaker is None or speaker.split()[-1] == analyst.split()[-1] or bool(_BACK_REFERENCE.fullmatch(speaker))
