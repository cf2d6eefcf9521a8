"""The classifier: what it learns from a planted codebook, what it owes its callers, and a floor on our own labels."""

import pickle
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline import classify, codebook, labels
from pipeline.coder import Coder, Probabilities
from pipeline.labels import Labels
from pipeline.likeness import Pair
from pipeline.text import sha256

DATA = Path(__file__).parents[1] / "data"
CODES = {"target": ("bridge_opens", "toll_is_fair", "ferry_stays"), "frame": ("money", "safety", "order")}
TOPIC = {
    "bridge_opens": (
        "bridge span girder opening ribbon roadway",
        "soon ready certainly finished",
        "never delayed doomed stuck",
    ),
    "toll_is_fair": (
        "toll fee charge booth payment fare",
        "fair modest cheap deserved",
        "greedy unjust robbery outrageous",
    ),
}
FRAMES = {"money": "budget coins cost treasury price", "safety": "rivet crash hazard guard rail"}
FILLER = "the council met in a hall on the hill while people from both banks drank tea and spoke of rain".split()


class Spelling:
    """Sentence vectors that only know letters: enough to test what the classifier does with vectors."""

    def of(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(sentences), 32), np.float32)
        for row, sentence in zip(rows, sentences, strict=True):
            for word in sentence.lower().split():
                row[int(sha256(word)[:6], 16) % 32] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1)


