"""Keyness: the words and two-word phrases that mark a group off from the other groups, in the author's own voice."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from pipeline.comparison.groups import memberships
from pipeline.contracts import conform
from pipeline.intervals import CONFIDENCE, Numbers
from pipeline.tables.comparison import KEYNESS

KINDS: Final = ("analyst", "perspective")
# The prior weighs as much as this many counted terms: about one short article.
PRIOR_TOTAL: Final = 500.0
MINIMUM_COUNT: Final = 3
MINIMUM_DOCUMENTS: Final = 2
MINIMUM_Z: Final = 1.96
TERMS_PER_GROUP: Final = 25

# Dotted abbreviations whole ("u.s."), else letters with inner apostrophes and hyphens.
_WORD: Final = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_POSSESSIVE: Final = re.compile(r"['\u2019]s$")
# Letters that an apostrophe parts from their word ("don't") are no term; the stop list knows only its halves.
_CONTRACTION: Final = re.compile(r"['\u2019](?:t|re|ve|ll|d|m)$")


def keyness(
    texts: pd.DataFrame, sentences: pd.DataFrame, documents: pd.DataFrame, document_analysts: pd.DataFrame
) -> pd.DataFrame:
    """The table `keyness`: for each analyst and perspective, up to 25 terms with the highest z of at least 1.96.

    `texts` holds `document_id`, `text_sha256` and `text`; the others are conformed tables. Terms are counted over the
    sentences in the author's voice; a phrase stays within a sentence and crosses no punctuation; stop words are no
    terms and stand in no phrase. The rest of a group is every document in other groups of its kind, without its own.

    A term is used at least 3 times by the group. Where the group has several documents, at least 2 of them use it, and
    without the document that uses it most it is still more frequent than in the rest: one long text makes no keyword. A
    group of one document has a dispersion of 1 throughout.

    Raises:
        ValueError: a compared document has sentences but no text of the same version.
    """
    groups = memberships(documents, document_analysts, KINDS)
    spoken = author_sentences(texts, sentences, set(groups["document_id"]))
    if not spoken:
        return KEYNESS.empty()
    counter = CountVectorizer(analyzer=terms_of, dtype=np.float64)
    try:
        counts = counter.fit_transform(spoken.values())
    except ValueError as error:
        if "empty vocabulary" in str(error):
            return KEYNESS.empty()
        raise
    terms = counter.get_feature_names_out()
    groups = groups[groups["document_id"].isin(spoken.keys())]
    ids, counts = pd.Index(list(spoken)), sparse.csr_array(counts)
    kinds = [_kind(members, counts, ids, terms) for _, members in groups.groupby("group_kind")]
    marked = [marks for parts in kinds for marks in parts if len(marks)]
    return conform(pd.concat(marked, ignore_index=True), KEYNESS) if marked else KEYNESS.empty()


def author_sentences(texts: pd.DataFrame, sentences: pd.DataFrame, document_ids: set[str]) -> dict[str, list[str]]:
    """The author's sentences of each document, in reading order; documents in order of their ids."""
    # A dictionary and not a merge, which would copy each text once a sentence.
    versions = zip(texts["document_id"], texts["text_sha256"], strict=True)
    bodies = dict(zip(versions, texts["text"], strict=True))
    own = sentences[(sentences["voice_label"] == "author") & sentences["document_id"].isin(document_ids)]
    own = own.sort_values(["document_id", "position"])
    cells = (own[name] for name in ("document_id", "text_sha256", "start_offset", "end_offset"))
    spoken: dict[str, list[str]] = {}
    for document_id, version, start, end in zip(*cells, strict=True):
        body = bodies.get((document_id, version))
        if body is None:
            raise ValueError(
                f"keyness: the text that the sentences of document {document_id} were cut from was not given; "
                "read document_texts and sentences from the same build"
            )
        spoken.setdefault(document_id, []).append(body[start:end])
    return spoken


def terms_of(spoken: Sequence[str]) -> list[str]:
    """Words and phrases of two words, lower case, from a document's sentences, without stop words."""
    terms = []
    for sentence in spoken:
        previous, previous_end = "", -1
        for match in _WORD.finditer(sentence):
            word = _POSSESSIVE.sub("", match.group().lower())
            if word in ENGLISH_STOP_WORDS or len(word) < 2 or _CONTRACTION.search(word):
                previous = ""
                continue
            terms.append(word)
            if previous and sentence[previous_end : match.start()].isspace():
                terms.append(f"{previous} {word}")
            previous, previous_end = word, match.end()
    return terms


