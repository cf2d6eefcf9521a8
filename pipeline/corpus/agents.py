"""Agents: who can hold a position, as grammar and a list of roles tell it. It serves the attribution of reports."""

import re
from typing import Final

from pipeline.text import words

LONGEST_SPEAKER: Final = 9
LONGEST_PREFIX: Final = 300  # No subject stands that far before its verb, and the rules cost the square of the length.

_ROLES: Final = frozenset(
    "academics administration admirals adviser advisers advisors advocates agency aide aides allies ambassador "
    "ambassadors analyst analysts author authorities authors broker brokers cabinet camp campaigners capital "
    "capitals chancelleries chancellor chancellors chief chiefs circles columnists commander commanders "
    "commentator commentators commission congress conservatives council critic critics defenders delegate "
    "delegates delegation delegations democrats detractors diplomat diplomats doves economist economists editor "
    "editors enthusiasts envoy envoys executives expert experts exponents generals government governments "
    "hardliners hawks historian historians insiders intelligence jurists king lawmakers lawyers leader leaders "
    "leadership legislators liberals man marshal mayor media minister ministers ministry moderates mother mothers "
    "nationalists negotiator negotiators neighbors neighbours newspapers observer observers officer officers "
    "official officials opponents opposition optimists parliament partners party people pessimists planners "
    "policymakers politicians pope premier president presidents press professor proponents pundits realists "
    "refugees reporters republicans residents sceptics scholar scholars secretary senator senators side sides "
    "skeptics soldier soldiers source sources spokesman spokesperson spokeswoman strategist strategists students "
    "supporters teacher thinkers traders veterans voices volunteers voters woman women writers".split()
)
# Names that often open a sentence; all others are learned from the text, where they stand inside one.
_NAMES: Final = frozenset(
    "Washington Moscow Kyiv Kiev Kremlin Brussels Berlin Paris London Beijing Ankara Hanoi Tehran Warsaw Tokyo "
    "Delhi NATO Europe Russia Ukraine America Britain France Germany Poland Turkey China India Europeans "
    "Americans Russians Ukrainians Putin Trump Zelensky Zelenskyy Vance Rubio Witkoff Lavrov Macron "
    "Merz Starmer".split()
)
_ALONE: Final = frozenset("some many most others several both".split())
PRONOUNS: Final = frozenset("he she they it".split())
PRONOUN_FORMS: Final = frozenset("his her their its him them it".split())
# Only of these does "would say" or "may argue" report a position; of a named actor it is the author's guess.
GENERIC: Final = _ALONE | frozenset(
    "analysts columnists commentators critics defenders experts hawks newspapers observers opponents proponents "
    "realists sceptics skeptics supporters".split()
)
OURS: Final = re.compile(r"\b(?:my|our|me|us|no|any|every)\b", re.IGNORECASE)
# What a document or a number says is the author describing it.
DOCUMENTS: Final = re.compile(
    r"\b(?:plans?|schedule|design|laws?|rules?|map|taste|whether|how|what|polls?|surveys?|data|figures|estimates?|treaty"
    r"|draft|text|document|memorandum|agreement|constitution|charter|act|accords?|history|calendar|custom|need|logic)\b",
    re.IGNORECASE,
)
NOT_A_SUBJECT: Final = re.compile(
    r"\b(?:who|whom|whose|which|that|if|when|because|although|though|unless|whether|while|where|what|why|how|as|nobody"
    r"|nothing|none|no|few|i|we|us|you|my|our|your|everyone|everybody|anyone|anybody|to|is|are|was|were|be|been)\b",
    re.IGNORECASE,
)
_MODALS: Final = frozenset("may might would could should must can will".split())
_NEGATIONS: Final = frozenset("not never".split())
_HEAD_ENDS: Final = re.compile(
    r"\s(?:of|in|at|from|with|for|behind|on|inside|around|close|near|across|within|outside|to|among)\s"
)
_HELPER: Final = re.compile(
    r"(?:\s+|^)(?P<word>has|have|had|do|does|did|still|now|also|then|again|further|even|often|long|once|nevertheless"
    r"|never|not|always|therefore|thus|instead|too|later|just|may|might|would|could|should|must|can|will|afterwards"
    r"|nonetheless|meanwhile|[a-z]+ly)$"
)
_PART_OF: Final = re.compile(r"^(?:much|some|many|most|several|parts?|all|one|two|three|both) of ", re.IGNORECASE)
_ADJECTIVE: Final = re.compile(r"^[A-Z][a-z]*(?:an|ish|ese|ch|ern)$")
_ARTICLE: Final = re.compile(r"^[Tt]he (?=[A-Z][a-z]*(?:an|ish|ese|ch|ern)$)")
_CIRCUMSTANCE: Final = re.compile(r"(?:in|on|at|after|since|by|during|last|this)\b", re.IGNORECASE)
_LAST_NAMED: Final = re.compile(r"(?:[Tt]he |[Ss]ome |[Mm]any |[Oo]ne )?(?:[A-Z][\w.’'-]*\s)*[\w.’'-]+$")


