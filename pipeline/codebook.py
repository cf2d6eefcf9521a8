"""The codebook: stance targets, frames and the English of taking a position, read from a folder and checked.

A folder holds `targets.toml`, `frames.toml` and `cues.toml`. Everything that names a dispute stands there, so another
folder codes another dispute. How cues are written is told in `pipeline/cues.py`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, TypeVar

from pipeline import cues
from pipeline.cues import Cue
from pipeline.tables.features import MODALITIES, POLARITIES
from pipeline.text import sha256

FILES: Final = ("cues.toml", "frames.toml", "targets.toml")
KINDS: Final = ("is", "ought", "is + ought")
Kind = TypeVar("Kind")
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Example:
    """A sentence, the polarity it must be coded with, and the modality."""

    text: str
    polarity: str
    modality: str


@dataclass(frozen=True)
class Target:
    """One proposition. `matches` must be coded as they say; `rejects` must not be coded favor or against.

    `negation_reverses`: "not" before a favor cue makes it against, and the other way round; else it makes it no cue.
    """

    id: str
    proposition: str
    kind: str
    favor_means: str
    against_means: str
    mentioned_means: str
    grounding: str
    negation_reverses: bool
    topic: tuple[Cue, ...]
    favor: tuple[Cue, ...]
    against: tuple[Cue, ...]
    matches: tuple[Example, ...]
    rejects: tuple[str, ...]


@dataclass(frozen=True)
class Frame:
    """One frame. A strong cue is enough for a sentence to use it; of weak ones it takes two."""

    id: str
    description: str
    grounding: str
    strong: tuple[Cue, ...]
    weak: tuple[Cue, ...]
    matches: tuple[str, ...]
    rejects: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """Words of taking, hedging and withholding a position, for any dispute; each field is one group of cues."""

    negators: str
    near_negators: str
    not_negators: str
    conditionals: str
    open_clauses: str
    rhetorical: str
    pointers_back: str
    attributions: str
    plan_reports: str
    wishes: str
    elsewhere: str
    hedges: str
    boosters: str
    expects: str
    evaluates: str
    prescribes: str


@dataclass(frozen=True)
class Codebook:
    """Targets and frames in their order, the language, the version, and the SHA-256 of the files' content."""

    version: int
    targets: tuple[Target, ...]
    frames: tuple[Frame, ...]
    language: Language
    fingerprint: str

    @property
    def names(self) -> dict[str, str]:
        """What each target's and frame's id stands for, in words."""
        return {target.id: target.proposition for target in self.targets} | {
            frame.id: frame.description for frame in self.frames
        }

    @property
    def codes(self) -> dict[str, tuple[str, ...]]:
        """The ids that may be coded: of targets and of frames."""
        return {
            "target": tuple(target.id for target in self.targets),
            "frame": tuple(frame.id for frame in self.frames),
        }


def load(folder: Path) -> Codebook:
    """Read and check the codebook in a folder.

    Raises:
        FileNotFoundError: names the file that is not there.
        ValueError: names the file, the entry and the field, and says what is wrong with it.
    """
    contents = {name: _content(folder / name) for name in FILES}
    parsed = {name: _parsed(folder / name, content) for name, content in contents.items()}
    tables = {name: _Table(folder / name, "the file", parsed[name]) for name in FILES}
    targets, frames, words = tables["targets.toml"], tables["frames.toml"], tables["cues.toml"]
    targets.expect({"version", "groups", "target"})
    frames.expect({"groups", "frame"})
    version = targets.take("version", int)
    read = tuple(_target(entry) for entry in targets.entries("target"))
    framed = tuple(_frame(entry) for entry in frames.entries("frame"))
    fingerprint = sha256("\0".join(sha256(contents[name]) for name in FILES))
    return Codebook(version, read, framed, _language(words), fingerprint)


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise FileNotFoundError(f"{path}: a codebook needs this file; a codebook is the three files {', '.join(FILES)}")
    return path.read_bytes()


