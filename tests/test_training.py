"""Tests of pipeline.training and of the committed labels: what is trained from, and what is set aside."""

import csv
import shutil
from pathlib import Path

import pytest

from pipeline import codebook, labels, training

FOLDER = Path(__file__).parents[1] / "data" / "codebook"


@pytest.fixture(scope="module")
def trained() -> training.Training:
    return training.load(FOLDER, codebook.load(FOLDER))


def test_no_coder_learns_from_the_sentences_that_are_set_aside(trained: training.Training) -> None:
    aside = set(trained.frozen().sentences["sentence_id"])
    assert len(aside) == 1_462 and not aside & set(trained.labels.sentences["sentence_id"])


def test_a_third_is_set_aside_by_passage_and_by_other_hands(trained: training.Training) -> None:
    learned, aside = trained.labels.sentences, trained.frozen().sentences
    assert {name[0] for name in learned["passage_id"]} == set("abcd")
    assert {name[0] for name in aside["passage_id"]} == set("tu")
    assert 0.28 < len(aside) / (len(aside) + len(learned)) < 0.35


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[place : place + 4]) for place in range(len(words) - 3)}


def test_fewer_than_two_in_a_hundred_of_those_set_aside_are_like_one_that_is_learned(
    trained: training.Training,
) -> None:
    learned: dict[tuple[str, ...], set[int]] = {}
    own = [shingles(text) for text in trained.labels.sentences["sentence"]]
    for number, found in enumerate(own):
        for shingle in found:
            learned.setdefault(shingle, set()).add(number)
    alike = 0
    for text in trained.frozen().sentences["sentence"]:
        found = shingles(text)
        near = {number for shingle in found for number in learned.get(shingle, ())}
        alike += any(len(found & own[number]) / len(found | own[number]) > 0.4 for number in near)
    assert alike / len(trained.frozen().sentences) < 0.02


def test_every_target_and_frame_has_the_labels_that_it_needs(trained: training.Training) -> None:
    both = [trained.labels, trained.frozen()]
    for target in trained.codes["target"]:
        rows = [found.stances[found.stances["target_id"] == target]["polarity_label"] for found in both]
        positions = sum(int((labels_ != "mentioned").sum()) for labels_ in rows)
        assert positions >= 100 and sum(len(labels_) for labels_ in rows) - positions >= 40, target
    for frame in trained.codes["frame"]:
        assert sum(int((found.frames["frame_id"] == frame).sum()) for found in both) >= 120, frame


def test_a_changed_label_changes_the_fingerprint_and_trains_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "codebook"
    shutil.copytree(FOLDER, folder)
    before = training.load(folder, codebook.load(folder))
    path = folder / "labels" / "sentences" / "train.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",evaluates,2,", ",evaluates,3,", 1), encoding="utf-8")
    after = training.load(folder, codebook.load(folder))
    assert before.fingerprint != after.fingerprint and "coder" not in vars(after)


def test_the_anchor_essay_is_not_among_the_labels(trained: training.Training) -> None:
    essay = next((FOLDER.parent / "corpus" / "essays").glob("*.txt")).read_text(encoding="utf-8")
    assert not [text for text in trained.labels.sentences["sentence"] if len(text) > 30 and text in essay]


def test_every_sentence_of_the_files_is_read(trained: training.Training) -> None:
    with (FOLDER / "labels" / "sentences" / "train.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(trained.labels.sentences)
    assert isinstance(trained.labels, labels.Labels)
