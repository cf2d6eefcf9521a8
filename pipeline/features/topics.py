"""Topics: what the compared documents speak of, learned from their paragraphs by TF-IDF and factorisation (NMF)."""

import re
from collections import defaultdict
from itertools import combinations
from math import ceil, log, sqrt
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from sklearn.decomposition import non_negative_factorization
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfTransformer
from threadpoolctl import threadpool_limits

from pipeline.tables.features import DOCUMENT_TOPICS, TOPICS
from pipeline.text import words

Floats = npt.NDArray[np.float64]

LEARNED_VOICES: Final = ("author", "reported")
TERM_COUNT: Final = 10
MODEL_COUNT: Final = 5  # Models of resampled paragraphs that stability is measured against.
RESAMPLED_SHARE: Final = 0.8
MINIMUM_PARAGRAPHS: Final = 12  # Six a topic at the fewest topics: below that a topic is one paragraph's wording.
FEWEST_TOPICS: Final = 2
MOST_TOPICS: Final = 12
LARGEST_PARAGRAPH_SHARE: Final = 0.3  # Words in more paragraphs than this are the subject of all, not a topic of some.
LARGEST_DOCUMENT_SHARE: Final = 0.7  # The same for documents, once there are ten: "Ukraine", "war", "peace".
SWALLOWED_SHARE: Final = 0.8  # A word that stands this often in one pair is told by the pair: "house" by "white house".
LARGEST_VOCABULARY: Final = 20_000
_ITERATIONS: Final = 5_000
_CONTRACTION: Final = re.compile(r"\b\w+n't\b|'(?:s|ll|ve|re|d|m)\b")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


class Topics(NamedTuple):
    """Topics, and each compared document's shares of them: frames of TOPICS and DOCUMENT_TOPICS, not yet conformed."""

    topics: pd.DataFrame
    document_topics: pd.DataFrame


class _Corpus(NamedTuple):
    """Paragraphs by terms: `counts` how often, `weights` TF-IDF; `owners` the document of each paragraph."""

    owners: npt.NDArray[np.str_]
    lengths: Floats
    terms: npt.NDArray[np.str_]
    counts: csr_matrix
    weights: csr_matrix


def topic_count_for(paragraph_count: int) -> int:
    """Half the square root of the paragraphs, within FEWEST_TOPICS and MOST_TOPICS: 9 for 33 texts of ten each."""
    return min(MOST_TOPICS, max(FEWEST_TOPICS, round(sqrt(paragraph_count) / 2)))


