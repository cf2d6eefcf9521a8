"""The classifier behind stance and frames: trained on labelled sentences in seconds, the same each time, for any codebook.

One kernel ridge regression (Saunders et al. 1998) answers every question at once: which targets a sentence takes a
position on (detection), with which sign, which it only mentions, its frames, modality and strength. Sentences are alike
by words and letters (TF-IDF, word 1-3, character 2-5) and, where vectors are given, by meaning; the sentences before
count for less. Left-out scores come in closed form, a passage at a time (An et al. 2007); on them every probability is
calibrated (Platt 1999) and every threshold chosen; below it the coder abstains. Nothing here knows a target's name.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from pipeline.coder import FLOOR, Coder, detection_scores, mention_scores, sign_scores
from pipeline.labels import Labels
from pipeline.likeness import Array, Features, Pair, SentenceVectors, Votes, features_of, gram, nearness
from pipeline.regression import BIAS, Logistic, calibrated, regress, regress_signs, threshold
from pipeline.tables.features import MODALITIES, POLARITIES

LEAST_POSITIONS: Final = 20  # Of a target, and a quarter of that for each sign; below, the coder says so and abstains.
LEAST_FRAMES: Final = 20
# About 30 % of the sentences of real commentary take a position, of those written for a codebook twice as many: labels
# are weighed to come to this share where probabilities are calibrated and thresholds chosen (Saerens et al. 2002).
POSITION_SHARE: Final = 0.3
_BETA: Final = 0.6  # Of the F measure that thresholds maximize: precision counts for more than recall.


def train(
    labels: Labels,
    codes: Mapping[str, Collection[str]],
    vectors: SentenceVectors | None = None,
    votes: Votes | None = None,
) -> Coder:
    """A coder of these codes. Time grows with the cube of the number of sentences: 6 s of one processor for 3,300.

    Args:
        codes: ids under "target" and "frame", in the order of their columns: `Codebook.codes`.
        vectors: gives sentence vectors; without them recall is lower.
        votes: gives evidence from elsewhere; how far it is believed is learned from the labels.

    Raises:
        ValueError: the labels are of fewer than two passages.
    """
    pairs = pairs_of(labels)
    if labels.sentences["passage_id"].nunique() < 2:
        raise ValueError("labelled sentences of fewer than two passages cannot train a coder; label more passages")
    with threadpool_limits(1, user_api="blas"):
        features = features_of(pairs, vectors, votes)
        return _Training(labels, {kind: tuple(ids) for kind, ids in codes.items()}, features).coder()


def pairs_of(labels: Labels) -> list[Pair]:
    """Each labelled sentence with those before it, as `Coder` takes them."""
    return list(zip(labels.sentences["sentence"], labels.sentences["before"], strict=True))


class _Training:
    """The answers of one set of labels, and how a coder is made of them."""

    def __init__(self, labels: Labels, codes: Mapping[str, tuple[str, ...]], features: Features) -> None:
        self.codes, self.features, self.labels = codes, features, labels
        self.passages = np.asarray(pd.factorize(labels.sentences["passage_id"])[0])
        self.answers = self._answers()
        self.abstained = self._too_few()
        self.known = {kind: np.array([code not in self.abstained for code in ids]) for kind, ids in codes.items()}
        taken = self.answers["any"][:, 0] > 0
        self.weights = np.where(taken, POSITION_SHARE / max(taken.mean(), 0.01), 1)
        self.weights[~taken] *= (1 - POSITION_SHARE) / max(1 - taken.mean(), 0.01)

    def _answers(self) -> dict[str, Array]:
        """Every question's columns of zeros and ones, (n, its columns)."""
        sentences, stances = self.labels.sentences, self.labels.stances
        of = {p: self._marked(stances[stances["polarity_label"] == p], "target_id", "target") for p in POLARITIES}
        position = of["favor"] + of["against"]
        return {
            "position": position,
            "raised": position + of["mentioned"],
            "any": position.max(axis=1, keepdims=True, initial=0),
            "mention": of["mentioned"],
            "frame": self._marked(self.labels.frames, "frame_id", "frame"),
            "modality": (sentences["modality_label"].to_numpy()[:, None] == np.array(MODALITIES, object)).astype(float),
            "strength": (sentences["strength"].to_numpy()[:, None] == np.arange(1, 4)).astype(float),
            "sign": of["favor"] - of["against"],
        }

    def _marked(self, table: pd.DataFrame, column: str, kind: str) -> Array:
        rows = {name: row for row, name in enumerate(self.labels.sentences["sentence_id"])}
        marked = np.zeros((len(rows), len(self.codes[kind])))
        table = table[table[column].isin(self.codes[kind])]
        marked[table["sentence_id"].map(rows), table[column].map(self.codes[kind].index)] = 1
        return marked

    def _too_few(self) -> dict[str, str]:
        told = {}
        sign, frames = self.answers["sign"], self.answers["frame"]
        for target, favor, against in zip(
            self.codes["target"], (sign > 0).sum(axis=0), (sign < 0).sum(axis=0), strict=True
        ):
            if favor + against < LEAST_POSITIONS or min(favor, against) < LEAST_POSITIONS // 4:
                told[target] = (
                    f"{target}: labelled sentences in favor {favor}, against {against}; fewer than {LEAST_POSITIONS}, or "
                    f"than {LEAST_POSITIONS // 4} of one: the target is not coded; label more"
                )
        for frame, count in zip(self.codes["frame"], frames.sum(axis=0).astype(int), strict=True):
            if count < LEAST_FRAMES:
                told[frame] = (
                    f"{frame}: {count} labelled sentences, fewer than {LEAST_FRAMES}: the frame is not coded; label more"
                )
        return told

    def coder(self) -> Coder:
        pairs = pairs_of(self.labels)
        lexical, anchors = self.features.lexical(pairs), self.features.meaning(pairs)
        kernel = gram(lexical) + BIAS
        if self.features.vectors:
            kernel += nearness(*(rows @ rows.T for rows in anchors))
        asked = [name for name in self.answers if name != "sign"]
        scored = regress(kernel, np.hstack([self.answers[name] for name in asked]), self.passages)
        signs = regress_signs(kernel, self.answers["sign"], self.passages)
        duals, offsets, left_out = (np.hstack(both) for both in zip(scored, signs, strict=True))
        left_out = np.hstack([left_out, self.features.voted(pairs, len(self.codes["target"]))])
        widths = {name: answers.shape[1] for name, answers in self.answers.items()} | {
            "vote": len(self.codes["target"])
        }
        ends = np.cumsum([0, *widths.values()])
        questions = {name: slice(*ends[place : place + 2]) for place, name in enumerate(widths)}
        calibrations = self._calibrations({name: left_out[:, columns] for name, columns in questions.items()})
        coder = Coder(
            self.codes, self.abstained, 0.0, 0.0, np.zeros(0), self.features, anchors,
            np.asarray(lexical.T @ duals, np.float32), duals, offsets, questions, calibrations, self._grades(),
        )  # fmt: skip
        return self._with_thresholds(coder, left_out)

    def _calibrations(self, part: Mapping[str, Array]) -> dict[str, Logistic]:
        answers, known = self.answers, self.known
        signed = np.asarray(self.weights[:, None] * answers["position"], np.float64)
        return {
            "position": calibrated(detection_scores(part), answers["position"], self.weights, known["target"]),
            "favor": calibrated(
                sign_scores(part), np.asarray(answers["sign"] > 0, np.float64), signed, known["target"]
            ),
            "mention": calibrated(mention_scores(part), answers["mention"], self.weights, known["target"]),
            "frame": calibrated(
                part["frame"][:, :, None], answers["frame"], np.ones(len(self.weights)), known["frame"]
            ),
        }

    def _grades(self) -> dict[str, Array]:
        """For each target, how much likelier each modality and each strength is where it is raised."""
        strengths = self.answers["strength"].mean(axis=0)
        stances = self.labels.stances
        overall = self.answers["modality"].mean(axis=0)
        modality = np.ones((len(self.codes["target"]), len(MODALITIES)))
        for row, target in enumerate(self.codes["target"]):
            named = stances.loc[stances["target_id"] == target, "modality_label"]
            counts = np.array([(named == label).sum() for label in MODALITIES])
            modality[row] = (counts + 10 * overall) / (counts.sum() + 10) / overall.clip(FLOOR)
        # Most sentences are plain: without this no other strength would ever come out.
        return {"modality": modality, "strength": np.tile(strengths.clip(FLOOR) ** -0.5, (len(modality), 1))}

    def _with_thresholds(self, coder: Coder, left_out: Array) -> Coder:
        found, sign, frames = coder._probabilities(left_out), self.answers["sign"], self.answers["frame"]
        known = self.known["target"]
        mention = self.answers["mention"][:, known]
        joint = found.position * np.maximum(found.favor, 1 - found.favor)
        is_right = (sign != 0) & ((found.favor >= 0.5) == (sign > 0))
        return replace(
            coder,
            threshold=threshold(joint[:, known], is_right[:, known], sign[:, known] != 0, self.weights, _BETA),
            mention_threshold=threshold(found.mention[:, known], mention, mention, self.weights, _BETA),
            frame_thresholds=np.array([
                threshold(found.frame[:, column], frame, frame, np.ones(len(frame)), 1.0) if is_known else np.inf
                for column, (frame, is_known) in enumerate(zip(frames.T, self.known["frame"], strict=True))
            ]),
        )  # fmt: skip
