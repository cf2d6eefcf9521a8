"""Agents: who can hold a position, as grammar and a list of roles tell it. It serves the attribution of reports."""

import re
from typing import Final, NamedTuple

from pipeline.text import words

LONGEST_SPEAKER: Final = 9
LONGEST_PREFIX: Final = 300  # No subject stands that far before its verb, and the rules cost the square of the length.

_ROLES: Final = frozenset(
    "academics administration admirals agencies agency aide aides allies ally analyst analysts army assembly associates author "
    "authorities authors bank bloc bureau business businessmen cabinet camp campaign candidate capital capitals chair "
    "chancelleries chanceries chancellor chancellors chief chiefs church circles civilians colleague colleagues colonel "
    "commentariat commentator commentators commission committee community companies conference congress "
    "consensus conservatives coordinator correspondent correspondents council court crew critic critics crowd cynics "
    "defenders delegate delegates delegation delegations delegates democrats deputies deputy detractors diplomat "
    "diplomats doves elite elites embassy envoy envoys establishment expert experts exponents faction families family "
    "father folk foreigners friend friends general generals government governments grandmother guests hand hardliners "
    "hawks head host hosts hosts independents institute insiders intelligence interlocutor interlocutors jurists king "
    "lawmakers leadership left legislature lobby locals majority man marshal mayor media men mediator minds minister "
    "ministers ministries ministry minority official counterpart counterparts moderates mother mothers "
    "nationalists neighbor neighbors neighbour "
    "neighbours newspapers office officials opposition organisation organisations organization outlets panel "
    "parliament parliamentarians participant participants parties partners party people pentagon person persons "
    "pessimists pilot planners poet police policymakers politicians pope population premier presidency president "
    "presidents press priest public pundits quarters realists refugees relatives republicans residents respondents "
    "right scholar scholars school schools secretariat secretary senate services side sides skeptics sceptics soldier "
    "soldiers source sources spokesman spokesperson spokespeople spokeswoman staff staffers state states student "
    "students supporters tank tanks team teams thinkers troops union veterans voices volunteers voters widow wife woman "
    "women witnesses youth".split()
)
_PERSON: Final = re.compile(r"[a-z]{2,}(?:ists?|icians?|arians?|ers|ors|ees?|eers?|crats?|m[ae]n|wom[ae]n)$")
_PERSON_SINGULAR: Final = re.compile(r"[a-z]{3,}(?:er|or)$")
_NOT_PERSONS: Final = frozenset(
    "answer answers barrier barriers border borders chapter chapters charter corner corners corridor corridors cover danger "
    "dangers drawer error errors ever factor factors fever figure harbour indicator indicators letter letters marker "
    "markers matter matters mirror never number numbers offer offers order orders paper papers power powers quarter "
    "quarters rather river rivers rumor rumors rumour rumours sector sectors summer terror tower towers weather whether "
    "winter winters water waters years list lists tsar trees degree degrees three committee favour favor honor honour "
    "labor labour layer layers center centre other former after under over better larger smaller greater longer higher "
    "lower later newer older wider harder easier sooner latter color colour door doors floor war terminator mentor".split()
)
# Names that often open a sentence; all others are learned from the text, where they stand inside one.
_NAMES: Final = frozenset(
    "Washington Moscow Kyiv Kiev Kremlin Brussels Berlin Paris London Beijing Ankara Hanoi Tehran Warsaw Tokyo "
    "Delhi NATO Europe Russia Ukraine America Britain France Germany Poland Turkey Türkiye China India Europeans "
    "Americans Russians Ukrainians Putin Trump Zelensky Zelenskyy Zelenskiy Vance Rubio Witkoff Lavrov Macron "
    "Merz Starmer Biden Kellogg Ushakov Dmitriev Medvedev Peskov Yermak Umerov Hegseth Erdogan Orban Orbán Xi Tusk "
    "Stubb Rutte Kushner Kissinger Germans French British Poles Chinese Indians Turks Democrats Republicans Bloomberg "
    "Reuters Axios Politico".split()
)
_ALONE: Final = frozenset(
    "some many most others several both one another few two three seven eleven half all those second third "
    "latter former".split()
)
PRONOUNS: Final = frozenset("he she they it".split())
PRONOUN_FORMS: Final = frozenset("his her their its him them it".split())
# Only of these does "would say" or "may argue" report a position; of a named actor it is the author's guess.
GENERIC: Final = frozenset(
    "some many most others several both analysts columnists commentators critics defenders detractors experts hawks "
    "newspapers observers opponents optimists pessimists proponents realists sceptics skeptics supporters cynics doves "
    "historians admirers advocates believers economists scholars pundits lawyers jurists hardliners people school minority "
    "another diplomats officials".split()
)
OURS: Final = re.compile(r"\b(?:my|our|me|(?-i:us)|no|any|every)\b", re.IGNORECASE)
# What such a paper lays down is the author describing it.
DOCUMENTS: Final = re.compile(
    r"\b(?:plans?|schedule|design|laws?|rules?|map|taste|whether|how|what|treaty|proposals?|points?|clauses?|articles? \d"
    r"|draft|texts?|documents?|memorandum|agreement|constitution|charter|act|accords?|history|calendar|custom|need|logic"
    r"|evidence|experience|facts?|numbers|answer|reason|question|problem|truth|events?|nothing|something|anything|things?"
    r"|line|idea|lesson|deal|talks|war|peace|everything|move|decision|record|word|words|sign|signs|result|results"
    r"|newspaper|paper|sentence|title|wisdom|sense|theory|argument|view|figures|data|this|that|these|those"
    r"|strategy|law|maps|precedents?|geography|arithmetic|market|markets|price|prices|list)\b",
    re.IGNORECASE,
)
# What a paper of this kind finds is somebody's finding.
FINDINGS: Final = re.compile(
    r"\b(?:polls?|surveys?|polling|assessments?|estimates?|reports?|study|studies|reporting|editorials?|leaks?"
    r"|analysis|statement"
    r"|intelligence|articles?|essay|op-ed|cable|dispatch|communiqu[eé]|wisdom|dossier|accounts?)\b",
    re.IGNORECASE,
)
_FINITE: Final = re.compile(r"\b(?:is|are|was|were|has|had|would|will|can)\b")
_ORDINALS: Final = frozenset("one another two three seven eleven half all second third latter former few those".split())
_LOOSE_END: Final = re.compile(
    r"(?:^|\s)(?:the|an?|his|her|its|their|our|my|your|this|that|these|those|no|any|every|each|of|in|at|to|from|with|for|by|on"
    r"|as|than|into|about|be|been|being|['’]s)$|['’]s?$",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"(?:On|By|Last|This|In|Since|At|From|After|For|During|Until)"
    r" (?:\w+day(?: \w+ing)?|week|month|year|winter|spring|summer|autumn|fall|private|public|response|turn|effect|return"
    r"|(?:early |late |mid-)?(?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d+)?"
    r"|\d{4}|\d+ \w+|(?:this|that|the same|recent|the past) \w+|(?:\w+ ){1,2}(?:days?|weeks?|months?|years?)(?: ago)?),? "
)
NOT_A_SUBJECT: Final = re.compile(
    r"\b(?:who|whom|whose|which|that|if|when|because|although|though|unless|whether|while|where|what|why|how|as|nobody"
    r"|nothing|none|no|i|we|(?-i:us)|you|everyone|everybody|anyone|anybody|to|is|are|was|were|be|been|has|had|would|since|until"
    r"|will|can|than|there|whatever|whoever|however|wherever|myself|ourselves|noone|neither|hardly|few)\b",
    re.IGNORECASE,
)
_MODALS: Final = frozenset("may might would could should must can will".split())
_HEAD_ENDS: Final = re.compile(
    r"\s(?:of|in|at|from|with|for|behind|on|inside|around|close|near|across|within|outside|to|among|about|against|under"
    r"|along|familiar|briefed|quoted|present|involved|working|speaking|based|abroad|here|there|next|by|over|after|before"
    r"|without|beyond|throughout|associated|engaged|responsible|loyal|sympathetic|interviewed|knowledgeable)(?=\s|$)"
)
_HELPER: Final = re.compile(
    r"(?:\s+|^)(?P<word>has|have|had|do|does|did|still|now|also|then|again|further|even|often|long|once|nevertheless"
    r"|never|not|always|therefore|thus|instead|too|later|just|may|might|would|could|should|must|can|will|afterwards"
    r"|nonetheless|meanwhile|already|rightly|already|first|seldom|sometimes|used to|seems? to|appears? to"
    r"|continues? to|tends? to"
    r"|likes? to|liked to|(?:is|are) inclined to|rushed to|(?:is|are|was|were) quick to|began to|begun to|came to"
    r"|(?:has|have) come to|(?:don|doesn|didn)['’]t|in private|in public|for (?:its|his|her|their) part"
    r"|(?:on|last|this) (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:last|this) (?:week|month|year)|[a-z]+ly)$"
)
_NEGATIONS: Final = frozenset({"never"})
_PART_OF: Final = re.compile(
    r"^(?:[Mm]uch|[Ss]ome|[Mm]any|[Mm]ost|[Ss]everal|[Pp]arts?|[Aa]ll|[Bb]oth|[Aa] number|[Aa] handful"
    r"|[Aa] (?:majority|minority)) of "
)
_ADJECTIVE: Final = re.compile(r"^[A-Z][a-z]*(?:an|ish|ese|ch|ern)$")
_ARTICLE: Final = re.compile(r"^[Tt]he (?=[A-Z][a-z]*(?:an|ish|ese|ch|ern)$)")
_CIRCUMSTANCE: Final = re.compile(
    r"(?:in|on|at|after|since|by|during|last|this|for|from|under|with|despite|before)\b", re.IGNORECASE
)
_LAST_NAMED: Final = re.compile(r"(?:[Tt]he |[Ss]ome |[Mm]any |[Oo]ne )?(?:[A-Z][\w.’'-]*\s)*[\w.’'-]+$")
_RELATIVE: Final = re.compile(
    r"^(?P<noun>.*?),?\s(?:(?:with|to|from|for|of|by|among|in) )?(?:who|whom|whose|which|that|where)\b"
    r"(?P<rest>(?:.*\b(?:who|whom|whose|which)\b)?(?P<last>.*))$"
)
_CONJUNCTION: Final = re.compile(
    r"^(?:but|and|yet|so|still|or|even|then|meanwhile|thus|now|indeed|perhaps|only|both)\s+", re.IGNORECASE
)
_PREPOSITION: Final = re.compile(r"(?:in|on|at|of|to|with|from|for|by)\b")


