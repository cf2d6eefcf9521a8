"""Topic model: factors of paragraphs by terms (NMF), how coherent and how stable they are, and how many there should be.

It knows neither names nor ids.
"""

from collections.abc import Iterable
from itertools import combinations
from math import ceil, log, sqrt
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from sklearn.decomposition import non_negative_factorization

from pipeline.features.topic_terms import Floats, Names, TermCounts, weighted

TERM_COUNT: Final = 10
FEWEST_TOPICS: Final = 2
MOST_TOPICS: Final = 20
TRIED_ONE_BY_ONE: Final = 8  # Above it every second number of topics is tried, then the best one's neighbours.
MODEL_COUNT: Final = 6  # Models of resampled documents that stability is measured against.
RESAMPLED_SHARE: Final = 0.8
TRIAL_PARAGRAPHS: Final = (
    2_500  # Paragraphs, of whole documents drawn by the seed, on which numbers of topics are tried.
)
NULL_MODEL_COUNT: Final = 4  # The same of shuffled words; fewer do, because their overlap is averaged over all topics.
# Of 24 corpora of the sample's words shuffled, one came as far as both.
LEAST_AGREEMENT: Final = 0.1
LEAST_COHERENCE: Final = 0.05
_ITERATIONS: Final = 5_000
_TOLERANCE: Final = 1e-4
_TRIAL_TOLERANCE: Final = 5e-3  # The strongest terms stand long before the last digits do.

Terms = list[list[str]]


class Factors(NamedTuple):
    """Weights of topics in paragraphs (paragraphs by topics) and of terms in topics (topics by terms, length 1 each)."""

    loadings: Floats
    components: Floats


class Trial(NamedTuple):
    """One number of topics, tried: the strongest terms of the corpus's topics, and of models of resampled documents.

    `agreement` is the mean overlap of every two of these models and `coherence` their mean NPMI; `null_agreement` and
    `floor` are the mean overlaps, of every two and with the whole corpus's, that models of shuffled words reach.
    """

    topic_count: int
    models: list[Terms]
    agreement: float
    coherence: float
    null_agreement: float
    floor: float

    def score(self, usual: float) -> float:
        """Agreement above chance times coherence; 0 where either is too low. `usual`: chance over all numbers tried."""
        above = _corrected(self.agreement, max(self.null_agreement, usual))
        is_sound = above >= LEAST_AGREEMENT and self.coherence >= LEAST_COHERENCE
        return above * self.coherence if is_sound else 0.0


