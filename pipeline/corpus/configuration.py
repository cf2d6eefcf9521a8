"""Configuration: what users say about the corpus: sources.toml, and their corrections in overrides.csv and aliases.csv."""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.corpus import sources
from pipeline.corpus.sources import ConfigurationError, Source, SourceList
from pipeline.lineage import files_sha256
from pipeline.tables.corpus import SECTIONS

Row = TypeVar("Row", bound=BaseModel)


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
        sources=sources.load(paths[0]),
        overrides=tuple(_rows(paths[1], Override)),
        aliases=tuple(_rows(paths[2], Alias)),
        fingerprint=files_sha256(paths),
    )


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
