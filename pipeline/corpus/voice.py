"""Voice: whose voice speaks in each sentence, by rules on its structure. It knows nothing of what the sentence says.

The rules put precision before recall: where the structure does not tell, the sentence is the author's own.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby, islice, takewhile
from typing import Final, NamedTuple

from pipeline.corpus import agents, attribution
from pipeline.text import SentenceSpan, words

MINIMUM_QUOTED_WORDS: Final = 5  # Shorter quotations are scare quotes or phrases inside the author's own claim.
CLOSING_PARAGRAPHS: Final = 3  # A biography stands in the last paragraphs only; elsewhere it is an argument.
LONGEST_BOILERPLATE: Final = 60

_TAG_VERB: Final = (
    r"(?:sa(?:id|ys?)|told|tells|ask(?:ed|s)|add(?:ed|s)|remark(?:ed|s)|recall(?:ed|s)|conceded|explain(?:ed|s)|argue[sd]"
    r"|wr(?:ote|ites)|observe[sd]|repl(?:y|ie[sd])|answer(?:ed|s)|cried|note[sd]|warn(?:ed|s)|complain(?:ed|s)|joke[sd]"
    r"|insist(?:ed|s)|declare[sd]|admit(?:s|ted)|reflect(?:s|ed)|muse[sd]|sigh(?:s|ed)|shrug(?:s|ged)|retort(?:s|ed))"
)
_NAME: Final = r"(?:[^,.:;“”]|(?<=\b[A-Z])\.)"
_TAG_AFTER: Final = re.compile(rf"”,? {_TAG_VERB} (?P<who>{_NAME}{{2,80}})")
_TAG_BEFORE: Final = re.compile(
    rf"(?:”,? |^|, )(?P<who>{_NAME}{{2,60}}?) (?:\w+ly |once |has |had )?{_TAG_VERB}\b[^“”]{{0,40}}(?:[,.:]|$)"
)
_WHO_ENDS: Final = re.compile(
    r"\s(?:who|which|that|when|after|as|to|during|on|in an?|afterwards|last|this|yesterday|at)\b"
)
_NOBODY: Final = frozenset("he she they it i we you".split())
_SPEECH: Final = re.compile(rf"^“[,.!?]”|^“”[,.;!?]|[,:] “|\b{_TAG_VERB}(?: that)? “")

_BOILERPLATE: Final = re.compile(
    r"\W*(?:[Bb]y (?:[A-Z][\w.’'-]*(?:,| and| -| –|\s|$)\s*){2,8}[\W\d]*$"
    r"|(?i:author: |read (?:more|next|also)(?: (?:from|on|about|here|at|by|of)\b|:|\W*$)"
    r"|(?:subscribe|sign up) (?:to|for|now|here|today)\b|click here\b|related: |all rights reserved|copyright \d|©"
    r"|th(?:is|e) (?:article|essay|column|piece|commentary|post)\b.{0,30}\b(?:originally|first) (?:published|appeared)"
    r"|(?:originally|first) published (?:in|on|by|at)\b|republished (?:with|from|under)\b"
    r"|follow \w+.{0,30}\bon (?:twitter|x|facebook)\b|(?:image|photo(?:graph)?|picture)(?: credits?)?: "
    r"|the (?:views|opinions) expressed\b|editor['’]s note\b|share this (?:article|story|post)\b"
    r"|support our\b.{0,30}\bjournalism))"
)
_BIOGRAPHY: Final = re.compile(
    r"\W*[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]*){1,3},? (?:is|was) (?:an?|the) (?:[\w’'-]+ ){0,6}?(?:fellow|professor"
    r"|analyst|columnist|correspondent|researcher|lecturer|scholar|editor|contributor|director|historian)\b.{0,40}?"
    r"\b(?:at|of|for|with|in) "
)


class Voice(NamedTuple):
    """Whose voice speaks (a label of VOICES), and who that is where it can be told, in the text's own words."""

    voice_label: str
    speaker: str | None = None


class _Quotation(NamedTuple):
    """What stands between double quotation marks, marks included; `runs_on` where the next paragraph reopens it."""

    start: int
    end: int
    runs_on: bool


class _Sentence(NamedTuple):
    """A sentence, and its quotations as offsets in it; `outer` has a pair of marks in place of each quotation."""

    text: str
    outer: str
    quoted_word_count: int
    longest_quotation: int


def label(text: str, spans: Sequence[SentenceSpan]) -> list[Voice]:
    """The voice of each sentence of a body text, one for each span and in their order.

    `quoted`: most of its words are somebody else's, inside double quotation marks. `reported`: somebody else's position
    without the marks, told by an attribution. `boilerplate`: bylines, links, biographies. `author`: all the rest, the
    author's own "I believe that" included. A speaker is missing where the text does not name one.
    """
    names = agents.names_in(text)
    paragraphs = [list(group) for _, group in groupby(spans, key=lambda span: span.paragraph)]
    quotations = _quotations(text, paragraphs)
    open_ends = {quotation.end for quotation in quotations if quotation.runs_on}
    voices: list[Voice] = []
    for number, group in enumerate(paragraphs):
        sentences = [_sentence(text, span, quotations) for span in group]
        if _is_boilerplate(sentences, is_closing=number >= max(1, len(paragraphs) - CLOSING_PARAGRAPHS)):
            voices += [Voice("boilerplate")] * len(group)
            continue
        runs_on = bool(number and paragraphs[number - 1][-1].end in open_ends)
        before = attribution.Before(*voices[-1]) if runs_on and voices else attribution.Before()
        voices += _paragraph(sentences, names, before)
    return voices


