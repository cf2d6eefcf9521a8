"""Voice: whose voice speaks in each sentence, by rules on its structure. It knows nothing of what the sentence says.

The rules put precision before recall: where the structure does not tell, the sentence is the author's own.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby, islice, takewhile
from typing import Final, NamedTuple

from pipeline.corpus import agents, attribution, voice_boilerplate, voice_quotations, voice_reports, voice_verbs
from pipeline.corpus.voice_quotations import Quotation
from pipeline.text import SentenceSpan, words

MINIMUM_QUOTED_WORDS: Final = 5  # Shorter quotations are scare quotes or phrases inside the author's own claim.
MINIMUM_TAGGED_WORDS: Final = 2  # "Not now," said the envoy: the tag tells that it was said.
MINIMUM_WITHIN_REPORT: Final = 4  # Within a report, so many words in marks make it a quotation.
MINIMUM_SHARE_WITHIN_REPORT: Final = 0.15
CLOSING_PARAGRAPHS: Final = 3  # A biography stands in the last paragraphs only; elsewhere it is an argument.
LOOK_AHEAD: Final = 3  # Sentences of a quotation within which it may still be said who speaks.

_NAME: Final = r"(?:[^,.:;“”]|(?<=\b[A-Z])\.)"
_TAG_AFTER: Final = re.compile(rf"”,? (?:has |had )?{voice_verbs.TAG} (?P<who>{_NAME}{{2,80}})")
_TAG_BEFORE: Final = re.compile(
    rf"(?:”,? |^|, )(?P<who>{_NAME}{{2,60}}?) (?:\w+ly |once |has |had |later |also )?{voice_verbs.TAG}\b"
    r"[^“”]{0,40}(?:[,.:]|$|(?= “))"
)
_TAG_BESIDE: Final = re.compile(
    rf"^“[,.!?—–]?”,? (?P<who>{_NAME}{{2,70}}?) (?:\w+ly |once |has |had )?{voice_verbs.TAG}\b"
)
_WHO_ENDS: Final = re.compile(
    r"\s(?:who|which|that|when|after|as|to|during|on|in an?|in (?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December|\d+)|afterwards|last|this|yesterday|at|while|before|earlier)\b"
)
_NOBODY: Final = frozenset("he she they it i we you".split())
_SPEECH: Final = re.compile(rf"^“[,.!?]”|^“”[,.;!?]|[,:] “|\b{voice_verbs.TAG}(?: that)? “")
_SPOKEN_FIRST: Final = re.compile(
    rf"^“[,!?—–]”,? (?:{voice_verbs.TAG} {_NAME}{{2}}|{_NAME}{{2,50}}? {voice_verbs.TAG}\b)"
)
_ANNOUNCED: Final = re.compile(r": “[.,!?…]?”\W*$")
_QUESTION_IN_INTERVIEW: Final = re.compile(r"^(?:\*\*)?(?:Q|Question|Interviewer|Вопрос)\s?[.:]")


class Voice(NamedTuple):
    """Whose voice speaks (a label of VOICES), and who that is where it can be told, in the text's own words."""

    voice_label: str
    speaker: str | None = None


class _Sentence(NamedTuple):
    """A sentence, and its quotations as offsets in it; `outer` has a pair of marks in place of each quotation."""

    text: str
    outer: str
    quoted_word_count: int
    longest_quotation: int


def label(text: str, spans: Sequence[SentenceSpan]) -> list[Voice]:
    """The voice of each sentence of a body text, one for each span and in their order.

    `quoted`: most of its words are somebody else's, inside quotation marks. `reported`: somebody else's position
    without the marks, told by an attribution. `boilerplate`: bylines, links, biographies. `author`: all the rest, the
    author's own "I believe that" included. A speaker is missing where the text does not name one.
    """
    names = agents.names_in(text)
    paragraphs = [list(group) for _, group in groupby(spans, key=lambda span: span.paragraph)]
    quotations = voice_quotations.find(text, paragraphs)
    open_ends = {quotation.end for quotation in quotations if quotation.runs_on}
    voices: list[Voice] = []
    for number, group in enumerate(paragraphs):
        sentences = [_sentence(text, span, quotations) for span in group]
        is_closing = number >= max(1, len(paragraphs) - CLOSING_PARAGRAPHS)
        if voice_boilerplate.is_boilerplate([one.text for one in sentences], is_closing=is_closing):
            voices += [Voice("boilerplate")] * len(group)
            continue
        runs_on = bool(number and paragraphs[number - 1][-1].end in open_ends)
        before = attribution.Before(*voices[-1]) if runs_on and voices else attribution.Before()
        voices += _paragraph(sentences, names, before)
    return _whole_page(text, spans, voices)