class Cues:
    """Votes for the second target where two words stand together."""

    def of(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        return np.array([[0, 1.0 * ("toll" in sentence and "fair" in sentence), 0] for sentence, _ in pairs])


def planted(folder: Path, seed: int = 0, passages: int = 60) -> Labels:
    """Passages of six sentences; each takes a position, mentions a target or is filler, and may use a frame."""
    chance, rows = random.Random(seed), []
    for passage in range(passages):
        for number in range(6):
            words, stance, frame = chance.sample(FILLER, 7), "", ""
            if chance.random() < 0.6:
                target = chance.choice(list(TOPIC))
                topic, favor, against = (part.split() for part in TOPIC[target])
                polarity = chance.choice(("favor", "against", "mentioned"))
                words += chance.sample(topic, 2) + chance.sample(
                    {"favor": favor, "against": against}.get(polarity, []), 2 * (polarity != "mentioned")
                )
                stance = f"{target}:{polarity}:{'expects' if target == 'bridge_opens' else 'evaluates'}"
            if chance.random() < 0.4:
                frame = chance.choice(list(FRAMES))
                words += chance.sample(FRAMES[frame].split(), 2)
            chance.shuffle(words)
            modality = stance.split(":")[2] if stance else "describes"
            rows.append(f"p{passage}.{number},p{passage},0,{' '.join(words)}.,author,{modality},2,{frame},{stance}")
    folder.mkdir(exist_ok=True)
    header = "sentence_id,passage_id,paragraph,sentence,voice_label,modality_label,strength,frames,stances"
    (folder / "train.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    return labels.load(folder, CODES)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Labels:
    return planted(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Labels:
    return planted(tmp_path_factory.mktemp("fresh"), seed=1, passages=20)


@pytest.fixture(scope="module")
def coder(toy: Labels) -> Coder:
    return classify.train(toy, CODES, Spelling())


def shuffled(read: Labels, seed: int) -> Labels:
    """The same sentences, every stance and frame at another one."""
    names = read.sentences["sentence_id"]
    others = dict(zip(names, names.sample(frac=1, random_state=seed), strict=True))
    stances, frames = (
        table.assign(sentence_id=table["sentence_id"].map(others)) for table in (read.stances, read.frames)
    )
    return Labels(read.sentences, stances, frames, read.fingerprint)


def stance_f(coder: Coder, held: Labels, targets: Sequence[str]) -> float:
    """F of favor and against over target x sentence."""
    positions = held.stances[held.stances["polarity_label"] != "mentioned"]
    wanted = {tuple(row) for row in positions[["sentence_id", "target_id", "polarity_label"]].itertuples(index=False)}
    wanted = {row for row in wanted if row[1] in targets}
    rows = coder.code(classify.pairs_of(held)).stance
    rows = rows[rows["polarity_label"] != "mentioned"]
    names = held.sentences["sentence_id"].to_numpy()[rows["pair"]]
    found = set(zip(names, rows["target_id"], rows["polarity_label"], strict=True))
    return 2 * len(found & wanted) / max(len(found) + len(wanted), 1)


def frame_f(coder: Coder, held: Labels) -> float:
    rows = coder.code(classify.pairs_of(held)).frames
    found = set(zip(held.sentences["sentence_id"].to_numpy()[rows["pair"]], rows["frame_id"], strict=True))
    wanted = {tuple(row) for row in held.frames.itertuples(index=False)}
    return 2 * len(found & wanted) / max(len(found) + len(wanted), 1)


def same(one: Probabilities, other: Probabilities) -> bool:
    return all(np.array_equal(first, second, equal_nan=True) for first, second in zip(one, other, strict=True))


@pytest.mark.parametrize("vectors", [None, Spelling()], ids=["words alone", "with vectors"])
def test_what_was_planted_is_found_in_fresh_sentences(toy: Labels, fresh: Labels, vectors: Spelling | None) -> None:
    coder = classify.train(toy, CODES, vectors)
    assert stance_f(coder, fresh, CODES["target"]) > 0.85
    assert frame_f(coder, fresh) > 0.9


def test_shuffled_labels_teach_nothing(toy: Labels, fresh: Labels) -> None:
    coder = classify.train(shuffled(toy, 0), CODES, Spelling())
    assert stance_f(coder, fresh, CODES["target"]) < 0.3
    assert frame_f(coder, fresh) < 0.45


def test_a_mention_is_told_from_a_position(coder: Coder, fresh: Labels) -> None:
    rows = coder.code(classify.pairs_of(fresh)).stance.assign(
        sentence_id=lambda rows: fresh.sentences["sentence_id"].to_numpy()[rows["pair"]]
    )
    joined = rows.merge(fresh.stances, on=["sentence_id", "target_id"], suffixes=("", "_wanted"))
    mentioned = joined[joined["polarity_label_wanted"] == "mentioned"]
    assert len(mentioned) > 10
    assert (mentioned["polarity_label"] == "mentioned").mean() > 0.8


def test_the_modality_is_that_of_the_labels(coder: Coder, fresh: Labels) -> None:
    rows = coder.code(classify.pairs_of(fresh)).stance
    wanted = rows["target_id"].map({"bridge_opens": "expects", "toll_is_fair": "evaluates"})
    assert (rows["modality_label"] == wanted).mean() > 0.9


def test_a_target_or_frame_with_too_few_labels_is_told_and_never_coded(coder: Coder, fresh: Labels) -> None:
    found = coder.probabilities(classify.pairs_of(fresh))
    assert set(coder.abstained) == {"ferry_stays", "order"}
    assert "in favor 0, against 0" in coder.abstained["ferry_stays"]
    assert np.isnan(found.position[:, 2]).all()
    assert np.isnan(found.frame[:, 2]).all()
    assert "ferry_stays" not in set(coder.code(classify.pairs_of(fresh)).stance["target_id"])


def test_a_target_that_nobody_is_against_is_told(toy: Labels) -> None:
    one_sided = (toy.stances["target_id"] == "toll_is_fair") & (toy.stances["polarity_label"] == "against")
    coder = classify.train(Labels(toy.sentences, toy.stances[~one_sided], toy.frames, ""), CODES)
    assert "against 0" in coder.abstained["toll_is_fair"]


def test_labels_without_any_stance_give_a_coder_that_abstains(toy: Labels) -> None:
    coder = classify.train(Labels(toy.sentences, toy.stances[:0], toy.frames[:0], ""), CODES)
    coding = coder.code(classify.pairs_of(toy))
    assert set(coder.abstained) == {*CODES["target"], *CODES["frame"]}
    assert (len(coding.stance), len(coding.frames)) == (0, 0)


def test_one_passage_cannot_train(toy: Labels) -> None:
    with pytest.raises(ValueError, match="fewer than two passages cannot train a coder; label more passages"):
        classify.train(toy.of_passages(["p0"]), CODES)


def test_the_same_labels_give_the_same_bytes(toy: Labels, coder: Coder) -> None:
    assert pickle.dumps(classify.train(toy, CODES, Spelling())) == pickle.dumps(coder)


def test_a_pickled_coder_codes_the_same(coder: Coder, fresh: Labels) -> None:
    pairs = classify.pairs_of(fresh)
    restored = pickle.loads(pickle.dumps(coder))
    assert same(restored.probabilities(pairs), coder.probabilities(pairs))
    pd.testing.assert_frame_equal(restored.code(pairs).stance, coder.code(pairs).stance)


def test_a_sentence_is_coded_the_same_in_any_company(coder: Coder, fresh: Labels) -> None:
    pairs = classify.pairs_of(fresh)
    whole = coder.probabilities(pairs)
    one_by_one = [coder.probabilities([pair]) for pair in pairs]
    backwards = coder.probabilities(pairs[::-1])
    assert same(whole, Probabilities(*(np.concatenate(parts) for parts in zip(*one_by_one, strict=True))))
    assert same(whole, Probabilities(*(values[::-1] for values in backwards)))


def test_an_empty_batch_and_an_empty_sentence_are_coded(coder: Coder) -> None:
    assert len(coder.code([]).stance) == 0
    assert np.isfinite(coder.probabilities([("", ())]).position[:, :2]).all()


def test_the_sentence_before_counts_and_for_less_than_the_sentence(coder: Coder) -> None:
    said, about = "people spoke of rain.", "the bridge girder is certainly finished soon ready."
    alone, after, itself = coder.probabilities([(said, ()), (said, (about,)), (about, ())]).position[:, 0]
    assert alone < after < itself


def test_terms_are_words_of_the_sentence_that_tell_the_position(coder: Coder) -> None:
    sentence = "Tea and rain in the hall, but the bridge opening is certainly ready."
    row = coder.code([(sentence, ())]).stance.iloc[0]
    terms = row["terms"].split("; ")
    assert (row["target_id"], row["polarity_label"]) == ("bridge_opens", "favor")
    assert terms == sorted(terms, key=sentence.index)
    assert {"certainly", "ready"} <= set(terms) <= set(sentence.replace(",", "").replace(".", "").split())


def test_votes_are_believed_as_far_as_the_labels_bear_them_out(toy: Labels) -> None:
    coder = classify.train(toy, CODES, votes=Cues())
    voted, plain = (values.favor[0, 1] for values in (
        coder.probabilities([("the toll is fair", ())]), classify.train(toy, CODES).probabilities([("the toll is fair", ())])
    ))  # fmt: skip
    assert voted > plain > 0.5


def test_probabilities_are_calibrated_to_the_share_of_positions_in_commentary(toy: Labels, coder: Coder) -> None:
    taken = toy.stances.loc[toy.stances["polarity_label"] != "mentioned", "sentence_id"]
    is_taken = toy.sentences["sentence_id"].isin(taken).to_numpy()
    assert is_taken.mean() > classify.POSITION_SHARE
    expected = coder.probabilities(classify.pairs_of(toy)).position[:, :2].sum(axis=1)
    share = classify.POSITION_SHARE
    weighed = share * expected[is_taken].mean() + (1 - share) * expected[~is_taken].mean()
    assert abs(weighed - share) < 0.1


@cache
def ours() -> tuple[Labels, dict[str, tuple[str, ...]]]:
    """The passages of one writer of ours, and the three targets that these are about."""
    book = codebook.load(DATA / "codebook")
    folder = DATA / "codebook" / "labels" / "sentences"
    # By name: no other file here, a frozen split least of all, may have a part in a figure that code is judged by.
    others = [path.name for path in folder.glob("*.csv") if path.name != "train.csv"]
    read = labels.load(folder, book.codes, skip=others)
    written = [name for name in read.sentences["passage_id"].unique() if name.startswith("b")]
    return read.of_passages(written), {
        "target": ("putin_good_faith", "trump_mediator", "unpredictability_helps"),
        "frame": ("credibility", "domestic", "economics", "history", "order", "personality", "power", "process"),
    }


def held_out(read: Labels, codes: dict[str, tuple[str, ...]], taught: Labels) -> tuple[float, float]:
    """Mean F of stance and of frames over three parts of the passages, each coded by what the others taught."""
    passages = sorted(read.sentences["passage_id"].unique())
    parts = [passages[start::3] for start in range(3)]
    figures = []
    for part in parts:
        coder = classify.train(taught.without_passages(part), codes)
        held = read.of_passages(part)
        frames = held.frames[held.frames["frame_id"].isin(codes["frame"])]
        held = Labels(held.sentences, held.stances, frames, "")
        figures.append((stance_f(coder, held, codes["target"]), frame_f(coder, held)))
    stance, frame = np.mean(figures, axis=0)
    return float(stance), float(frame)


def test_our_own_labels_teach_more_than_chance() -> None:
    read, codes = ours()
    stance, frame = held_out(read, codes, read)
    stance_by_chance, frame_by_chance = held_out(read, codes, shuffled(read, 0))
    # Words alone, 745 sentences: 0.18 and 0.35 when this was written, by chance 0.07 and 0.26. With vectors and all
    # labels the figures are higher: see `label_agreement`.
    assert stance > 0.15 > 0.12 > stance_by_chance
    assert frame > 0.32 > 0.29 > frame_by_chance


def test_no_sentence_of_the_essay_is_among_the_labels() -> None:
    essay = (DATA / "corpus" / "essays" / "friedman-the-trump-putin-negotiations.txt").read_text(encoding="utf-8")
    read, _ = ours()
    assert not [sentence for sentence in read.sentences["sentence"] if sentence in essay and len(sentence) > 20]
