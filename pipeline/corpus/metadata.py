"""Metadata of an article: sidecar files, front matter, bylines, names and dates. It does not touch the body text."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import yaml  # type: ignore[import-untyped, unused-ignore]  # typed only where types-PyYAML is installed
from frontmatter.default_handlers import YAMLHandler

from pipeline.corpus.article import Article, Rejected
from pipeline.tables.corpus import SECTIONS
from pipeline.text import normalize

FRONT_MATTER_CHARACTERS: Final = 64_000
FIELD_CHARACTERS: Final = 1_000
# Our field, and the keys of a sidecar or a front matter that give it; the first one present counts.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title",),
    "analysts": ("analyst", "analysts", "author", "authors"),
    "outlet": ("outlet",),
    "perspective": ("perspective",),
    "section": ("section",),
    "published": ("published", "date"),
    "url": ("url",),
}

_FRONT_MATTER: Final = YAMLHandler()
_KEY_LINE: Final = re.compile(r"[A-Za-z_][\w ]*:(?:\s|$)")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?"
)
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE: Final = (
    rf"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?"
    rf"(?:(?:{_MONTH})\.?\s+{_DAY},?\s+\d{{4}}|{_DAY}\s+(?:{_MONTH})\.?,?\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}})"
)
_TIME: Final = r"(?:[,\s]+(?:at\s+)?\d{1,2}:\d{2}[^\n]{0,20})?"
_WRITTEN: Final = re.compile(rf"({_DATE}){_TIME}\.?", re.IGNORECASE)
_DATE_LINE: Final = re.compile(
    rf"(?:(?:first\s+)?(?:published|posted|updated)(?:\s+on)?:?\s+)?({_DATE}){_TIME}\.?", re.IGNORECASE
)
_BY: Final = r"(?:written\s+by|by|authors?)\s*:?\s"
_NAMES: Final = r"(?P<names>[^\n]{2,150}?)"
_BY_LINE: Final = re.compile(rf"{_BY}\s*{_NAMES}(?:(?:\s*[-–—|·•,/]\s*|\s+on\s+|\s+)(?P<date>{_DATE}))?", re.IGNORECASE)
_NAME_DATE_LINE: Final = re.compile(rf"{_NAMES}\s*(?:[|·•–—]|\s-)\s*(?P<date>{_DATE})", re.IGNORECASE)
_DATE_NAME_LINE: Final = re.compile(rf"(?P<date>{_DATE})\s*[|·•–—-]\s*(?:{_BY})?\s*{_NAMES}", re.IGNORECASE)
_NAME_WORD: Final = re.compile(r"[^\W\d_][^\W\d_.'’-]*(?:[.'’-]+[^\W\d_]+)*\.?")
_NAME_BREAK: Final = re.compile(r"\s*(?:;|,\s+and\s|,|&|\s(?:and|with)\s)\s*")
# Lower-case words that stand inside a personal name, and the words that end the name of a desk.
_PARTICLES: Final = frozenset(
    (
        "de",
        "da",
        "di",
        "du",
        "del",
        "della",
        "der",
        "den",
        "des",
        "dos",
        "la",
        "le",
        "y",
        "e",
        "van",
        "von",
        "ten",
        "ter",
        "bin",
        "bint",
        "ibn",
        "al",
        "el",
    )
)
_COLLECTIVES: Final = frozenset(("desk", "staff", "board", "editors", "team"))


def sidecar(name: str, body: bytes) -> dict[str, object]:
    """The keys of the sidecar `<file name>.toml`; unknown ones are kept and ignored by others. Raises Rejected.

    A table's sidecar may hold a `[columns]` table: our field = "their column".
    """
    try:
        fields: dict[str, object] = tomllib.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Rejected(f"{name} is not UTF-8: byte {error.start} cannot be read; save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise Rejected(f'{name} is not TOML ({error}); write lines such as title = "The title"') from error
    described(fields, "sidecar", name)
    columns = fields.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(column, str) for column in columns.values()):
        raise Rejected(f'{name}: [columns] must hold lines such as text = "their column"')
    return fields


def front_matter(text: str) -> tuple[dict[str, object], str]:
    """The YAML front matter of a text and the text after it; no keys and the whole text where it has none.

    Scalars stay text as written (YAML's base schema), so `title: 1984` is a title. Raises Rejected naming the line.
    """
    text = text.lstrip("\ufeff\r\n")
    if not _FRONT_MATTER.detect(text):
        return {}, text
    looks_like_keys = _KEY_LINE.match(text.partition("\n")[2].lstrip()) is not None
    try:
        block, body = _FRONT_MATTER.split(text)
    except ValueError:
        if looks_like_keys:
            raise Rejected("the front matter that opens on line 1 is not closed; end it with a line of ---") from None
        return {}, text
    if len(block) > FRONT_MATTER_CHARACTERS:
        raise Rejected(f"the front matter has over {FRONT_MATTER_CHARACTERS} characters; is its closing --- missing?")
    fields = _yaml(block)
    if isinstance(fields, dict):
        return {str(key): value for key, value in fields.items()}, body
    # Two rules of dashes around prose, or around nothing, are ornament and not a front matter.
    return {}, f"{block.strip()}\n\n{body}"


def described(fields: Mapping[str, object], basis: str, where: str) -> Article:
    """An article without text, described by the keys of a sidecar or a front matter. Raises Rejected naming the key."""
    present = {field: next((key for key in keys if not _is_blank(fields.get(key))), "") for field, keys in KEYS.items()}
    texts = {
        field: one_line(fields[present[field]], present[field], where) if present[field] else ""
        for field in ("title", "outlet", "perspective", "section", "url")
    }
    section = texts["section"].lower() or "unknown"
    if section not in SECTIONS:
        raise Rejected(f"{where}: section {texts['section']!r} is not one of {', '.join(SECTIONS)}")
    if texts["url"] and not texts["url"].lower().startswith(("http://", "https://")):
        raise Rejected(f"{where}: url {texts['url']!r} must begin with http:// or https://")
    published = _published(fields[present["published"]], present["published"], where) if present["published"] else ""
    return Article(
        text="",
        title=texts["title"],
        analysts=_analysts(fields[present["analysts"]], present["analysts"], where) if present["analysts"] else (),
        outlet=texts["outlet"],
        perspective=texts["perspective"],
        section_label=section,
        published_date=published,
        published_date_basis=basis if published else "",
        url=texts["url"],
    )


def one_line(value: object, key: str, where: str) -> str:
    """A text value, normalised, on one line. Raises Rejected naming the key for any other type, or one far too long."""
    if not isinstance(value, str):
        raise Rejected(f"{where}: {key} must be text, and is {_kind(value)}; put it in quotation marks")
    if len(value) > FIELD_CHARACTERS:
        raise Rejected(f"{where}: {key} has {len(value)} characters; shorten it to {FIELD_CHARACTERS}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Rejected(f"{where}: {key} holds half of a surrogate pair; write the character itself")
    return " ".join(normalize(value).split())


def iso_date(value: str) -> str:
    """The date of an ISO date or time, as YYYY-MM-DD; empty where it is none, or lies outside 1800 to 2199."""
    value = value.strip().removesuffix("UTC").strip()
    if not re.match(r"\d{4}-\d{2}-\d{2}(?:[T ]|$)", value, re.ASCII):
        return ""
    try:
        day = datetime.fromisoformat(value).date()
    except ValueError:
        return ""
    return day.isoformat() if 1800 <= day.year < 2200 else ""


def written_date(value: str) -> str:
    """The date of "April 22, 2025", "22 Apr 2025" or an ISO date, as YYYY-MM-DD; empty where it is none.

    Dates in figures alone (04/05/2025) are not guessed at.
    """
    match = _WRITTEN.fullmatch(value.strip())
    if not match:
        return iso_date(value)
    found = match.group(1)
    month = re.search(rf"\b({_MONTH})\b", found, re.IGNORECASE)
    figures = [int(figure) for figure in re.findall(r"\d+", found)]
    if not month or len(figures) != 2:
        return iso_date(found.split()[-1])
    number = _MONTHS.index(month.group(1)[:3].lower()) + 1
    return iso_date(f"{figures[1]:04d}-{number:02d}-{figures[0]:02d}")


def names(value: str, least_words: int = 2) -> tuple[str, ...]:
    """The personal names of a byline such as "Ann Smith, Bob Jones and C. D. Roe"; none where any part is no name."""
    parts = tuple(part for part in _NAME_BREAK.split(value.strip(" .,;")) if part)
    return parts if parts and len(parts) <= 12 and all(_is_name(part, least_words) for part in parts) else ()


def byline(line: str) -> Article | None:
    """The analysts and the date of a line that holds nothing else; None for any other line.

    Understood: "by NAME - DATE", "By NAME and NAME, DATE", "By NAME", "Author: NAME", "NAME | DATE", "DATE | NAME" and
    "DATE".
    """
    line = line.strip().strip("*_|·• ")
    if len(line) > 250:
        return None
    dated = _DATE_LINE.fullmatch(line)
    if dated:
        published = written_date(dated.group(1))
        return Article("", published_date=published, published_date_basis="byline") if published else None
    match = _BY_LINE.fullmatch(line)
    if match:
        # One word ("by Reuters") is a name only where a date shows the line to be a byline.
        return _byline(names(match["names"], 1 if match["date"] else 2), match["date"])
    match = _NAME_DATE_LINE.fullmatch(line) or _DATE_NAME_LINE.fullmatch(line)
    return _byline(names(match["names"]), match["date"]) if match else None


def _byline(analysts: tuple[str, ...], written: str | None) -> Article | None:
    published = written_date(written) if written else ""
    if not analysts or (written and not published):
        return None
    return Article("", analysts=analysts, published_date=published, published_date_basis="byline" if published else "")


def _is_name(part: str, least_words: int) -> bool:
    found = part.split()
    if not least_words <= len(found) <= 6 or len(part) > 60 or not all(map(_NAME_WORD.fullmatch, found)):
        return False
    return found[0][0].isupper() and all(
        word[0].isupper() or word in _PARTICLES or word in _COLLECTIVES for word in found
    )


def _analysts(value: object, key: str, where: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = one_line(value, key, where).split(";")
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Rejected(f'{where}: {key} must be a name, names joined by "; ", or a list of names; it is {_kind(value)}')
    found = (one_line(name, key, where) for name in value)
    return tuple(dict.fromkeys(name for name in found if name))


def _published(value: object, key: str, where: str) -> str:
    written = value.isoformat() if isinstance(value, date) else value
    found = iso_date(written) if isinstance(written, str) else ""
    if not found:
        raise Rejected(f"{where}: {key} {str(value)[:60]!r} is not a date; write it as YYYY-MM-DD, such as 2025-04-22")
    return found


def _yaml(block: str) -> object:
    try:
        return yaml.load(block, Loader=yaml.BaseLoader)  # safe: it builds text, lists and maps, and nothing else
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        cause = f"line {line}: {error.problem}"
        raise Rejected(f"the front matter is not YAML ({cause}); put the value in quotation marks") from error
    except (yaml.YAMLError, RecursionError) as error:
        cause = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise Rejected(f"the front matter after line 1 is not YAML ({cause}); write lines like title: Title") from error


def _is_blank(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and value.strip() in {"", "~", "null"})


def _kind(value: object) -> str:
    return {dict: "a table of keys", list: "a list", int: "a number", float: "a number", bool: "true or false"}.get(
        type(value), f"a {type(value).__name__}"
    )
