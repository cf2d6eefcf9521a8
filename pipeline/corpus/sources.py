"""Sources: the entries of data/corpus/sources.toml, the relevance query, and users' corrections, all validated."""

import csv
import re
import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.lineage import files_sha256
from pipeline.tables.corpus import SECTIONS
from pipeline.text import sha256

Row = TypeVar("Row", bound=BaseModel)


class ConfigurationError(ValueError):
    """A mistake in a file that users edit; the message names the file, the entry, the field and the remedy."""


class Source(BaseModel):
    """One place that documents come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    kind: Literal["file", "table"]
    location: Annotated[str, Field(min_length=1)]
    origin: Literal["anchor", "local", "collected", "sample"] = "local"
    enabled: bool = True
    include: tuple[Annotated[str, Field(min_length=1)], ...] = ("**/*",)
    columns: dict[str, str] = {}
    outlet: str = ""
    perspective: str = ""
    section: Annotated[str, Field(pattern="^(" + "|".join(SECTIONS) + ")$")] = "unknown"

    @cached_property
    def fingerprint(self) -> str:
        """Changes when the entry changes what is read from its inputs."""
        return sha256(self.model_dump_json(exclude={"enabled", "include", "location"}))

    @model_validator(mode="after")
    def _stays_inside(self) -> "Source":
        if Path(self.location).is_absolute() or ".." in Path(self.location).parts:
            raise ValueError("location must be a path inside the data folder, such as corpus/inbox")
        if any(Path(pattern).is_absolute() or ".." in Path(pattern).parts for pattern in self.include):
            raise ValueError("include must hold patterns inside the location, such as **/*.md")
        return self


def _word_pattern(word: str) -> str:
    ending = re.escape(word).replace(r"\*", r"\w*")
    return rf"(?<!\w){ending}(?!\w)"


class Relevance(BaseModel):
    """The query that says how far a text is about the talks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parts: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile("|".join(map(_word_pattern, part)), re.IGNORECASE) for part in self.parts)

    def score(self, text: str) -> float | None:
        """Share of the query's parts that the text meets, 0 to 1; None where there is no query."""
        met = [bool(pattern.search(text)) for pattern in self._patterns]
        return sum(met) / len(met) if met else None


class SourceList(BaseModel):
    """The whole of sources.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: tuple[Source, ...]
    relevance: Relevance = Relevance()

    @model_validator(mode="after")
    def _has_unique_ids(self) -> "SourceList":
        ids = [entry.id for entry in self.source]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"source ids {twice} are used twice; give each entry an id of its own")
        return self


def _iso_date(value: str) -> str:
    if value and not (re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) and date.fromisoformat(value)):
        raise ValueError("write the date as YYYY-MM-DD")
    return value


CORRECTABLE: Final = ("title", "analyst", "outlet", "perspective", "section_label", "published_date", "url")


class Override(BaseModel):
    """One row of overrides.csv: what a user corrects of one document, or that it is withdrawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document_id: str = ""
    input: str = ""
    title: str = ""
    analyst: str = ""
    outlet: str = ""
    perspective: str = ""
    section_label: Annotated[str, Field(pattern="^(|" + "|".join(SECTIONS) + ")$")] = ""
    published_date: Annotated[str, AfterValidator(_iso_date)] = ""
    url: str = ""
    is_withdrawn: Literal["", "true", "false", "TRUE", "FALSE", "True", "False"] = ""
    reason: str = ""
    text_sha256: Annotated[str, Field(pattern=r"^(|[0-9a-f]{64})$")] = ""

    @model_validator(mode="after")
    def _names_a_document(self) -> "Override":
        if bool(self.document_id) == bool(self.input):
            raise ValueError("give either document_id or input, to say which document is meant")
        if self.text_sha256 and not self.withdraws:
            raise ValueError("text_sha256 is for withdrawn texts alone; leave it empty, or set is_withdrawn to true")
        return self

    @property
    def withdraws(self) -> bool:
        """Whether the document is to be taken down."""
        return self.is_withdrawn.lower() == "true"

    def meets(self, document_id: str, name: str, text_sha256: str = "") -> bool:
        """Whether the row is about this document, by its id or its input, or withdraws this very text."""
        is_text = bool(self.text_sha256) and self.text_sha256 == text_sha256
        return is_text or (self.document_id == document_id if self.document_id else self.input == name)


