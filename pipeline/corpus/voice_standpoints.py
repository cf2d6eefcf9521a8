"""Standpoints: positions reported by nouns and prepositions ("in X's view", "X's argument is that", "according to X").

The frames of verbs ("X said that") are in `attribution`.
"""

import re
from typing import Final, NamedTuple

from pipeline.corpus import agents


class Before(NamedTuple):
    """What came before a sentence in its paragraph: the voice of the last sentence, and who spoke in it."""

    voice_label: str = "author"
    speaker: str | None = None


class Attribution(NamedTuple):
    """A sentence is reported; by whom, in the text's own words, where it can be told."""

    speaker: str | None


_PLACE: Final = (
    r"((?:the |some |many |most )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*(?: (?:capitals|circles))?"
    r"|some quarters|(?:these|other|certain|some|many|most|European|Western) (?:capitals|circles|quarters))"
)
_STATED: Final = (
    r"(?:said|argued|claimed|maintained|murmured|whispered|alleged|contended|objected|assumed|believed|thought|held|feared"
    r"|hoped|rumou?red|supposed|suggested)"
)
_IMPERSONAL: Final = re.compile(
    rf"(?:it (?:is|was|has been|is being"
    rf"|had been) (?:\w+ ){{0,2}}{_STATED}\b(?: (?i:in) (?-i:{_PLACE}))?[^.;:]{{0,60}}?\bthat\b"
    r"|(?:we|i) (?:are|am|were|was|have been) (?:\w+ ){0,2}(?:told|assured|informed)\b[^.;:]{0,80}?\b(?:that|by)\b)",
    re.IGNORECASE,
)
_TOLD_ASIDE: Final = re.compile(r", (?:I am|we are|I have been|we have been)(?: \w+)? (?:told|assured|informed),")
_HEARSAY_IN: Final = re.compile(
    rf"\b[Ii]t (?:is|was|has (?:long )?been|has become|had become) [^,.;:]{{3,40}}? in {_PLACE},? that\b"
    rf"|\b[Ii]n {_PLACE},? (?:where )?it (?:is|was) (?:\w+ )?(?:{_STATED}|understood|reckoned) that\b"
    rf"|\b[Tt]here (?:is|was) [^,.;:]{{3,60}}\b(?:view|belief|feeling|fear|hope|consensus|conviction|suspicion|sense)\b"
    rf"[^,.;:]{{0,20}} (?:in|within|among) {_PLACE}[^,.;:]{{0,30}} that\b"
)
_HEARSAY: Final = re.compile(
    r"^[^,;:]{1,90}\b(?:is|are|was|were) (?:\w+ly )?(?:said|held|rumou?red|alleged|thought)"
    r"(?: (?:by|in) [^,;:]{2,50})? to (?:be|have|[a-z]+)\b"
)
_STANDPOINT: Final = (
    r"(?:view|reading|telling|retelling|version|account|eyes|opinion|judge?ment|estimation|narrative|interpretation"
    r"|perspective|point of view|standpoint|estimate|assessment|analysis|words|vision|mind|reckoning|logic|thinking"
    r"|calculation|description|formulation)"
)
_VIEWED: Final = re.compile(
    rf"(?:^|, |[—–] )(?:but |and |yet )?(?!on th(?:is|at) account)(?:in|on|by|from|to|through)"
    rf" (?:the {_STANDPOINT} of (?P<of>(?:the )?[^,;:.]{{2,60}})"
    rf"|(?P<owner>[^,;:]{{2,50}}?)(?:(?P<possessive>['’]s|s['’]))? (?:own )?{_STANDPOINT})(?:,|\s|\.)",
    re.IGNORECASE,
)
_TO_THEM: Final = re.compile(
    r"^(?:But |And |Yet )?(?:To|For|Among) (?P<owner>(?:(?:his|her|its|their|the|many|some|most|all) )?(?:[\w’'-]+ ){0,2}?"
    r"(?:admirers|advocates|analysts|believers|critics|cynics|defenders|detractors|hawks|opponents|optimists|pessimists"
    r"|proponents|realists|sceptics|skeptics|supporters|those who (?:think|believe|hold|argue|say|see|doubt))\b)"
)
_ACCORDING: Final = re.compile(
    r"(?:^|[,;] |\b(?:but|and|yet) )according to (?P<source>[^,;:.]{2,90}(?:\.[^,;: ][^,;:.]*)*)", re.IGNORECASE
)
_HAS_BEEN_TOLD: Final = re.compile(
    r"^(?:But |And |Now )?(?:[\w’'-]+ ){1,5}(?:is|are|has been|have been) (?:\w+ly |now |often |always )?"
    r"(?:told|assured|informed)\b[^.;:,]{0,50},? that\b"
)
_SEES: Final = re.compile(
    r"\bas (?P<owner>(?:the )?[\w.’' -]{2,50}?) (?:would |might )?(?:sees?|saw|tells?|told|has|had|puts?|put"
    r"|understands?|understood) (?:it|the matter)\b",
    re.IGNORECASE,
)
_POSITION_NOUN: Final = (
    r"(?:position|view|line|argument|case|contention|claim|theory|thesis|stance|answer|reply|complaint|objection|message"
    r"|belief|explanation|assumption|calculation|conviction|reasoning|premise|fear|hope|bet|point|rejoinder|retort"
    r"|concern|worry|narrative|expectation|thinking|conclusion|verdict|judge?ment|warning|insistence|opinion|logic|idea"
    r"|consensus|diagnosis|assessment|suspicion|wisdom|charge|defen[cs]e|calculus|perception)"
)
_POSITION: Final = re.compile(
    r"^(?:but |and |yet )?(?P<owner>[^,;:]{2,60}?)(?P<possessive>['’]s?)? "
    rf"(?P<kind>own |official |stated |public |initial |basic |central |main |chief |core |real |private |standard )?"
    rf"{_POSITION_NOUN}s?"
    r"(?:,[^,;:]{1,90},|(?: (?:about|on|of|for|at|over) [^,;:]{1,50}?)?) "
    r"(?:is|was|has been|remains|remained|has always been|runs|goes|holds) (?:\w+ly )?"
    r"(?P<what>that\b|this:|simple:|the same\b)",
    re.IGNORECASE,
)
_POSITION_IN: Final = re.compile(
    rf"^(?:But |And |Yet )?(?:The|A|One|Another)(?: [a-z]+){{0,3}} {_POSITION_NOUN} (?:in|among|within|inside|at|from|of)"
    r" (?P<owner>(?:the |some |many |most )?[A-Z\w][^,;:.]{1,60}?)(?:,[^,;:]{1,70},)?"
    r" (?:is|was|has been|remains|runs|goes|holds|seems to be|appears to be)\b[^,;:]{0,20}?(?:that\b|:)"
)
_UNOWNED: Final = re.compile(
    rf"^(?:But |And |Yet )?(?:(?:The|One|A|Another) (?:official|prevailing|conventional|orthodox|standard|usual|common|dominant"
    rf"|received|opposing|second|third|rival|other|familiar|popular)(?: [a-z-]+)? {_POSITION_NOUN}"
    rf"|The (?:case|argument)(?= (?:for|against))|One {_POSITION_NOUN}|Another {_POSITION_NOUN}"
    rf"|Conventional wisdom)(?:, [^,;:]{{1,90}},| (?:for|against) [^,;:]{{1,40}})?"
    r" (?:is|was|has been|goes|runs|holds|has it) (?:\w+ly )?(?:that\b|this:)"
)
_GOES: Final = re.compile(
    r"\b(?:so )?the (?:argument|theory|reasoning|thinking|logic|story|line|refrain) (?:goes|runs)\b|\bhas it that\b"
    r"|\b[Tt]he (?:theory|argument|idea|case), as [^,]{3,60}, is that\b",
    re.IGNORECASE,
)
_SCHOOL: Final = re.compile(
    r"^(?P<who>(?:One|Another|A second|The first|The second|The other) (?:school|camp|faction|theory|reading|explanation)"
    r"(?: of thought)?)\b[^.;:]{0,60}? (?:holds?|sees?|says?|treats?|would|has (?:it|him|her|them)|thinks?|argues?|believes?)\b"
)


