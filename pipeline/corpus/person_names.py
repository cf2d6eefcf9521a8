"""Person names: bylines taken apart into names, and what can be a person's name at all."""

import re
from html import unescape
from typing import Final

from pipeline.text import normalize

_LEAD: Final = re.compile(
    r"^\W*(?:(?:(?:written|posted|published|reported|story|text|words|analysis|opinion|commentary|"
    r"interview(?:ed)?) )*by\b|authors?\s*:|written by|"
    r"text\s*:|автор(?:ы)?\s*:|текст\s*:|автори?\s*:|von\b|par\b|por\b)\s*:?\s*",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(r"^(?:(?:dr|prof|professor|mr|mrs|ms|sir|dame|lord|амб|проф)\.?\s+)+", re.IGNORECASE)
_CREDENTIAL: Final = re.compile(r",?\s+(?:ph\.?\s?d\.?|m\.?d\.?|j\.?d\.?|mba|cbe|obe|mp|mep|esq\.?)$", re.IGNORECASE)
_JUNIOR: Final = re.compile(r",\s*((?:Jr|Sr)\.?|I{2,3}|IV)(?=$|\s|,)")
_SEPARATOR: Final = re.compile(
    r"\s*(?:;|,|\||&|•|·|/|\n|\s(?:and|und|y|et|и|та|й|i|with)\s)\s*(?:(?:and|et|und|и|та)\s+)?",
    re.IGNORECASE,
)
_REST: Final = re.compile(
    r"\s+[—–|•·]\s+.*$|\s+-\s+.*$|\s*[(\[].*$|\s+(?:for|at|in|from|of|on|для|in:)\s+.*$|\s*\d.*$",
    re.DOTALL,
)
PARTICLES: Final = frozenset(
    {
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ben",
    }
    | {"bint", "ter", "ten", "af", "av", "zu", "zur", "und", "st", "mac", "o", "y", "e", "i"}
)
_NO_PERSON: Final = re.compile(
    r"\b(?:staff|admin(?:istrator)?|super ?user|guest|editors?|editorial|redaction|reporters?|correspondents?|desk|"
    r"team|newsroom|bureau|wires?|"
    r"agenc(?:y|ies)|press|news|media|online|web|service|contributors?|columnists?|author|unknown|anonymous|user|"
    r"webmaster|"
    r"professor|lecturer|fellow|director|analyst|researcher|scholar|president|chair(?:man|woman)?|minister|ambassador|"
    r"senior|former|"
    r"associate|institute|institution|university|college|centre|center|council|foundation|school|department|programme|"
    r"program|project|"
    r"group|society|association|committee|club|times|post|journal|review|magazine|gazette|tribune|herald|daily|weekly|"
    r"today|report|"
    r"reuters|afp|ap|tass|interfax|ukrinform|bloomberg|wordpress|substack|share|follow|subscribe|updated?|published|"
    r"posted|read|min|"
    r"редакция|редакція|редактор|корреспондент|агентство|новости|собкор|пресс-служба|аналитик|эксперт|директор|доктор|"
    r"профессор)\b",
    re.IGNORECASE,
)


def without_lead(stated: str) -> str:
    """A byline without its "By", "Written by" or "Author:"."""
    return _LEAD.sub("", stated)


def split(stated: str) -> list[str]:
    """The names in a byline such as "By A, B and C — military analysts": cleaned, not yet judged.

    Honorifics, degrees, leads, and what follows a dash or stands in brackets are left out; capitals are lowered.
    """
    text = " ".join(normalize(unescape(stated)).split())[:2_000]
    if "://" in text or "@" in text:
        return []
    text = _JUNIOR.sub(r" \1", _LEAD.sub("", text))
    return [name for part in _SEPARATOR.split(text) if (name := _cleaned(part))]


def _cleaned(part: str) -> str:
    name = _CREDENTIAL.sub("", _TITLE.sub("", _REST.sub("", _LEAD.sub("", part.strip())))).strip(' .,:;-–—*"“”')
    name = f"{name}." if name.endswith((" Jr", " Sr")) else name
    if name.isupper() and len(name) > 3:
        name = re.sub(r"[^\W\d_]+", lambda word: word.group().capitalize(), name)
    return name


def is_name(name: str) -> bool:
    """Whether this can be a person's name: two to six words in capitals (or a script without them), and no role."""
    tokens = name.split()
    if (
        len(name) > 60
        or not 2 <= len(tokens) <= 6
        or _NO_PERSON.search(name)
        or re.search(r"[\d@:/\\_<>{}=!?#|]", name)
    ):
        return False
    weighty = [token for token in tokens if token.lower().strip("’'.") not in PARTICLES]
    return len(weighty) >= 1 and len(name) >= 4 and all(_begins_as_name(token) for token in weighty)


def _begins_as_name(token: str) -> bool:
    letters = token.lstrip("'’\"“(")
    if not letters or not letters[0].isalpha():
        return False
    return letters[0].isupper() or not letters[0].islower() or bool(re.match(r"(?:d|l|o|al|el)[’'-][A-Z]", letters))


def folded(name: str) -> str:
    """A name for comparing: without case, dots and marks between words."""
    return re.sub(r"[\W_]+", " ", normalize(name)).strip().casefold()