def names_in(text: str) -> frozenset[str]:
    """Words that stand with a capital inside a sentence, and names that often open one."""
    return _NAMES | frozenset(re.findall(r"(?<=[a-z,;] )[A-Z][\w.’-]*", text))


def holder_in(prefix: str, names: frozenset[str]) -> str | None:
    """The subject that ends where the verb begins, if it is a pronoun or can hold a position; else None."""
    if len(prefix) > LONGEST_PREFIX:
        return None
    phrase = re.sub(r",[^,]*,", "", prefix).strip()
    helpers = set()
    while helper := _HELPER.search(phrase):
        helpers.add(helper["word"])
        phrase = phrase[: helper.start()].strip()
    phrase = re.sub(r"^(?:but|and|yet|so|still|or|even)\s+", "", phrase, flags=re.IGNORECASE)
    if _CIRCUMSTANCE.match(phrase):
        ending = _LAST_NAMED.search(phrase)
        phrase = ending.group() if ending else ""
    if phrase.lower() in PRONOUNS:
        return None if helpers & (_MODALS | _NEGATIONS) else phrase
    if helpers & _NEGATIONS or "," in phrase or NOT_A_SUBJECT.search(phrase) or not is_agent(phrase, names):
        return None
    return phrase if not helpers & _MODALS or head_of(phrase).lower() in GENERIC else None


def head_of(phrase: str) -> str:
    """The head of a noun phrase: "Sceptics" of "Sceptics in Washington", "press" of "Much of the Western press"."""
    whole = _HEAD_ENDS.split(_PART_OF.sub("", phrase), maxsplit=1)[0].split()
    return whole[-1] if whole else ""


def is_agent(phrase: str, names: frozenset[str]) -> bool:
    """Whether a noun phrase names somebody: its head is a role, a name, or stands alone for people ("some")."""
    head = head_of(phrase)
    if not head or len(words(phrase)) > LONGEST_SPEAKER:
        return False
    if head.lower() in _ROLES | _ALONE:
        return True
    is_full_name = head in names or len(_HEAD_ENDS.split(phrase)[0].split()) > 1
    return head[0].isupper() and is_full_name and not DOCUMENTS.search(head)


def is_owner(phrase: str, names: frozenset[str], *, is_possessive: bool) -> bool:
    """Whether a position can be somebody's: a name, an adjective of one ("American"), or a role in the possessive."""
    last = phrase.split()[-1]
    is_name = last[0].isupper() and (
        last in names or is_possessive or len(phrase.split()) > 1 or bool(_ADJECTIVE.search(last))
    )
    return is_name or (is_possessive and is_agent(phrase, names))


def trimmed(speaker: str) -> str:
    """A speaker without loose marks, and without the article before a bare adjective: "American" for "the American"."""
    return _ARTICLE.sub("", speaker.strip(" ,;:"))
