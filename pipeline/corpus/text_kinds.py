"""Text kinds: commentary or not, told from the words alone; where markup and section say it, page_kinds tells it.

Written for precision: whoever reads a report in an analysis must not lose the analysis. News and primary texts are told
by their form as a whole, never by the facts or documents that they give, and any argument by the author speaks against.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from pipeline.text import normalize, paragraph_spans, sentence_spans, words

UNKNOWN: Final = ("unknown", "")
# Share of the words that must stand in paragraphs of a kind's form, such as articles of a treaty or speakers' turns.
_MOST: Final = 0.6
_NEARLY_ALL: Final = 0.75  # Of a primary text, so that one given at length in an article does not make the article one.
_MANY_CLAUSES: Final = 8
_NOTE_WORDS: Final = 70  # Notes on the author and credits are short paragraphs.
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_QUOTED: Final = re.compile(r"“[^“”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^«»]*(?:»|$)")

_AUTHOR_NOTE: Final = re.compile(
    r"(?i)^\W*(?:about the author\W+)?the (?:authors?|writers?) (?:is|are|was|were|has|have|served?|teach(?:es)?|works?)\b|"
    r"\b(?:views|opinions)(?: and opinions)? (?:expressed|presented)\b.{0,60}\b(?:author|writer|columnist|contributor|"
    r"his own|her own|their own|do(?:es)? not)|"
    r"^\W*(?:(?!the\b)[\w.'’-]+ ){2,4}is an? (?:[\w-]+ ){0,4}(?:opinion|op-ed) (?:columnist|writer|contributor|editor)\b"
)
_ARGUES: Final = re.compile(
    r"\bI(?:['’]m| am)? (?:(?:still|also|do|have|would|firmly|strongly|long|always|don['’]t|do not) ){0,2}"
    r"(?:believed?|think|argued?|suspect|doubt|contend|submit|fear|hope|wish|convinced|disagree)\b|"
    r"\b[Ii]n my (?:view|opinion|judg(?:e)?ment)\b|\b[Tt]o my mind\b"
)
_NARRATOR: Final = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Ww]e|[Oo]ur|us)\b")
_FIRST_PERSON: Final = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|my|My)\b")
_EDITORIAL: Final = re.compile(
    r"(?i)\bthis (?:newspaper|editorial board) (?:(?:has|have|had|long|always|still|therefore|firmly) ){0,3}"
    r"(?:believe[sd]?|hold|holds|held|argue[sd]?|support(?:s|ed)|oppose[sd]?|urge[sd]?|warn(?:s|ed)|endorse[sd]?|"
    r"takes? the view)\b|"
    r"^\W*(?:by |from )?the (?:[A-Z]\w+ ){0,3}editorial board\W*$|"
    r"\bthis editorial (?:was written|reflects|represents|is the)\b|"
    r"\beditorials (?:represent|reflect) the (?:view|opinion)s?\b|"
    r"\bthe (?:opinion|view)s? of (?:this|our) editorial board\b"
)
_EDITED_INTERVIEW: Final = re.compile(
    r"(?i)\b(?:this|the|our|following)(?: \w+)? (?:interview|conversation|transcript|q ?& ?a)\b[^.]{0,60}"
    r"\b(?:edited|condensed|abridged|shortened)\b|\bedited (?:and condensed )?for (?:length|clarity|brevity)\b"
)
_TURN: Final = re.compile(
    r"^(?P<speaker>Q|A|(?:[A-Z][\w.'’-]*|THE)(?: (?:[A-Z(][\w.'’)-]*|of|de|van|von|the)){0,5})\s?[:.](?<![^QA]\.)\s+(?=\S)"
)
_SPOKEN_TITLE: Final = re.compile(
    r"\b(?:transcript|remarks|press (?:conference|briefing|availability)|hearing|news conference|speech|debate)\b", re.I
)
_WRITTEN_LEAD: Final = re.compile(
    r"(?i)^\W*(?:\w+[ -]){0,2}(?:analysis|explainer|opinion|comment(?:ary)?|column|editorial|essay|viewpoint|factbox|view|"
    r"perspective|newsletter)\b\W*[:|–—-]|^\W*(?:why|how|what)\b"
)
# Argument in the author's own words; in a report such words stand in quotation marks or beside "said".
_ARGUMENT: Final = re.compile(
    r"(?i)\b(?:should|must|ought|cannot afford|had better|needs? to)\b|\?$|\b(?:I|my|our|us|we)\b|"
    r"\b(?:perhaps|of course|in other words|in fact|in truth|in reality|after all|the (?:real )?(?:point|problem|"
    r"question|danger|lesson|truth|trouble|risk|paradox|irony) is|at best|at worst|make no mistake|absurd|naive|"
    r"folly|foolish|delusion(?:al)?|reckless|evident(?:ly)?|obvious(?:ly)?|unsurprisingly|arguably|paradoxically|"
    r"cynical(?:ly)?|nobody|the logic|that is (?:why|the|not|how)|which is (?:why|how|to say)|suggests? that|"
    r"this means|means that|(?:better|worse|rather) than|more than (?:the|it|any)|is likely to|are likely to|"
    r"no wonder|the truth)\b"
)
# What holds in general is the author's judgement more often than an event: "The pattern is old."
_STATIVE: Final = re.compile(r"\b(?:is|are|isn['’]t|aren['’]t)\b(?! (?:due|expected|scheduled|to) )")
_CONVERSING: Final = re.compile(r"\?|\b(?:I|we|you|your|my|our|us|thanks?)\b", re.IGNORECASE)
_ATTRIBUTED: Final = re.compile(
    r"(?i)\b(?:said|says|told|stated|announced|reported|added|according to|confirmed|declined|denied|quoted|wrote|"
    r"replied|warned|insisted|noted|asked)\b"
)
_TO_REPORTERS: Final = re.compile(
    r"\btold (?:reporters|journalists|a (?:news|press) (?:conference|briefing)|[A-Z]\w+(?: [A-Z]\w+)?)\b|"
    r"\bsaid in a statement\b|\bsaid on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_PLACE: Final = r"^[A-Z][A-Z'’.-]+(?:[ /][A-Z][A-Z'’.-]+){0,3}(?:, [A-Z][\w.]+(?: [A-Z]\w+)?)?"
_AGENCY_DATELINE: Final = re.compile(
    rf"{_PLACE}(?:, {_MONTH} \d{{1,2}}|, \d{{1,2}} {_MONTH})?(?:,? \d{{4}})?[.,]? ?"
    r"(?:\([A-Z][\w .,/&-]{1,30}\)|/[A-Z][\w ./-]+/)\s*[-–—.:]+|"
    rf"{_PLACE}, (?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?\.? ?/?(?:[A-Z][\w]+/)?\s*[-–—.]+\s"
)
_PLAIN_DATELINE: Final = re.compile(rf"{_PLACE}\s*[-–—]+\s")
_CREDIT: Final = re.compile(
    r"(?i)^\W*(?:additional )?(?:reporting|writing) (?:and (?:writing|editing) )?by [A-Z].{0,200}?\b(?:edit(?:ing|ed) by|"
    r"writing by|additional reporting)\b|^\((?:additional )?(?:reporting|writing|editing|with inputs?)\b.{0,200}\)\W*$"
)

_RECITAL: Final = re.compile(
    r"[-–—•· ]*(?:\(?[\divx]{1,4}[.)] ?|[a-z]\) ?)?(?:(?:deeply|gravely|strongly|also|further|again|firmly) )?"
    r"(?:recall|reaffirm|not|welcom|recogniz|recognis|having regard|having considered|whereas|convinced|concerned|"
    r"alarmed|bearing in mind|guided|mindful|determined|emphasiz|stress|underlin|decid|call|demand|urg|request|"
    r"condemn|resolv|affirm|deplor|express|instruct|be it|encourag|invit|appeal|declar|acting)",
    re.IGNORECASE,
)
_BODY: Final = re.compile(
    r"^The (?:United Nations )?(?:General Assembly|Security Council|European Parliament|Parliamentary Assembly|Senate|"
    r"House of Representatives|Verkhovna Rada|Council of the European Union|Permanent Council),?$"
)
# An opening quotation mark is no part of these forms: a quoted clause is not a clause.
_CLAUSE: Final = re.compile(
    r"^(?:(?:Article|Section|Sec\.|Point|Annex|Chapter|§)\s*[\dIVX]+|\(?(?:\d\d?|[a-z])[.)])", re.I
)
_BINDING: Final = re.compile(r"\b(?:shall|will|undertakes?|agrees?|is hereby|are hereby|commits?|may not)\b", re.I)
_CONTRACTUAL: Final = re.compile(
    r"(?i)\b(?:the (?:high contracting )?(?:parties|sides|participants)|hereinafter|hereby|entry into force|"
    r"have agreed (?:as follows|on the following))\b"
)
_INSTRUMENT: Final = re.compile(
    r"(?i)\b(?:agreement|memorandum|treaty|protocol|accord|plan|framework|proposal|points|terms|text|declaration|"
    r"armistice|ceasefire)\b"
)
_ORDER: Final = re.compile(r"By the authority vested in me as President\b", re.I)
_FORMAL: Final = (
    (_ORDER, _CLAUSE, "an order by the authority of a president"),
    (_BODY, _RECITAL, "a resolution by an assembly or council"),
)
_READOUT_TITLE: Final = re.compile(
    r"^\W*(?:readout (?:of|from)\b|(?:tele)?phone (?:call|conversation) with\b|(?:official )?summary of the .*\bcall\b)",
    re.I,
)
_READOUT: Final = re.compile(r".{0,160}\b(?:spoke|met|(?:held|had) an? [\w ]*(?:call|conversation|meeting))\b", re.I)
_ATTRIBUTABLE: Final = re.compile(r"^\W*the (?:below|following) is attributable to\b", re.I)
_STATEMENT_TITLE: Final = re.compile(
    r"(?i)^\W*(?:(?:joint|press|official|written|leaders['’]?) )*(?:statement|declaration|communiqu[eé])\b"
    r"(?: (?:by|of|from|on)\b|\W*$)"
)
_STATES: Final = re.compile(
    r"(?:We, the (?:undersigned |[\w-]+ ){0,3}(?:leaders|heads|presidents?|foreign ministers|ministers|"
    r"members|governments?|participants)\b|"
    r"The (?:Ministry|Government|Foreign Ministry|Office of the President|European Union|Permanent Mission)\b[^.]{0,80}\b"
    r"(?:expresses|condemns|strongly condemns|declares|reaffirms|welcomes|states|notes|rejects|calls|considers)\b)"
)
_WE_STATE: Final = re.compile(
    r"\b[Ww]e (?:(?:strongly|firmly|again|also|further|jointly|once more|fully) )?(?:reaffirm|call (?:on|upon|for)|"
    r"condemn|welcome|underline|reiterate|express|stress|emphasi[sz]e|commend|agreed?|commit|support|pledge|urge|stand)\b"
)


class _Reading(NamedTuple):
    """A text as the rules look at it: paragraphs, and the author's own sentences with quotations taken out."""

    title: str
    paragraphs: tuple[str, ...]
    own_sentences: tuple[str, ...]

    @property
    def ends(self) -> tuple[str, ...]:
        """Short paragraphs at the head and foot, where bylines, credits and notes on the author stand."""
        ends = (*self.paragraphs[:3], *self.paragraphs[3:][-4:])
        return tuple(paragraph for paragraph in ends if len(words(paragraph)) <= _NOTE_WORDS)

    def share(self, holds: Callable[[str], object]) -> float:
        """Share of the words that stand in paragraphs for which the condition holds."""
        total = sum(len(words(paragraph)) for paragraph in self.paragraphs)
        return sum(len(words(paragraph)) for paragraph in self.paragraphs if holds(paragraph)) / max(total, 1)