class Subject(NamedTuple):
    """Who stands where the subject of a verb stands: in the text's own words, and how surely it is somebody.

    `kind`: "pronoun", "known" (a name or a role) or "open" (a noun phrase that may or may not be somebody).
    `is_denied`: "not" stands between the subject and its verb.
    """

    phrase: str
    kind: str
    is_denied: bool = False


def names_in(text: str) -> frozenset[str]:
    """Words that stand with a capital inside a sentence, and names that often open one."""
    return _NAMES | frozenset(re.findall(r"(?<=[a-z,;] )[A-Z][\w.’-]*", text))


def subject_before(prefix: str, names: frozenset[str]) -> Subject | None:
    """The subject of the verb that the prefix of a sentence leads up to, or None where no one else speaks there."""
    if len(prefix) > LONGEST_PREFIX:
        return None
    prefix = re.sub(r"\([^()]*\)", "", prefix)
    clause = re.split(r"[;:—–]\s|\s[—–-]\s", prefix)[-1]
    chunks = [chunk.strip() for chunk in clause.split(",")]
    if len(chunks) > 1 and not _stripped(chunks[-1])[0]:
        return _before_aside(chunks[:-1], names, _stripped(chunks[-1])[1])
    last = chunks[-1]
    if re.search(r"\b(?:and|but|or|then)$", _stripped(last)[0]):
        return _opening_subject(clause, names)
    return _noun_phrase(last, names)


