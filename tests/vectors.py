"""Writes data/codebook/labels/vectors.npz: vectors of every sentence that is committed (`make vectors`).

A fresh build then computes none of them, and every machine trains on the same ones.
"""

import csv
from pathlib import Path

from pipeline import embeddings
from pipeline.corpus import files
from pipeline.text import sentence_spans

DATA = Path(__file__).parents[1] / "data"
PATH = DATA / "codebook" / "labels" / "vectors.npz"


def committed() -> list[str]:
    """Labelled sentences, and those of the essay and the sample."""
    found: list[str] = []
    for path in sorted((DATA / "codebook" / "labels" / "sentences").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [row["sentence"] for row in csv.DictReader(file)]
    for path in sorted([*(DATA / "corpus" / "essays").glob("*.txt"), *(DATA / "corpus" / "sample").glob("*/*.md")]):
        text = files.read(path.name, path.read_bytes()).text
        found += [text[span.start : span.end] for span in sentence_spans(text)]
    return list(dict.fromkeys(found))


def main() -> None:
    """Write the file; vectors that it holds already are kept."""
    encoder = embeddings.load()
    if isinstance(encoder, embeddings.Absence):
        raise SystemExit(encoder.reason)
    known = embeddings.read_vectors(PATH) if PATH.exists() else {}
    sentences = committed()
    embeddings.write_vectors(PATH, embeddings.Vectors(encoder, known, threads=2).by_key(sentences))
    print(f"{PATH}: {len(sentences)} sentences, {PATH.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