class Alias(BaseModel):
    """One row of aliases.csv: another spelling of an analyst's name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alias: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)]


class Configuration(BaseModel):
    """What users say about the corpus: sources, overrides and aliases, from the files in data/corpus."""

    model_config = ConfigDict(frozen=True)

    sources: SourceList
    overrides: tuple[Override, ...]
    aliases: tuple[Alias, ...]
    fingerprint: str

    def chosen(self, only: list[str]) -> list[Source]:
        """The enabled sources, or those that are named; naming an unknown one raises with the ids there are."""
        known = {entry.id: entry for entry in self.sources.source}
        unknown = [name for name in only if name not in known]
        if unknown:
            raise ConfigurationError(f"no source {unknown} in sources.toml; the ids there are {sorted(known)}")
        return (
            [known[name] for name in dict.fromkeys(only)]
            if only
            else [entry for entry in known.values() if entry.enabled]
        )

    def withdrawal(self, document_id: str, name: str, text_sha256: str = "") -> Override | None:
        """The row that withdraws this document or this text, under whatever name it comes; None where there is none."""
        return next(
            (row for row in self.overrides if row.withdraws and row.meets(document_id, name, text_sha256)), None
        )


def load(folder: Path) -> Configuration:
    """Read sources.toml, overrides.csv and aliases.csv from data/corpus; the two CSVs may be missing.

    Raises:
        ConfigurationError: names the file, the entry or row, the field, and what is wrong with it.
    """
    paths = [folder / name for name in ("sources.toml", "overrides.csv", "aliases.csv")]
    return Configuration(
        sources=_sources(paths[0]),
        overrides=tuple(_rows(paths[1], Override)),
        aliases=tuple(_rows(paths[2], Alias)),
        fingerprint=files_sha256(paths),
    )


def _sources(path: Path) -> SourceList:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path} is missing; restore it from the repository") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name} cannot be read as TOML: {error}") from error
    try:
        return SourceList.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_sentences(path, error, content.get("source", [])))) from error


def _sentences(path: Path, error: ValidationError, entries: object) -> list[str]:
    found = []
    for problem in error.errors():
        place = list(problem["loc"])
        where = f"field {'.'.join(map(str, place))}" if place else "the file"
        if len(place) > 1 and place[0] == "source" and isinstance(entries, list):
            entry = entries[int(place[1])]
            name = entry.get("id", f"number {int(place[1]) + 1}") if isinstance(entry, dict) else place[1]
            where = f"source {name!r}, field {'.'.join(map(str, place[2:])) or '(whole entry)'}"
        found.append(f"{path.name}, {where}: {problem['msg']} (found {problem['input']!r})")
    return found


def _rows(path: Path, model: type[Row]) -> list[Row]:
    if not path.exists():
        return []
    try:
        table = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{path.name} cannot be read as CSV in UTF-8: {error}; save it as such") from error
    rows = []
    for number, row in enumerate(table, start=1):
        where = f"{path.name}, row {number} below the header"
        if None in row:
            raise ConfigurationError(
                f"{where}: has more cells than the header; put quotation marks around cells with commas"
            )
        if not any(row.values()):
            continue
        try:
            rows.append(model.model_validate({name: value or "" for name, value in row.items()}))
        except ValidationError as error:
            problem = error.errors()[0]
            field = ".".join(map(str, problem["loc"])) or "(whole row)"
            raise ConfigurationError(
                f"{where}, field {field}: {problem['msg']} (found {problem['input']!r})"
            ) from error
    return rows