def label(title: str, text: str) -> tuple[str, str]:
    """The kind of text, one of pipeline.tables.corpus.SECTIONS, and the evidence in words; ("unknown", "") without any.

    `text` has its paragraphs divided by blank lines. The forms of speech come first (transcript, interview), then the
    marks of commentary (editorial, opinion); a text with none of them may be a primary text or news. English only.
    """
    reading = _reading(title, text)
    rules = (_spoken, _editorial, _opinion, _primary, _news)
    return next((found for rule in rules if (found := rule(reading))), UNKNOWN)


def _reading(title: str, text: str) -> _Reading:
    whole = normalize(text)
    paragraphs = tuple(whole[start:end] for start, end in paragraph_spans(whole))
    own = "\n\n".join(_QUOTED.sub(" ", paragraph) for paragraph in paragraphs)
    sentences = tuple(own[span.start : span.end] for span in sentence_spans(own))
    return _Reading(normalize(title), paragraphs, sentences)


def _spoken(reading: _Reading) -> tuple[str, str] | None:
    turns = [(match["speaker"], paragraph) for paragraph in reading.paragraphs if (match := _TURN.match(paragraph))]
    counts = Counter(speaker for speaker, _ in turns)
    speakers = {speaker: count for speaker, count in counts.items() if count > 1}
    is_told = any(_EDITED_INTERVIEW.search(paragraph) for paragraph in reading.paragraphs)
    questions = [part for part in reading.paragraphs if part.endswith("?") and len(words(part)) <= _NOTE_WORDS]
    conversing = sum(bool(_CONVERSING.search(paragraph)) for _, paragraph in turns)
    is_spoken = len(turns) >= 4 and len(speakers) >= 2 and conversing * 2 >= len(turns)
    if is_spoken and reading.share(_TURN.match) >= _MOST:
        asking = Counter(speaker for speaker, paragraph in turns if "?" in paragraph)
        asked = {speaker: asking[speaker] / count for speaker, count in speakers.items()}
        asks = max(asked, key=lambda speaker: asked[speaker])
        is_pair = len(speakers) == 2 and asked[asks] >= _MOST > min(asked.values())
        if (is_pair or is_told) and not _SPOKEN_TITLE.search(reading.title):
            return "interview", f"{len(turns)} turns in which {asks} asks"
        return "transcript", f"{len(turns)} turns of {len(speakers)} speakers, such as {counts.most_common(1)[0][0]}"
    if is_told and len(questions) >= 2:
        return "interview", f"{len(questions)} questions as paragraphs, and a note that the interview was edited"
    return None


