"""Attribution: which sentences tell somebody else's position without quotation marks, by rules on their structure.

A rule asks for a frame of reporting ("X said that", "in X's view", "according to X") and an X who can hold a position.
First-person frames ("I believe that"), acts ("Russia demands") and documents ("the plan says that") are left alone.
"""

import re
from typing import Final, NamedTuple

from pipeline.corpus import agents
from pipeline.text import words


class Before(NamedTuple):
    """What came before a sentence in its paragraph: the voice of the last sentence, and who spoke in it."""

    voice_label: str = "author"
    speaker: str | None = None


class Attribution(NamedTuple):
    """A sentence is reported; by whom, in the text's own words, where it can be told."""

    speaker: str | None


# Verbs of saying and thinking. Factive ones (know, show, find) and acts (demand, agree, propose) are left out.
_VERBS: Final = (
    r"(?P<verb>says?|said|thinks?|thought|believes?d?|argues?d?|insist(?:s|ed)?|holds?|held|maintain(?:s|ed)?"
    r"|claim(?:s|ed)?|contend(?:s|ed)?|assert(?:s|ed)?|warn(?:s|ed)?|fear(?:s|ed)?|concedes?d?|acknowledges?d?"
    r"|admit(?:s|ted)?|notes?d?|complain(?:s|ed)?|worr(?:y|ies|ied)|repl(?:y|ies|ied)|answer(?:s|ed)?|object(?:s|ed)?"
    r"|explain(?:s|ed)?|declares?d?|predict(?:s|ed)?|estimates?d?|assumes?d?|suspect(?:s|ed)?|den(?:y|ies|ied)"
    r"|stress(?:es|ed)?|emphasi[sz]e[sd]?|alleges?d?|protest(?:s|ed)?|counter(?:s|ed)?|retort(?:s|ed)?|feels?|felt"
    r"|remark(?:s|ed)?|observes?d?|recall(?:s|ed)?|reason(?:s|ed)?|reckon(?:s|ed)?|doubt(?:s|ed)?|add(?:s|ed)?|hopes?d?"
    r"|concludes?d?|point(?:s|ed)? out|(?:makes?|made) (?:it )?clear|(?:tells?|told) [^,.;:]{1,30}?"
    r"|(?:is|are|was|were|remains?) (?:[a-z]+ly )?(?:convinced|confident|certain|adamant|persuaded|worried|afraid))"
)
_BARE: Final = re.compile(r"says?|said|thinks?|thought|believes?|believed|argues?|argued|insists?|insisted")
# Between the verb and "that" stand at most an adverbial ("in private", "ten days ago") and an aside between commas.
_CLAUSE: Final = (
    r"(?:\s+(?:to|in|with|at|on|by|from|for|before|after|during|this|last|earlier|yesterday|again|[a-z]+ly"
    r"|\w+ (?:days?|weeks?|months?|years?) ago)\b[^,.;:“”\"]{0,40}?)?(?:,[^,.;:]{1,60},)?"
    r"\s+that\b(?!\s+(?:is|was|would|will|line|ground|town|city|territory|land|office|post)\b)|\s*:\s"
)
_BARE_CLAUSE: Final = r"\s+(?:the|an?|it|they|he|she|this|these|those|there|its|his|her|their|no|[A-Z][\w.’'-]*)\s"
_REPORTING: Final = re.compile(rf"\b{_VERBS}(?P<clause>{_CLAUSE}|{_BARE_CLAUSE})")
_LEAD: Final = re.compile(
    r"^(?:(?:but|and|yet|so|still|meanwhile|however|nevertheless|instead|moreover|perhaps|indeed|even so"
    r"|of course|today|now|then|similarly|likewise|equally|privately|publicly|officially|elsewhere"
    r"|for (?:its|his|their) part)\b,?\s+"
    r"|(?:in|on|at|after|since|for|by|during|last|this|until|under|from|with|as for|to|before|like)\b[^,;:]{1,60}"
    r"(?:, too)?,\s+)",
    re.IGNORECASE,
)
_IN_PLACE: Final = re.compile(
    r"(?:(?:But|And|Yet|Meanwhile,) )?[Ii]n (?P<place>(?:the |some |many |most )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*"
    r"(?: (?:capitals|circles))?)(?:, too)?,?\s+(?!of\b|and\b)"
)
_IMPERSONAL: Final = re.compile(
    r"(?:it (?:is|was|has been|is being|had been) (?:\w+ )?(?:said|argued|claimed|maintained|murmured|whispered|alleged"
    r"|contended|objected)\b[^.;:]{0,40}?\bthat\b"
    r"|(?:we|i) (?:are|am|were|was) (?:\w+ )?(?:told|assured|informed)\b[^.;:]{0,20}?\bthat\b)",
    re.IGNORECASE,
)
_HEARSAY: Final = re.compile(
    r"^[^,;:]{1,80}\b(?:is|are|was|were) (?:\w+ly )?(?:said|held|rumou?red|alleged) to (?:be|have)\b"
)
_STANDPOINT: Final = (
    r"(?:view|reading|telling|retelling|version|account|eyes|opinion|judge?ment|estimation|narrative|interpretation"
    r"|perspective|point of view|standpoint)"
)
_VIEWED: Final = re.compile(
    rf"(?:^|, )(?:but |and |yet )?(?!on th(?:is|at) account)(?:in|on|by|from)"
    rf" (?:the {_STANDPOINT} of (?P<of>(?:the )?[^,;:.]{{2,50}})"
    rf"|(?P<owner>[^,;:]{{2,50}}?)(?:(?P<possessive>['’]s|s['’]))? (?:own )?{_STANDPOINT})(?:,|\s)",
    re.IGNORECASE,
)
_ACCORDING: Final = re.compile(
    r"(?:^|[,;] |\b(?:but|and|yet) )according to (?P<source>[^,;:.]{2,70}(?:\.[^,;: ][^,;:.]*)*)", re.IGNORECASE
)
_SEES: Final = re.compile(
    r"\bas (?P<owner>(?:the )?[\w.’' -]{2,40}?) (?:sees?|saw|tells?|told|has|had) it\b", re.IGNORECASE
)
_POSITION: Final = re.compile(
    r"^(?:but |and |yet )?(?P<owner>[^,;:]{2,60}?)(?P<possessive>['’]s?)? "
    r"(?P<kind>own |official |stated |public |initial |basic )?"
    r"(?:position|view|line|argument|case|contention|claim|theory|thesis|stance|answer|reply|complaint|objection|message"
    r"|belief|explanation|assumption|calculation|conviction|reasoning|premise|fear|hope|bet|point)"
    r"(?:,[^,;:]{1,70},)? (?:is|was|has been|remains|remained|has always been|runs|goes|holds) (?:\w+ly )?"
    r"(?P<what>that\b|this:|simple:|the same\b)",
    re.IGNORECASE,
)
_GOES: Final = re.compile(
    r"\b(?:so )?the (?:argument|theory|reasoning|thinking) (?:goes|runs)\b|\bhas it that\b", re.IGNORECASE
)
_PERCEIVED: Final = re.compile(
    r"\b(?:senses|sensed|(?:sees?|saw|views?|viewed|regards?|regarded|perceives?d?|interpret(?:s|ed)?|describes?d?"
    r"|dismiss(?:es|ed)?|portray(?:s|ed)?|characteri[sz]e[sd]?)\b[^,;:.]{1,60}?"
    r"\bas (?:an?|its|his|her|their|mere|merely|simply|little"
    r"|no|nothing|something|proof|evidence|[a-z]+ing)\b)"
)
_CALLED: Final = re.compile(r"\bcall(?:s|ed)? (?:(?:all )?(?:it|this|that|these|those|them)\b|the \w+(?: \w+)? an? )")
_ASIDE: Final = re.compile(
    r", (?P<subject>(?:[\w.’'-]+ ){1,5})(?:says?|said|argues?d?|insist(?:s|ed)?|claims?|claimed|believes?|maintains?"
    r"|warns?|contends?|explain(?:s|ed)?)(?=[,.])"
)
_STANDING: Final = re.compile(r"^the (?:official|prevailing|conventional|orthodox|standard)$", re.IGNORECASE)
_OWN_ANSWER: Final = re.compile(r"\b(?:but|yet|and) (?:I|we)\b|\b(?:but|yet) (?:my|our)\b")


