"""Folder: lists the files of a source and reads each of them, or each row of a table among them, into articles.

The count and the reading are two passes that share nothing but the list of paths: that is what lets the ledger notice an
input that a reader dropped.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pipeline.corpus import files, metadata, rows
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.corpus.sources import Source
from pipeline.text import sha256

_UNFINISHED_SUFFIXES: Final = (".part", ".partial", ".crdownload", ".download", ".tmp", ".swp")
# A file touched within this many seconds may still be growing: it is looked at again after them.
_SETTLING_SECONDS: Final = 1.5

Outcome = Article | Rejected | NotYet


@dataclass(frozen=True)
class Reading:
    """One input and what its reader made of it: an article, or why there is none yet or at all."""

    input: str
    body: bytes
    outcome: Callable[[], Outcome]
    settings: str = ""


def paths(source: Source, data_folder: Path) -> list[Path]:
    """The source's files in name order, without hidden files, unfinished downloads and the sidecars of other files.

    Raises:
        Rejected: the source itself cannot be read.
    """
    place = data_folder / source.location
    if source.kind == "table":
        if not place.is_file():
            raise Rejected(f"{source.location} is not a file; correct the location in sources.toml or put the table there")
        return [place]
    if not place.is_dir():
        raise Rejected(f"{source.location} is not a folder; create it or correct the location in sources.toml")
    try:
        found = {path for pattern in source.include for path in place.glob(pattern) if path.is_file()}
    except OSError as error:
        raise Rejected(f"{source.location} cannot be listed: {error.strerror}; check its permissions") from error
    names = {str(path) for path in found}
    return sorted(path for path in found if _is_input(path, place, names))


def _is_input(path: Path, place: Path, names: set[str]) -> bool:
    if any(part.startswith((".", "~$")) for part in path.relative_to(place).parts):
        return False
    is_sidecar = path.suffix == ".toml" and str(path.with_suffix("")) in names
    return not is_sidecar and path.suffix.lower() not in _UNFINISHED_SUFFIXES


def name(path: Path, data_folder: Path) -> str:
    """The input's name: its path under data/corpus, with forward slashes on every system."""
    corpus = data_folder / "corpus"
    base = corpus if path.is_relative_to(corpus) else data_folder
    # A name that is no text (bytes that are not UTF-8) is still told, with its odd bytes escaped.
    return path.relative_to(base).as_posix().encode("utf-8", "backslashreplace").decode()


def count(source: Source, listed: list[Path]) -> int:
    """Inputs in the listed files before anything is processed: one a file, one a row of a table, one an unreadable table."""
    return sum(_count_rows(source, path) if path.suffix.lower() in rows.KINDS else 1 for path in listed)


def _count_rows(source: Source, path: Path) -> int:
    try:
        body, _, mapping = _table(source, path)
        return rows.count(path.name, body) if rows.is_readable(path.name, body, mapping) else 1
    except (OSError, Rejected, NotYet):
        return 1


def readings(
    source: Source, listed: list[Path], data_folder: Path, parse: files.Parse, now: Callable[[], datetime]
) -> Iterator[Reading]:
    """One reading an input, in order. Nothing raises: what goes wrong with an input is its outcome."""
    for path in listed:
        label = name(path, data_folder)
        try:
            body = _settled(path, now().timestamp())
            if path.suffix.lower() in rows.KINDS:
                yield from _row_readings(source, path, label)
            else:
                sidecar_body = _sidecar_body(path)
                yield Reading(label, body, _reader(path, body, sidecar_body, parse), sha256(sidecar_body))
        except (Rejected, NotYet) as reason:
            yield Reading(label, b"", lambda reason=reason: reason)
        except OSError as error:
            refusal = Rejected(f"cannot be opened: {error.strerror}; check the file and its permissions")
            yield Reading(label, b"", lambda refusal=refusal: refusal)


def _reader(path: Path, body: bytes, sidecar_body: bytes, parse: files.Parse) -> Callable[[], Outcome]:
    def read() -> Outcome:
        try:
            sidecar = metadata.sidecar(f"{path.name}.toml", sidecar_body) if sidecar_body else None
            return files.read(path.name, body, sidecar, parse=parse)
        except (Rejected, NotYet) as reason:
            return reason

    return read


def _settled(path: Path, now: float) -> bytes:
    """The file's bytes, once it has stopped growing."""
    before = path.stat()
    age = now - before.st_mtime
    if 0 <= age < _SETTLING_SECONDS:
        time.sleep(_SETTLING_SECONDS - age)
    if before.st_size > files.LARGEST_TABLE:
        raise Rejected(f"is larger than {files.LARGEST_TABLE // 1_000_000} MB; split it or take out what is not text")
    body = path.read_bytes()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(body) != after.st_size:
        raise NotYet("is still being written; it is read in the next round")
    return body


def _sidecar_body(path: Path) -> bytes:
    sidecar = path.with_name(f"{path.name}.toml")
    return sidecar.read_bytes() if sidecar.is_file() else b""


def _table(source: Source, path: Path) -> tuple[bytes, bytes, Mapping[str, str]]:
    body, sidecar_body = path.read_bytes(), _sidecar_body(path)
    columns = metadata.sidecar(f"{path.name}.toml", sidecar_body).get("columns", {}) if sidecar_body else {}
    if not isinstance(columns, Mapping):
        raise Rejected(f'{path.name}.toml: columns must be a table such as [columns] text = "body"')
    return body, sidecar_body, {**source.columns, **{str(key): str(value) for key, value in columns.items()}}


def _row_readings(source: Source, path: Path, label: str) -> Iterator[Reading]:
    body, sidecar_body, mapping = _table(source, path)
    for row in rows.read(path.name, body, mapping):
        yield Reading(f"{label}#{row.key}", body, lambda row=row: row.outcome, sha256(sidecar_body))