def _editorial(reading: _Reading) -> tuple[str, str] | None:
    own = [_QUOTED.sub(" ", paragraph) for paragraph in (*reading.ends, *reading.own_sentences)]
    found = next((match.group() for paragraph in own if (match := _EDITORIAL.search(paragraph))), None)
    return ("editorial", f"the words {_excerpt(found)}") if found else None


def _opinion(reading: _Reading) -> tuple[str, str] | None:
    for paragraph in reading.ends:
        if _AUTHOR_NOTE.search(_QUOTED.sub(" ", paragraph)):
            return "opinion", f"the note {_excerpt(paragraph)}"
    first = [sentence for sentence in reading.own_sentences if _FIRST_PERSON.search(sentence)]
    argued = [match for sentence in first if (match := _ARGUES.search(sentence))]
    if len(argued) >= 2 or (argued and len(first) >= 3):
        return "opinion", f"first-person argument, {_excerpt(argued[0].group())}, in {len(first)} sentences"
    return None


def _primary(reading: _Reading) -> tuple[str, str] | None:
    if not reading.paragraphs or _WRITTEN_LEAD.search(reading.title):
        return None
    for opening, clause, told in _FORMAL:
        is_opened = any(map(opening.match, reading.paragraphs[:3]))
        if is_opened and reading.share(re.compile(f"{opening.pattern}|{clause.pattern}", re.I).match) >= _NEARLY_ALL:
            return "primary", told
    return _agreed(reading) or _stated(reading)


