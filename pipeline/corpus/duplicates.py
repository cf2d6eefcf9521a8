"""Duplicates: the same article at another outlet, edited or cut, is told from signatures; one of each is kept."""

import base64
import re
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rensa import RMinHash

from pipeline.tables.corpus import ORIGINS
from pipeline.text import normalize, words

SHINGLE_WORDS: Final = 5
FEWEST_WORDS: Final = 50
SLOTS: Final = 512
SEED: Final = 1_861_936_277  # Any number; another one makes every stored signature worthless.
# Resemblance J of two texts that share s shingles and have a and b of their own: s / (s + a + b). Copies and articles
# that quote one document at length overlap in J: an article of 450 words with a paragraph exchanged has J = 0.6, two
# articles with the same 1,350 words of a peace plan in 300 words of their own have 0.7. But the edit is short in words
# and the article is not. So below 0.8 a copy is one that has few words of its own, or an analyst or title in common.
RESEMBLANCE_OF_A_COPY: Final = 0.8
RESEMBLANCE_OF_KIN: Final = 0.7
RESEMBLANCE_OF_AN_EDIT: Final = 0.55
MOST_SHINGLES_OF_AN_EDIT: Final = 160
# A cut version: nearly all of it in a longer text by the same analyst or under the same title. Below a fifth of the
# longer text the estimate is too coarse to tell.
SHARE_OF_A_CUT: Final = 0.85
SMALLEST_CUT: Final = 0.2
FEWEST_TITLE_WORDS: Final = 3
# A name or title over more texts than this is a desk or a column: sharing it says little, and comparing all is slow.
MOST_TEXTS_OF_KIN: Final = 1_000
# Bands of 5 slots find a pair of resemblance 0.55 with probability 0.995, and 0.1 with 0.001.
_BAND: Final = 5
_HEADER: Final = struct.Struct(">BI")
_APOSTROPHES: Final = re.compile(r"['’‘‛ʼ`´′]")
_INNER_STOP: Final = re.compile(r"(?<=\w)\.(?=\w)")
_PUNCTUATION: Final = re.compile(r"[\W_]+")

Slots = NDArray[np.uint8]
Positions = NDArray[np.int64]


def signature(text: str) -> str:
    """Signature of a text, 692 characters of base64, from which alone `folded` works; empty below 50 words.

    It is a MinHash (Broder 1997) of the set of 5-word shingles, without case, punctuation and kinds of quotation marks:
    512 slots of which the low 8 bits are kept (b-bit minwise hashing, Li and König 2010), behind rensa's algorithm
    version and the number of distinct shingles. Measured, its resemblance is right to 0.015 (standard deviation).
    """
    found = _plain(text)
    if len(found) < FEWEST_WORDS:
        return ""
    shingles = {" ".join(found[start : start + SHINGLE_WORDS]) for start in range(len(found) - SHINGLE_WORDS + 1)}
    sketch = RMinHash(SLOTS, SEED)
    sketch.update(sorted(shingles))
    slots = np.asarray(sketch.digest(), dtype=np.uint32).astype(np.uint8)
    return base64.b64encode(_HEADER.pack(RMinHash.ALGORITHM_VERSION, len(shingles)) + slots.tobytes()).decode()


def _plain(text: str) -> list[str]:
    whole = _INNER_STOP.sub("", _APOSTROPHES.sub("", normalize(text).casefold()))
    return words(_PUNCTUATION.sub(" ", whole))


