"""Predictions: whether a sentence commits somebody to what will be, in which of its words, and on what condition.

It reads English by the groups of data/codebook/estimative.toml and takes no side: whose prediction it is, and what
becomes of it, is told in pipeline/features/forecasts.py.
"""

import re
from dataclasses import dataclass
from typing import Final

from pipeline.codebook import Language
from pipeline.cues import Reading, Span
from pipeline.features.estimative import Estimate, Estimative, Grammar

# In words: how far before a predicting word, and how far behind it, its negation may stand ("will in all likelihood not").
NEGATION_REACH: Final = (2, 3)
# In words: how far from "could" a probability may stand that is its own.
ESTIMATE_REACH: Final = 6
# In code points: a longer sentence is a list or a table that no full stop divides, and reading it would cost its square.
LONGEST_SENTENCE: Final = 4000
_VERB: Final = re.compile(r"\s+(?:\w+ly\s+)?[a-z]")
# Where one clause of a sentence ends and the next begins; a comma alone may only set off an aside.
_BREAK: Final = re.compile(
    r",\s+(?=nor\b)|[;:(]|[–—]|\s-\s|[,.?!][\"”]|[,:]\s+[\"“]|^[\"“]"
    r"|,\s+(?:and|but|or|so|yet|for|while|whereas|because|since|although|though)\b"
    r"|\b(?:because|although|whereas|unless|if)\b"
    r"|\b(?:and|but)\s+(?=(?:that|the|a|an|he|she|it|they|we|I|there|this|[A-Z]\w+)\s+(?:\w+\s+){0,4}?"
    r"(?:will|is|are|has|have|was|were|would|can|may|must)\b)"
)
# What a comma and one of these open, the next comma closes.
_ASIDE: Final = re.compile(
    r",\s+(?:who|which|whom|whose|where|when|as|with|not|on|in|before|after|until|being|having|to|by|at)\b"
)
# "My bet is that", "I expect that", "he is said to believe that": what is predicted begins behind it.
_MATRIX: Final = re.compile(
    r"\b(?:sa(?:y|ys|id)|kn[eo]ws?|thinks?|thought|believe[sd]?|expect(?:s|ed)?|is|was|mean[st]?|shows?|suppose|accepts?|admits?|"
    r"conclude[sd]?|contend(?:s|ed)?|argue[sd]?|maintain(?:s|ed)?|reckon(?:s|ed)?|doubt(?:s|ed)?|held|holds?|told \w+|"
    r"tells? \w+|inform(?:s|ed) \w+|convinced|confident|certain|likely|unlikely|probable|improbable|theory|view|bet|guess|"
    r"forecast|prediction|honest|knowledge|answers|repeat|odds|chances?|probability|likelihood|predict(?:s|ed)?|warn(?:s|ed)?)\s+that\s+"
    r"|\bdoubt(?:s|ed)?\s+(?:whether|if)\s+|\b(?:astonished|surprised|amazed)\s+if\s+"
)
_LEADING: Final = re.compile(r"(?:(?:and|but|so|then|yet|or|that)\s+)+")
_RELATIVE: Final = re.compile(
    r"(?:^|\W)(who|which|that)\s+(?:(?:is|are|was|were)\s+)?(?:(?:\w+ly|now|also|still|one day)\s+)?$"
)
_CLEFT: Final = re.compile(
    r"\b(?:it|there)(?:['’]s|\s+(?:is|are|was|will be))\b|\b(?:no|nobody|nothing|none|no one)\b", re.IGNORECASE
)
_ASSERTING: Final = re.compile(r",\s*$|^\W*$|\b(?:and|but|so|or|is|was|of)\s*$|[;:–—]\s*$", re.IGNORECASE)
# Between the clause's beginning and a denying subject none of these stands.
_NO_SUBJECT: Final = re.compile(
    r"\b(?:who|which|whose|whom|with|of|has|have|had|is|are|was|were|do|does|did|can|could|cannot)\b", re.IGNORECASE
)
_SUBJECT_OPENS: Final = re.compile(r".*(?:\bthat\b|\bthere(?:['’]s|\s+is|\s+are))", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Prediction:
    """Where a sentence predicts: the predicting word, the predicted clause, that with what governs it, the condition; in the
    sentence's offsets.

    `estimate` is the probability of what the clause names, read without its "not"; `is_negated` says that it is
    predicted not to be.
    """

    cue: Span
    clause: Span
    scope: Span
    condition: Span | None
    estimate: Estimate | None
    probability_spans: tuple[Span, ...]
    is_negated: bool
    is_possibility: bool


def find(
    reading: Reading, language: Language, estimative: Estimative, *, is_author: bool, is_reported: bool
) -> Prediction | None:
    """The sentence's first prediction that states a probability, else its first, else None. Questions predict nothing."""
    if reading.text.rstrip("\"”’') ").endswith("?") or len(reading.text) > LONGEST_SENTENCE:
        return None
    grammar, estimates = estimative.grammar, estimative.estimates(reading)
    conditions = _conditions(reading, language, grammar)
    cues = [cue for cue in reading.spans(grammar.predicts) if _predicts(reading, cue, language, grammar)]
    cues += _supposed(reading, conditions, grammar, is_reported=is_reported)
    if is_author:
        cues = [cue for cue in cues if not _is_planned(reading, cue, language)]
    read = [_prediction(reading, cue, conditions, estimates, grammar) for cue in sorted(cues)]
    found = [prediction for prediction in read if prediction and not _is_supposed(prediction)]
    found += _possible(reading, conditions, estimates, grammar) if not found else []
    return next((prediction for prediction in found if prediction.estimate), found[0] if found else None)


def _predicts(reading: Reading, cue: Span, language: Language, grammar: Grammar) -> bool:
    """Whether a predicting word does predict here: it is no noun, no habit, no promise, in no open or embedded clause."""
    asked = (span for span in reading.spans(grammar.asked) if reading.word(span[0]) > 0)
    if any(cue[0] < end and start < cue[1] for start, end in (*reading.spans(grammar.not_predicting), *asked)):
        return False
    if any(end == cue[1] for _, end in reading.spans(grammar.infinitives)) and not _VERB.match(reading.text, cue[1]):
        return False
    if any(start <= cue[0] < end for start, end in _clauses(reading, language.open_clauses)):
        return False
    if any(wish[0] <= cue[0] <= wish[1] for wish in reading.spans(language.wishes)):
        return False
    return not _is_restrictive(reading.text, cue)


def _is_restrictive(text: str, cue: Span) -> bool:
    """Whether the word stands in a relative clause that only says which one is meant: "the men who will pay"."""
    relative = _RELATIVE.search(text, 0, cue[0])
    if not relative:
        return False
    before = text[: relative.start(1)]
    return not _ASSERTING.search(before) and not _CLEFT.search(before)


def _supposed(reading: Reading, conditions: list[Span], grammar: Grammar, *, is_reported: bool) -> list[Span]:
    """Each "would" that predicts: the result of a condition, or the future of a reported opinion."""
    found = []
    for cue in reading.spans(grammar.would):
        barred = (
            *reading.spans(grammar.not_would), *reading.spans(grammar.not_predicting), *reading.spans(grammar.asked)
        )  # fmt: skip
        if any(start <= cue[0] < end for start, end in barred) or _is_restrictive(reading.text, cue):
            continue
        is_held = is_reported and any(end <= cue[0] for _, end in reading.spans(grammar.opinions))
        is_result = any(_same_part(reading, condition, cue) for condition in conditions)
        if is_held or is_result:
            found.append(cue)
    return found


def _possible(
    reading: Reading, conditions: list[Span], estimates: list[Estimate], grammar: Grammar
) -> list[Prediction]:
    cues = [
        cue
        for cue in reading.spans(grammar.possibilities)
        if not any(start <= cue[0] < end for start, end in reading.spans(grammar.not_predicting))
    ]
    found = [_prediction(reading, cue, conditions, estimates, grammar, is_possibility=True) for cue in cues]
    return [prediction for prediction in found if prediction and _is_near(reading, prediction)]


def _is_near(reading: Reading, prediction: Prediction) -> bool:
    """Whether a probability of the clause is that of its predicting word."""
    at = reading.word(prediction.cue[0])
    return any(abs(reading.word(start) - at) <= ESTIMATE_REACH for start, _ in prediction.probability_spans)


def _is_planned(reading: Reading, cue: Span, language: Language) -> bool:
    """Whether the word tells what a plan contains."""
    reports = reading.spans(language.plan_reports)
    return any(report[0] <= cue[0] and _same_part(reading, report, cue) for report in reports)


def _same_part(reading: Reading, span: Span, other: Span) -> bool:
    return reading.part_of(span) == reading.part_of(other)


def _clauses(reading: Reading, openers: str) -> list[Span]:
    """From each opener to the next comma, dash or semicolon."""
    return [_clause_from(reading.text, opener) for opener in reading.spans(openers)]


def _clause_from(text: str, opener: Span) -> Span:
    ends = (text.find(mark, opener[1]) for mark in (",", ";", ":", " – ", " — ", "—"))
    return opener[0], min((end for end in ends if end >= 0), default=len(text.rstrip('.!"”’ ')))


def _conditions(reading: Reading, language: Language, grammar: Grammar) -> list[Span]:
    granted = (*reading.spans(language.open_clauses), *reading.spans(grammar.not_conditions))
    openers = sorted({*reading.spans(language.conditionals), *reading.spans(grammar.conditions)})
    return [
        _clause_from(reading.text, opener)
        for opener in openers
        if not any(start <= opener[0] < end for start, end in granted)
    ]


def _is_supposed(prediction: Prediction) -> bool:
    """Whether the predicting word stands in the condition itself."""
    condition = prediction.condition
    return condition is not None and condition[0] <= prediction.cue[0] < condition[1]


def _prediction(
    reading: Reading,
    cue: Span,
    conditions: list[Span],
    estimates: list[Estimate],
    grammar: Grammar,
    *,
    is_possibility: bool = False,
) -> Prediction | None:
    scope = _scope(reading.text, cue, conditions)
    # "I should be astonished if": what follows is what is predicted.
    near = [found for found in conditions if _same_part(reading, found, cue) and not cue[0] <= found[0] < cue[1]]
    meant = [estimate for estimate in estimates if scope[0] <= estimate.span[0] < scope[1]]
    denials = _denials(reading, cue, scope, meant, grammar)
    is_denied = len(denials) % 2 == 1
    estimate = _hull(meant)
    if estimate and is_denied:
        # "Not certain" is no impossibility, nor "not impossible" a certainty: they predict nothing.
        if estimate.low == estimate.high and estimate.low in (0, 1) and denials[0] < estimate.span[0]:
            return None
        estimate = estimate.mirrored()
    is_negated = estimate.high < 0.5 if estimate else is_denied
    spans = tuple(found.span for found in meant)
    clause = _clause(reading.text, cue, scope)
    return Prediction(cue, clause, scope, near[0] if near else None, estimate, spans, is_negated, is_possibility)


def _hull(estimates: list[Estimate]) -> Estimate | None:
    """One range for all that a clause states: from the lowest to the highest."""
    if not estimates:
        return None
    low, high = min(estimate.low for estimate in estimates), max(estimate.high for estimate in estimates)
    scales = "; ".join(dict.fromkeys(estimate.scale for estimate in estimates))
    return Estimate(estimates[0].span, low, high, scales)


def _scope(text: str, cue: Span, conditions: list[Span]) -> Span:
    """The clause around a predicting word and what governs it, without a condition or an aside before it."""
    breaks = list(_BREAK.finditer(text))
    asides = list(_ASIDE.finditer(text))
    starts = [match.end() for match in breaks if match.end() <= cue[0]]
    starts += [match.end() for match in asides if match.end() <= cue[0] and "," not in text[match.end() : cue[0]]]
    start = max(starts, default=0)
    for condition in conditions:
        if start <= condition[1] <= cue[0] and condition[0] < cue[0]:
            start = condition[1]
    # "Will, in all likelihood, not hold": an aside at the predicting word ends nothing, nor does its closing comma.
    is_parted = any(match.start() == cue[1] for match in asides)
    least = max(cue[1], text.find(",", cue[1] + 1) + 1) if is_parted else cue[1]
    return start, min((match.start() for match in breaks + asides if match.start() >= least), default=len(text))


def _clause(text: str, cue: Span, scope: Span) -> Span:
    """The predicted clause: of the scope what stands behind "my bet is that", without marks and conjunctions around it."""
    start, end = scope
    for matrix in _MATRIX.finditer(text, start, end):
        is_before = matrix.end() <= cue[0] or matrix.start() <= cue[1]
        start = matrix.end() if is_before and matrix.end() < end else start
    start += len(text[start:end]) - len(text[start:end].lstrip(" ,.;:!\"“”‘’'–—-"))
    leading = _LEADING.match(text, start, end)
    start = leading.end() if leading and leading.end() < end else start
    return start, start + len(text[start:end].rstrip(" ,.;:!\"“”‘’'–—-"))


def _denials(reading: Reading, cue: Span, scope: Span, estimates: list[Estimate], grammar: Grammar) -> list[int]:
    """Where the negations begin that govern the prediction: near the predicting word, or as the clause's subject.

    Those within a term of probability ("almost no chance") are part of its range.
    """
    terms = [estimate.span for estimate in estimates]
    anchors = [cue, *terms, *_governed(reading, cue, scope, grammar)]
    near = [
        (reading.word(start) - NEGATION_REACH[0], reading.word(end - 1) + NEGATION_REACH[1]) for start, end in anchors
    ]
    barred = [*reading.spans(grammar.not_denials), *terms]
    found = {
        start
        for start, _ in reading.spans(grammar.denials)
        if any(first <= reading.word(start) <= last for first, last in near)
    }
    for start, _ in reading.spans(grammar.subject_denials):
        before = _SUBJECT_OPENS.sub("", reading.text[scope[0] : start])
        if start < cue[0] and not _NO_SUBJECT.search(before):
            found.add(start)
    return sorted(
        start for start in found
        if scope[0] <= start < scope[1] and not any(first <= start < end for first, end in barred)
    )  # fmt: skip


def _governed(reading: Reading, cue: Span, scope: Span, grammar: Grammar) -> list[Span]:
    """The predicting word of the clause that this one governs: "will" in "it is likely that Kyiv will not sign"."""
    later = [span for span in reading.spans(grammar.predicts) if cue[1] <= span[0] < scope[1]]
    return later[:1] if later and re.search(r"\bthat\b", reading.text[cue[0] : later[0][0]]) else []
