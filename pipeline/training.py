"""Training: the coder of the labelled sentences, trained when a run first needs it and not where nothing is stale."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from pipeline import classify, embeddings, labels
from pipeline.codebook import Codebook
from pipeline.coder import Coder
from pipeline.labels import Labels
from pipeline.lineage import code_version
from pipeline.text import sha256

# Labelled sentences that are set aside: no coder learns from them.
FROZEN: Final = "frozen.csv"


@dataclass
class Training:
    """What a coder is trained from: labels, codes, and sentence vectors where their weights are installed.

    `fingerprint` changes when the coder might code otherwise; asking for it trains nothing.
    """

    labels: Labels
    codes: dict[str, tuple[str, ...]]
    folder: Path
    vectors_path: Path
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        self.encoder = embeddings.load()
        meaning = "" if isinstance(self.encoder, embeddings.Absence) else self.encoder.fingerprint
        self.fingerprint = sha256(f"{self.labels.fingerprint} {meaning} {code_version('pipeline.classify')}")

    @property
    def shortfall(self) -> str:
        """Why sentences are compared by their spelling alone; empty where they are not."""
        return self.encoder.reason if isinstance(self.encoder, embeddings.Absence) else ""

    @cached_property
    def vectors(self) -> embeddings.Vectors | None:
        """Sentence vectors, those of the committed sentences from the shipped file; None without the weights."""
        if isinstance(self.encoder, embeddings.Absence):
            return None
        known = embeddings.read_vectors(self.vectors_path) if self.vectors_path.is_file() else {}
        return embeddings.Vectors(self.encoder, known)

    def frozen(self) -> Labels:
        """The labelled sentences that are set aside.

        Raises:
            ValueError, FileNotFoundError: as `labels.load`.
        """
        others = [path.name for path in self.folder.glob("*.csv") if path.name != FROZEN]
        return labels.load(self.folder, self.codes, skip=others)

    @cached_property
    def coder(self) -> Coder:
        """The trained coder; some ten seconds of one processor, once a run."""
        return classify.train(self.labels, self.codes, self.vectors)


def load(folder: Path, codebook: Codebook) -> Training:
    """What is trained from the labels in a codebook's folder.

    Raises:
        ValueError, FileNotFoundError: as `labels.load`.
    """
    found = labels.load(folder / "labels" / "sentences", codebook.codes, skip=(FROZEN,))
    sentences = folder / "labels" / "sentences"
    return Training(found, dict(codebook.codes), sentences, folder / "labels" / "vectors.npz")
