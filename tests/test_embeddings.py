"""Sentence vectors: the values, the order, the same bits in any company, the checked files, and the file of vectors."""

import pickle
import shutil
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

from pipeline import embeddings
from pipeline.embeddings import FILES, FINGERPRINT, Absence, Encoder, Vectors, key, load, read_vectors, write_vectors

PROMISE: Final = "Kyiv will not trade land for a promise."
SCRIPTS: Final = "Мир — 和平 — naïve café: the U.S. would not, it said, ‘budge’."
# The first five and the last two values by sentence-transformers 6.2.0 on torch 2.13.
PINNED: Final = {
    PROMISE: [0.03101, 0.079928, 0.025062, -0.061955, -0.01947, -0.019925, -0.022347],
    "": [-0.118838, 0.048299, -0.002548, -0.011011, 0.051951, 0.046549, -0.015717],
    SCRIPTS: [0.005369, 0.032889, 0.034312, 0.04831, -0.031258, -0.039269, 0.034257],
}
COMPANY: Final = (
    PROMISE, "", SCRIPTS, "Ceasefire.", "peace " * 300,
    "A ceasefire that nobody watches is a pause in which both armies dig.",
    "For all the talk of guarantees, no capital has said which of its soldiers would stand where, or under whose orders.",
    "Moscow, which began the war, now asks to be thanked for offering to end it on terms that it could not win.",
    "“We will sign,” the minister said, “when there is something to sign.”",
    "The talks in Istanbul broke up after ninety minutes; each side called it a success, and neither said of what.",
)  # fmt: skip


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = load()
    if isinstance(found, Absence):
        pytest.fail(found.reason)
    return found


