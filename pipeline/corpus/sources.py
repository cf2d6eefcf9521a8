"""Sources: the entries of data/corpus/sources.toml, how the web is visited, and the relevance query, all validated."""

import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.corpus import urls
from pipeline.corpus.article import Rejected
from pipeline.corpus.relevance import Relevance
from pipeline.tables.corpus import SECTIONS
from pipeline.text import sha256

# What is on this machine, what lists pages by itself, and what is searched for.
LOCAL: Final = ("file", "table")
LISTS: Final = ("feed", "sitemap")
SEARCHES: Final = ("gdelt", "mediacloud")
# What was not chosen page by page is turned away where it is not about the talks.
FILTERED: Final = (*LISTS, *SEARCHES)
LONGEST_LOOK_BACK_DAYS: Final = 3_650


class ConfigurationError(ValueError):
    """A mistake in a file that users edit; the message names the file, the entry, the field and the remedy."""


class Source(BaseModel):
    """One place that documents come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    kind: Literal["file", "table", "feed", "pages", "sitemap", "gdelt", "mediacloud"]
    location: str = ""
    origin: Literal["anchor", "local", "collected", "sample", ""] = ""
    enabled: bool = True
    include: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    columns: dict[str, str] = {}
    outlet: str = ""
    perspective: str = ""
    section: Annotated[str, Field(pattern="^(" + "|".join(SECTIONS) + ")$")] = "unknown"
    query: str = ""
    since: date | None = None
    until: date | None = None
    days: Annotated[int, Field(ge=1, le=LONGEST_LOOK_BACK_DAYS)] = 30
    collections: tuple[int, ...] = ()
    most_items: Annotated[int, Field(ge=1, le=5_000)] = 200

    @property
    def is_local(self) -> bool:
        """Whether its inputs are files of this machine."""
        return self.kind in LOCAL

    @property
    def is_filtered(self) -> bool:
        """Whether what it gives is turned away where it is not about the talks."""
        return self.kind in FILTERED

    @property
    def origin_label(self) -> str:
        """How its documents came to the corpus."""
        return self.origin or ("local" if self.is_local else "collected")

    @property
    def patterns(self) -> tuple[str, ...]:
        """File name patterns (kind "file"), or parts that an address must hold (kind "sitemap")."""
        return self.include or (("**/*",) if self.kind == "file" else ())

    @cached_property
    def fingerprint(self) -> str:
        """Changes when the entry changes what is read from its inputs."""
        given = self.model_dump_json(include={"id", "kind", "columns", "outlet", "perspective", "section"})
        return sha256(given + self.origin_label)

    @model_validator(mode="after")
    def _says_where_to_look(self) -> "Source":
        if self.kind in SEARCHES:
            if not self.query.strip():
                raise ValueError(f"a {self.kind} source needs a query, such as query = '\"peace talks\" ukraine'")
        elif self.kind in LISTS:
            try:
                urls.canonical(self.location)
            except Rejected as reason:
                raise ValueError(f"location must be the web address of the {self.kind}: it {reason}") from None
        elif not self.location or Path(self.location).is_absolute() or ".." in Path(self.location).parts:
            raise ValueError("location must be a path inside the data folder, such as corpus/inbox")
        if self.kind == "file" and any(Path(part).is_absolute() or ".." in Path(part).parts for part in self.include):
            raise ValueError("include must hold patterns inside the location, such as **/*.md")
        if self.since and self.until and self.since > self.until:
            raise ValueError("since must not be later than until")
        return self


class Web(BaseModel):
    """How the web is visited; see `politeness.Settings` for what is fixed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: Annotated[str, Field(pattern=r"^[\x21-\x27\x2a-\x7e]*$")] = ""
    deadline_seconds: Annotated[float, Field(gt=0, le=24 * 3600)] = 600
    source_seconds: Annotated[float, Field(gt=0, le=24 * 3600)] = 180
    spacing_seconds: Annotated[float, Field(ge=0, le=60)] = 1
    hosts_at_once: Annotated[int, Field(ge=1, le=64)] = 24
    allow: tuple[str, ...] = ()


class SourceList(BaseModel):
    """The whole of sources.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: tuple[Source, ...]
    web: Web = Web()
    relevance: Relevance = Relevance()

    @model_validator(mode="after")
    def _has_unique_ids(self) -> "SourceList":
        ids = [entry.id for entry in self.source]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"source ids {twice} are used twice; give each entry an id of its own")
        return self


def load(path: Path) -> SourceList:
    """Read sources.toml.

    Raises:
        ConfigurationError: names the file, the entry, the field, and what is wrong with it.
    """
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