def _agreed(reading: _Reading) -> tuple[str, str] | None:
    """The clauses of an agreement or plan; a clause with remarks on it is commentary, so sentences are counted."""
    clauses: list[str] = []
    for paragraph in reading.paragraphs:
        if _CLAUSE.match(paragraph):
            clauses.append(paragraph)
        elif clauses and _CLAUSE.sub("x", clauses[-1])[-1].isalnum():  # A bare heading, such as "Article 2".
            clauses[-1] = f"{clauses[-1]}\n{paragraph}"
    whole = "\n\n".join(_CLAUSE.sub("", clause).lstrip(" .:") for clause in clauses)
    sentences = [whole[span.start : span.end] for span in sentence_spans(whole)]
    binding = sum(bool(_BINDING.search(sentence)) for sentence in sentences)
    is_instrument = _CONTRACTUAL.search(f"{reading.paragraphs[0]} {whole}") or binding >= _MANY_CLAUSES
    preamble = reading.paragraphs[0] if _CONTRACTUAL.search(reading.paragraphs[0]) else ""
    formal = len(words(" ".join(clauses if preamble in clauses else [preamble, *clauses])))
    is_whole = formal >= _NEARLY_ALL * len(words(" ".join(reading.paragraphs)))
    if len(clauses) < 3 or not is_whole or not is_instrument or not _INSTRUMENT.search(reading.title):
        return None
    told = f"{len(clauses)} clauses of an instrument, {binding} of {len(sentences)} sentences binding"
    return ("primary", told) if binding >= _NEARLY_ALL * len(sentences) else None


