"""Rows: a .csv or .jsonl table of articles, one outcome a row, and an independent count of its rows."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any, Final

from pipeline.corpus import files, metadata, plain
from pipeline.corpus.article import Article, Rejected

KINDS: Final = (".csv", ".jsonl", ".ndjson")
KEY_CHARACTERS: Final = 300
# Rows are read in this process, without a deadline; no article is a tenth as long.
TEXT_BYTES: Final = 1_000_000
# Our field, and the column names by which it is known unless a sidecar maps it. A section is only taken where it is
# mapped: in most tables that column holds a newspaper's department and not a kind of text.
DEFAULT_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "body", "content", "full_text"),
    "title": ("title", "headline"),
    "analyst": ("analyst", "author", "authors", "byline"),
    "published": ("date", "published", "publish_date", "published_date"),
    "url": ("url", "link"),
    "outlet": ("outlet", "source", "publication", "media_name"),
    "perspective": ("perspective",),
    "section": (),
    "id": ("id", "key", "guid"),
}

_QUOTED_FIELD: Final = r'"[^"]*(?:""[^"]*)*(?:"|(\Z))'
_MISSING: Final = frozenset({"", "nan", "null", "none", "n/a", "na"})


@dataclass(frozen=True)
class Row:
    """One row of a table. Its key is unlike every other key of the table."""

    key: str
    outcome: Article | Rejected


@dataclass(frozen=True)
class _Record:
    """A row as parsed: its place (1-based), its cells by column, or why it could not be parsed."""

    number: int
    cells: Mapping[str, object] = field(default_factory=dict)
    problem: str = ""


def count(name: str, body: bytes) -> int:
    """The table's data rows, counted without the parsers that `read` uses, so that a row dropped there is noticed.

    Rows of a .csv are its records below the first, blank lines aside; those of a .jsonl its lines that are not blank.
    Raises Rejected where the bytes are no text.
    """
    text = _decoded(name, body)
    if _suffix(name) != ".csv":
        return len(re.findall(r"^[^\S\n]*[^\s]", text, re.MULTILINE))
    # Without the quoted fields, whose line ends are text, every line that holds anything is a record.
    return max(len(re.findall(r"[^\r\n]+", _quoted_fields(text).sub("q", text))) - 1, 0)


def is_readable(name: str, body: bytes, mapping: Mapping[str, str] | None = None) -> bool:
    """Whether `read` takes the table at all, rather than rejecting it as a whole."""
    try:
        _fields(_columns(name, _decoded(name, body)), mapping or {}, name)
    except Rejected:
        return False
    return True


def read(name: str, body: bytes, mapping: Mapping[str, str] | None = None) -> Iterator[Row]:
    """One Row for each data row, in order. `mapping` is our field = their column; the rest goes by common names.

    A row's key is its id, else its URL, else "row N". Raises Rejected at once where the table as a whole cannot be
    read: no text, too large, no column for the text, or a mapped column that is not there.
    """
    text = _decoded(name, body)
    fields = _fields(_columns(name, text), mapping or {}, name)
    return _rows(_csv_records(text) if _suffix(name) == ".csv" else _json_records(text), fields)


def _rows(records: Iterator[_Record], fields: Mapping[str, str]) -> Iterator[Row]:
    places: dict[str, int] = {}
    for record in records:
        own = f"row {record.number}"
        if record.problem:
            key: str = own
            outcome: Article | Rejected = Rejected(f"{own}: {record.problem}")
        else:
            key, outcome = _keyed(record, fields, own)
        if key in places:
            outcome = Rejected(f"{own} has the key {key!r} of row {places[key]}; give each row an id of its own")
            key = f"{key} ({own})"
            while key in places:
                key += "'"
        places[key] = record.number
        yield Row(key, outcome)


def _keyed(record: _Record, fields: Mapping[str, str], own: str) -> tuple[str, Article | Rejected]:
    try:
        values = {name: _cell(record.cells.get(column), column, own) for name, column in fields.items()}
    except Rejected as reason:
        return own, reason
    key = " ".join(plain.tidy(values.get("id") or values.get("url") or own).split())[:KEY_CHARACTERS] or own
    try:
        return key, _article(values, fields, own)
    except Rejected as reason:
        return key, reason


def _article(values: dict[str, str], fields: Mapping[str, str], own: str) -> Article:
    if len(values["text"].encode()) > TEXT_BYTES:
        raise Rejected(f"{own}: {fields['text']} is over the limit of {TEXT_BYTES:,} bytes; divide it")
    described: dict[str, object] = {key: values.get(key, "") for key in ("title", "outlet", "perspective", "section")}
    notes: tuple[str, ...] = ()
    written = values.get("published", "")
    if written:
        described["published"] = metadata.written_date(written) or written
    url = values.get("url", "")
    if url.lower().startswith(("http://", "https://")):
        described["url"] = url
    elif url:
        notes = (f"{fields['url']} {url[:100]!r} is not an http address and was left out",)
    described["analyst"] = _analysts(values.get("analyst", ""))
    found = metadata.described(described, "column", own)
    blocks = [block for block in plain.light_blocks(values["text"]) if block.text]
    try:
        return files.checked(replace(found, text="\n\n".join(plain.paragraphs(blocks)), notes=notes))
    except Rejected as reason:
        raise Rejected(f"{own}: {fields['text']} {reason}") from reason


def _analysts(value: str) -> list[str]:
    """The names of an author column: parted at semicolons, and at "and" and commas where every part is a name."""
    value = re.sub(r"^\s*by:?\s+", "", value, flags=re.IGNORECASE)
    return value.split(";") if ";" in value else list(metadata.names(value)) or [value]


def _cell(value: object, column: str, own: str) -> str:
    """A cell as text; empty where it is missing. Lists of names are joined by semicolons."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = ";".join(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise Rejected(f"{own}: {column} must be text, and is {json.dumps(value, default=str)[:60]}; write it as text")
    text = "" if value is None else str(value)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Rejected(f"{own}: {column} holds half of a surrogate pair; write the character itself")
    return "" if text.strip().lower() in _MISSING else text


