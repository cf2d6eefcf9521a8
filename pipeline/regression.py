"""Regression: kernel ridge with left-out scores in closed form, calibration on them, and thresholds.

Sources: Saunders et al. 1998 (kernel ridge), An et al. 2007 (leaving groups out), Evgeniou et al. 2005 (targets that share),
Platt 1999 (calibration)."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from sklearn.linear_model import LogisticRegression

from pipeline.likeness import Array, Places

_RIDGE: Final = 0.7
_SIGN_RIDGE: Final = 0.5
BIAS: Final = 0.1
_SIGN_BIAS: Final = 0.3
_SHARED_SIGN: Final = 0.5  # How much of a target's sign is learned from targets whose signs go with or against its own.


class Logistic(NamedTuple):
    """A logistic regression on f scores with an intercept for each of k columns (targets or frames)."""

    mean: Array
    scale: Array
    slopes: Array
    intercepts: Array

    def of(self, scores: Array) -> Array:
        """Probabilities (n, k) of scores (n, k, f)."""
        logits = ((scores - self.mean) / self.scale * self.slopes).sum(axis=-1) + self.intercepts
        return np.asarray(1 / (1 + np.exp(-logits)))


def _inverse(matrix: Array) -> Array:
    """Of a symmetric positive definite matrix, by Cholesky."""
    factor, failed = lapack.dpotrf(matrix, lower=1)
    inverse, _ = lapack.dpotri(factor, lower=1)
    if failed:
        raise ValueError("the labelled sentences cannot be told apart; are the vectors numbers, of this text?")
    return np.asarray(np.tril(inverse) + np.tril(inverse, -1).T)


def _groups(passages: NDArray[np.intp]) -> list[Places]:
    order = np.argsort(passages, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(passages[order])) + 1)


class _Scored(NamedTuple):
    """Dual weights (n, k) on the labelled sentences, offsets (k,), and left-out scores (n, k)."""

    duals: Array
    offsets: Array
    left_out: Array


def regress(kernel: Array, answers: Array, passages: NDArray[np.intp]) -> _Scored:
    """Ridge regression of all answers, and what each passage's scores would be, had it been left out.

    Leaving out rows g changes their residuals to (A^-1)_gg^-1 (A^-1 y)_g, with A = K + ridge (An et al. 2007).
    """
    means = answers.mean(axis=0)
    inverse = _inverse(kernel + _RIDGE * np.eye(len(kernel)))
    duals = inverse @ (answers - means)
    left_out = answers.copy()
    for held in _groups(passages):
        left_out[held] -= np.linalg.solve(inverse[np.ix_(held, held)], duals[held])
    return _Scored(duals, means + BIAS * duals.sum(axis=0), left_out)


def regress_signs(kernel: Array, sign: Array, passages: NDArray[np.intp]) -> _Scored:
    """Ridge regression of the sign (n, targets; 0 where no position is taken), each target leaning on its like.

    A pair of sentence and target is like another by the product of the sentences' kernel and of the targets', which is
    how far their signs went together in the same sentences: the multi-task kernel of Evgeniou et al. 2005.
    """
    if not sign.any():
        return _Scored(np.zeros_like(sign), np.zeros(sign.shape[1]), np.zeros_like(sign))
    sentences, targets = np.nonzero(sign)
    values = sign[sentences, targets]
    alike = _alike(sign)
    matrix = kernel[np.ix_(sentences, sentences)] * alike[np.ix_(targets, targets)]
    matrix += _SIGN_BIAS * (targets[:, None] == targets) + _SIGN_RIDGE * np.eye(len(values))
    inverse = _inverse(matrix)
    weights = inverse @ values

    def spread(of: Array) -> tuple[Array, Array]:
        duals = np.zeros_like(sign)
        np.add.at(duals, sentences, of[:, None] * alike[targets])
        return duals, np.asarray(_SIGN_BIAS * np.bincount(targets, of, sign.shape[1]), np.float64)

    left_out = np.zeros_like(sign)
    for held in _groups(passages):
        pairs = np.flatnonzero(np.isin(sentences, held))
        others = weights - inverse[:, pairs] @ np.linalg.solve(inverse[np.ix_(pairs, pairs)], weights[pairs])
        duals, offsets = spread(others)
        left_out[held] = kernel[held] @ duals + offsets
    duals, offsets = spread(weights)
    return _Scored(duals, offsets + BIAS * duals.sum(axis=0), left_out)


def _alike(sign: Array) -> Array:
    """How far two targets' signs go together (targets, targets), shrunk where few sentences tell, made semidefinite."""
    together = sign.T @ sign / (np.abs(sign).T @ np.abs(sign) + 5)
    mixed = _SHARED_SIGN * together
    np.fill_diagonal(mixed, 1)
    values, vectors = np.linalg.eigh(mixed)
    return np.asarray((vectors * values.clip(0)) @ vectors.T)


def calibrated(scores: Array, answers: Array, weights: Array, is_known: NDArray[np.bool_]) -> Logistic:
    """A logistic regression of answers (n, k) on scores (n, k, f), one slope for all columns and an intercept for each."""
    columns, kinds = scores.shape[1:]
    if not is_known.any():
        return Logistic(np.zeros(kinds), np.ones(kinds), np.zeros(kinds), np.zeros(columns))
    mean, scale = scores[:, is_known].mean(axis=(0, 1)), scores[:, is_known].std(axis=(0, 1))
    result = Logistic(mean, np.where(scale > 0, scale, 1), np.zeros(kinds), np.zeros(columns))
    if not 0 < answers[:, is_known].mean() < 1:
        return result
    which = np.broadcast_to(np.eye(columns), (len(scores), columns, columns))
    rows = np.concatenate([(scores - result.mean) / result.scale, which], axis=-1)[:, is_known]
    repeated = np.repeat(weights, is_known.sum()) if weights.ndim == 1 else weights[:, is_known].ravel()
    model = LogisticRegression(max_iter=1000).fit(
        rows.reshape(-1, kinds + columns), answers[:, is_known].ravel(), sample_weight=repeated
    )
    return result._replace(slopes=model.coef_[0, :kinds], intercepts=model.coef_[0, kinds:] + model.intercept_[0])


def threshold(probabilities: Array, hits: NDArray[Any], sought: NDArray[Any], weights: Array, beta: float) -> float:
    """The probability to code from, at which F_beta is highest; `hits` are right if coded, `sought` are to be found."""
    if not np.any(hits):
        return float("inf")
    weighed = np.broadcast_to(weights.reshape(-1, *[1] * (probabilities.ndim - 1)), probabilities.shape).ravel()
    order = np.argsort(-probabilities.ravel(), kind="stable")
    hit, coded = np.cumsum((weighed * hits.ravel())[order]), np.cumsum(weighed[order])
    measure = (1 + beta**2) * hit / (coded + beta**2 * (weighed * sought.ravel()).sum())
    return float(np.floor(probabilities.ravel()[order][measure.argmax()] * 1e6) / 1e6)
