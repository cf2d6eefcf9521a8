"""Page lists: the addresses of articles in a reading list: a .csv with a column for them, or pasted links, one a line.

It asks nothing of the web, and what is wrong with one line costs no other.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from pipeline.corpus import files, metadata, rows, urls
from pipeline.corpus.article import Rejected
from pipeline.tables.corpus import SECTIONS

LARGEST_LIST: Final = 5_000_000
TABLE_SUFFIXES: Final = (".csv", ".tsv")
# Our field, and the column names by which it is known unless `columns` maps it; beside the address as tables have them.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "url": ("url", "link", "address", "web_address", "page_url", "article_url", "permalink", "href", "uri"),
    "title": rows.DEFAULT_COLUMNS["title"],
    "analyst": rows.DEFAULT_COLUMNS["analyst"],
    "outlet": rows.DEFAULT_COLUMNS["outlet"],
    "published": rows.DEFAULT_COLUMNS["published"],
    "perspective": rows.DEFAULT_COLUMNS["perspective"],
    "section": ("section",),
}

_ENCODINGS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# A record over more lines than this has a quotation mark that nobody closed.
_MOST_LINES: Final = 50
_LONGEST_LINE: Final = 10_000
_MISSING: Final = frozenset({"", "nan", "null", "none", "n/a", "na"})
# Every part is bounded or gives nothing back, so that no line of brackets costs more than its length.
_IMAGE: Final = re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,4000}\)")
_INSIDE: Final = r"[^\s<>()\[\]\"]"
_LINK: Final = re.compile(
    r"\[(?P<title>(?:\\.|[^\[\]\\]|\[[^\[\]]{0,200}\]){0,500})\]"
    rf"\(\s*<?(?P<url>https?://(?:{_INSIDE}|\({_INSIDE}*+\))++)>?[^)]{{0,300}}+\)"
    r"|(?P<bare>https?://[^\s<>\"]++)",
    re.IGNORECASE,
)
# A line's number, what it says by our fields, and what is wrong with it.
_Found = tuple[int, Mapping[str, str], str]
_BULLET: Final = re.compile(r"^(?:\s|>|[-*+•–—](?=\s)|\d{1,4}[.)](?=\s)|\[[ xX]?\](?=\s))+")
_CLOSING: Final = ".,;:!?'\"”’»*_"


@dataclass(frozen=True)
class Listed:
    """One page of a list. `url` is canonical, `published` an ISO date; what the list does not say is empty."""

    url: str
    title: str = ""
    authors: tuple[str, ...] = ()
    outlet: str = ""
    published: str = ""
    perspective: str = ""
    section: str = "unknown"


@dataclass(frozen=True)
class PageList:
    """The pages of a list in its order, each once, and in sentences what was wrong with which line."""

    rows: tuple[Listed, ...]
    problems: tuple[str, ...] = ()


def read(name: str, body: bytes, columns: Mapping[str, str] | None = None) -> PageList:
    """The pages of a list. `columns` is our field = their column; the others go by common names.

    A cell that cannot be read is left out and told, and so is a row without a usable address.

    Raises:
        Rejected: nothing can be read: no text, too large, no column for the address, no address at all.
    """
    lines = _lines(name, body)
    header = header_of(lines)
    # A .csv that begins with an address has no header: it holds pasted links under another name.
    is_table = bool(columns) or _is_table(name) or _names_addresses(header)
    if not is_table or any("://" in cell for cell in header):
        found = _gathered(_linked(lines))
        if not found.rows:
            raise Rejected(f"{name} holds no address that begins with https:// or http://; put one on each line")
        return found
    return _gathered(_tabled(lines, matched(header, COLUMNS, columns or {}, name)))


def added(name: str, body: bytes, page: Listed, columns: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a .csv list with one row more, in its own columns, delimiter, line ends and encoding.

    Raises:
        Rejected: the list has no header with a column for the address.
    """
    lines = _lines(name, body)
    header = header_of(lines)
    values = {
        "url": page.url, "title": page.title, "analyst": "; ".join(page.authors), "outlet": page.outlet,
        "published": page.published, "perspective": page.perspective,
        "section": "" if page.section == "unknown" else page.section,
    }  # fmt: skip
    cells = {column: values[ours] for ours, column in matched(header, COLUMNS, columns or {}, name).items()}
    text = files.decode(body)
    end = "\r\n" if "\r\n" in text else "\n"
    row = io.StringIO()
    writer = csv.writer(row, delimiter=_delimiter(lines), lineterminator=end)
    writer.writerow([cells.get(column, "") for column in header])
    lead = "" if text.endswith(("\n", "\r")) else end
    return body + (lead + row.getvalue()).encode(_ENCODINGS.get(body[:2], "utf-8"))