def _stated(reading: _Reading) -> tuple[str, str] | None:
    """A readout, or a statement by a government in its own name."""
    opening = reading.paragraphs[0]
    is_readout = _READOUT_TITLE.match(reading.title) and _READOUT.match(opening)
    if _ATTRIBUTABLE.match(opening) or (is_readout and not any(map(_ARGUMENT.search, reading.own_sentences))):
        return "primary", f"a readout: {_excerpt(reading.title or opening)}"
    stating = sum(bool(_WE_STATE.search(sentence)) for sentence in reading.own_sentences)
    if _STATES.match(opening) and (stating >= 2 or _STATEMENT_TITLE.match(reading.title)):
        return "primary", f"a statement in its own name: {_excerpt(opening)}"
    is_own = _CONVERSING.search(opening) and stating * 4 >= len(reading.own_sentences)
    if _STATEMENT_TITLE.match(reading.title) and stating >= 3 and is_own:
        return "primary", f"a statement in its own name: {_excerpt(reading.title)}"
    return None


def _news(reading: _Reading) -> tuple[str, str] | None:
    sentences = [sentence for sentence in reading.own_sentences if not _CREDIT.search(sentence)]
    attributed = [sentence for sentence in sentences if _ATTRIBUTED.search(sentence)]
    own = [sentence for sentence in sentences if not _ATTRIBUTED.search(sentence)]
    if not sentences or _WRITTEN_LEAD.search(reading.title) or reading.title.endswith("?"):
        return None
    if any(_NARRATOR.search(sentence) for sentence in sentences) or any(_ARGUMENT.search(sentence) for sentence in own):
        return None
    density = len(attributed) / len(sentences)
    told = f"{len(attributed)} of {len(sentences)} sentences attributed"
    credit = next((paragraph for paragraph in reading.ends if _CREDIT.search(paragraph)), None)
    if credit and density >= 1 / 4:
        return "news", f"the credit {_excerpt(credit)}; {told}"
    stative = sum(bool(_STATIVE.search(sentence)) for sentence in own)
    if stative > len(sentences) // 10 or (own[-1:] == sentences[-1:] and _STATIVE.search(sentences[-1])):
        return None
    return _reported(reading, attributed, density, told)


def _reported(reading: _Reading, attributed: list[str], density: float, told: str) -> tuple[str, str] | None:
    """News by its dateline, or by attribution throughout, where no credit tells it."""
    opening = reading.paragraphs[:2]
    dateline = next((match for paragraph in opening if (match := _AGENCY_DATELINE.match(paragraph))), None)
    if dateline and density >= 1 / 3:
        return "news", f"the dateline {_excerpt(dateline.group())}; {told}"
    if any(map(_PLAIN_DATELINE.match, opening)) and len(attributed) >= 3 and density >= 1 / 2:
        return "news", f"a dateline; {told}"
    reports = sum(bool(_TO_REPORTERS.search(sentence)) for sentence in attributed)
    if len(attributed) >= 4 and density >= 3 / 4 and reports >= 2:
        return "news", told
    return None


def _excerpt(words_found: str) -> str:
    found = " ".join(words_found.split())
    return repr(found if len(found) <= 80 else f"{found[:79]}…")