def folded(documents: pd.DataFrame) -> pd.Series:
    """For each document, the id of the one kept in its place; missing for those that are kept. Indexed as `documents`.

    Columns used: document_id (unique), text_sha256, signature (as `signature` gives it, empty or missing for none),
    title, analyst (several joined by "; "), outlet, published_date, origin_label, is_listed, is_truncated.

    A text folds into one that is exactly the same, or resembles it (Jaccard of the shingles at least 0.8; 0.7 with an
    analyst or a title in common; 0.55 where neither has more than about 160 words of its own), or, with an analyst or
    a title in common, holds nearly all of it (a cut version or teaser). Kept is the one listed, not breaking off, of
    the more telling origin, published first, by id where all else is equal; of a text and its cut, the longer, unless
    that would lose a listed or whole text or an anchor. Each folded document resembles the kept one, or was cut from
    a text that does: there are no chains of ever weaker likeness.
    Raises ValueError for a signature that this version of rensa did not make.
    """
    ordered = documents.assign(
        is_gone=~documents["is_listed"].astype(bool),
        is_cut_off=documents["is_truncated"].astype(bool),
        rank=documents["origin_label"].map(ORIGINS.index),
    ).sort_values(["is_gone", "is_cut_off", "rank", "published_date", "document_id"])
    distinct = ordered.drop_duplicates("text_sha256")
    signed = distinct.loc[distinct["signature"].fillna("") != ""]
    texts = _Texts.of(signed)
    kept_of = dict(zip(distinct["text_sha256"], distinct["document_id"], strict=True))
    kept_ids = signed["document_id"].to_numpy()[_into_longer(texts, _into_alike(texts))]
    kept_of |= dict(zip(signed["text_sha256"], kept_ids, strict=True))
    kept = ordered["text_sha256"].map(kept_of)
    return kept.where(kept != ordered["document_id"]).reindex(documents.index).astype("str")


@dataclass(frozen=True)
class _Texts:
    """Texts with a signature, best to keep first: slots (n, 512), shingle counts (n), and what the rules look at."""

    slots: Slots
    sizes: Positions
    kin: Sequence[frozenset[str]]
    faults: Positions
    is_anchor: NDArray[np.bool_]

    @classmethod
    def of(cls, signed: pd.DataFrame) -> Self:
        read = [_read(*pair) for pair in zip(signed["document_id"], signed["signature"], strict=True)]
        kin = [_kin(*names) for names in zip(signed["title"], signed["analyst"], signed["outlet"], strict=True)]
        count = Counter(chain.from_iterable(kin))
        common = {key for key, number in count.items() if number > MOST_TEXTS_OF_KIN}
        return cls(
            slots=np.frombuffer(b"".join(slots for _, slots in read), dtype=np.uint8).reshape(-1, SLOTS),
            sizes=np.array([size for size, _ in read], dtype=np.int64),
            kin=[keys - common for keys in kin],
            faults=signed["is_gone"].to_numpy(np.int64) * 2 + signed["is_cut_off"].to_numpy(np.int64),
            is_anchor=(signed["origin_label"] == "anchor").to_numpy(bool),
        )

    def resemblance(self, position: int, others: Positions) -> NDArray[np.float64]:
        """Estimated Jaccard similarity of one text to others, corrected for slots whose 8 bits agree by chance."""
        agree = (self.slots[others] == self.slots[position]).mean(axis=1)
        corrected: NDArray[np.float64] = np.maximum((agree - 1 / 256) / (1 - 1 / 256), 0)
        return corrected


def _read(document_id: str, code: str) -> tuple[int, bytes]:
    try:
        content = base64.b64decode(code, validate=True)
        version, size = _HEADER.unpack_from(content)
    except (ValueError, struct.error):
        version, size, content = None, 0, b""
    if version != RMinHash.ALGORITHM_VERSION or len(content) != _HEADER.size + SLOTS:
        raise ValueError(
            f"document {document_id}: its signature ({code[:12]!r}, {len(code)} characters) was not made by version "
            f"{RMinHash.ALGORITHM_VERSION} of rensa's MinHash; compute it again from the text with `signature`"
        )
    return size, content[_HEADER.size :]


