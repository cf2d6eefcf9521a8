"""Attribution: which sentences tell somebody else's position, without quotation marks, by rules on their structure.

A rule asks for a frame of reporting ("X said that", "in X's view", "according to X") and an X who can hold a position.
First-person frames ("I believe that"), acts ("Russia demands") and plans ("the plan says that") are left alone. Here
stand the frames of verbs; `voice_standpoints` holds those of nouns and prepositions.
"""

import re
from typing import Final, NamedTuple

from pipeline.corpus import agents, voice_standpoints, voice_verbs
from pipeline.corpus.voice_standpoints import Attribution, Before
from pipeline.text import words

__all__ = ["Attribution", "Before", "find"]

LONGEST_SENTENCE: Final = 2000  # Characters: no sentence is so long, and the rules cost the square of the length.
# A report that fills less of its sentence than this is an aside in the author's own.
LEAST_SHARE: Final = 0.4
LEAST_SHARE_AFTER: Final = 0.7  # The same, where a clause of the author's own has gone before.

_IN_PLACE: Final = re.compile(
    r"(?:(?:But|And|Yet|Meanwhile,) )?[Ii]n (?P<place>(?:the |some |many |most )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*"
    r"(?: (?:capitals|circles))?)(?:, too)?,?\s+(?!of\b|and\b)"
)
_PERCEIVED: Final = re.compile(
    r"\b(?P<verb>senses|sensed|(?:sees?|saw|views?|viewed|regards?|regarded|perceives?d?|interpret(?:s|ed)?|describes?d?"
    r"|dismiss(?:es|ed)?|portray(?:s|ed)?|characteri[sz]e[sd]?|paint(?:s|ed)?|presents?|presented|treats?|hails?|hailed"
    r"|denounce[sd]?|depict(?:s|ed)?|deride[sd]?|cast)\b[^,;:.]{1,80}?"
    r"\bas (?:an?|mere|merely|simply|little|that of|largely|having"
    r"|no|nothing|something|proof|evidence|[a-z]+ing)\b"
    r"|(?:describes?d?|dismiss(?:es|ed)?|portray(?:s|ed)?|characteri[sz]e[sd]?|denounce[sd]?"
    r"|deride[sd]?)\b[^,;:.]{1,80}? as [“\"‘']?[a-z]"
    r"|(?:sees?|saw|hears?|heard|reads?) in (?:this|that|it|the)\b"
    r"|sp(?:eaks?|oke) (?:[^,;:“\"]{1,30} )?of [“\"‘]|accuse[sd]? [^,;:“\"]{1,40} of [“\"‘]"
    r"|(?:puts?) the \w+ (?:[^,;:.]{0,60} )?at )"
)
_CALLED: Final = re.compile(
    r"\b(?P<verb>call(?:s|ed)?|brand(?:s|ed)|label(?:s|led)|term(?:s|ed)) (?:(?:all )?(?:it|this|that|these|those|them)\b"
    r"|(?:the |[A-Z]|an? )[\w’' -]+? [“\"‘']?(?:an? |the (?:most|best|worst|only|greatest|biggest) |[a-z]+ly [a-z]+))"
)
_QUOTED_AS: Final = re.compile(
    r"\b(?:quote[sd]?|cite[sd]?) (?P<who>[A-Z][^,;:]{2,60}?) as (?:saying|arguing|claiming|warning)\b"
)
_BY_WHOM: Final = re.compile(
    r"\b(?:is|was|are|were|has been|have been) (?:\w+ly )?(?:described|seen|regarded|viewed|portrayed|presented|dismissed)"
    r"(?: to \w+)?(?: [a-z ]{1,30})? by (?P<who>[^,;:]{2,60}?)(?:,[^,;:]{1,50},)? as "
)
_GOING_ON: Final = re.compile(
    r"(?:He|She|They) (?:also |then |even |now |further |instead )?(?:compare[sd]?|liken(?:s|ed)|describe[sd]?|call(?:s|ed)?"
    r"|dismiss(?:es|ed)|sees?|saw|blame[sd]?|warn(?:s|ed)? (?:of|against)|point(?:s|ed)? to|sp(?:eaks?|oke) of|expect(?:s|ed)?"
    r"|goes? on to|went on to|regard(?:s|ed)?|view(?:s|ed)?|doubt(?:s|ed)?|favou?r(?:s|ed)?|urge[sd]?|recommend(?:s|ed)?"
    r"|foresees?|foresaw|cite[sd]?|stress(?:es|ed)|reject(?:s|ed) the|predict(?:s|ed)?|envisage[sd]?|advocate[sd]?|draws?|drew"
    r"|argue[sd]? (?:for|against)|call(?:s|ed)? for|prefer(?:s|red)?|propose[sd]?|suggest(?:s|ed)?|note[sd]?|conclude[sd]?"
    r"|add(?:s|ed)?|lists?|listed|credit(?:s|ed)?|criticis?z?e[sd]?|fault(?:s|ed)?|attribute[sd]?|trace[sd]?)\b"
)
_ASIDE: Final = re.compile(
    rf"(?:, |— |– )(?P<subject>(?!and |or |but )(?:[\w.’'-]+ ){{1,10}}?)(?:\w+ly )?(?P<verb>{voice_verbs.TAG})"
    r"(?: (?:me|us|reporters|him|her|\w+ly|again|to (?:his|her|their|my) \w+|(?:on|last|this) \w+))?"
    r"(?=[,.?!]| [—–] )(?!, (?:that|which)\b)"
)
_ALSO_A_NOUN: Final = re.compile(
    r"answers?|remarks|claims?|reports?|notes?|states?|comments?|objects|counters|charges?|complaints"
)
_TAG_LED: Final = re.compile(
    rf"[,—–] (?:so )?{voice_verbs.LED} (?P<subject>(?:the |an? |one |some |many |most )?[A-Z\w][\w’' -]{{2,90}})"
    r"(?=[,.])"
)
_OWN_ANSWER: Final = re.compile(
    r"\bI (?:answer|reply|disagree|beg to)\b|\b(?:but|yet|and) (?:I|we)\b|\b(?:but|yet) (?:my|our)\b"
)
_QUESTION: Final = re.compile(r"^(?:Do|Does|Did|Is|Are|Was|Were|Has|Have|Can|Could|Will|Would|Should|May|Must) ")
_WHO_ENDS: Final = re.compile(r"\s(?:in|on|at|during|after|last|this|who|which|that|when)\s")
LONGEST_FRAME: Final = 25  # Characters: the author cannot take over before the frame is through.
LEAST_TAIL: Final = 0.2
_TAIL: Final = re.compile(
    r", (?:and|but|though|although|yet|which) (?!that\b|then\b|the \w+ that\b|[a-z]+(?:ed|ing)\b"
    rf"|(?:he|she|they|it) (?:\w+ly )?{voice_verbs.TAG}\b)"
)
_PAST: Final = re.compile(r"\b(?:said|told|thought|held|[a-z]+ed)\b")
_SHIFTED: Final = re.compile(r"\b(?:would|had|could|might|was|were)\b")
_COUNT: Final = re.compile(r"\b(?:polls?|polling|surveys?)\b", re.IGNORECASE)
_AFTER_CLAUSE: Final = re.compile(
    r"(?:[,;:] (?:and|but|while|since|for|as|so|though|although|because|whereas)|;)(?: [^,;:]{1,30},)? $"
)
_EDITOR: Final = re.compile(
    r"^[Tt]his (?:news)?paper$|^[Tt]h(?:is|e present) (?:author|writer|column|publication|note)$"
)


