"""Addition from a file: what a file would add: a list of feeds or pages, a table of texts, or a document."""

import itertools
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.corpus import files, page_lists, rows
from pipeline.corpus.addition_entries import Addition, Ask, line, outlines, toml
from pipeline.corpus.article import Rejected
from pipeline.text import words

# Of what a site names, of an OPML list, and of a table's rows, so much is looked at.
_MOST_OFFERS: Final = 5
_ROWS_TRIED: Final = 200
# A text with more words for each of its links than this is a document that cites something.
_WORDS_A_LINK: Final = 30
# Names in data/corpus that mean something else there.
_OWN_FILES: Final = frozenset({"aliases.csv", "overrides.csv"})


def from_file(ask: Ask, path: Path) -> Addition:
    """What a file would add. Raises Rejected where it can be read as nothing, with the remedy."""
    if path.is_dir():
        raise Rejected(f"{path} is a folder; give its files one by one, or put them into data/corpus/inbox")
    if not path.is_file():
        raise Rejected(f"there is no file {path}; check the name. A web address begins with https:// or http://")
    if path.stat().st_size > files.LARGEST_TABLE:
        raise Rejected(f"{path.name} is larger than {files.LARGEST_TABLE // 1_000_000} MB; divide it")
    try:
        body = path.read_bytes()
    except OSError as error:
        raise Rejected(f"{path} cannot be opened: {error.strerror}; check its permissions") from None
    name, suffix = _file_name(path), path.suffix.lower()
    if not body.strip():
        raise Rejected(f"{path.name} is empty")
    if suffix == ".opml" or (suffix == ".xml" and b"<opml" in body[:2_000].lower()):
        return outlines(ask, body, "")
    if path.resolve().is_relative_to((ask.corpus / "inbox").resolve()):
        return Addition(found=(f"{path.name} is in data/corpus/inbox already and is read with it",))
    if suffix in rows.KINDS and (suffix != ".csv" or rows.is_readable(name, body)):
        return _table(ask, path, name, body)
    if suffix in page_lists.TABLE_SUFFIXES or (suffix in files.TEXT_KINDS and _is_list(name, body)):
        return _list(ask, path, name, body)
    if suffix in files.KINDS:
        return _document(ask, path, name, body)
    kinds = ", ".join(dict.fromkeys((*files.KINDS, *rows.KINDS, *page_lists.TABLE_SUFFIXES, ".opml")))
    raise Rejected(f"{path.name} is of no kind that is read; those are {kinds}")


def _table(ask: Ask, path: Path, name: str, body: bytes) -> Addition:
    """A table of texts, with the columns that its reader takes of itself written down for the user to correct."""
    try:
        tried = [row.outcome for row in itertools.islice(rows.read(name, body), _ROWS_TRIED)]
    except Rejected as reason:
        raise Rejected(f"{path.name} {reason}") from None
    refused = [str(outcome) for outcome in tried if isinstance(outcome, Rejected)]
    if len(refused) == len(tried):
        raise Rejected(f"{path.name} has no row that can be read: {refused[0] if refused else 'it has a header alone'}")
    columns = page_lists.matched(_header(name, body), rows.DEFAULT_COLUMNS, {}, name)
    taken = ", ".join(f"{ours} from the column {theirs!r}" for ours, theirs in columns.items())
    found = [f"a table of {rows.count(name, body):,} texts: {taken}; correct the columns in sources.toml if need be"]
    found += [f"of its first {len(tried)} rows {len(refused)} cannot be read: {refused[0]}"] if refused else []
    return _copied(ask, path, "table", Path("tables", name), body, found, columns=columns)


