"""Hand coding: reads the files in which a reader wrote down what a document holds. It compares nothing.

Two kinds of file, of one form: `data/corpus/sample/<desk>/planted.csv`, where `path` is relative to
`data/corpus/sample/`, and `data/codebook/labels/*.csv`, where `path` is relative to `data/corpus/`.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from pipeline.tables.features import STANCES

HEADER: Final = ("path", "kind", "id", "label", "opening")
COLUMNS: Final = ("document_input", "kind", "id", "labels", "opening")
FRAME_LABELS: Final = ("main", "present", "absent")
SEPARATOR: Final = "|"

# The ids that may be coded, from the codebook: {"target": target ids, "frame": frame ids}.
Codes = Mapping[str, Collection[str]]


def read_all(data: Path, codes: Codes) -> pd.DataFrame:
    """All hand coding under the folder `data`: the labels of the codebook, then each desk's planted labels.

    Raises:
        ValueError: as `read`, and when one document's target or frame is coded in two files.
    """
    files = [*sorted((data / "codebook" / "labels").glob("*.csv")),
             *sorted((data / "corpus" / "sample").glob("*/planted.csv"))]  # fmt: skip
    parts = [read(path, data, codes) for path in files]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS), dtype="str")
    coding = pd.concat(parts, ignore_index=True)
    twice = coding[coding.duplicated(["document_input", "kind", "id"])]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(f"hand coding: {row['kind']} {row['id']} of {row['document_input']} is in two files; keep one")
    return coding


def read(path: Path, data: Path, codes: Codes) -> pd.DataFrame:
    """One file of hand coding: `document_input`, `kind` (target or frame), `id`, `labels` and `opening`, in file order.

    `data` is the data folder. `document_input` is the document's path relative to `data/corpus`, with forward slashes,
    as in `documents.input`. `labels` are the accepted labels joined by "|": several where the coder accepts either.
    `opening` is the first words of a sentence that shows the label; empty for absent.

    Raises:
        ValueError: names the file and the line: a wrong header, an unknown kind, id, label or path, or a row that is
            there twice.
    """
    corpus = data / "corpus"
    base = corpus / "sample" if path.name == "planted.csv" else corpus
    seen: set[tuple[str, str, str]] = set()
    rows = []
    for line, cells in _lines(path):
        row = _row(cells, base, corpus, codes, where=f"{path}, line {line}")
        if row[:3] in seen:
            raise ValueError(f"{path}, line {line}: {row[1]} {row[2]} of {row[0]} is there twice; keep one")
        seen.add(row[:3])
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if tuple(header) != HEADER:
            raise ValueError(f"{path}, line 1: the header is {','.join(header)!r}; write {','.join(HEADER)}")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(HEADER):
                raise ValueError(
                    f"{path}, line {reader.line_num}: {len(cells)} cells instead of {len(HEADER)}; "
                    "put a cell that holds a comma in double quotes"
                )
            yield reader.line_num, {name: cell.strip() for name, cell in zip(HEADER, cells, strict=True)}


def _row(cells: dict[str, str], base: Path, corpus: Path, codes: Codes, where: str) -> tuple[str, str, str, str, str]:
    allowed = {"target": STANCES, "frame": FRAME_LABELS}.get(cells["kind"])
    if allowed is None:
        raise ValueError(f"{where}: unknown kind {cells['kind']!r}; write target or frame")
    known = codes[cells["kind"]]
    if cells["id"] not in known:
        remedy = f"the codebook has {', '.join(sorted(known))}"
        raise ValueError(f"{where}: unknown {cells['kind']} {cells['id']!r}; {remedy}")
    labels = cells["label"].split(SEPARATOR)
    unknown = [label for label in labels if label not in allowed]
    if unknown:
        raise ValueError(f"{where}: unknown label {unknown[0]!r} for a {cells['kind']}; write {', '.join(allowed)}")
    document = (base / cells["path"]).resolve()
    if not document.is_file() or not document.is_relative_to(corpus.resolve()):
        raise ValueError(f"{where}: no document {cells['path']!r} under {base}; give its path relative to that folder")
    document_input = document.relative_to(corpus.resolve()).as_posix()
    return document_input, cells["kind"], cells["id"], SEPARATOR.join(dict.fromkeys(labels)), cells["opening"]
