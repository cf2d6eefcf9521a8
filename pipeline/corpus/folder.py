"""Folder: lists the files of a source and reads each of them, or each row of a table among them, into articles.

The count and the reading are two passes that share nothing but a file's bytes, so that a table that grows between them
does not seem to have lost rows: that is what lets the ledger notice an input that a reader dropped.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
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
class OpenedFile:
    """One listed file as its bytes were at one moment, with its sidecar's; or why it could not be opened."""

    path: Path
    input: str
    body: bytes = b""
    sidecar_body: bytes = b""
    refusal: Rejected | NotYet | None = None

    @property
    def is_table(self) -> bool:
        """Whether each row is an input of its own."""
        return self.path.suffix.lower() in rows.KINDS


@dataclass(frozen=True)
class Reading:
    """One input and what its reader made of it: an article, or why there is none yet or at all."""

    input: str
    body: bytes
    body_sha256: str
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
            raise Rejected(
                f"{source.location} is not a file; correct the location in sources.toml or put the table there"
            )
        return [place]
    if not place.is_dir():
        raise Rejected(f"{source.location} is not a folder; create it or correct the location in sources.toml")
    try:
        found = {path for pattern in source.patterns for path in place.glob(pattern) if path.is_file()}
    except OSError as error:
        raise Rejected(f"{source.location} cannot be listed: {error.strerror}; check its permissions") from error
    except ValueError as error:
        raise Rejected(
            f"include {list(source.patterns)} cannot be matched: {error}; correct it in sources.toml"
        ) from error
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


def opened(listed: list[Path], data_folder: Path, now: Callable[[], datetime]) -> Iterator[OpenedFile]:
    """Each listed file, in order, once it has stopped growing. Nothing raises: what goes wrong stands in its place."""
    for path in listed:
        label = name(path, data_folder)
        try:
            yield OpenedFile(path, label, _settled(path, now().timestamp()), _sidecar_body(path))
        except (Rejected, NotYet) as reason:
            yield OpenedFile(path, label, refusal=reason)
        except OSError as error:
            refusal = Rejected(f"cannot be opened: {error.strerror}; check the file and its permissions")
            yield OpenedFile(path, label, refusal=refusal)


def count(source: Source, file: OpenedFile) -> int:
    """Inputs in a file before anything is processed: one, or one a row of a table that can be read at all."""
    if file.refusal or not file.is_table:
        return 1
    try:
        if rows.is_readable(file.path.name, file.body, _mapping(source, file)):
            return rows.count(file.path.name, file.body)
    except Rejected:
        pass
    return 1


def readings(source: Source, file: OpenedFile, parse: files.Parse) -> Iterator[Reading]:
    """One reading an input of the file, in order. Nothing raises: what goes wrong with an input is its outcome."""
    digest = sha256(file.body) if file.body else ""
    settings = sha256(file.sidecar_body)
    refusal = file.refusal
    if not refusal and file.is_table:
        try:
            mapping = _mapping(source, file)
            for row in rows.read(file.path.name, file.body, mapping):
                yield Reading(f"{file.input}#{row.key}", file.body, digest, partial(_known, row.outcome), settings)
            return
        except Rejected as reason:
            refusal = reason
    yield Reading(
        file.input, file.body, digest, partial(_known, refusal) if refusal else _reader(file, parse), settings
    )


def _known(outcome: Outcome) -> Outcome:
    return outcome


def moved(bodies: Mapping[str, str], listed: list[Path], data_folder: Path) -> dict[str, str]:
    """Old and new name of each file that was renamed while another file took its old name.

    `bodies` are the SHA-256 of the files as they were read last, by input. Files of other names are not told: a file
    that is gone is found again by its text.
    """
    names = {name(path, data_folder): path for path in listed}
    arrived = {_digest(names[new]): new for new in names if new not in bodies} if bodies else {}
    return {
        old: arrived[body]
        for old, body in bodies.items()
        if body in arrived and old in names and _digest(names[old]) not in ("", body)
    }


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()) if path.stat().st_size <= files.DOCUMENT_BYTES else ""
    except OSError:
        return ""


def _reader(file: OpenedFile, parse: files.Parse) -> Callable[[], Outcome]:
    def read() -> Outcome:
        try:
            sidecar = metadata.sidecar(f"{file.path.name}.toml", file.sidecar_body) if file.sidecar_body else None
            return files.read(file.path.name, file.body, sidecar, parse=parse)
        except (Rejected, NotYet) as reason:
            return reason

    return read


def _settled(path: Path, now: float) -> bytes:
    """The file's bytes, once it has stopped growing."""
    before = path.stat()
    # A file that grows between the look at the clock and the look at it is a little younger than now.
    if abs(now - before.st_mtime) < _SETTLING_SECONDS:
        time.sleep(_SETTLING_SECONDS)
    if before.st_size > files.LARGEST_TABLE:
        raise Rejected(f"is larger than {files.LARGEST_TABLE // 1_000_000} MB; split it or take out what is not text")
    body = path.read_bytes()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(body) != after.st_size:
        raise NotYet("is still being written; it is read in the next round")
    return body


def _sidecar_body(path: Path) -> bytes:
    sidecar = path.with_name(f"{path.name}.toml")
    try:
        return sidecar.read_bytes() if sidecar.is_file() else b""
    except OSError:  # Such as for a name that is too long with its suffix: then there is no such file.
        return b""


def _mapping(source: Source, file: OpenedFile) -> Mapping[str, str]:
    """Our field = the table's column, by the source's entry and over it by the table's sidecar."""
    given = metadata.sidecar(f"{file.path.name}.toml", file.sidecar_body) if file.sidecar_body else {}
    columns = given.get("columns", {})
    if not isinstance(columns, Mapping):
        raise Rejected(f'{file.path.name}.toml: columns must be a table such as [columns] text = "body"')
    return {**source.columns, **{str(key): str(value) for key, value in columns.items()}}