class _Frame(NamedTuple):
    """A verb of reporting in its sentence: where it stands, what it is, what follows, and who may be its subject."""

    start: int
    verb: str
    clause: str
    is_speech: bool


def find(sentence: str, *, names: frozenset[str], before: Before) -> Attribution | None:
    """The attribution by which a sentence tells somebody else's position, or None where the author speaks."""
    if len(sentence) > LONGEST_SENTENCE or _OWN_ANSWER.search(sentence):
        return None
    opening = _IN_PLACE.match(sentence)
    place = opening["place"] if opening else None
    clause = sentence[opening.end() :] if opening else sentence
    is_question = sentence.endswith("?")
    return (
        voice_standpoints.find(sentence, names=names, before=before)
        or _by_aside(sentence, names, before)
        or (None if is_question or _QUESTION.match(sentence) else _by_verbs(clause, names, before, place))
    )


def _by_verbs(sentence: str, names: frozenset[str], before: Before, place: str | None) -> Attribution | None:
    if _goes_on_alone(sentence):
        return None
    found = _by_perception(sentence, names, before)
    for frame in [] if found else _frames(sentence):
        found = _by_verb(sentence, frame, names, before, place)
        if found:
            break
    return found or _by_finding(sentence) or _by_participle(sentence, names, before)


def _frames(sentence: str) -> list[_Frame]:
    kinds = ((voice_verbs.SAYS, True), (voice_verbs.TELLS, True), (voice_verbs.ASKS, True), (voice_verbs.THINKS, False))
    frames = [
        _Frame(match.start(), match["verb"], match["clause"], is_speech)
        for pattern, is_speech in kinds
        for match in pattern.finditer(sentence)
    ]
    return sorted(frames)


