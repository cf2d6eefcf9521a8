"""Additions: what `parley add` makes of a web address or a file: entries for sources.toml, and files beside it.

`plan` looks and writes nothing; `apply` writes all of it or nothing.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.corpus import sources
from pipeline.corpus.addition_entries import Addition, Ask, Fetch, line, toml
from pipeline.corpus.addition_files import from_file
from pipeline.corpus.addition_web import from_web
from pipeline.corpus.article import Rejected
from pipeline.corpus.sources import ConfigurationError, SourceList


def plan(
    given: str, data_folder: Path, fetch: Fetch, known: SourceList, *,
    name: str = "", outlet: str = "", perspective: str = "",
) -> Addition:  # fmt: skip
    """What a web address, a file or an OPML list would add to the sources, and what was found there.

    `fetch` gives one answer for each request, in any order. `name` is the id that the user wants for the entry.

    Raises:
        Rejected: there is nothing that can be added; with what was tried and the remedy.
    """
    ask = Ask(data_folder / "corpus", fetch, known, name, line(outlet), line(perspective))
    try:
        return from_web(ask, given.strip()) if "://" in given else from_file(ask, Path(given).expanduser())
    except Rejected as reason:
        raise Rejected(f"{reason}. Nothing was added.") from None


def apply(addition: Addition, folder: Path) -> None:
    """Write the files, and then the entries below those that sources.toml in `folder` (data/corpus) has, as text.

    Nothing is written where anything fails, and nothing that a file holds is written over.

    Raises:
        ConfigurationError: sources.toml could not be read, before or with the new entries.
        Rejected: a file is there by now that holds something else.
    """
    listed = (folder / "sources.toml").resolve()
    sources.load(listed)  # What is wrong with it already is told in its own terms.
    wanted = {folder / path: body for path, body in addition.files.items()}
    held = {path: path.read_bytes() if path.exists() else None for path in (*wanted, listed)}
    for path, body in wanted.items():
        if not body.startswith(held[path] or b""):
            raise Rejected(f"{path} has changed in the meantime; add it again. Nothing was added.")
    if addition.entries:
        wanted[listed] = _appended(held[listed] or b"", addition.entries)
    drafts = {path: path.with_name(f"{path.name}.draft") for path in wanted}
    done = []
    try:
        for path in reversed(wanted):  # sources.toml first: where it is refused, no folder is made.
            path.parent.mkdir(parents=True, exist_ok=True)
            drafts[path].write_bytes(wanted[path])
            if path == listed:
                _check(drafts[path])
        for path, draft in drafts.items():
            draft.replace(path)
            done.append(path)
    except BaseException:
        for path in done:
            _restore(path, held[path])
        raise
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _restore(path: Path, body: bytes | None) -> None:
    if body is None:
        path.unlink()
    else:
        path.write_bytes(body)


def _appended(body: bytes, entries: Iterable[Mapping[str, Any]]) -> bytes:
    end = "\r\n" if b"\r\n" in body else "\n"
    lines = [line for entry in entries for line in ("", "[[source]]", *(f"{k} = {toml(v)}" for k, v in entry.items()))]
    return body + (b"" if body.endswith(b"\n") else end.encode()) + "".join(line + end for line in lines).encode()


def _check(draft: Path) -> None:
    try:
        sources.load(draft)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"with the new entries, {str(error).replace('.draft', '')}; nothing was added"
        ) from None
