"""Addition entries: what an addition holds, and how entries for sources.toml are made and named."""

import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from pipeline.corpus import feeds, sources, urls
from pipeline.corpus.answers import Fetched, Request
from pipeline.corpus.article import Rejected
from pipeline.corpus.sources import Source, SourceList
from pipeline.text import normalize

_MOST_FEEDS: Final = 500
Fetch = Callable[[list[Request]], list[Fetched]]


@dataclass(frozen=True)
class Addition:
    """Entries for sources.toml, files by their paths below data/corpus, and in sentences what was found."""

    entries: tuple[dict[str, Any], ...] = ()
    files: dict[Path, bytes] = field(default_factory=dict)
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """What the user wants, and what there is."""

    corpus: Path
    fetch: Fetch
    known: SourceList
    name: str
    outlet: str
    perspective: str

    def held(self, address: str) -> str:
        """That a source reads this address already; empty where none does."""
        lists = (entry for entry in self.known.source if entry.kind in sources.LISTS)
        found = next((entry for entry in lists if urls.key(entry.location) == urls.key(address)), None)
        return self.there(address, found) if found else ""

    def there(self, what: str, entry: Source) -> str:
        """The sentence that says so, and what to do where the source is switched off."""
        state = "" if entry.enabled else ', where it is switched off: set "enabled = true" there'
        return f"{what} is already there as source {entry.id!r}{state}"

    def entry(self, kind: str, location: str, stem: str, taken: Iterable[str] = (), **more: object) -> dict[str, Any]:
        """A valid entry with an id of its own, made from the name given, the outlet, the stem, or the host."""
        used = {entry.id for entry in self.known.source} | set(taken)
        host = (urlsplit(location).hostname or "").removeprefix("www.").rpartition(".")[0]
        wanted = next(filter(None, map(slug, (self.name, self.outlet, stem, host))), "source")
        if self.name and wanted in used:
            raise Rejected(f"the name {wanted!r} is taken by another source; choose another")
        names = itertools.chain([wanted], (f"{wanted}-{number}" for number in itertools.count(2)))
        own = next(name for name in names if name not in used)
        described = {"outlet": self.outlet, "perspective": self.perspective, **more}
        found = {
            "id": own,
            "kind": kind,
            "location": location,
            **{key: value for key, value in described.items() if value},
        }
        try:
            Source.model_validate(found)
        except ValidationError as error:
            raise Rejected(f"{location} makes no valid source: {error.errors()[0]['msg']}") from None
        return found


def outlines(ask: Ask, body: bytes, content_type: str) -> Addition:
    """One entry for each feed of an OPML list."""
    if ask.name:
        raise Rejected("an OPML list gives several sources, and one name was given for them; leave the name out")
    listed = {urls.key(outline.feed_url): outline for outline in reversed(feeds.opml(body, content_type))}
    entries: list[dict[str, Any]] = []
    there = []
    for outline in list(listed.values())[::-1][:_MOST_FEEDS]:
        title = line(outline.title, 100)
        if held := ask.held(outline.feed_url):
            there.append(held)
        else:
            ids = [entry["id"] for entry in entries]
            entries.append(ask.entry("feed", outline.feed_url, title, ids, outlet=ask.outlet or title))
    count = f"an OPML list of {len(listed)} feeds, {len(entries)} of them new"
    cut = f" among the first {_MOST_FEEDS}; the others were left out" if len(listed) > _MOST_FEEDS else ""
    new = [
        f"{entry['location']} becomes the source {entry['id']!r}; it is tried in the next round" for entry in entries
    ]
    return Addition(tuple(entries), {}, (count + cut, *new, *there))


def toml(value: object) -> str:
    """A value as TOML writes it, in one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {toml(part)}" for name, part in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def slug(text: str) -> str:
    """An id from a name: Latin letters and digits in lower case, with hyphens; empty where there are none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789")[:40].strip("-")


def line(text: str, most: int = 1_000) -> str:
    """A text as one line of at most so many characters, without what cannot be written."""
    return " ".join(normalize(re.sub("[\ud800-\udfff]", "", text)).split())[:most].strip()
