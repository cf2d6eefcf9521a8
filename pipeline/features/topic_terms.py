"""Topic terms: paragraphs of the compared documents as counts and TF-IDF weights of words and pairs of words."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import chain, pairwise
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix, diags_array
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfTransformer

from pipeline.text import words

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]

LEARNED_VOICES: Final = ("author", "reported")
MINIMUM_DOCUMENTS: Final = 3  # What one or two texts speak of is no topic that texts share.
MINIMUM_PARAGRAPHS: Final = 12  # Six a topic at the fewest topics: below that a topic is one paragraph's wording.
MINIMUM_TERMS: Final = 10
LARGEST_PARAGRAPH_SHARE: Final = 0.3  # Words in more paragraphs than this are the subject of all, not a topic of some.
LARGEST_DOCUMENT_SHARE: Final = 0.7  # The same for documents, once there are ten: "Ukraine", "war", "peace".
SWALLOWED_SHARE: Final = 0.8  # A word that stands this often in one pair is told by the pair: "house" by "white house".
LARGEST_VOCABULARY: Final = 20_000
# Words of any argument, which say nothing of its subject: common verbs, adverbs, measures of time and amount.
GENERIC: Final = frozenset(
    "able accept actually added ago agree allow already answer ask asked asks away bad began begin believe best "
    "better big bring brought called came case certain change clear clearly close come comes coming consider "
    "course day days decade decades did different difficult does doing done earlier easy effectively end ended "
    "especially exactly expect expected fact far feel felt final finally follow followed following gave general "
    "generally gets getting given gives giving goes going gone good got great half happen happened hard held help "
    "high hold holding hope hour hours important include including increasingly instead just kept kind knew know "
    "known knows large largely later lead leave left let like likely little live long longer look looked looking "
    "lost lot low main make makes making man matter maybe mean meaning means meant meet men mere merely mr mrs "
    "moment month months morning near nearly need needed needs new night non number obvious offered old open "
    "particular past people perhaps person place places point possible present probably problem prove provide "
    "question questions quite ran rate read ready real reality really reason recent recently remain remains "
    "remained result right room run said sake say saying says second seek seen sense set short sign similar "
    "simple simply small somebody soon sort speak spend spent start started stay stop story suggest suggested "
    "sure taken takes taking talk talking tell tells term thing things think thought thousand time times today "
    "told took tried true try trying turn turned understand unlikely use used using usual want wanted wants way "
    "ways week weeks went whatever win wish woman women word words work working write written wrote year years "
    "yes yesterday young january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday two three four five six seven eight nine ten eleven "
    "twelve twenty thirty forty fifty hundred million billion".split()
)
_STOPPED: Final = ENGLISH_STOP_WORDS | GENERIC
_CONTRACTION: Final = re.compile(r"\b\w+n't\b|'(?:s|ll|ve|re|d|m)\b")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_MARK: Final = re.compile(r"[^\W\d_]{2,}|[^\s-]")


class TermCounts(NamedTuple):
    """Paragraphs by terms: `counts` how often, `weights` TF-IDF; `owners` the document of each paragraph.

    `lengths` are the paragraphs' words, `texts` what was said in them, `forms` the form that each inflected word has here.
    """

    owners: Names
    lengths: Floats
    texts: list[str]
    terms: Names
    counts: csr_matrix
    weights: csr_matrix
    forms: dict[str, str]


def paragraphs(texts: pd.DataFrame, sentences: pd.DataFrame) -> dict[tuple[str, int], str]:
    """Words of each paragraph in the voices learned from, by document and paragraph, in order.

    Args:
        texts: document_id, text_sha256, text.
        sentences: rows of SENTENCES.

    Raises:
        ValueError: a sentence was cut from another version of its text.
    """
    versions = dict(zip(texts["document_id"], texts["text_sha256"], strict=True))
    bodies = dict(zip(texts["document_id"], texts["text"], strict=True))
    spoken = sentences[sentences["voice_label"].isin(LEARNED_VOICES) & sentences["document_id"].isin(list(bodies))]
    spoken = spoken.sort_values(["document_id", "start_offset"])
    parts: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    columns = ("document_id", "paragraph", "text_sha256", "start_offset", "end_offset")
    for document_id, paragraph, version, start, end in zip(*(spoken[name] for name in columns), strict=True):
        if version != versions[document_id]:
            raise ValueError(
                f"document {document_id}: its sentences were cut from another version of its text; "
                "rebuild the table sentences before topics"
            )
        parts[str(document_id), int(paragraph)].append(bodies[document_id][start:end])
    return {key: " ".join(said) for key, said in sorted(parts.items())}


def tokens(text: str) -> list[str]:
    """Words of two letters or more in lower case, without what an apostrophe joins to them."""
    return _WORD.findall(_lowered(text))


def _lowered(text: str) -> str:
    return _CONTRACTION.sub(" ", text.replace("\u2019", "'").lower())


def _terms(lowered: str, forms: Mapping[str, str]) -> list[str]:
    """Words without stop words, and pairs of them that stand side by side in a sentence: "peace talks"."""
    # What is no word, and each stop word, parts what stands around it.
    marks = _MARK.findall(lowered)
    line = [forms.get(mark, mark) if len(mark) > 1 and mark not in _STOPPED else "" for mark in marks]
    pairs = [f"{first} {second}" for first, second in pairwise(line) if first and second and first != second]
    return [word for word in line if word] + pairs


def term_counts(said: dict[tuple[str, int], str]) -> TermCounts | None:
    """Counts and sublinear TF-IDF of the terms that documents share; None where there is too little to learn from."""
    owners = np.array([document_id for document_id, _ in said], dtype=np.str_)
    if len(said) < MINIMUM_PARAGRAPHS or len(set(owners)) < MINIMUM_DOCUMENTS:
        return None
    texts = list(said.values())
    spoken = [_lowered(text) for text in texts]
    forms = _common_forms(Counter(chain.from_iterable(map(_WORD.findall, spoken))))
    terms = [_terms(line, forms) for line in spoken]
    if not any(terms):
        return None
    counter = CountVectorizer(analyzer=list)
    counts = csr_matrix(counter.fit_transform(terms))
    names = counter.get_feature_names_out().astype(str)
    kept = _without_swallowed(counts, names, _shared_terms(counts, owners))
    if len(kept) < MINIMUM_TERMS:
        return None
    counts = counts[:, kept]
    lengths = np.array([len(words(text)) for text in texts], dtype=np.float64)
    return TermCounts(owners, lengths, texts, names[kept], counts, weighted(counts), forms)


def weighted(counts: csr_matrix) -> csr_matrix:
    """Sublinear TF-IDF (Salton and Buckley 1988, Information Processing & Management 24: 513-523).

    A row has length 1, or √(n / median) where its n terms are fewer than the median row's: a paragraph of three terms
    is fitted by one topic without error, and would otherwise draw a topic to itself.
    """
    weights = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    held = np.diff(csr_matrix(counts).indptr).astype(np.float64)
    median = float(np.median(held[held > 0])) if (held > 0).any() else 1.0
    return csr_matrix(diags_array(np.minimum(1.0, np.sqrt(held / median))) @ weights)


def singular(word: str) -> str:
    """A noun without the ending of its plural, by the S-stemmer (Harman 1991, JASIS 42: 7-15)."""
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("us", "ss", "is")) else word


def _common_forms(frequency: Counter[str]) -> dict[str, str]:
    """The commoner of a word's singular and plural, for the rarer: "missile" is counted with "missiles"."""
    forms = {}
    for plural in sorted(frequency):
        single = singular(plural)
        if single != plural and len(single) > 2 and single in frequency:
            rarer, commoner = sorted((single, plural), key=lambda word: (frequency[word], word))
            forms[rarer] = commoner
    return forms


def _shared_terms(counts: csr_matrix, owners: Names) -> npt.NDArray[np.intp]:
    """Columns of the terms in enough documents to be shared, and in too few to be what all of them speak of."""
    present = (counts > 0).astype(np.int64)
    _, numbers = np.unique(owners, return_inverse=True)
    total = int(numbers.max()) + 1
    membership = csr_matrix((np.ones(len(owners), dtype=np.int64), (numbers, np.arange(len(owners)))))
    in_documents = np.asarray(((membership @ present) > 0).sum(axis=0)).ravel()
    in_paragraphs = np.asarray(present.sum(axis=0)).ravel()
    fewest = 2 if total < 10 else max(3, ceil(total / 1000))
    shared = (in_documents >= fewest) & (in_paragraphs <= LARGEST_PARAGRAPH_SHARE * len(owners))
    if total >= 10:
        shared &= in_documents <= LARGEST_DOCUMENT_SHARE * total
    kept = np.flatnonzero(shared)
    return np.sort(kept[np.argsort(-in_paragraphs[kept], kind="stable")[:LARGEST_VOCABULARY]])


def _without_swallowed(counts: csr_matrix, names: Names, kept: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
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