def find(sentence: str, *, names: frozenset[str], before: Before) -> Attribution | None:
    """The attribution to a standpoint in a sentence, or None where there is none."""
    return (
        _by_hearsay(sentence)
        or _by_source(sentence, names, before)
        or _by_standpoint(sentence, names, before)
        or _by_position(sentence, names, before)
    )


def _by_hearsay(sentence: str) -> Attribution | None:
    """It is argued in X that; I am told that; X is said to; the argument goes."""
    opening = re.match(rf"(?:(?:But|And|Yet|Meanwhile,) )?[Ii]n {_PLACE}(?:, too)?,?\s+(?!of\b|and\b)", sentence)
    clause = sentence[opening.end() :] if opening else re.sub(r"^(?:But|And|Yet|Now|So|Today)\b,? ", "", sentence)
    impersonal = _IMPERSONAL.match(clause)
    if impersonal:
        return Attribution(impersonal[1] or (opening[1] if opening else None))
    within = _HEARSAY_IN.search(sentence)
    if within:
        return Attribution(next((group for group in within.groups() if group), None))
    school = _SCHOOL.match(sentence)
    if school:
        return Attribution(school["who"])
    hearsay = _HEARSAY.match(sentence)
    is_told = _HAS_BEEN_TOLD.match(sentence) and not re.match(r"(?:If|When|As|Because|Those|People)\b", sentence)
    is_hearsay = is_told or (hearsay and not re.match(r"(?:If|When|Although|Though|While|I|We)\b", sentence))
    if is_hearsay or _TOLD_ASIDE.search(sentence) or _GOES.search(sentence) or _UNOWNED.match(sentence):
        return Attribution(None)
    return None


