"""Commitment: whether a sentence commits its speaker to what a cue says, in which modality and how strongly.

It knows English through the codebook's Language and no target: negation, conditions, reports, wishes, modality, hedges.
"""

from typing import Final

from pipeline.codebook import Language
from pipeline.cues import Cue, Reading, Span

# In words: how far before a cue a negation or a wish still governs it, and how far around it a word tells its modality.
NEGATION_REACH: Final = 4
NEAR_NEGATION_REACH: Final = 2
WISH_REACH: Final = 6
MODALITY_REACH: Final = 9

Spans = tuple[Span, ...]


def is_negated(reading: Reading, cue: Cue, spans: Spans, language: Language) -> bool:
    """Whether a negator that is not the cue's own stands in the match, or shortly before it with no comma between."""
    words = [(word, NEGATION_REACH) for word in reading.spans(language.negators)]
    words += [(word, NEAR_NEGATION_REACH) for word in reading.spans(language.near_negators)]
    return any(
        _governs(reading, word, span, reach)
        for word, reach in words
        if not _starts_in_any(word, reading.spans(language.not_negators)) and not _is_own(reading, word, cue, spans)
        for span in spans
    )


def _is_own(reading: Reading, word: Span, cue: Cue, spans: Spans) -> bool:
    return _starts_in_any(word, spans) and cue.own_words.issuperset(reading.text[slice(*word)].casefold().split())


def _governs(reading: Reading, word: Span, span: Span, reach: int) -> bool:
    if word[0] >= span[0]:
        return word[0] < span[1]
    is_near = reading.word(span[0]) - reading.word(word[1] - 1) <= reach
    return is_near and not any(mark in reading.text[word[1] : span[0]] for mark in ",;:")


def is_withheld(reading: Reading, spans: Spans, kind: str, language: Language, *, is_author: bool) -> bool:
    """Whether the match stands in a condition, a wish, a plan's contents or a report, or is about another time.

    `kind` is the match's modality. A prescription holds behind a condition and out of another case, and a judgment on a
    plan is no report of it. A report withholds the author's position alone: in another's sentence it names the holder.
    """
    prescribes, last = kind == "prescribes", max(spans)
    if _is_in_clause(reading, reading.spans(language.open_clauses), spans):
        return True
    if _is_conditional(reading, spans, language, prescribes=prescribes):
        return True
    if not prescribes and reading.spans(language.elsewhere):
        return True
    wishes = _leading(reading, language.wishes, spans)
    if any(reading.word(last[0]) - reading.word(wish[1] - 1) <= WISH_REACH for wish in wishes):
        return True
    if kind != "evaluates" and _leading(reading, language.plan_reports, spans):
        return True
    return is_author and bool(_leading(reading, language.attributions, spans))


def _is_conditional(reading: Reading, spans: Spans, language: Language, *, prescribes: bool) -> bool:
    """Whether the match is part of a condition, or of a main clause under one that prescribes nothing."""
    granted = reading.spans(language.open_clauses)
    part = reading.part_of(min(spans))
    openers = tuple(
        opener
        for opener in reading.spans(language.conditionals)
        if reading.part_of(opener) == part and not _starts_in_any(opener, granted)
    )
    return bool(openers) and (not prescribes or _is_in_clause(reading, openers, spans))


def _is_in_clause(reading: Reading, openers: Spans, spans: Spans) -> bool:
    """Whether a span begins in a clause, from an opener to the next comma, dash or semicolon."""
    return any(_starts_in_any(span, [_clause(reading, opener) for opener in openers]) for span in spans)


def _clause(reading: Reading, opener: Span) -> Span:
    ends = (reading.text.find(mark, opener[1]) for mark in (",", ";", " – ", " — "))
    return opener[0], min((end for end in ends if end >= 0), default=len(reading.text))


def _starts_in_any(span: Span, others: Spans | list[Span]) -> bool:
    return any(start <= span[0] < end for start, end in others)


def _leading(reading: Reading, group: str, spans: Spans) -> list[Span]:
    """The group's spans that begin before the match's last word does, in its part of the sentence, and outside it."""
    last = max(spans)
    return [
        word
        for word in reading.spans(group)
        if word[0] <= last[0]
        and reading.part_of(word) == reading.part_of(last)
        and not any(start <= word[0] and word[1] <= end for start, end in spans)
    ]


def modality(reading: Reading, spans: set[Span], kind: str, language: Language) -> str:
    """The modality of a match by the words in and near it; the proposition's kind ranks them where there are several.

    A proposition about what is so is expected before it is judged; one about what ought to be is prescribed first.
    """
    order = ("expects", "evaluates", "prescribes") if kind == "is" else ("prescribes", "evaluates", "expects")
    first, last = min(spans), max(spans)
    part = reading.part_of(first)
    reach = (reading.word(first[0]) - MODALITY_REACH, reading.word(last[1] - 1) + MODALITY_REACH)
    for label in order:
        for start, _ in reading.spans(getattr(language, label)):
            if part[0] <= start < part[1] and reach[0] <= reading.word(start) <= reach[1]:
                return label
    return "describes"


def strength(reading: Reading, language: Language) -> int:
    """1 where the sentence hedges, 3 where it boosts, 2 where it does neither or both (Hyland 2005)."""
    return 2 + bool(reading.spans(language.boosters)) - bool(reading.spans(language.hedges))