def _before_aside(chunks: list[str], names: frozenset[str], helpers: frozenset[str]) -> Subject | None:
    """The subject that an aside parts from its verb: "Lavrov, speaking in Ankara, said"."""
    for number, chunk in enumerate(chunks):
        if number and re.match(r"(?:who|which|whose|whom)\b", chunk):
            return None  # The verb's clause is within the aside, or the subject was not recognised before it.
        if not _CIRCUMSTANCE.match(chunk) or number + 1 == len(chunks):
            found = _noun_phrase(chunk, names, helpers)
            if found:
                return found
            if NOT_A_SUBJECT.match(chunk):
                return None
    return None


def _noun_phrase(chunk: str, names: frozenset[str], outer: frozenset[str] = frozenset()) -> Subject | None:
    phrase, helpers = _stripped(chunk)
    helpers |= outer
    is_denied = any(helper == "not" or helper.endswith(("n't", "n’t")) for helper in helpers)
    phrase = _TIME.sub("", phrase, count=1)
    if _LOOSE_END.search(phrase):
        return None
    relative = _RELATIVE.match(phrase)
    if relative:
        # Without another verb of its own, the relative clause is where the verb of reporting stands: "those who say".
        rest = relative["last"].strip()
        if len(rest.split()) < 2 or rest.endswith(" to") or (_PREPOSITION.match(rest) and len(rest.split()) < 5):
            return None
        phrase = relative["noun"]
    if _CIRCUMSTANCE.match(phrase):
        ending = _LAST_NAMED.search(phrase)
        phrase = ending.group() if ending and ending.start() else ""
    if phrase.lower() in PRONOUNS:
        return None if helpers & _MODALS else Subject(phrase, "pronoun", is_denied)
    if not phrase or helpers & _NEGATIONS or _FINITE.search(phrase):
        return None
    if NOT_A_SUBJECT.search(_HEAD_ENDS.split(phrase)[0]) or NOT_A_SUBJECT.match(phrase):
        return None
    if helpers & _MODALS and head_of(phrase).lower() not in GENERIC:
        return None
    if is_agent(phrase, names):
        return Subject(phrase, "known", is_denied)
    return Subject(phrase, "open", is_denied) if is_open(phrase) else None