def _fields(columns: list[str], mapping: Mapping[str, str], name: str) -> dict[str, str]:
    """Which column gives which of our fields."""
    plainly = {re.sub(r"[\s_-]+", "_", column.strip().lower()): column for column in reversed(columns)}
    fields = {ours: next((plainly[n] for n in known if n in plainly), "") for ours, known in DEFAULT_COLUMNS.items()}
    for ours, theirs in mapping.items():
        if ours not in DEFAULT_COLUMNS:
            raise Rejected(f"[columns] maps {ours!r}; correct the sidecar, the fields are {', '.join(DEFAULT_COLUMNS)}")
        if theirs not in columns:
            raise Rejected(f"[columns] names {theirs!r}; correct the sidecar, the columns are {_listed(columns)}")
        fields[ours] = theirs
    if not fields["text"]:
        raise Rejected(
            f"has no column for the text; its columns are {_listed(columns)}. Say which one it is in {name}.toml: "
            '[columns], and below it text = "their column"'
        )
    return {ours: theirs for ours, theirs in fields.items() if theirs}


def _listed(columns: list[str]) -> str:
    return ", ".join(repr(column[:60]) for column in columns[:40]) or "none"


def _columns(name: str, text: str) -> list[str]:
    if _suffix(name) == ".csv":
        return next((record for record in _csv_reader(text) if record), [])
    return list(dict.fromkeys(key for record in _json_records(text) for key in record.cells))


def _csv_records(text: str) -> Iterator[_Record]:
    reader = _csv_reader(text)
    header: list[str] = next((record for record in reader if record), [])
    number, last, line = 0, None, reader.line_num + 1
    for cells in reader:
        if cells:
            if last:
                yield last
            number += 1
            last = _Record(number, dict(zip(header, cells, strict=False)), _raggedness(cells, header, line))
            opened = line
        line = reader.line_num + 1
    if last and _is_open_ended(text):
        problem = f"a quotation mark after line {opened} is not closed, so that all that follows is one cell; close it"
        last = _Record(number, problem=problem)
    if last:
        yield last


def _raggedness(cells: list[str], header: list[str], line: int) -> str:
    if len(cells) == len(header):
        return ""
    return f"line {line} has {len(cells)} cells and the header {len(header)}; put quotation marks around the text cells"


def _is_open_ended(text: str) -> bool:
    end = None
    for match in _quoted_fields(text).finditer(text):
        end = match.group(1)
    return end is not None


def _quoted_fields(text: str) -> re.Pattern[str]:
    """Fields in quotation marks; a mark opens one only as the first character of its field."""
    return re.compile(rf"(?:(?<=[\r\n{re.escape(_delimiter(text))}])|\A){_QUOTED_FIELD}")


def _csv_reader(text: str) -> Any:
    # The limit is the interpreter's, not the reader's; a table's own size limit is the one that counts here.
    csv.field_size_limit(files.LARGEST_TABLE)
    return csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))


def _json_records(text: str) -> Iterator[_Record]:
    number = 0
    for line_number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        number += 1
        try:
            cells = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield _Record(number, problem=f"line {line_number} is not JSON ({error}); write one object a line")
            continue
        if isinstance(cells, dict):
            yield _Record(number, cells)
        else:
            yield _Record(number, problem=f"line {line_number} is not a JSON object; write {{...}}, one key a column")


def _delimiter(text: str) -> str:
    """The delimiter of a .csv: a comma, or the semicolon or tab that spreadsheets write in its place."""
    header = re.search(r"[^\r\n]+", text[:100_000])
    line = header.group() if header else ""
    return max(",;\t", key=lambda mark: (line.count(mark), mark == ","))


def _decoded(name: str, body: bytes) -> str:
    if _suffix(name) not in KINDS:
        raise Rejected(f"{name} is not a kind of table that is read; use one of {', '.join(KINDS)}")
    if len(body) > files.LARGEST_TABLE:
        raise Rejected(f"has {len(body):,} bytes, over the limit of {files.LARGEST_TABLE:,}; divide the table")
    return files.decode(body)


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()