def _paragraph(sentences: Sequence[_Sentence], names: frozenset[str], before: attribution.Before) -> Iterator[Voice]:
    for position, sentence in enumerate(sentences):
        voice, speaker = Voice("author"), None
        if _is_quoted(sentence):
            speaker = _tagged(sentence.outer) or (before.speaker if before.voice_label == "quoted" else None)
            if speaker is None and position + 1 < len(sentences) and _is_quoted(sentences[position + 1]):
                speaker = _tagged(sentences[position + 1].outer)
            voice = Voice("quoted", speaker)
        elif found := attribution.find(sentence.text, names=names, before=before):
            voice = Voice("reported", found.speaker)
        before = attribution.Before(*voice)
        yield voice


def _is_boilerplate(sentences: Sequence[_Sentence], *, is_closing: bool) -> bool:
    if sum(len(words(sentence.text)) for sentence in sentences) > LONGEST_BOILERPLATE:
        return False
    first = sentences[0].text
    return bool(_BOILERPLATE.match(first) or (is_closing and _BIOGRAPHY.match(first)))


def _quotations(text: str, paragraphs: Sequence[Sequence[SentenceSpan]]) -> list[_Quotation]:
    """Quotations by paragraph. One that its paragraph does not close runs on if the next paragraph reopens it, as
    printers do, and is otherwise taken to end with its sentence, as after a slip of the pen."""
    found: list[_Quotation] = []
    for number, group in enumerate(paragraphs):
        first, last = group[0].start, group[-1].end
        opened: int | None = None
        for mark in re.finditer(r"[“”\"]", text[first:last]):
            place = first + mark.start()
            if _opens(text, place, first):
                opened = place
            elif opened is not None:
                found.append(_Quotation(opened, place + 1, runs_on=False))
                opened = None
        if opened is not None:
            following = paragraphs[number + 1][0].start if number + 1 < len(paragraphs) else None
            runs_on = following is not None and text[following] in '“"'
            ends = [span.end for span in group if span.end > opened]
            found.append(_Quotation(opened, ends[-1] if runs_on else ends[0], runs_on))
    return found


def _opens(text: str, place: int, first: int) -> bool:
    if text[place] != '"':
        return text[place] == "“"
    is_after_space = place == first or text[place - 1] in " \n([—–-/"
    return is_after_space and place + 1 < len(text) and not text[place + 1].isspace()


def _sentence(text: str, span: SentenceSpan, quotations: Sequence[_Quotation]) -> _Sentence:
    sentence = text[span.start : span.end]
    # Quotations are in order and disjoint, so only neighbours need to be looked at.
    nearest = bisect_right(quotations, span.start, key=lambda one: one.end)
    within = list(takewhile(lambda one: one.start < span.end, islice(quotations, nearest, None)))
    parts, at, count = [], 0, 0
    for quotation in within:
        start, end = max(quotation.start, span.start) - span.start, min(quotation.end, span.end) - span.start
        closing = re.search(r"[,.!?](?=[”\"]?$)", sentence[start:end])
        parts += [sentence[at:start], "“", closing.group() if closing else "", "”"]
        at, count = end, count + len(words(sentence[start:end]))
    longest = max((len(words(text[one.start : one.end])) for one in within), default=0)
    return _Sentence(sentence, "".join([*parts, sentence[at:]]), count, longest)


def _is_quoted(sentence: _Sentence) -> bool:
    total = len(words(sentence.text))
    if sentence.longest_quotation < MINIMUM_QUOTED_WORDS:
        return sentence.quoted_word_count >= MINIMUM_QUOTED_WORDS and 2 * sentence.quoted_word_count > total
    if sentence.quoted_word_count == total:
        return True
    # A comma or a tag tells speech from a title or a phrase that the author's own sentence is built around.
    is_mostly = 2 * sentence.quoted_word_count > total and bool(_SPEECH.search(sentence.outer))
    is_tagged = bool(re.match(r"“[,.!?]?”", sentence.outer)) and bool(_tagged(sentence.outer, or_nobody=True))
    return sentence.quoted_word_count >= MINIMUM_QUOTED_WORDS and (is_mostly or is_tagged)


def _tagged(outer: str, *, or_nobody: bool = False) -> str | None:
    """Who is named as speaking beside a quotation: "..." said X; "...," X said; X said, "...". "He" is nobody."""
    tag = (_TAG_AFTER.search(outer) or _TAG_BEFORE.search(outer)) if "“" in outer else None
    who = re.sub(rf"\s{_TAG_VERB}$", "", _WHO_ENDS.split(tag["who"])[0].strip()) if tag else ""
    return (who or None) if or_nobody or who.lower() not in _NOBODY else None
