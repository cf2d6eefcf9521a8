"""Likeness: how alike sentences are, by words and letters, by meaning where vectors are given, and by those before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Pair = tuple[str, Sequence[str]]  # A sentence, and the one or two before it in its paragraph, in reading order.
_FARTHER: Final = 0.5  # Weight of the last sentence but one against the last.
_BEFORE_WORDS: Final = 0.4
_BEFORE_VECTORS: Final = 0.5
_COMMON: Final = 0.05  # Features in more than this share of the sentences are multiplied as dense columns: quicker.


class SentenceVectors(Protocol):
    """What gives sentence vectors, (n, d), the same for a sentence in any company: `embeddings.Vectors`."""

    def of(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(n, d) in the sentences' order."""
        ...


class Votes(Protocol):
    """What gives other evidence: for each pair and target 1 (in favor), -1 (against) or 0, (n, targets): cues, say."""

    def of(self, pairs: Sequence[Pair]) -> Array:
        """(n, targets) in the pairs' and the codes' order."""
        ...


@dataclass(frozen=True, eq=False)
class Features:
    """What sentences are compared by: words and letters, and vectors where there are any."""

    vectorizers: tuple[TfidfVectorizer, ...]
    vectors: SentenceVectors | None
    votes: Votes | None
    center: NDArray[np.float32]

    def lexical(self, pairs: Sequence[Pair]) -> sp.csr_array:
        """TF-IDF (n, terms) of each sentence and, for less, those before it; its square is the kernel's lexical part."""
        own, before, texts = _places(pairs)
        views = []
        for vectorizer in self.vectorizers:
            counted = _unit_rows(sp.csr_array(vectorizer.transform(texts)))
            views.append(_unit_rows(sp.csr_array(counted[own] + _BEFORE_WORDS * (before @ counted))))
        return sp.csr_array(sp.hstack(views) * (0.25 if self.vectors else 0.5) ** 0.5, dtype=np.float32)

    def voted(self, pairs: Sequence[Pair], targets: int) -> Array:
        """The votes (n, targets); none where nobody votes."""
        return np.zeros((len(pairs), targets)) if self.votes is None else np.asarray(self.votes.of(pairs), np.float64)

    def spelled(self, words: Sequence[str]) -> sp.csr_array:
        """What single words add to `lexical`, but for its scale."""
        return sp.csr_array(sp.hstack([vectorizer.transform(words) for vectorizer in self.vectorizers]))

    def meaning(self, pairs: Sequence[Pair]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Unit vectors of each sentence mixed with those before it, and of those before alone (zeros where none)."""
        if self.vectors is None:
            return np.zeros((len(pairs), 0), np.float32), np.zeros((len(pairs), 0), np.float32)
        own, before, texts = _places(pairs)
        vectors = _unit(self.vectors.of(texts) - self.center)
        context = np.asarray(before @ vectors)
        return _unit(vectors[own] + _BEFORE_VECTORS * context), _unit(context)


def features_of(pairs: Sequence[Pair], vectors: SentenceVectors | None, votes: Votes | None) -> Features:
    """What labelled sentences are compared by, fitted to them."""
    texts = [sentence for sentence, _ in pairs]
    settings: tuple[dict[str, Any], ...] = (
        {"ngram_range": (1, 3), "min_df": 2}, {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 3},
    )  # fmt: skip
    vectorizers = tuple(TfidfVectorizer(sublinear_tf=True, norm=None, **setting).fit(texts) for setting in settings)
    center = vectors.of(texts).mean(axis=0) if vectors else np.zeros(0, np.float32)
    return Features(vectorizers, vectors, votes, center)


def _places(pairs: Sequence[Pair]) -> tuple[list[int], sp.csr_array, list[str]]:
    """Where each sentence stands among the texts, the weights (n, texts) of those before it, and the texts, each once."""
    places: dict[str, int] = {}
    own = [places.setdefault(sentence, len(places)) for sentence, _ in pairs]
    before, weights, ends = [], [], [0]
    for _, sentences in pairs:
        for distance, sentence in enumerate(reversed(sentences[-2:])):
            before.append(places.setdefault(sentence, len(places)))
            weights.append(_FARTHER**distance)
        ends.append(len(before))
    matrix = sp.csr_array((np.array(weights), np.array(before, np.intp), ends), shape=(len(pairs), len(places)))
    return own, matrix, list(places)


def _unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows of length 1; a row of zeros stays so."""
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def _unit_rows(rows: sp.csr_array) -> sp.csr_array:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sp.csr_array(sp.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ rows)


def nearness(mixed: NDArray[np.float32], context: NDArray[np.float32]) -> Array:
    """The kernel's part by meaning, of cosines: Gaussian in the distance of mixed vectors and of those before."""
    return np.asarray(
        0.5 * np.exp(2 * (mixed.astype(np.float64) - 1)) + 0.1 * np.exp(2 * (context.astype(np.float64) - 1))
    )


def gram(rows: sp.csr_array) -> Array:
    """Products of all rows with all; the features that many rows share are multiplied as dense columns: quicker."""
    shares = np.diff(sp.csc_array(rows).indptr) / rows.shape[0]
    common = rows[:, shares > _COMMON].toarray()
    rare = rows[:, shares <= _COMMON]
    return np.asarray(common @ common.T + (rare @ rare.T).toarray(), np.float64)