def by_the_book(folder: Path, sentences: Sequence[str]) -> np.ndarray:
    """BERT as the paper writes it: one padded batch, a mask, float64, SciPy's erf."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_padding()
    tokenizer.enable_truncation(256)
    batch = tokenizer.encode_batch(list(sentences))
    tensors = {name: tensor.astype(float) for name, tensor in load_file(folder / "model.safetensors").items()}

    def linear(rows: np.ndarray, name: str) -> np.ndarray:
        return rows @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(rows: np.ndarray, name: str) -> np.ndarray:
        centered = rows - rows.mean(-1, keepdims=True)
        scaled = centered / np.sqrt((centered**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def heads(rows: np.ndarray) -> np.ndarray:
        return rows.reshape(*rows.shape[:2], 12, 32).transpose(0, 2, 1, 3)

    mask = np.array([encoding.attention_mask for encoding in batch])
    state = tensors["embeddings.word_embeddings.weight"][np.array([encoding.ids for encoding in batch])]
    state = state + tensors["embeddings.position_embeddings.weight"][: mask.shape[1]]
    state = norm(state + tensors["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(6):
        layer = f"encoder.layer.{number}"
        query, keys, value = (
            heads(linear(state, f"{layer}.attention.self.{name}")) for name in ("query", "key", "value")
        )
        scores = np.exp(query @ keys.swapaxes(2, 3) / np.sqrt(32)) * mask[:, None, None, :]
        taken = (scores / scores.sum(-1, keepdims=True) @ value).transpose(0, 2, 1, 3).reshape(state.shape)
        state = norm(linear(taken, f"{layer}.attention.output.dense") + state, f"{layer}.attention.output.LayerNorm")
        wide = linear(state, f"{layer}.intermediate.dense")
        wide = wide * (1 + erf(wide / np.sqrt(2))) / 2
        state = norm(linear(wide, f"{layer}.output.dense") + state, f"{layer}.output.LayerNorm")
    means = (state * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def test_vectors_are_those_of_sentence_transformers(encoder: Encoder) -> None:
    vectors = encoder.encode(list(PINNED))
    assert np.abs(vectors[:, [0, 1, 2, 3, 4, -2, -1]] - np.array(list(PINNED.values()))).max() < 2e-6


def test_vectors_are_those_of_the_formulas_in_double_precision(encoder: Encoder) -> None:
    sentences = [sentence for sentence in COMPANY if len(sentence) < 1000]
    assert np.abs(encoder.encode(sentences) - by_the_book(encoder.folder, sentences)).max() < 1e-6


def test_vectors_have_unit_length(encoder: Encoder) -> None:
    vectors = encoder.encode(COMPANY)
    assert vectors.dtype == np.float32
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-6


def test_a_paraphrase_is_nearer_than_another_matter(encoder: Encoder) -> None:
    first, paraphrase, recipe = encoder.encode([
        "Ukraine should accept a ceasefire along the present front line.",
        "Kyiv ought to agree to stop the fighting where the armies now stand.",
        "The recipe calls for two eggs and a cup of flour.",
    ])  # fmt: skip
    assert first @ paraphrase == pytest.approx(0.6022, abs=1e-4)
    assert first @ recipe == pytest.approx(0.0378, abs=1e-4)


def test_no_sentences_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)
    assert Vectors(encoder).of([]).shape == (0, 384)


def test_a_long_text_is_cut_at_256_word_pieces(encoder: Encoder) -> None:
    longest, longer, shorter = encoder.encode(["peace " * 254, "peace " * 5000, "peace " * 253])
    assert (longer == longest).all()
    assert (shorter != longest).any()


@settings(max_examples=15)
@given(company=st.lists(st.sampled_from(range(len(COMPANY))), min_size=1, max_size=60), threads=st.sampled_from([1, 2]))
def test_a_sentence_has_the_same_bits_in_any_company_and_order(
    encoder: Encoder, alone: np.ndarray, company: list[int], threads: int
) -> None:
    assert (encoder.encode([COMPANY[index] for index in company], threads) == alone[company]).all()


@pytest.fixture(scope="module")
def alone(encoder: Encoder) -> np.ndarray:
    return np.concatenate([encoder.encode([sentence]) for sentence in COMPANY])


def test_every_length_has_the_same_bits_alone_and_in_company(encoder: Encoder) -> None:
    texts = [
        "war and peace " * (count // 3) + "war" * (count % 3 > 0) + " and" * (count % 3 > 1) for count in range(60)
    ]
    assert {len(encoding.ids) for encoding in encoder.tokenizer.encode_batch(texts)} == set(range(2, 62))
    together = encoder.encode(texts)
    assert all((encoder.encode([text])[0] == vector).all() for text, vector in zip(texts, together, strict=True))


def test_the_activation_is_the_exact_one_to_float32(encoder: Encoder) -> None:
    values = np.concatenate([np.linspace(-60, 60, 100_001), np.linspace(-6, 6, 500_001)]).astype(np.float32)
    exact = values * (1 + erf(values.astype(float) / np.sqrt(2))) / 2
    embeddings._gelu(values)
    assert (np.abs(values - exact) <= 6e-7 * np.maximum(1, np.abs(exact))).all()


def test_a_pickled_encoder_is_its_folder(encoder: Encoder) -> None:
    content = pickle.dumps(encoder)
    assert len(content) < 1000
    assert (pickle.loads(content).encode([PROMISE]) == encoder.encode([PROMISE])).all()


def test_the_code_of_the_package_is_not_run(encoder: Encoder) -> None:
    assert embeddings.PACKAGE not in sys.modules
    assert encoder.folder.parent.name == embeddings.PACKAGE


def test_a_package_that_is_not_installed_is_told_with_the_remedy() -> None:
    absence = load("weights_that_nobody_has")
    assert isinstance(absence, Absence)
    assert "weights_that_nobody_has" in absence.reason
    assert "--no-deps --require-hashes -r requirements-weights.lock" in absence.reason


@pytest.mark.parametrize("name", FILES)
def test_a_file_in_which_one_byte_was_changed_is_refused(encoder: Encoder, tmp_path: Path, name: str) -> None:
    for file in FILES:
        shutil.copy(encoder.folder / file, tmp_path / file)
    with (tmp_path / name).open("r+b") as file:
        file.seek(-2, 2)
        last = file.read(1)
        file.seek(-2, 2)
        file.write(bytes([last[0] ^ 1]))
    with pytest.raises(
        ValueError, match=rf"{name} is damaged or was changed.*{FILES[name]}.*requirements-weights.lock"
    ):
        embeddings.read_encoder(tmp_path)


def test_an_untouched_copy_of_the_files_is_read(encoder: Encoder, tmp_path: Path) -> None:
    for file in FILES:
        shutil.copy(encoder.folder / file, tmp_path / file)
    assert (embeddings.read_encoder(tmp_path).encode([PROMISE]) == encoder.encode([PROMISE])).all()


def test_missing_weights_in_an_installed_package_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"tokenizer\.json is missing or empty"):
        embeddings.read_encoder(tmp_path)


def test_vectors_of_the_file_and_computed_ones_are_the_same(encoder: Encoder, tmp_path: Path) -> None:
    write_vectors(tmp_path / "vectors.npz", Vectors(encoder).by_key(COMPANY[:5]))
    mixed = Vectors(encoder, read_vectors(tmp_path / "vectors.npz"))
    assert (mixed.of(COMPANY) == Vectors(encoder).of(COMPANY)).all()


def test_rounding_moves_no_value_by_more_than_float16_allows(encoder: Encoder) -> None:
    assert np.abs(Vectors(encoder).of(COMPANY) - encoder.encode(COMPANY)).max() < 2**-12


def test_known_vectors_are_taken_and_not_computed() -> None:
    known = {key(sentence): np.full(384, number, np.float16) for number, sentence in enumerate(COMPANY)}
    vectors = Vectors(Absence("no weights here"), known)
    assert vectors.of(["Ceasefire.", PROMISE, "Ceasefire."])[:, 0].tolist() == [3, 0, 3]


def test_an_unknown_sentence_without_weights_is_an_error_with_the_reason() -> None:
    known = {key(PROMISE): np.zeros(384, np.float16)}
    with pytest.raises(LookupError, match=r"1 sentences have no vector yet\. no weights here"):
        Vectors(Absence("no weights here"), known).of([PROMISE, "Ceasefire.", "Ceasefire."])


def test_a_computed_vector_is_not_computed_again(encoder: Encoder) -> None:
    vectors = Vectors(encoder)
    first = vectors.of([PROMISE])
    vectors.encoder = Absence("gone")
    assert (vectors.of([PROMISE]) == first).all()


def test_the_vectors_kept_in_memory_are_bounded(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_REMEMBERED", 3)
    vectors = Vectors(encoder)
    for sentence in COMPANY:
        assert (vectors.of([sentence, PROMISE]) == Vectors(encoder).of([sentence, PROMISE])).all()
        assert len(vectors._computed) <= 3


def test_white_space_and_invisible_marks_do_not_tell_sentences_apart(encoder: Encoder) -> None:
    wrapped = "Kyiv will not\u00a0trade\n  land for a \u200bpromise. "
    assert key(wrapped) == key(PROMISE)
    assert key(PROMISE) != key("Kyiv will now trade land for a promise.")
    assert (Vectors(encoder).of([wrapped]) == Vectors(encoder).of([PROMISE])).all()


def test_the_same_vectors_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    known = {key(sentence): np.full(384, number, np.float16) for number, sentence in enumerate(COMPANY)}
    write_vectors(tmp_path / "first.npz", known)
    write_vectors(tmp_path / "second.npz", dict(reversed(known.items())))
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "first.npz") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    known = {key(sentence): np.linspace(-1, number, 384).astype(np.float16) for number, sentence in enumerate(COMPANY)}
    write_vectors(tmp_path / "vectors.npz", known)
    read = read_vectors(tmp_path / "vectors.npz")
    assert read.keys() == known.keys()
    assert all((read[name] == known[name]).all() for name in known)


def test_a_file_of_no_vectors_is_read_as_none(tmp_path: Path) -> None:
    write_vectors(tmp_path / "vectors.npz", {})
    assert read_vectors(tmp_path / "vectors.npz") == {}


def test_vectors_of_other_weights_or_code_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "FINGERPRINT", "embedding_000000000000")
    write_vectors(tmp_path / "vectors.npz", {key(PROMISE): np.zeros(384, np.float16)})
    monkeypatch.undo()
    with pytest.raises(ValueError, match=rf"vectors of embedding_000000000000, but this code makes {FINGERPRINT}"):
        read_vectors(tmp_path / "vectors.npz")


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_file_of_vectors_is_told_with_its_name(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "vectors.npz"
    write_vectors(path, {key(PROMISE): np.zeros(384, np.float16)})
    path.write_bytes(path.read_bytes()[:-300] if damage is None else damage)
    with pytest.raises(
        ValueError, match=r"vectors\.npz cannot be read as sentence vectors .*restore it or write it anew"
    ):
        read_vectors(path)


def test_keys_and_vectors_that_do_not_fit_are_told(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    fingerprint = np.frombuffer(FINGERPRINT.encode(), np.uint8)
    np.savez(path, fingerprint=fingerprint, keys=np.zeros((2, 32), np.uint8), vectors=np.zeros((1, 384), np.float16))
    with pytest.raises(ValueError, match="cannot be read as sentence vectors"):
        read_vectors(path)