def _kin(title: object, analyst: object, outlet: object) -> frozenset[str]:
    """What two texts can have in common besides words: people, not the outlet that stands for them, and a title."""
    desk = _plain(outlet) if isinstance(outlet, str) else []
    people = [_plain(name) for name in analyst.split(";")] if isinstance(analyst, str) else []
    names = {"by " + " ".join(name) for name in people if name and name not in (desk, ["unsigned"])}
    heading = _plain(title) if isinstance(title, str) else []
    return frozenset(names | ({"on " + " ".join(heading)} if len(heading) >= FEWEST_TITLE_WORDS else set()))


def _into_alike(texts: _Texts) -> Positions:
    """For each text, the position of the kept one that it resembles most, or its own.

    One pass from the best to keep to the worst; only kept texts are put into the buckets of the locality-sensitive
    hash, so that a hundred copies of one text cost a hundred comparisons.
    """
    kept = np.arange(len(texts.sizes))
    buckets: list[defaultdict[bytes, list[int]]] = [defaultdict(list) for _ in range(SLOTS // _BAND)]
    for position in range(len(kept)):
        row = texts.slots[position].tobytes()
        bands = [row[number * _BAND : (number + 1) * _BAND] for number in range(len(buckets))]
        near = _positions(bucket[band] for bucket, band in zip(buckets, bands, strict=True) if band in bucket)
        best = _most_alike(texts, position, near)
        if best is not None:
            kept[position] = best
            continue
        for bucket, band in zip(buckets, bands, strict=True):
            bucket[band].append(position)
    return kept


def _most_alike(texts: _Texts, position: int, near: Positions) -> int | None:
    if not near.size:
        return None
    likeness = texts.resemblance(position, near)
    shared = likeness / (1 + likeness) * (texts.sizes[position] + texts.sizes[near])
    own = np.maximum(texts.sizes[position], texts.sizes[near]) - shared
    is_kin = np.array([not texts.kin[position].isdisjoint(texts.kin[other]) for other in near])
    needed = np.where(is_kin, RESEMBLANCE_OF_KIN, RESEMBLANCE_OF_A_COPY)
    needed[own <= MOST_SHINGLES_OF_AN_EDIT] = RESEMBLANCE_OF_AN_EDIT
    return _best(near, likeness, likeness >= needed)


def _into_longer(texts: _Texts, kept: Positions) -> Positions:
    """The positions in `kept`, with every text that was cut from a longer kept one sent on to that."""
    final = np.arange(len(kept))
    of_kin: defaultdict[str, list[int]] = defaultdict(list)
    # Longest first: what a text is sent to has been settled before it.
    for position in sorted(set(kept.tolist()), key=lambda own: (-texts.sizes[own], own)):
        longer = _positions(of_kin[key] for key in texts.kin[position])
        if longer.size and not texts.is_anchor[position]:
            shares = _share_held(texts, position, longer)
            is_cut = (shares >= SHARE_OF_A_CUT) & (texts.sizes[position] >= SMALLEST_CUT * texts.sizes[longer])
            best = _best(longer, shares, is_cut & (texts.faults[longer] <= texts.faults[position]))
            final[position] = position if best is None else final[best]
        for key in texts.kin[position]:
            of_kin[key].append(position)
    return final[kept]


def _share_held(texts: _Texts, position: int, others: Positions) -> NDArray[np.float64]:
    """Share of a text's shingles that each other text holds: the intersection is J / (1 + J) of the two sizes' sum."""
    likeness = texts.resemblance(position, others)
    share: NDArray[np.float64] = likeness / (1 + likeness) * (1 + texts.sizes[others] / texts.sizes[position])
    return share


def _positions(lists: Iterable[list[int]]) -> Positions:
    return np.array(sorted({position for found in lists for position in found}), dtype=np.int64)


def _best(positions: Positions, values: NDArray[np.float64], holds: NDArray[np.bool_]) -> int | None:
    """The position of the highest value among those for which the condition holds; the first of equals."""
    if not holds.any():
        return None
    return int(positions[np.argmax(np.where(holds, values, -1))])