def find(sentence: str, *, names: frozenset[str], before: Before) -> Attribution | None:
    """The attribution by which a sentence tells somebody else's position, or None where the author speaks."""
    if _OWN_ANSWER.search(sentence):
        return None
    opening = _IN_PLACE.match(sentence)
    place = opening["place"] if opening else None
    clause = sentence[opening.end() :] if opening else _LEAD.sub("", _LEAD.sub("", sentence))
    if _IMPERSONAL.match(clause):
        return Attribution(place)
    if _HEARSAY.match(sentence) or _GOES.search(sentence):
        return Attribution(None)
    return (
        _by_source(sentence, names, before)
        or _by_standpoint(sentence, names, before)
        or _by_position(sentence, names, before)
        or _by_perception(sentence, names)
        or _by_aside(sentence, names)
        or _by_verb(clause, names, before, place)
    )


def _by_source(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """According to X; as X sees it."""
    seen = _SEES.search(sentence[:100])
    if seen and agents.is_agent(seen["owner"], names):
        return Attribution(agents.trimmed(seen["owner"]))
    according = _ACCORDING.search(sentence)
    if according is None:
        return None
    source = re.split(r"\b(?:who|which|that|whose)\b", according["source"])[0].strip()
    if agents.OURS.search(source) or (agents.DOCUMENTS.search(source) and not re.search(r"\b[A-Z]", source)):
        return None
    is_back_reference = source.lower().startswith("this ") or source.lower() in agents.PRONOUN_FORMS
    return Attribution(before.speaker if is_back_reference else agents.trimmed(source))


def _by_standpoint(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """In X's view, in the eyes of X, from X's point of view."""
    found = _VIEWED.search(sentence[:140])
    if found is None:
        return None
    owner = found["of"] or found["owner"]
    if owner.lower() in agents.PRONOUN_FORMS | {"this", "that"}:
        return Attribution(before.speaker)
    is_possessive = bool(found["possessive"] or found["of"])
    if agents.OURS.search(owner) or not agents.is_owner(owner, names, is_possessive=is_possessive):
        return None
    return Attribution(agents.trimmed(owner))


def _by_position(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """X's position is that; the X position was the same, after a position that was reported."""
    found = _POSITION.match(sentence)
    if not found or (found["what"].startswith("the same") and before.voice_label != "reported"):
        return None
    owner = found["owner"].strip()
    if owner.lower() in agents.PRONOUN_FORMS:
        return Attribution(before.speaker)
    if _STANDING.match(f"{owner} {found['kind'] or ''}".strip()):
        return Attribution(None)
    if agents.NOT_A_SUBJECT.search(owner) or not agents.is_owner(owner, names, is_possessive=bool(found["possessive"])):
        return None
    return Attribution(agents.trimmed(owner))


def _by_perception(sentence: str, names: frozenset[str]) -> Attribution | None:
    """X sensed; X saw it as; critics called it."""
    for pattern in (_PERCEIVED, _CALLED):
        found = pattern.search(sentence)
        holder = agents.holder_in(sentence[: found.start()], names) if found else None
        if (
            holder
            and holder.lower() not in agents.PRONOUNS
            and (pattern is _PERCEIVED or agents.head_of(holder).lower() in agents.GENERIC)
        ):
            return Attribution(agents.trimmed(holder))
    return None


def _by_aside(sentence: str, names: frozenset[str]) -> Attribution | None:
    """..., officials say, ...: near the head of the sentence, or at its end."""
    found = _ASIDE.search(sentence)
    if found is None or (len(words(sentence[: found.start()])) > 12 and found.end() < len(sentence) - 1):
        return None
    holder = agents.holder_in(found["subject"], names)
    return Attribution(agents.trimmed(holder)) if holder and holder.lower() not in agents.PRONOUNS else None


def _by_verb(clause: str, names: frozenset[str], before: Before, place: str | None) -> Attribution | None:
    """X said that: the first verb of saying or thinking with a clause after it, whose subject is somebody else."""
    found = _REPORTING.search(clause)
    if found is None:
        return None
    is_bare = not re.search(r"that$|:\s$", found["clause"])
    holder = (
        None if is_bare and not _BARE.fullmatch(found["verb"]) else agents.holder_in(clause[: found.start()], names)
    )
    if holder is None:
        return None
    if holder.lower() not in agents.PRONOUNS:
        return Attribution(agents.trimmed(holder))
    if holder.lower() == "it" and before.voice_label == "author":
        return None
    return Attribution(place if place and holder.lower() == "they" else before.speaker)