def _by_source(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """According to X; as X sees it."""
    seen = _SEES.search(sentence[:160])
    if seen and agents.is_agent(seen["owner"], names):
        return Attribution(agents.trimmed(seen["owner"]))
    according = _ACCORDING.search(sentence)
    if according is None or re.search(r"\b(?:which|who|that)$", sentence[: according.start()]):
        return None
    source = re.split(r"\b(?:who|which|that|whose|whom)\b", according["source"])[0].strip()
    is_plan = agents.DOCUMENTS.search(agents.head_of(source)) and not re.search(r"\b[A-Z]", source)
    if agents.OURS.search(source) or is_plan:
        return None
    is_back_reference = source.lower().startswith(("this ", "that ")) or source.lower() in agents.PRONOUN_FORMS
    return Attribution(before.speaker if is_back_reference else agents.trimmed(source))


def _by_standpoint(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """In X's view, in the eyes of X, from X's point of view; to X's defenders."""
    found = _VIEWED.search(sentence[:140])
    if found is None:
        return _by_defenders(sentence)
    owner = found["of"] or found["owner"]
    if owner.lower() in agents.PRONOUN_FORMS | {"this", "that"}:
        return Attribution(before.speaker)
    is_possessive = bool(found["possessive"] or found["of"])
    if agents.OURS.search(owner) or not agents.is_owner(owner, names, is_possessive=is_possessive):
        return None
    return Attribution(agents.trimmed(owner))


def _by_defenders(sentence: str) -> Attribution | None:
    found = _TO_THEM.match(sentence)
    return Attribution(agents.trimmed(found["owner"])) if found else None


def _by_position(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """X's position is that; the argument in X is that; the X position was the same, after a reported one."""
    within = _POSITION_IN.match(sentence)
    if (
        within
        and not agents.OURS.search(within["owner"])
        and agents.is_owner(within["owner"], names, is_possessive=True)
    ):
        return Attribution(agents.trimmed(within["owner"]))
    found = _POSITION.match(sentence)
    if not found or (found["what"].startswith("the same") and before.voice_label != "reported"):
        return None
    owner = found["owner"].strip()
    if owner.lower() in agents.PRONOUN_FORMS:
        return Attribution(before.speaker)
    if agents.NOT_A_SUBJECT.search(owner) or agents.OURS.search(owner):
        return None
    if not agents.is_owner(owner, names, is_possessive=bool(found["possessive"])):
        return None
    return Attribution(agents.trimmed(owner))
