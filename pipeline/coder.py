"""Coder: codes batches of sentences, with a probability for each row and the words that weighed most."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.likeness import Array, Features, Pair, Places, nearness
from pipeline.regression import Logistic
from pipeline.tables.features import MODALITIES

TERMS: Final = 4
FLOOR: Final = 0.01  # A regression's score of a class, read as its probability, is at least this.
_WORD: Final = re.compile(r"\w[\w'’-]*")


class Coding(NamedTuple):
    """What a batch was found to say; `pair` is a sentence's place in the batch.

    Attributes:
        stance: pair, target_id, polarity_label, stance_probability (that the position, or the mention, is there),
            favor_probability (missing for a mention), modality_label, strength, terms (words that weighed most).
        frames: pair, frame_id, frame_probability, terms.
    """

    stance: pd.DataFrame
    frames: pd.DataFrame


class Probabilities(NamedTuple):
    """Of each sentence (rows): a position on each target, favor given one, a mention without one; each frame.

    Those of a target or frame with too few labels are missing.
    """

    position: Array
    favor: Array
    mention: Array
    frame: Array


@dataclass(frozen=True, eq=False)
class Coder:
    """Codes batches of sentences; a sentence gets the same codes in any batch. Pickles, with its vectors.

    Attributes:
        abstained: each target and frame that has too few labels and is never coded, with the reason.
        threshold: the least probability of a position and its sign together that is coded favor or against.
    """

    codes: Mapping[str, tuple[str, ...]]
    abstained: Mapping[str, str]
    threshold: float
    mention_threshold: float
    frame_thresholds: Array
    features: Features
    anchors: tuple[NDArray[np.float32], NDArray[np.float32]]
    weights: NDArray[np.float32]
    duals: Array
    offsets: Array
    questions: Mapping[str, slice]
    calibrations: Mapping[str, Logistic]
    grades: Mapping[str, Array]

    def probabilities(self, pairs: Sequence[Pair]) -> Probabilities:
        """Calibrated probabilities, a row for each pair."""
        return self._probabilities(self._scores(pairs))

    def code(self, pairs: Sequence[Pair]) -> Coding:
        """Rows for every position, mention and frame that is probable enough."""
        scores = self._scores(pairs)
        found = self._probabilities(scores)
        return Coding(self._stance(pairs, scores, found), self._frames(pairs, found))

    def _scores(self, pairs: Sequence[Pair]) -> Array:
        if not pairs:
            return np.zeros((0, len(self.offsets) + len(self.codes["target"])))
        scores = np.asarray(self.features.lexical(pairs) @ self.weights, np.float64) + self.offsets
        mixed, context = self.features.meaning(pairs)
        if mixed.shape[1]:
            with threadpool_limits(1, user_api="blas"):
                # One by one: a product of whole matrices gives a sentence other last bits in other company.
                for row, (own, before) in enumerate(zip(mixed, context, strict=True)):
                    scores[row] += nearness(self.anchors[0] @ own, self.anchors[1] @ before) @ self.duals
        return np.hstack([np.round(scores, 9), self.features.voted(pairs, len(self.codes["target"]))])

    def _probabilities(self, scores: Array) -> Probabilities:
        part = {name: scores[:, columns] for name, columns in self.questions.items()}
        found = (
            self.calibrations["position"].of(detection_scores(part)),
            self.calibrations["favor"].of(sign_scores(part)),
            self.calibrations["mention"].of(mention_scores(part)),
            self.calibrations["frame"].of(part["frame"][:, :, None]),
        )
        for kind, values in zip(("target", "target", "target", "frame"), found, strict=True):
            values[:, [code in self.abstained for code in self.codes[kind]]] = np.nan
        return Probabilities(*found)

    def _stance(self, pairs: Sequence[Pair], scores: Array, found: Probabilities) -> pd.DataFrame:
        joint = found.position * np.maximum(found.favor, 1 - found.favor)
        is_position = joint >= self.threshold
        rows, targets = np.nonzero(is_position | (found.mention >= self.mention_threshold))
        taken, favor = is_position[rows, targets], found.favor[rows, targets]
        polarity = np.where(taken, np.where(favor >= 0.5, "favor", "against"), "mentioned")
        direction = np.where(taken, np.where(favor >= 0.5, 1, -1), 0)
        question = np.where(taken, self.questions["position"].start, self.questions["mention"].start) + targets
        return pd.DataFrame({
            "pair": rows,
            "target_id": np.array(self.codes["target"], object)[targets],
            "polarity_label": polarity,
            "stance_probability": np.where(taken, joint[rows, targets], found.mention[rows, targets]),
            "modality_label": np.array(MODALITIES, object)[self._grade("modality", scores[rows], targets)],
            "strength": 1 + self._grade("strength", scores[rows], targets),
            "terms": self._terms(pairs, rows, question, self.questions["sign"].start + targets, direction),
        })  # fmt: skip

    def _frames(self, pairs: Sequence[Pair], found: Probabilities) -> pd.DataFrame:
        rows, frames = np.nonzero(found.frame >= self.frame_thresholds)
        question = self.questions["frame"].start + frames
        return pd.DataFrame({
            "pair": rows,
            "frame_id": np.array(self.codes["frame"], object)[frames],
            "frame_probability": found.frame[rows, frames],
            "terms": self._terms(pairs, rows, question, question, np.zeros(len(rows))),
        })  # fmt: skip

    def _grade(self, name: str, scores: Array, targets: NDArray[np.intp]) -> NDArray[np.intp]:
        """The likeliest modality, or strength less one, of sentences as they speak of targets."""
        return np.asarray((scores[:, self.questions[name]].clip(FLOOR) * self.grades[name][targets]).argmax(axis=1))

    def _terms(
        self, pairs: Sequence[Pair], rows: Places, questions: Places, signs: Places, directions: Array
    ) -> list[str]:
        """The words of each row's sentence with the highest weights by spelling, in reading order, joined by "; "."""
        words = {row: list(dict.fromkeys(_WORD.findall(pairs[row][0]))) for row in np.unique(rows)}
        places = {
            word: place for place, word in enumerate(dict.fromkeys(word for held in words.values() for word in held))
        }
        weights = np.asarray(self.features.spelled(list(places)) @ self.weights) if places else np.zeros((0, 0))
        told = []
        for row, question, sign, direction in zip(rows, questions, signs, directions, strict=True):
            own = weights[[places[word] for word in words[row]]]
            weighed = own[:, question] + direction * own[:, sign] if len(own) else np.zeros(0)
            best = sorted(np.argsort(-weighed, kind="stable")[:TERMS])
            told.append("; ".join(words[row][place] for place in best if weighed[place] > 0))
        return told


def sign_scores(part: Mapping[str, Array]) -> Array:
    """What tells favor from against (n, targets, 2): the sign's score, and the vote."""
    return np.stack([part["sign"], part["vote"]], axis=-1)


def mention_scores(part: Mapping[str, Array]) -> Array:
    """What tells a mention (n, targets, 3): its score, that the target is raised, that a position is taken."""
    return np.stack([part["mention"], part["raised"], part["position"]], axis=-1)


def detection_scores(part: Mapping[str, Array]) -> Array:
    """What tells a position (n, targets, 6): its score, that the target is raised, that any is taken, the best rival; votes.

    A vote may tell most where the score is low: hence its product with the score beside it.
    """
    position, voted = part["position"], np.abs(part["vote"])
    others = (np.delete(position, column, axis=1) for column in range(position.shape[1]))
    rivals = np.stack([scores.max(axis=1, initial=-1) for scores in others], axis=1)
    any_position = np.broadcast_to(part["any"], position.shape)
    return np.stack([position, part["raised"], any_position, rivals, voted, voted * position], axis=-1)