def learn(
    texts: pd.DataFrame,
    sentences: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    seed: int = 0,
    topic_count: int | None = None,
) -> Topics:
    """Topics of the compared documents, and each document's share of each; the same for the same rows in any order.

    A paragraph is what its author and the voices reported say in it; quotations and boilerplate are left out. Terms are
    words and pairs of words, by sublinear TF-IDF, found in several documents and not in nearly all. No rows come back
    from fewer than MINIMUM_PARAGRAPHS paragraphs, or where fewer than ten terms are shared.

    Args:
        texts: document_id, text_sha256, text.
        sentences: rows of SENTENCES.
        documents: rows of DOCUMENTS; those with `is_compared` are learned from.
        seed: of the factorisation and of the resampling.
        topic_count: topics to learn where the corpus allows it; by `topic_count_for` if not given.

    Raises:
        ValueError: `topic_count` is below FEWEST_TOPICS, or a sentence was cut from another version of its text.
    """
    if topic_count is not None and topic_count < FEWEST_TOPICS:
        raise ValueError(f"topic_count is {topic_count}; give {FEWEST_TOPICS} or more, or leave it out")
    compared = documents.loc[documents["is_compared"].fillna(False).astype(bool), "document_id"]
    held = texts[texts["document_id"].isin(compared)].sort_values("document_id")
    corpus = _corpus(_paragraphs(held, sentences))
    if corpus is None:
        return Topics(TOPICS.empty(), DOCUMENT_TOPICS.empty())
    wanted = topic_count or topic_count_for(len(corpus.owners))
    # One thread, because the order of a sum, and so its last digit, depends on how many there are.
    with threadpool_limits(1):
        return _model(corpus, held, seed, min(wanted, len(corpus.owners) // 2, len(corpus.terms) // 2))


def _paragraphs(texts: pd.DataFrame, sentences: pd.DataFrame) -> dict[tuple[str, int], str]:
    """Words of each paragraph in the voices learned from, by document and paragraph, in order."""
    joined = sentences[sentences["voice_label"].isin(LEARNED_VOICES)].merge(texts, on="document_id")
    wrong = joined[joined["text_sha256_x"] != joined["text_sha256_y"]]
    if len(wrong):
        raise ValueError(
            f"document {wrong['document_id'].iloc[0]}: its sentences were cut from another version of its text; "
            "rebuild the table sentences before topics"
        )
    parts: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    ordered = joined.sort_values(["document_id", "start_offset"])
    columns = ["document_id", "paragraph", "text", "start_offset", "end_offset"]
    for document_id, paragraph, text, start, end in zip(*(ordered[name] for name in columns), strict=True):
        parts[str(document_id), int(paragraph)].append(text[start:end])
    return {key: " ".join(said) for key, said in sorted(parts.items())}


def _tokens(text: str) -> list[str]:
    return _WORD.findall(_CONTRACTION.sub(" ", text.replace("\u2019", "'")).lower())


def _corpus(paragraphs: dict[tuple[str, int], str]) -> _Corpus | None:
    texts = [" ".join(word for word in _tokens(text) if word not in ENGLISH_STOP_WORDS) for text in paragraphs.values()]
    if len(texts) < MINIMUM_PARAGRAPHS or not any(texts):
        return None
    counter = CountVectorizer(ngram_range=(1, 2), tokenizer=str.split, token_pattern=None, lowercase=False)
    counts = csr_matrix(counter.fit_transform(texts))
    owners = np.array([document_id for document_id, _ in paragraphs])
    names = counter.get_feature_names_out().astype(str)
    kept = _without_swallowed(counts, names, _shared_terms(counts, owners))
    if len(kept) < TERM_COUNT:
        return None
    counts = counts[:, kept]
    lengths = np.array([len(words(text)) for text in paragraphs.values()], dtype=np.float64)
    weights = csr_matrix(TfidfTransformer(sublinear_tf=True).fit_transform(counts))
    return _Corpus(owners, lengths, names[kept], counts, weights)


def _shared_terms(counts: csr_matrix, owners: npt.NDArray[np.str_]) -> npt.NDArray[np.intp]:
    """Columns of the terms in enough documents to be shared, and in too few to be what all of them speak of."""
    present = (counts > 0).astype(np.int64)
    _, numbers = np.unique(owners, return_inverse=True)
    total = int(numbers.max()) + 1
    membership = csr_matrix((np.ones(len(owners), dtype=np.int64), (numbers, np.arange(len(owners)))))
    in_documents = np.asarray(((membership @ present) > 0).sum(axis=0)).ravel()
    in_paragraphs = np.asarray(present.sum(axis=0)).ravel()
    fewest = 1 if total < 2 else 2 if total < 10 else max(3, ceil(total / 1000))
    shared = (in_documents >= fewest) & (in_paragraphs >= 2) & (in_paragraphs <= LARGEST_PARAGRAPH_SHARE * len(owners))
    if total >= 10:
        shared &= in_documents <= LARGEST_DOCUMENT_SHARE * total
    kept = np.flatnonzero(shared)
    return np.sort(kept[np.argsort(-in_paragraphs[kept], kind="stable")[:LARGEST_VOCABULARY]])


def _without_swallowed(
    counts: csr_matrix, names: npt.NDArray[np.str_], kept: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """The kept terms without the words that stand nearly always in one kept pair."""
    in_paragraphs = np.asarray((counts > 0).sum(axis=0)).ravel()
    frequency = {names[column]: in_paragraphs[column] for column in kept}
    swallowed = {
        word
        for pair in frequency
        for word in pair.split()
        if " " in pair and frequency[pair] >= SWALLOWED_SHARE * frequency.get(word, np.inf)
    }
    return np.array([column for column in kept if names[column] not in swallowed], dtype=np.intp)


def _factors(weights: csr_matrix, topic_count: int, seed: int) -> tuple[Floats, Floats]:
    """Weights of the paragraphs and of the terms, on the scale where each topic's term weights have length 1."""
    # The function and not the class NMF, whose closing error sum takes the root of a negative where the fit is exact.
    loadings, components, _ = non_negative_factorization(
        weights, n_components=topic_count, init="nndsvda", random_state=seed, max_iter=_ITERATIONS
    )
    scale = np.linalg.norm(components, axis=1)
    return loadings * scale, components / np.where(scale > 0, scale, 1)[:, np.newaxis]


def _strongest(terms: npt.NDArray[np.str_], components: Floats) -> list[list[str]]:
    # Stable, so that terms of equal weight stand in alphabetical order.
    return [list(terms[np.argsort(-row, kind="stable")[:TERM_COUNT]]) for row in components]


def _model(corpus: _Corpus, texts: pd.DataFrame, seed: int, topic_count: int) -> Topics:
    loadings, components = _factors(corpus.weights, topic_count, seed)
    spoken = loadings * corpus.lengths[:, np.newaxis]
    order = [topic for topic in np.argsort(-spoken.sum(axis=0), kind="stable") if spoken[:, topic].any()]
    spoken, components = spoken[:, order], components[order]
    strongest = _strongest(corpus.terms, components)
    topics = pd.DataFrame(
        {
            "topic_id": [f"topic_{number:02d}" for number in range(1, len(order) + 1)],
            "topic_name": [topic_name(terms) for terms in strongest],
            "terms": ["; ".join(terms) for terms in strongest],
            "coherence_score": _coherence(corpus, strongest),
            "stability_score": _stability(corpus, strongest, seed, topic_count),
            "topic_share": spoken.sum(axis=0) / spoken.sum(),
            "paragraph_count": len(corpus.owners),
        }
    )
    return Topics(topics, _document_shares(corpus, spoken, texts, topics["topic_id"]))


def _document_shares(corpus: _Corpus, spoken: Floats, texts: pd.DataFrame, topic_ids: pd.Series) -> pd.DataFrame:
    """Share of each topic in a document's paragraph weights, each paragraph counting by its words."""
    sums = pd.DataFrame(spoken, columns=list(topic_ids)).groupby(corpus.owners).sum().reindex(texts["document_id"])
    shares = sums.div(sums.sum(axis=1).where(lambda total: total > 0), axis=0)
    shares["text_sha256"] = texts.set_index("document_id")["text_sha256"]
    named = shares.rename_axis("document_id").reset_index()
    long = named.melt(["document_id", "text_sha256"], var_name="topic_id", value_name="topic_share")
    return long[list(DOCUMENT_TOPICS.column_names)].sort_values(["document_id", "topic_id"], ignore_index=True)


def topic_name(terms: list[str]) -> str:
    """The three strongest terms that do not repeat one another: "peace", "peace talks" counts once, as do plurals."""
    chosen: list[str] = []
    for term in terms:
        if not any(_repeats(term, earlier) for earlier in chosen):
            chosen.append(term)
    rest = [term for term in terms if term not in chosen]
    return ", ".join((chosen + rest)[:3])


def _repeats(term: str, other: str) -> bool:
    return any(_is_same_stem(a, b) for a in term.split() for b in other.split())


def _is_same_stem(word: str, other: str) -> bool:
    """Whether two words are alike but for an ending: "guarantee" and "guarantees", "Ukraine" and "Ukrainian"."""
    shorter = min(len(word), len(other))
    stem = max(4, shorter - 1)
    return word == other or (shorter >= stem and word[:stem] == other[:stem])


def _coherence(corpus: _Corpus, topics: list[list[str]]) -> list[float]:
    """Mean NPMI of a topic's terms (Bouma 2009): ln(p(a,b) / (p(a) p(b))) / -ln p(a,b), and -1 where never together.

    Pairs that share a word are left out: "security" stands beside "security guarantees" by construction.
    """
    columns = {term: number for number, term in enumerate(corpus.terms)}
    present = (corpus.counts > 0).astype(np.float64).tocsc()
    scores = []
    for terms in topics:
        some = present[:, [columns[term] for term in terms]]
        together = (some.T @ some).toarray() / len(corpus.owners)
        pairs = [(a, b) for a, b in combinations(range(len(terms)), 2) if not _repeats(terms[a], terms[b])]
        scores.append(float(np.mean([_npmi(together, a, b) for a, b in pairs])) if pairs else float("nan"))
    return scores


def _npmi(together: Floats, a: int, b: int) -> float:
    both = together[a, b]
    return log(both / (together[a, a] * together[b, b])) / -log(both) if both > 0 else -1.0


def _stability(corpus: _Corpus, topics: list[list[str]], seed: int, topic_count: int) -> Floats:
    """Mean overlap of each topic's terms with its match in models of resampled paragraphs (Greene et al. 2014)."""
    generator = np.random.default_rng(seed)
    size = ceil(RESAMPLED_SHARE * len(corpus.owners))
    overlaps = np.zeros((MODEL_COUNT, len(topics)))
    for number in range(MODEL_COUNT):
        drawn = np.sort(generator.choice(len(corpus.owners), size, replace=False))
        _, components = _factors(corpus.weights[drawn], topic_count, seed)
        others = _strongest(corpus.terms, components)
        overlap = np.array([[_jaccard(terms, other) for other in others] for terms in topics])
        rows, columns = linear_sum_assignment(overlap, maximize=True)
        overlaps[number, rows] = overlap[rows, columns]
    return np.asarray(overlaps.mean(axis=0), dtype=np.float64)


def _jaccard(terms: list[str], other: list[str]) -> float:
    return len({*terms} & {*other}) / len({*terms} | {*other})