def _list(ask: Ask, path: Path, name: str, body: bytes) -> Addition:
    """A list of pages."""
    try:
        listed = page_lists.read(name, body)
    except Rejected as reason:
        also = "; a table of texts needs a column text" if path.suffix.lower() in rows.KINDS else ""
        raise Rejected(f"{reason}{also}") from None
    if not listed.rows:
        raise Rejected(f"{name} gives no address: {'; '.join(listed.problems[:3]) or 'it has a header alone'}")
    found = [f"a list of {len(listed.rows):,} pages", *listed.problems[:_MOST_OFFERS]]
    found += [f"and {len(listed.problems) - _MOST_OFFERS} more such lines"] * (len(listed.problems) > _MOST_OFFERS)
    return _copied(ask, path, "pages", Path(name), body, found)


def _copied(
    ask: Ask, path: Path, kind: str, target: Path, body: bytes, found: Sequence[str], **more: object
) -> Addition:
    """The file below data/corpus, unless it is there, and an entry for it."""
    place, copies = _place(ask, path, target, body)
    location = f"corpus/{place.as_posix()}"
    own = next((entry for entry in ask.known.source if entry.location == location and entry.kind == kind), None)
    if own:
        return Addition(found=(*found, ask.there(location, own)))
    entry = ask.entry(kind, location, target.stem, (), **more)
    return Addition((entry,), copies, (*found, f"it is {location} and becomes the source {entry['id']!r}"))


def _document(ask: Ask, path: Path, name: str, body: bytes) -> Addition:
    """A document for the inbox, and what the user says of it as its sidecar."""
    place, copies = _place(ask, path, Path("inbox", name), body)
    if not copies:
        return Addition(found=(f"a document that is there already: data/corpus/{place.as_posix()}",))
    said = {key: value for key, value in (("outlet", ask.outlet), ("perspective", ask.perspective)) if value}
    if said:
        sidecar = "".join(f"{key} = {toml(value)}\n" for key, value in said.items())
        copies[place.with_name(f"{place.name}.toml")] = sidecar.encode()
    plain = replace(ask, name="", outlet="", perspective="")
    has_inbox = any(entry.kind == "file" and entry.location == "corpus/inbox" for entry in ask.known.source)
    entries = () if has_inbox else (plain.entry("file", "corpus/inbox", "inbox"),)
    return Addition(entries, copies, (f"a document: it is read from data/corpus/{place.as_posix()} in the next round",))


def _place(ask: Ask, path: Path, target: Path, body: bytes) -> tuple[Path, dict[Path, bytes]]:
    """Where below data/corpus the file is to be, and the copy to be made; none where it is there."""
    if path.resolve().is_relative_to(ask.corpus.resolve()):
        return path.resolve().relative_to(ask.corpus.resolve()), {}
    others = (target.with_name(f"{target.stem}-{number}{target.suffix}") for number in itertools.count(2))
    for place in itertools.chain([target], others):
        held = ask.corpus / place
        if place.name in _OWN_FILES:
            continue
        if not held.exists():
            return place, {place: body}
        if held.is_file() and held.read_bytes() == body:
            return place, {}
    raise AssertionError("there is always another number")


def _is_list(name: str, body: bytes) -> bool:
    """Whether a text is links with some words, rather than words with some links."""
    try:
        count = len(page_lists.read(name, body).rows)
        return len(words(files.decode(body))) <= _WORDS_A_LINK * count
    except Rejected:
        return False


def _header(name: str, body: bytes) -> list[str]:
    """The columns of a table that its reader has taken."""
    lines = files.decode(body)[:1_000_000].split("\n")
    if name.endswith(".csv"):
        return page_lists.header_of(lines)
    objects = []
    for row in filter(str.strip, lines[:_ROWS_TRIED]):
        with suppress(ValueError, RecursionError):
            objects.append(json.loads(row))
    return list(dict.fromkeys(key for found in objects if isinstance(found, dict) for key in found))


def _file_name(path: Path) -> str:
    """A name that every system takes, with its suffix in lower case, and that is not hidden."""
    stem = re.sub(r"[^\w .,()'-]+", "-", line(path.stem, 100)).strip(" .-") or "added"
    return stem + path.suffix.lower()