def _whole_page(text: str, spans: Sequence[SentenceSpan], voices: list[Voice]) -> list[Voice]:
    """The voices, those sentences included that a page reporting one analyst's article leaves unmarked."""
    continued = voice_reports.continued(
        [text[span.start : span.end] for span in spans],
        [span.paragraph for span in spans],
        [voice.speaker for voice in voices],
        [voice.voice_label in {"quoted", "reported"} for voice in voices],
    )
    return [
        Voice("reported", continued[number]) if number in continued and voice.voice_label == "author" else voice
        for number, voice in enumerate(voices)
    ]


def _paragraph(sentences: Sequence[_Sentence], names: frozenset[str], before: attribution.Before) -> Iterator[Voice]:
    for position, sentence in enumerate(sentences):
        voice = _voice(sentence, sentences[position + 1 : position + 1 + LOOK_AHEAD], names, before)
        before = attribution.Before(*voice)
        yield voice


def _voice(
    sentence: _Sentence, following: Sequence[_Sentence], names: frozenset[str], before: attribution.Before
) -> Voice:
    if _is_quoted(sentence):
        speaker = _tagged(sentence.outer) or (before.speaker if before.voice_label == "quoted" else None)
        ahead = takewhile(_is_quoted, following)
        return Voice("quoted", speaker or next(filter(None, (_tagged(one.outer) for one in ahead)), None))
    if voice_boilerplate.is_housekeeping(sentence.text):
        return Voice("boilerplate")
    if _QUESTION_IN_INTERVIEW.match(sentence.text):
        return Voice("author")
    found = attribution.find(sentence.text, names=names, before=before)
    if not found:
        return Voice("author")
    is_in_words = (
        sentence.longest_quotation >= MINIMUM_WITHIN_REPORT
        and sentence.quoted_word_count >= MINIMUM_SHARE_WITHIN_REPORT * len(words(sentence.text))
    )
    return Voice("quoted" if is_in_words else "reported", found.speaker)


def _sentence(text: str, span: SentenceSpan, quotations: Sequence[Quotation]) -> _Sentence:
    sentence = text[span.start : span.end]
    # Quotations are in order and disjoint, so only neighbours need to be looked at.
    nearest = bisect_right(quotations, span.start, key=lambda one: one.end)
    within = list(takewhile(lambda one: one.start < span.end, islice(quotations, nearest, None)))
    parts, at, count = [], 0, 0
    for quotation in within:
        start, end = max(quotation.start, span.start) - span.start, min(quotation.end, span.end) - span.start
        closing = re.search(r"[,.!?—–](?=[”\"’'»“]?$)", sentence[start:end])
        parts += [sentence[at:start], "“", closing.group() if closing else "", "”"]
        at, count = end, count + len(words(sentence[start:end]))
    longest = max((len(words(text[one.start : one.end])) for one in within), default=0)
    return _Sentence(sentence, "".join([*parts, sentence[at:]]), count, longest)


def _is_quoted(sentence: _Sentence) -> bool:
    total = len(words(sentence.text))
    if sentence.quoted_word_count >= MINIMUM_TAGGED_WORDS and _SPOKEN_FIRST.match(sentence.outer):
        return True
    if sentence.longest_quotation < MINIMUM_QUOTED_WORDS:
        return sentence.quoted_word_count >= MINIMUM_QUOTED_WORDS and 2 * sentence.quoted_word_count > total
    if sentence.quoted_word_count == total:
        return True
    # A comma or a tag tells speech from a title or a phrase that the author's own sentence is built around.
    is_mostly = 2 * sentence.quoted_word_count > total and bool(_SPEECH.search(sentence.outer))
    is_announced = bool(_ANNOUNCED.search(sentence.outer))
    is_tagged = bool(re.match(r"“[,.!?—–]?”", sentence.outer)) and bool(_tagged(sentence.outer, or_nobody=True))
    return is_announced or (sentence.quoted_word_count >= MINIMUM_QUOTED_WORDS and (is_mostly or is_tagged))


def _tagged(outer: str, *, or_nobody: bool = False) -> str | None:
    """Who is named as speaking beside a quotation: "..." said X; "...," X said; X said, "...". "He" is nobody."""
    if "“" not in outer:
        return None
    tag = _TAG_AFTER.search(outer) or _TAG_BEFORE.search(outer) or _TAG_BESIDE.search(outer)
    who = re.sub(rf"\s{voice_verbs.TAG}$", "", _WHO_ENDS.split(tag["who"])[0].strip()) if tag else ""
    return (who or None) if or_nobody or who.lower() not in _NOBODY else None