def matched(
    header: list[str], known: Mapping[str, tuple[str, ...]], columns: Mapping[str, str], name: str
) -> dict[str, str]:
    """Our field = the column that gives it, by `columns` and else by the first of its known names, as tables have it.

    Raises:
        Rejected: `columns` maps what is not there, or there is no column for the first field of `known`.
    """
    plainly = {re.sub(r"[\s_-]+", "_", column.strip().lower()): column for column in reversed(header)}
    found = {ours: next((plainly[n] for n in names if n in plainly), "") for ours, names in known.items()}
    listed = ", ".join(repr(column[:60]) for column in header[:40]) or "none"
    for ours, theirs in columns.items():
        if ours not in known:
            raise Rejected(f"columns maps {ours!r}; correct it in sources.toml, the fields are {', '.join(known)}")
        if theirs not in header:
            raise Rejected(f"columns names {theirs!r}; correct it in sources.toml, the columns of {name} are {listed}")
        found[ours] = theirs
    first = next(iter(known))
    if not found[first]:
        raise Rejected(
            f"{name} has no column for the {first}; its columns are {listed}. Call one of them {first}, or say which "
            f'it is in sources.toml: columns = {{ {first} = "their column" }}'
        )
    return {ours: column for ours, column in found.items() if column}


def _gathered(found: Iterator[_Found]) -> PageList:
    """The pages, each once, and the problems in the order of the lines."""
    pages: dict[str, Listed] = {}
    lines: dict[str, int] = {}
    problems: list[str] = []
    for number, values, problem in found:
        told = [problem] if problem else []
        if values:
            try:
                address = urls.canonical(values["url"])
                key = urls.key(address)
                if key in pages:
                    raise Rejected(f"repeats the address of line {lines[key]} and was left out; delete one of the two")
                lines[key], pages[key] = number, _listed(address, values, told)
            except Rejected as reason:
                told.append(str(reason))
        problems += [f"line {number}: {part}" for part in told]
    return PageList(tuple(pages.values()), tuple(problems))


def _listed(address: str, values: Mapping[str, str], told: list[str]) -> Listed:
    """The page, without the cells that cannot be read; `told` is added why not."""
    texts = {}
    for name in ("title", "outlet", "perspective"):
        try:
            texts[name] = metadata.one_line(values.get(name, ""), name, "the cell was left out")
        except Rejected as reason:
            told.append(str(reason))
    written = values.get("published", "").strip()
    published = metadata.written_date(written)
    if written and not published:
        told.append(f"published {written[:60]!r} is not a date and was left out; write it as YYYY-MM-DD")
    # In most lists that column holds a newspaper's department and not a kind of text.
    section = values.get("section", "").strip().lower()
    return Listed(
        address, authors=_authors(values.get("analyst", ""), told), published=published,
        section=section if section in SECTIONS else "unknown", **texts,
    )  # fmt: skip


def _authors(value: str, told: list[str]) -> tuple[str, ...]:
    """Names parted by semicolons, or by "and" and commas where every part is a name."""
    try:
        line = re.sub(r"^by:?\s+", "", metadata.one_line(value, "author", "the cell was left out"), flags=re.IGNORECASE)
    except Rejected as reason:
        told.append(str(reason))
        return ()
    parts = line.split(";") if ";" in line else list(metadata.names(line)) or [line]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _tabled(lines: list[str], fields: Mapping[str, str]) -> Iterator[_Found]:
    """The rows below the header. A record that is not closed, or is ragged, costs its first line and no other."""
    header = header_of(lines)
    delimiter = _delimiter(lines)
    at = lines.index(_first(lines)) + 1
    while at < len(lines):
        number, (cells, taken) = at + 1, _record(lines, at, delimiter)
        is_ragged = any(cell.strip() for cell in cells[len(header) :])
        at += 1 if is_ragged else taken
        row = dict(zip(header, cells, strict=False))
        values = {ours: _filled(row.get(column, "")) for ours, column in fields.items()}
        if not taken:
            yield number, {}, "a quotation mark is opened and not closed, or stands inside a cell; close or double it"
            at += 1
        elif is_ragged:
            told = f"has {len(cells)} cells and the header {len(header)}; put quotation marks around cells with commas"
            yield number, {}, told
        elif values["url"]:
            yield number, values, ""
        elif any(cell.strip() for cell in cells):
            yield number, {}, f"has no address; fill in {fields['url']!r} or delete the row"