def _by_verb(
    sentence: str, frame: _Frame, names: frozenset[str], before: Before, place: str | None
) -> Attribution | None:
    """X said that: a verb of saying or thinking with a clause after it, whose subject is somebody else."""
    is_bare = not re.search(r"(?:that|:\s*|whether|what|how|why|if|of what)\s*$", frame.clause)
    is_expectation = is_bare and bool(re.search(r" to \w+$", frame.clause))
    if is_expectation and not voice_verbs.EXPECTATION.fullmatch(frame.verb):
        return None
    if is_bare and not is_expectation and not voice_verbs.BARE.fullmatch(frame.verb):
        return None
    subject = agents.subject_before(sentence[: frame.start], names)
    if subject is None or _EDITOR.match(subject.phrase):
        return None
    start = max(0, sentence.rfind(subject.phrase, 0, frame.start))
    if not _fills(sentence, start, LEAST_SHARE_AFTER if _AFTER_CLAUSE.search(sentence[:start]) else LEAST_SHARE):
        return None
    if subject.kind == "open" or (subject.is_denied and frame.is_speech):
        return None
    # What Moscow is shown to think is the author's reading of it, unless he is already telling what it says.
    if subject.phrase.lower() in {"he", "she"} and not frame.is_speech and before.voice_label == "author" and not place:
        return None
    is_sign = voice_verbs.EVIDENT.fullmatch(frame.verb) and not frame.verb.endswith("ed")
    if is_sign and agents.head_of(subject.phrase)[0].isupper():
        return None
    return _said_by(subject, before, place)


def _said_by(subject: agents.Subject, before: Before, place: str | None) -> Attribution | None:
    if subject.kind != "pronoun":
        return Attribution(agents.trimmed(subject.phrase))
    if subject.phrase.lower() == "it" and before.voice_label == "author":
        return None
    return Attribution(place if place and subject.phrase.lower() == "they" else before.speaker)


def _by_finding(sentence: str) -> Attribution | None:
    """A poll found that; intelligence assessments conclude that."""
    for verb in re.finditer(voice_verbs.FINDING, sentence):
        found = voice_verbs.FINDS.match(sentence, verb.start())
        # What a poll shows is a number that the author cites; what it is said to suggest is a reading of it.
        is_count = _COUNT.search(sentence[: verb.start()]) and verb.group().startswith(("show", "f"))
        if not found or is_count or not _fills(sentence, verb.start()):
            continue
        phrase = re.sub(r"^(?:[^,]{1,60}, )", "", sentence[: verb.start()].strip())
        phrase = re.sub(r"\s(?:has|have|had|also|[a-z]+ly)$", "", phrase)
        is_own = agents.OURS.search(phrase) or agents.NOT_A_SUBJECT.search(phrase)
        is_short = len(words(phrase)) <= agents.LONGEST_SPEAKER
        if is_short and not is_own and agents.FINDINGS.fullmatch(agents.head_of(phrase)):
            return Attribution(agents.trimmed(phrase))
    return None


def _by_participle(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """One dissented, arguing that: the participle's clause is the greater part of the sentence."""
    found = voice_verbs.PARTICIPLE.search(sentence)
    if not found or not _fills(sentence, found.start()):
        return None
    subject = agents.subject_before(f"{sentence[: found.start()]} and", names)
    return _said_by(subject, before, None) if subject else None


def _by_perception(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """X sensed; X saw it as; critics called it."""
    quoted_as = _QUOTED_AS.search(sentence)
    if quoted_as:
        return Attribution(agents.trimmed(quoted_as["who"]))
    whom = _BY_WHOM.search(sentence)
    if whom and agents.is_agent(whom["who"], names):
        return Attribution(agents.trimmed(whom["who"]))
    for pattern in (_PERCEIVED, _CALLED):
        found = pattern.search(sentence)
        subject = agents.subject_before(sentence[: found.start()], names) if found else None
        if subject and subject.kind == "known":
            return Attribution(agents.trimmed(subject.phrase))
    going_on = _GOING_ON.match(sentence) if before.voice_label in ("reported", "quoted") else None
    return Attribution(before.speaker) if going_on else None


def _by_aside(sentence: str, names: frozenset[str], before: Before) -> Attribution | None:
    """..., officials say, ...: near the head of the sentence, or at its end."""
    for found in _ASIDE.finditer(sentence):
        if not found.start() or (len(words(sentence[: found.start()])) > 12 and found.end() < len(sentence) - 1):
            continue
        subject = agents.subject_before(found["subject"], names)
        if subject and subject.kind == "open" and _ALSO_A_NOUN.fullmatch(found["verb"]):
            continue
        if (
            subject
            and subject.phrase.lower() != "it"
            and not re.search(r"\b(?:who|whom|which|that)\b", found["subject"])
        ):
            return _said_by(subject, before, None)
    led = _TAG_LED.search(sentence)
    if led and (agents.is_agent(led["subject"], names) or re.search(r"\bline$", led["subject"])):
        return Attribution(agents.trimmed(_WHO_ENDS.split(led["subject"])[0]))
    return None


def _goes_on_alone(sentence: str) -> bool:
    """Whether the author takes over within the sentence: "X said that he would come, and nobody believed him"."""
    tail = _TAIL.search(sentence, LONGEST_FRAME)
    if not tail or len(words(sentence[tail.start() :])) < LEAST_TAIL * len(words(sentence)):
        return False
    is_concordant = _PAST.search(sentence[: tail.start()]) and _SHIFTED.search(sentence[tail.start() :])
    return not is_concordant


def _fills(sentence: str, start: int, least: float = LEAST_SHARE) -> bool:
    """Whether the report that starts there is a fair part of its sentence."""
    return len(words(sentence[start:])) >= least * len(words(sentence))