def most_topics(paragraph_count: int, document_count: int) -> int:
    """Topics that a corpus can bear: half the square root of its paragraphs, and two documents a topic; 2 to 20."""
    return min(MOST_TOPICS, max(FEWEST_TOPICS, min(round(sqrt(paragraph_count) / 2), document_count // 2)))


def chosen_trial(corpus: TermCounts, seed: int, topic_count: int | None = None) -> Trial | None:
    """The number of topics that is stable and coherent together, and what was found of it; None where none is.

    Every number from 2 to `most_topics` (above 8 every second, and the best one's neighbours) is tried on at most
    TRIAL_PARAGRAPHS paragraphs: a model of all of them, MODEL_COUNT of documents drawn from them, and as many as
    1 + NULL_MODEL_COUNT of their words dealt out anew. Its score is a x c: c the mean NPMI of the models' topics, a the
    agreement of every two models above chance, (s - f) / (1 - f), s their mean overlap, f what the shuffled words'
    models reach, and no less than they reach over all numbers. The highest score wins, the smaller number where equal.
    A number with a below LEAST_AGREEMENT or c below LEAST_COHERENCE is out; where all are, the texts hold no topics that
    other texts would show again. `topic_count`, if given, is taken as it is, as far as there are paragraphs and terms.
    """
    drawn = _trial_corpus(corpus, seed)
    bearable = min(drawn.counts.shape) // 2
    if topic_count is not None:
        return _trial(drawn, min(topic_count, bearable), seed)
    most = min(most_topics(len(corpus.owners), len(set(corpus.owners))), bearable)
    trials = [_trial(drawn, number, seed) for number in _numbers_tried(most)]
    usual = float(np.mean([trial.null_agreement for trial in trials]))
    best = _best(trials, usual)
    if best is None or best.topic_count <= TRIED_ONE_BY_ONE:
        return best
    return _best([best, *(_trial(drawn, best.topic_count + step, seed) for step in (-1, 1))], usual)


def _best(trials: list[Trial], usual: float) -> Trial | None:
    sound = [trial for trial in trials if trial.score(usual) > 0]
    return max(sound, key=lambda trial: (trial.score(usual), -trial.topic_count), default=None)


def _numbers_tried(most: int) -> Iterable[int]:
    return (
        *range(FEWEST_TOPICS, min(most, TRIED_ONE_BY_ONE) + 1),
        *range(TRIED_ONE_BY_ONE + 2, most + 1, 2),
    )


def _trial_corpus(corpus: TermCounts, seed: int) -> TermCounts:
    """The corpus, or where it is large whole documents of it, drawn at random up to TRIAL_PARAGRAPHS paragraphs."""
    if len(corpus.owners) <= TRIAL_PARAGRAPHS:
        return corpus
    documents, numbers, counts = np.unique(corpus.owners, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(documents))
    drawn = order[np.cumsum(counts[order]) <= TRIAL_PARAGRAPHS]
    rows = np.flatnonzero(np.isin(numbers, drawn))
    some = corpus.counts[rows]
    held = np.flatnonzero(np.asarray((some > 0).sum(axis=0)).ravel() > 1)
    some = csr_matrix(some[:, held])
    return corpus._replace(
        owners=corpus.owners[rows], lengths=corpus.lengths[rows], terms=corpus.terms[held],
        counts=some, weights=weighted(some),
    )  # fmt: skip


def _trial(corpus: TermCounts, topic_count: int, seed: int) -> Trial:
    whole, models = _models(corpus, topic_count, seed, MODEL_COUNT)
    null_whole, null_models = _models(shuffled(corpus, seed + topic_count), topic_count, seed, NULL_MODEL_COUNT)
    return Trial(
        topic_count,
        models,
        agreement=_agreement(whole, models),
        coherence=float(np.mean([np.nanmean([0.0, *coherence(corpus, terms)]) for terms in (whole, *models)])),
        null_agreement=_agreement(null_whole, null_models),
        floor=float(_overlaps(null_whole, null_models).mean()),
    )


def _agreement(whole: Terms, models: list[Terms]) -> float:
    """Mean overlap of every two models, the whole corpus's among them: of more pairs, and so steadier, than with it alone."""
    pairs = combinations([whole, *models], 2)
    return float(np.mean([_overlaps(first, [second]).mean() for first, second in pairs]))


def shuffled(corpus: TermCounts, seed: int) -> TermCounts:
    """The corpus with its terms dealt out anew: each paragraph keeps how many it has, each term how often it occurs."""
    held = corpus.counts.tocoo()
    rows, columns = (np.repeat(side, held.data) for side in (held.row, held.col))
    dealt = np.random.default_rng(seed).permutation(columns)
    counts = csr_matrix((np.ones(len(rows), dtype=np.int64), (rows, dealt)), shape=corpus.counts.shape)
    return corpus._replace(counts=counts, weights=weighted(counts))


def factors(weights: csr_matrix, topic_count: int, seed: int, tolerance: float = _TOLERANCE) -> Factors:
    """Non-negative factors (Lee and Seung 1999, Nature 401) from NNDSVD (Boutsidis and Gallopoulos 2008)."""
    # The function and not the class NMF, whose closing error sum takes the root of a negative where the fit is exact.
    loadings, components, _ = non_negative_factorization(
        weights, n_components=topic_count, init="nndsvda", random_state=seed, max_iter=_ITERATIONS, tol=tolerance
    )
    scale = np.linalg.norm(components, axis=1)
    return Factors(loadings * scale, components / np.where(scale > 0, scale, 1)[:, np.newaxis])


def strongest(terms: Names, components: Floats, count: int = TERM_COUNT) -> Terms:
    """Each topic's terms of the highest weights, strongest first."""
    # Stable, so that terms of equal weight stand in alphabetical order.
    orders = [np.argsort(-row, kind="stable")[:count] for row in components]
    return [[str(terms[column]) for column in order] for order in orders]


def coherence(corpus: TermCounts, topics: Terms) -> list[float]:
    """Mean NPMI of a topic's terms (Bouma 2009): ln(p(a,b) / (p(a) p(b))) / -ln p(a,b), and -1 where never together.

    Probabilities are shares of paragraphs. Pairs that share a word are left out: "security" stands beside "security
    guarantees" by construction.
    """
    columns = {term: number for number, term in enumerate(corpus.terms)}
    present = (corpus.counts > 0).astype(np.float64).tocsc()
    scores = []
    for terms in topics:
        some = present[:, [columns[term] for term in terms]]
        together = (some.T @ some).toarray() / len(corpus.owners)
        pairs = [(a, b) for a, b in combinations(range(len(terms)), 2) if not repeats(terms[a], terms[b])]
        scores.append(float(np.mean([_npmi(together, a, b) for a, b in pairs])) if pairs else float("nan"))
    return scores


def _npmi(together: Floats, a: int, b: int) -> float:
    both = together[a, b]
    if both >= 1:
        return 1.0
    return log(both / (together[a, a] * together[b, b])) / -log(both) if both > 0 else -1.0


def stability(topics: Terms, trial: Trial) -> Floats:
    """How surely each topic comes back in models of other documents: 1 always, 0 as shuffled words do.

    The mean Jaccard overlap s of the topic's ten terms with its match (Hungarian assignment) in models of 80 % of the
    documents (Greene, O'Callaghan and Cunningham 2014), corrected for chance: (s - f) / (1 - f), where f is the mean
    overlap that the same procedure gives once the terms are dealt out anew to the paragraphs. Below chance it is 0.
    """
    overlaps = _overlaps(topics, trial.models).mean(axis=0)
    return np.asarray([max(0.0, _corrected(float(overlap), trial.floor)) for overlap in overlaps])


def _corrected(overlap: float, floor: float) -> float:
    return (overlap - floor) / (1 - floor) if floor < 1 else 0.0


def _models(corpus: TermCounts, topic_count: int, seed: int, count: int) -> tuple[Terms, list[Terms]]:
    """Strongest terms of the corpus's topics, and of models of RESAMPLED_SHARE of its documents, drawn by the seed."""
    generator = np.random.default_rng(seed)
    documents, numbers = np.unique(corpus.owners, return_inverse=True)
    size = min(ceil(RESAMPLED_SHARE * len(documents)), len(documents) - 1)
    drawn = [np.isin(numbers, generator.choice(len(documents), size, replace=False)) for _ in range(count)]
    whole, *models = [
        strongest(corpus.terms, factors(corpus.weights[rows], topic_count, seed, _TRIAL_TOLERANCE).components)
        for rows in (np.ones(len(numbers), dtype=bool), *drawn)
    ]
    return whole, models


def _overlaps(topics: Terms, models: list[Terms]) -> Floats:
    """Jaccard overlap of each topic with its match in each model: models by topics; 0 where it has none."""
    overlaps = np.zeros((len(models), len(topics)))
    for number, model in enumerate(models):
        overlap = np.array([[_jaccard(terms, other) for other in model] for terms in topics])
        rows, columns = linear_sum_assignment(overlap, maximize=True)
        overlaps[number, rows] = overlap[rows, columns]
    return overlaps


def _jaccard(terms: list[str], other: list[str]) -> float:
    return len({*terms} & {*other}) / len({*terms} | {*other})


def repeats(term: str, other: str) -> bool:
    """Whether two terms share a word, or forms of one: "guarantee" and "guarantees", "Ukraine" and "Ukrainian"."""
    return any(_is_same_stem(a, b) for a in term.split() for b in other.split())


def _is_same_stem(word: str, other: str) -> bool:
    shorter = min(len(word), len(other))
    stem = max(4, shorter - 1)
    return word == other or (shorter >= stem and word[:stem] == other[:stem])


def shares_of_paragraphs(loadings: Floats) -> Floats:
    """Each topic's share of each paragraph's weight; 0 throughout where no topic fits the paragraph."""
    sums = loadings.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(loadings, sums, out=np.zeros_like(loadings), where=sums > 0), dtype=np.float64)