def _stripped(chunk: str) -> tuple[str, frozenset[str]]:
    """A chunk without its conjunction, auxiliaries and adverbs, and those words."""
    phrase, helpers = chunk.strip(), set()
    while helper := _HELPER.search(phrase):
        helpers.add(helper["word"])
        phrase = phrase[: helper.start()].strip()
    while conjunction := _CONJUNCTION.match(phrase):
        phrase = phrase[conjunction.end() :]
    return phrase, frozenset(helpers)


def _opening_subject(clause: str, names: frozenset[str]) -> Subject | None:
    """The subject of the first of several predicates: "She has negotiated contracts and believes"."""
    clause = re.sub(r"^[^,]{1,60},\s+", "", clause) if _CIRCUMSTANCE.match(clause) else clause
    clause = _CONJUNCTION.sub("", clause.strip())
    tokens = clause.split()
    if not tokens or NOT_A_SUBJECT.match(clause):
        return None
    if tokens[0].lower() in PRONOUNS:
        return Subject(tokens[0], "pronoun")
    for count in range(1, min(6, len(tokens) - 1)):
        phrase = " ".join(tokens[:count])
        if phrase.endswith(","):
            break
        is_whole = not tokens[count][0].isupper() and head_of(phrase).lower() not in _ORDINALS
        if is_whole and not NOT_A_SUBJECT.search(phrase) and is_agent(phrase, names):
            return Subject(phrase, "known")
    return None


def head_of(phrase: str) -> str:
    """The head of a noun phrase: "Sceptics" of "Sceptics in Washington", "press" of "Much of the Western press"."""
    whole = _HEAD_ENDS.split(_PART_OF.sub("", phrase), maxsplit=1)[0].split()
    return whole[-1] if whole else ""


def is_agent(phrase: str, names: frozenset[str]) -> bool:
    """Whether a noun phrase names somebody: its head is a role, a name, or stands alone for people ("some")."""
    head = head_of(phrase)
    if not head or len(words(phrase)) > 2 * LONGEST_SPEAKER:
        return False
    lower = head.lower()
    if lower in _NOT_PERSONS or lower in {"i", "we", "you"}:
        return False
    if lower in _ROLES | _ALONE | GENERIC or (head.islower() and _PERSON.match(head)):
        return True
    is_one = bool(re.match(r"(?:an?|one|the|his|her|my|our|their|its|another)\b|[A-Z]", phrase))
    if head.islower() and is_one and _PERSON_SINGULAR.match(head):
        return True
    is_full_name = head in names or (head.isupper() and len(head) > 1) or len(_HEAD_ENDS.split(phrase)[0].split()) > 1
    return head[0].isupper() and is_full_name and not DOCUMENTS.search(head)


def is_open(phrase: str) -> bool:
    """Whether a noun phrase that names nobody known may still be somebody: "an old hand", "the barber"."""
    head = head_of(phrase)
    is_plain = bool(head) and len(_HEAD_ENDS.split(phrase)[0].split()) <= 5 and head.lower() not in _NOT_PERSONS
    return (
        is_plain
        and not DOCUMENTS.search(head)
        and (
            bool(re.match(r"(?:[A-Z]|an?\b|the\b|one\b|some\b|my\b|our\b)", phrase))
            or (head.endswith("s") and len(phrase.split()) > 1)
        )
    )


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
