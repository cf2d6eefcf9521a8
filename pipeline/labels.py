"""Labelled sentences: the CSV files under a codebook's `labels/sentences` folder, read and checked.

A file holds passages, each a run of rows in reading order. One row is one sentence, with its voice, modality and
strength, up to three frames (`power; process`) and its stances (`target:polarity:modality; ...`). What targets and
frames there are is the codebook's business.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from pipeline.tables.corpus import VOICES
from pipeline.tables.features import MODALITIES, POLARITIES
from pipeline.text import sha256

REQUIRED: Final = (
    "sentence_id", "passage_id", "paragraph", "sentence", "voice_label", "modality_label", "strength", "frames", "stances",
)  # fmt: skip
OPTIONAL: Final = ("register", "persona", "month", "speaker")
MOST_FRAMES: Final = 3
BEFORE: Final = 2  # Sentences before that are read with a sentence, as the pipeline gives them when it codes a text.
_SHOWN: Final = 20
_STRENGTHS: Final = ("1", "2", "3")
_SEPARATOR: Final = "; "

Row = dict[str, str]


@dataclass(frozen=True)
class Labels:
    """Three tidy tables, rows in the files' order, and the SHA-256 of the files' names and bytes.

    Attributes:
        sentences: sentence_id, passage_id, paragraph, sentence, before (a tuple: the one or two sentences before it in its
            paragraph, in reading order), voice_label, speaker, modality_label, strength (1 to 3), register, persona, month.
        stances: sentence_id, target_id, polarity_label, modality_label.
        frames: sentence_id, frame_id.
    """

    sentences: pd.DataFrame
    stances: pd.DataFrame
    frames: pd.DataFrame
    fingerprint: str

    def of_passages(self, passages: Collection[str]) -> "Labels":
        """The labels of some passages alone, for cross-validation."""
        return self._where(self.sentences["passage_id"].isin(list(passages)))

    def without_passages(self, passages: Collection[str]) -> "Labels":
        """The labels of all passages but these."""
        return self._where(~self.sentences["passage_id"].isin(list(passages)))

    def _where(self, is_kept: "pd.Series[bool]") -> "Labels":
        kept = self.sentences[is_kept].reset_index(drop=True)
        stances, frames = (
            table[table["sentence_id"].isin(kept["sentence_id"])].reset_index(drop=True)
            for table in (self.stances, self.frames)
        )
        return Labels(kept, stances, frames, sha256(_SEPARATOR.join((self.fingerprint, *kept["sentence_id"]))))


def load(folder: Path, codes: Mapping[str, Collection[str]], skip: Collection[str] = ()) -> Labels:
    """Read and check every CSV file in a folder, in the order of their names.

    Args:
        folder: holds the files; those named in `skip` ("test.csv") are not opened.
        codes: the ids that may be coded, under "target" and "frame": `Codebook.codes`.

    Raises:
        FileNotFoundError: the folder holds no such file.
        ValueError: names file, line and field of up to twenty mistakes, each with what to do.
    """
    paths = [path for path in sorted(folder.glob("*.csv")) if path.name not in skip]
    if not paths:
        raise FileNotFoundError(f"{folder}: no labelled sentences; it must hold CSV files with {', '.join(REQUIRED)}")
    reader = _Reader(codes)
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, contents, strict=True):
        reader.read(path, content)
    if reader.mistakes:
        more = len(reader.mistakes) - _SHOWN
        shown = reader.mistakes[:_SHOWN] + ([f"and {more} more"] if more > 0 else [])
        raise ValueError("\n".join(shown))
    named = (f"{path.name} {sha256(content)}" for path, content in zip(paths, contents, strict=True))
    return _tables(reader.rows, sha256("\n".join(named)))


class _Reader:
    """Reads file after file and remembers rows, mistakes, and where each id stood."""

    def __init__(self, codes: Mapping[str, Collection[str]]) -> None:
        self.codes = codes
        self.rows: list[Row] = []
        self.mistakes: list[str] = []
        self._places: dict[str, str] = {}
        self._passages: dict[str, str] = {}

    def read(self, path: Path, content: bytes) -> None:
        try:
            lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
            header = next(lines, [])
            if self._is_header(path, header):
                self._read_rows(path, header, lines)
        except (UnicodeDecodeError, csv.Error) as error:
            self.mistakes.append(f"{path}: not CSV in UTF-8 ({error}); save it so again")

    def _is_header(self, path: Path, header: list[str]) -> bool:
        missing = [name for name in REQUIRED if name not in header]
        unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
        twice = sorted({name for name in header if header.count(name) > 1})
        faults = (("is missing; add it", missing), ("is not known; leave it out", unknown), ("stands twice", twice))
        for reason, names in faults:
            self.mistakes += [f"{path}, line 1, field {name!r}: the column {reason}" for name in names]
        return not (missing or unknown or twice)

    def _read_rows(self, path: Path, header: list[str], lines: Iterator[list[str]]) -> None:
        previous: Row = {}
        line = 2
        for cells in lines:
            place = f"{path}, line {line}"
            line += 1 + sum(cell.count("\n") for cell in cells)
            if len(cells) != len(header):
                self.mistakes.append(
                    f"{place}: {len(cells)} cells, the header has {len(header)}; quote cells with commas"
                )
                continue
            row = dict.fromkeys(OPTIONAL, "") | dict(zip(header, map(str.strip, cells), strict=True))
            faults = [*_faults(row, self.codes), *self._misplaced(row, previous, place)]
            self.mistakes += [f"{place}, field {field!r}: {reason}" for field, reason in faults]
            self.rows.append(row)
            previous = row

    def _misplaced(self, row: Row, previous: Row, place: str) -> Iterator[tuple[str, str]]:
        """An id or a passage that was there before, and a paragraph out of order: `before` would come out wrong."""
        first = self._places.setdefault(row["sentence_id"], place)
        if first != place:
            yield "sentence_id", f"{row['sentence_id']!r} stands at {first} too; give each sentence its own"
        passage = row["passage_id"]
        is_new = passage != previous.get("passage_id")
        begun = self._passages.setdefault(passage, place)
        if is_new and begun != place:
            yield "passage_id", f"{passage!r} was begun at {begun}; keep a passage's rows together in one file"
        numbers = row["paragraph"], previous.get("paragraph", "")
        if not is_new and all(map(str.isdecimal, numbers)) and int(numbers[0]) < int(numbers[1]):
            yield "paragraph", f"{numbers[0]} after {numbers[1]}; rows stand in reading order"


def _faults(row: Row, codes: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    """Fields of one row that are wrong, with the reason and the remedy."""
    for field in ("sentence_id", "passage_id", "sentence"):
        if not row[field]:
            yield field, "is empty; fill it in or delete the row"
    if not row["paragraph"].isdecimal():
        yield "paragraph", f"{row['paragraph']!r} is no whole number; count a passage's paragraphs from 0"
    for field, allowed in (("voice_label", VOICES), ("modality_label", MODALITIES), ("strength", _STRENGTHS)):
        yield from _unknown(field, field, row[field], allowed)
    frames = _items(row["frames"])
    for frame in frames:
        yield from _unknown("frames", "frame", frame, codes["frame"])
    if len(set(frames)) < len(frames):
        yield "frames", "one stands twice; name each once"
    if len(frames) > MOST_FRAMES:
        yield "frames", f"{len(frames)} frames; keep the {MOST_FRAMES} that the sentence rests on"
    yield from _stance_faults(_items(row["stances"]), codes["target"])


def _stance_faults(stances: list[str], targets: Collection[str]) -> Iterator[tuple[str, str]]:
    for stance in stances:
        parts = stance.split(":")
        if len(parts) != 3:
            yield "stances", f"{stance!r} must be target:polarity:modality, and stances are parted by {_SEPARATOR!r}"
            continue
        for name, part, allowed in zip(("target", "polarity", "modality"), parts,
                                       (targets, POLARITIES, MODALITIES), strict=True):  # fmt: skip
            yield from _unknown("stances", name, part, allowed)
    named = [stance.split(":")[0] for stance in stances]
    for target in sorted({name for name in named if named.count(name) > 1}):
        yield "stances", f"{target} stands twice; a sentence takes one position on a target, or none"


def _unknown(field: str, what: str, value: str, allowed: Collection[str]) -> Iterator[tuple[str, str]]:
    if value not in allowed:
        yield field, f"{what} {value!r} is none of {', '.join(allowed)}"


def _items(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(";")] if cell else []


def _tables(rows: list[Row], fingerprint: str) -> Labels:
    held = [row | {"strength": int(row["strength"]), "before": before} for row, before in _with_before(rows)]
    columns = ["sentence_id", "passage_id", "paragraph", "sentence", "before", "voice_label", "speaker", "modality_label",
               "strength", "register", "persona", "month"]  # fmt: skip
    stances = [[row["sentence_id"], *item.split(":")] for row in rows for item in _items(row["stances"])]
    frames = [[row["sentence_id"], item] for row in rows for item in _items(row["frames"])]
    return Labels(
        pd.DataFrame(held, columns=columns),
        pd.DataFrame(stances, columns=["sentence_id", "target_id", "polarity_label", "modality_label"], dtype="str"),
        pd.DataFrame(frames, columns=["sentence_id", "frame_id"], dtype="str"),
        fingerprint,
    )


def _with_before(rows: list[Row]) -> Iterator[tuple[Row, tuple[str, ...]]]:
    where: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    for row in rows:
        here = row["passage_id"], row["paragraph"]
        before = before[-BEFORE:] if here == where else ()
        yield row, before
        where, before = here, (*before, row["sentence"])