def _record(lines: list[str], at: int, delimiter: str) -> tuple[list[str], int]:
    """The cells of the record that begins on a line, and how many lines it takes: none where it cannot be read."""
    # The limit is the interpreter's, not the reader's; a list's own size limit is the one that counts here.
    csv.field_size_limit(LARGEST_LIST)
    within = lines[at : at + (_MOST_LINES if '"' in lines[at] else 1)]
    reader = csv.reader((f"{line}\n" for line in within), delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        return [], 0
    # Two marks astray in different rows would make one cell of all the rows between them.
    is_astray = any("://" in line for line in within[1 : reader.line_num])
    return ([], 0) if is_astray else (cells, reader.line_num)


def _linked(lines: list[str]) -> Iterator[_Found]:
    """The links of a text: "- [title](url)", "title url", a bare address; lines that begin with # are remarks."""
    for number, line in enumerate(lines, start=1):
        line = _IMAGE.sub("", line[:_LONGEST_LINE])
        links = list(_LINK.finditer(line))
        if line.lstrip().startswith("#") or not re.search(r"\w", line):
            continue
        if not links:
            yield number, {}, "holds no address that begins with https:// or http://; add it, or begin a remark with #"
        around = _around(line) if len(links) == 1 else ""
        for link in links:
            title = re.sub(r"\\(.)", r"\1", link["title"] or "") or around
            yield number, {"url": link["url"] or _trimmed(link["bare"]), "title": title}, ""


def _around(line: str) -> str:
    """The words beside a line's only link, without the marks that part them from it."""
    beside = _BULLET.sub("", _LINK.sub(" ", line).partition(" #")[0]).strip("-–—:|,;.<>([ \t")
    return beside if "(" in beside else beside.rstrip(")<>: ")


def _trimmed(address: str) -> str:
    """A bare address without the punctuation of the sentence around it, and without a bracket that it does not open."""
    while address and (address[-1] in _CLOSING or (address[-1] in ")]" and _is_unopened(address))):
        address = address[:-1]
    return address


def _is_unopened(address: str) -> bool:
    return address.count(")") > address.count("(") if address[-1] == ")" else address.count("]") > address.count("[")


def _lines(name: str, body: bytes) -> list[str]:
    if len(body) > LARGEST_LIST:
        raise Rejected(f"{name} has {len(body):,} bytes, over the limit of {LARGEST_LIST:,}; divide the list")
    try:
        text = files.decode(body)
    except Rejected as reason:
        raise Rejected(f"{name} {reason}") from None
    if not text.strip():
        raise Rejected(f"{name} is empty; put one address on each line, or delete it")
    return re.split(r"\r\n|\r|\n", text)


def _first(lines: list[str]) -> str:
    return next(line for line in lines if line.strip())


def header_of(lines: list[str]) -> list[str]:
    """The columns of a .csv, from its lines."""
    return _record(lines, lines.index(_first(lines)), _delimiter(lines))[0]


def _delimiter(lines: list[str]) -> str:
    """A comma, or the semicolon or tab that spreadsheets write in its place."""
    first = _first(lines)
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))


def _is_table(name: str) -> bool:
    return PurePath(name).suffix.lower() in TABLE_SUFFIXES


def _names_addresses(header: list[str]) -> bool:
    return len(header) > 1 and any(column.strip().lower() in COLUMNS["url"] for column in header)


def _filled(cell: str) -> str:
    return "" if cell.strip().lower() in _MISSING else cell.strip()
