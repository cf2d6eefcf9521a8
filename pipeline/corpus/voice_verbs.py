"""Verbs of reporting, in every finite form, and the clauses that follow them. It knows nothing of who speaks."""

import re
from typing import Final

_IRREGULAR: Final = {
    "say": "say says said", "tell": "tell tells told", "think": "think thinks thought", "hold": "hold holds held",
    "write": "write writes wrote written", "feel": "feel feels felt", "bet": "bet bets", "admit": "admit admits admitted",
    "quip": "quip quips quipped", "see": "see sees saw", "hear": "hear hears heard", "make": "make makes made",
    "take": "take takes took", "draw": "draw draws drew", "put": "put puts", "let": "let lets", "find": "find finds found",
    "show": "show shows showed", "go": "go goes went", "give": "give gives gave", "speak": "speak speaks spoke",
    "foresee": "foresee foresees foresaw",
}  # fmt: skip


def _forms(verbs: str) -> str:
    """The verbs' present and past as alternatives of a regular expression, the longer before the shorter."""
    forms: set[str] = set()
    for verb in verbs.split():
        if verb in _IRREGULAR:
            forms |= set(_IRREGULAR[verb].split())
        elif verb[-1] == "y" and verb[-2] not in "aeiou":
            forms |= {verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied"}
        else:
            third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
            forms |= {verb, third, f"{verb.removesuffix('e')}ed"}
    return "|".join(sorted(forms, key=lambda form: (-len(form), form)))


# Of speech whoever is the subject can be taken to speak; of thought he must be known to be somebody.
_SPEECH: Final = (
    "say argue insist claim maintain contend assert warn concede acknowledge admit note complain reply answer object "
    "explain declare predict deny stress emphasize emphasise underline underscore allege protest counter retort remark "
    "recall add comment opine caution lament reiterate state boast quip posit testify grumble affirm "
    "reaffirm hint charge profess proclaim write report vow mention tweet"
)
_THOUGHT: Final = (
    "think believe hold fear worry estimate assume suspect reason reckon doubt hope conclude expect calculate judge "
    "suppose consider anticipate assess forecast guess bet foresee fancy see suggest agree "
)
_ADDRESSING: Final = "tell remind assure inform warn"
_TAGGING: Final = (
    f"{_SPEECH} {_ADDRESSING} think believe suggest observe conclude ask cry joke muse reflect sigh shrug reason reckon"
)
_STATE: Final = (
    r"(?:is|are|was|were|remains?|remained|seems?|seemed|sounds?|sounded|professes? (?:himself|itself|herself|themselves))"
    r" (?:(?:all|not|less|more|far|most|quite|so|\w+ly) ){0,2}(?:convinced|confident|certain|sure|unsure|adamant|persuaded"
    r"|worried|afraid|anxious|unanimous|hopeful|doubtful|sceptical|skeptical|optimistic|pessimistic|sanguine|fearful"
    r"|concerned|nervous|insistent|emphatic|unconvinced|of the (?:view|opinion))"
)
_PHRASE: Final = (
    rf"(?:(?:{_forms('make take draw hold express voice offer share repeat advance raise')})\b"
    r"(?: [\w’'-]+){0,6}? (?:view|case|conclusion|opinion|belief|hope|fear|doubt|concern|conviction|confidence|argument"
    r"|point|claim|formula|judge?ment|line|impression|possibility|suspicion|theory|warning)s?"
    rf"|(?:{_forms('make')}) (?:it )?(?:\w+ )?(?:clear|plain)|(?:{_forms('let')}) it be known"
    rf"|(?:{_forms('put')}) (?:it|the matter)|(?:{_forms('point')}) out|(?:{_forms('find')}) consolation in the thought"
    rf"|(?:{_forms('dismiss reject dispute challenge mock ridicule')}) the (?:notion|idea|claim|suggestion"
    rf"|argument|charge|view|theory)"
    r"|goes? on to (?:say|argue|warn|add)|went on to (?:say|argue|warn|add))"
)
# Between a verb of speech and "that" may stand whom it was said to, where and when; of thought, hardly anything.
_NARROW: Final = (
    r"(?:\s+(?:to|in|with|at|on|by|from|for|before|after|during|this|last|earlier|yesterday|again|instead|too|also|[a-z]+ly"
    r"|\w+ (?:days?|weeks?|months?|years?) ago)\b[^,.;:“”\"]{0,70}?)?(?:,[^,.;:]{1,80},)?"
)
_THAT: Final = (
    r",?\s+that\b(?!\s+(?:is|was|would|will|line|ground|town|city|territory|land|office|post|day|night|same|much)\b)"
)
_STARTS: Final = (
    r"(?:the|an?|it|they|he|she|we|you|i|this|these|those|there|its|his|her|their|our|no|some|any|all|both|neither"
    r"|nobody|what|most|many|more|each|every|if|only|such|another|even|\d[\d,.]*"
    r"|one|two|three|talks|negotiations|efforts|peace|sanctions|ending|ukrainians|russians)\b"
)
_FINITE: Final = (
    r"(?:is|are|was|were|isn['’]t|aren['’]t|wasn['’]t|has|have|had|will|would|won['’]t|wouldn['’]t|can|cannot|can['’]t|could"
    r"|should|must|may|might|does|did|doesn['’]t|didn['’]t|needs?|wants?|wanted|remains?|seems?|means|deserves?|knows?"
    r"|\w+['’](?:s|re|ll|d|ve) \w+|[a-z]+ed)"
)
_CLAUSE: Final = rf"(?:(?i:{_STARTS})|[A-Z][\w.’'-]*)(?=[^;:?“”\"]{{0,110}}?\b{_FINITE}\b)"
SAYS: Final = re.compile(
    rf"\b(?P<verb>{_forms(_SPEECH)}|{_PHRASE})"
    rf"(?P<clause>{_NARROW}{_THAT}|(?:\s+(?:(?:on|last|this) \w+|\w+ly|again))?\s+(?={_CLAUSE})"
    r"|\s+(?:[^,.;:“”\"]{1,60})?:\s|,?\s+(?:why|how)\s)"
)
TELLS: Final = re.compile(
    rf"\b(?P<verb>{_forms(_ADDRESSING)})(?P<clause>\s+[^.;:“”\"]{{1,80}}?(?:{_THAT}|:\s|,? of what )"
    rf"|\s+(?:(?:the )?[\w.’'-]+(?: [\w.’'-]+){{0,2}}?)\s+(?={_CLAUSE}))"
)
THINKS: Final = re.compile(
    rf"\b(?P<verb>{_forms(_THOUGHT)}|{_STATE})(?P<clause>{_NARROW}{_THAT}|\s+(?={_CLAUSE})"
    r"|\s+[^,.;:]{1,60}? to (?:be|have|[a-z]+)\b(?<!to the)(?<!to a))"
)
ASKS: Final = re.compile(
    rf"\b(?P<verb>{_forms('wonder question doubt')})(?P<clause>,?(?: [\w ]+,)? (?:whether|what|how|why|if)\b)"
)
PARTICIPLE: Final = re.compile(
    r", (?P<verb>arguing|contending|holding|saying|insisting|claiming|warning|asserting|maintaining|suggesting|predicting"
    rf"|complaining|explaining|believing|convinced|confident|on the theory)(?P<clause>{_NARROW}{_THAT})"
)
_FINDING: Final = "find show suggest indicate conclude say estimate assess put warn argue judge predict note report"
FINDING: Final = rf"\b(?:{_forms(_FINDING)})\b"
FINDS: Final = re.compile(
    rf"(?P<verb>{FINDING})"
    rf"(?P<clause>{_NARROW}{_THAT}|\s+(?={_CLAUSE}))"
)
TAG: Final = rf"(?:{_forms(_TAGGING)}|goes on|went on|continue[sd]|point(?:s|ed) out)"
LED: Final = rf"(?:{_forms('say argue warn insist explain write note claim complain add reply')}|runs|ran)"
EVIDENT: Final = re.compile(rf"(?:{_forms('suggest')})")
EXPECTATION: Final = re.compile(r"expect(?:s|ed)?|anticipate[sd]?|consider(?:s|ed)?|judge[sd]?|believe[sd]?")
# "Says the", "thinks Putin": of these verbs alone a clause without "that" is common enough to be told from an object.
BARE: Final = re.compile(
    rf"(?:{_forms('say think believe argue insist hope fear claim warn admit acknowledge suggest complain assume suspect')}"
    rf"|{_forms('predict worry maintain concede contend explain feel reckon add doubt note stress expect imagine assure')}"
    rf"|{_forms('tell inform find show estimate conclude report deny state declare reply conclude bet indicate')}|{_STATE})"
)