def _parsed(path: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not TOML in UTF-8: {error}") from error


class _Table:
    """One table of a codebook file, which knows where it stands, so that every complaint can say so."""

    def __init__(
        self, path: Path, place: str, values: Mapping[str, Any], groups: Mapping[str, str] | None = None
    ) -> None:
        self.path, self.place, self.values = path, place, values
        self.groups = self._groups() if groups is None else groups

    def error(self, field: str, reason: str) -> ValueError:
        return ValueError(f"{self.path}, {self.place}, field {field!r}: {reason}")

    def expect(self, names: set[str], optional: frozenset[str] = frozenset({"groups"})) -> None:
        for name in sorted(self.values.keys() - names):
            raise self.error(name, f"is not known here; known are {', '.join(sorted(names))}")
        for name in sorted(names - optional - self.values.keys()):
            raise self.error(name, "is missing")

    def take(self, field: str, kind: type[Kind]) -> Kind:
        value = self.values[field]
        if type(value) is not kind or value in ("", []):
            raise self.error(field, f"must be a {kind.__name__} and not empty, not {value!r}")
        return value

    def one_of(self, field: str, allowed: tuple[str, ...]) -> str:
        value = self.take(field, str)
        if value not in allowed:
            raise self.error(field, f"{value!r} is none of {', '.join(allowed)}")
        return value

    def entries(self, field: str) -> list["_Table"]:
        read, seen = [], set()
        for number, values in enumerate(self.take(field, list), start=1):
            entry = _Table(self.path, f"{field} {values.get('id', f'number {number}')}", values, self.groups)
            if not _ID.fullmatch(str(values.get("id", ""))):
                raise entry.error("id", "must be lower-case letters, digits and underscores, a letter first")
            if values["id"] in seen:
                raise entry.error("id", "is given twice")
            seen.add(values["id"])
            read.append(entry)
        return read

    def _groups(self) -> dict[str, str]:
        groups: dict[str, str] = {}
        for name, text in self.values.get("groups", {}).items():
            groups[name] = self.group(f"groups.{name}", text, groups)
        return groups

    def group(self, field: str, text: object, groups: Mapping[str, str]) -> str:
        """A group's text with each @name replaced by the group of that name, checked to be in the language."""
        if not isinstance(text, str) or not text.strip():
            raise self.error(field, f"must be text, not {text!r}")
        for name in re.findall(r"@(\w+)", text):
            if name not in groups:
                raise self.error(field, f"@{name} is not among the groups given before it")
        whole = re.sub(r"@(\w+)", lambda match: f"({groups[match.group(1)]})", text)
        try:
            cues.compiled(whole.lstrip("~!>"))
        except ValueError as error:
            raise self.error(field, str(error)) from error
        return " ".join(whole.split())

    def cues(self, field: str) -> tuple[Cue, ...]:
        return tuple(self._cue(field, cue) for cue in self.take(field, list))

    def _cue(self, field: str, cue: object) -> Cue:
        groups = [self.group(field, group, self.groups) for group in (cue if isinstance(cue, list) else [cue])]
        held = [group for group in groups if group[0] not in "~!"]
        if not held or held[0].startswith(">"):
            raise self.error(field, f"{cue!r} must open with a group that the sentence itself must hold")
        return Cue(
            groups=tuple(group.removeprefix(">") for group in held),
            ordered=tuple(place for place, group in enumerate(held) if group.startswith(">")),
            matter=tuple(group[1:] for group in groups if group.startswith("~")),
            barred=tuple(group[1:] for group in groups if group.startswith("!")),
        )

    def sentences(self, field: str) -> tuple[str, ...]:
        texts = self.take(field, list)
        if len(texts) < 3 or not all(isinstance(text, str) and text for text in texts):
            raise self.error(field, "needs three sentences or more, each a text")
        return tuple(texts)


def _target(entry: _Table) -> Target:
    entry.expect({field.name for field in fields(Target)})
    plain = {name: entry.take(name, str) for name in ("id", "proposition", "favor_means", "against_means",
                                                      "mentioned_means", "grounding")}  # fmt: skip
    examples = entry.take("matches", list)
    if len(examples) < 3:
        raise entry.error("matches", "needs three examples or more")
    return Target(
        **plain,
        kind=entry.one_of("kind", KINDS),
        negation_reverses=entry.take("negation_reverses", bool),
        topic=entry.cues("topic"),
        favor=entry.cues("favor"),
        against=entry.cues("against"),
        matches=tuple(_example(entry, number, example) for number, example in enumerate(examples, start=1)),
        rejects=entry.sentences("rejects"),
    )


def _example(entry: _Table, number: int, values: Mapping[str, Any]) -> Example:
    table = _Table(entry.path, f"{entry.place}, matches, example {number}", values, entry.groups)
    table.expect({field.name for field in fields(Example)})
    return Example(table.take("text", str), table.one_of("polarity", POLARITIES), table.one_of("modality", MODALITIES))


def _frame(entry: _Table) -> Frame:
    entry.expect({field.name for field in fields(Frame)})
    plain = {name: entry.take(name, str) for name in ("id", "description", "grounding")}
    return Frame(
        **plain,
        strong=entry.cues("strong"),
        weak=entry.cues("weak"),
        matches=entry.sentences("matches"),
        rejects=entry.sentences("rejects"),
    )


def _language(table: _Table) -> Language:
    names = [field.name for field in fields(Language)]
    table.expect({*names, "groups"})
    lists = {name: table.take(name, list) for name in names}
    return Language(**{name: table.group(name, "|".join(map(str, lists[name])), table.groups) for name in names})