def log_odds_ratio(
    group: Numbers, rest: Numbers, prior: Numbers, totals: tuple[float, float, float]
) -> tuple[Numbers, Numbers]:
    """Log-odds ratio of each term, group against rest, and its standard error.

    Monroe, Colaresi and Quinn 2008, "Fightin' Words", Political Analysis 16: 372-403, equations 16 to 22. With counts y
    of total n and prior counts a of total A: log((y + a) / (n + A - y - a)) for the group less the same for the rest;
    variance about 1 / (y + a) for the group plus the same for the rest. The arrays hold the same terms; `totals` are
    those of group, rest and prior over all terms.
    """
    one, two = group + prior, rest + prior
    group_total, rest_total, prior_total = totals
    delta = np.log(one / (group_total + prior_total - one)) - np.log(two / (rest_total + prior_total - two))
    return delta, np.sqrt(1 / one + 1 / two)


def _kind(
    members: pd.DataFrame, counts: sparse.csr_array, document_ids: pd.Index, terms: NDArray[np.object_]
) -> list[pd.DataFrame]:
    """The marked terms of each group of one kind."""
    named = np.unique(document_ids.get_indexer(pd.Index(members["document_id"])))
    corpus = np.asarray(counts[named].sum(axis=0), dtype="float64").ravel()
    parts = []
    for group_id, rows in members.groupby("group_id"):
        own = sparse.csc_array(counts[document_ids.get_indexer(pd.Index(rows["document_id"]))])
        labels = {name: rows[name].iloc[0] for name in ("group_kind", "group_name")}
        parts.append(_group(own, corpus, terms).assign(group_id=group_id, **labels))
    return parts


def _group(own: sparse.csc_array, corpus: Numbers, terms: NDArray[np.object_]) -> pd.DataFrame:
    group = np.asarray(own.sum(axis=0), dtype="float64").ravel()
    candidates = np.flatnonzero(group >= MINIMUM_COUNT)
    totals = (group.sum(), corpus.sum() - group.sum(), PRIOR_TOTAL)
    if totals[1] == 0:
        candidates = candidates[:0]
    chosen, rest = own[:, candidates], (corpus - group)[candidates]
    prior = PRIOR_TOTAL * corpus[candidates] / corpus.sum()
    log_odds, error = log_odds_ratio(group[candidates], rest, prior, totals)
    reach = stats.norm.ppf((1 + CONFIDENCE) / 2) * error
    users = np.diff(chosen.indptr)
    marks = pd.DataFrame(
        {
            "term": terms[candidates],
            "log_odds": log_odds,
            "log_odds_low": log_odds - reach,
            "log_odds_high": log_odds + reach,
            "z_score": log_odds / error,
            "dispersion_score": users / own.shape[0],
            "group_count": group[candidates],
            "rest_count": rest,
            "document_count": users,
        }
    )
    marks = marks[(marks["z_score"] >= MINIMUM_Z) & _is_spread(chosen, own, rest / max(totals[1], 1))]
    return marks.sort_values(["z_score", "term"], ascending=[False, True]).head(TERMS_PER_GROUP)


def _is_spread(chosen: sparse.csc_array, own: sparse.csc_array, rest_rate: Numbers) -> NDArray[np.bool_]:
    """Whether each chosen term outlives the loss of the document that uses it most; always so in a group of one."""
    if own.shape[0] < MINIMUM_DOCUMENTS or chosen.shape[1] == 0:
        return np.ones(chosen.shape[1], dtype=bool)
    lengths = np.asarray(own.sum(axis=1)).ravel()
    heaviest = np.asarray(chosen.argmax(axis=0)).ravel()
    left = np.asarray(chosen.sum(axis=0)).ravel() - chosen.max(axis=0).toarray().ravel()
    rate = left / np.maximum(lengths.sum() - lengths[heaviest], 1)
    return np.asarray((np.diff(chosen.indptr) >= MINIMUM_DOCUMENTS) & (rate > rest_rate))
