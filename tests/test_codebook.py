"""The codebook: what is shipped, and what a folder must hold to be one."""

import re
import shutil
from pathlib import Path

import pytest

from pipeline import codebook

SHIPPED = Path(__file__).parents[1] / "data" / "codebook"
TARGETS = [
    "settlement_likely",
    "territorial_concessions",
    "territorial_outcome",
    "trump_mediator",
    "putin_good_faith",
    "western_military_support",
    "pressure_on_russia",
    "europe_role",
    "security_guarantees",
    "kyiv_position",
    "nato_membership",
    "unpredictability_helps",
]
FRAMES = [
    "history",
    "power",
    "domestic",
    "personality",
    "credibility",
    "morality",
    "existential",
    "economics",
    "order",
    "process",
]
PROPOSITION = 'proposition = "A ceasefire or settlement is likely or within reach"'
T, F, C = "targets.toml", "frames.toml", "cues.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in codebook.FILES:
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def edited(folder: Path, name: str, old: str, new: str) -> Path:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_the_twelve_targets_stand_in_the_codebooks_order() -> None:
    assert [target.id for target in codebook.load(SHIPPED).targets] == TARGETS


def test_the_ten_frames_stand_in_the_codebooks_order() -> None:
    assert [frame.id for frame in codebook.load(SHIPPED).frames] == FRAMES


def test_every_target_has_examples_of_both_signs() -> None:
    for target in codebook.load(SHIPPED).targets:
        assert {example.polarity for example in target.matches} >= {"favor", "against"}, target.id


def test_the_fingerprint_changes_with_any_of_the_three_files(folder: Path) -> None:
    fingerprints = {codebook.load(folder).fingerprint}
    for name in codebook.FILES:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("\n# a remark\n")
        fingerprints.add(codebook.load(folder).fingerprint)
    assert len(fingerprints) == 4


def test_the_same_files_in_another_folder_have_the_same_fingerprint(folder: Path) -> None:
    assert codebook.load(folder).fingerprint == codebook.load(SHIPPED).fingerprint


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "frames.toml").unlink()
    with pytest.raises(FileNotFoundError, match=r"frames\.toml"):
        codebook.load(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "entry", "field", "reason"),
    [
        (T, PROPOSITION, "thesis = 3", "target settlement_likely", "thesis", "not known"),
        (T, PROPOSITION, "", "target settlement_likely", "proposition", "missing"),
        (T, PROPOSITION, "proposition = 3", "target settlement_likely", "proposition", "must be a str"),
        (T, PROPOSITION, 'proposition = ""', "target settlement_likely", "proposition", "not empty"),
        (T, 'id = "trump_mediator"', 'id = "settlement_likely"', "target settlement_likely", "id", "twice"),
        (T, 'id = "trump_mediator"', 'id = "Trump"', "target Trump", "id", "lower-case"),
        (T, 'kind = "is"', 'kind = "was"', "target settlement_likely", "kind", "none of is"),
        (T, 'polarity = "favor"', 'polarity = "pro"', "matches, example 1", "polarity", "none of favor"),
        (T, 'modality = "expects"', 'modality = "hopes"', "matches, example 1", "modality", "none of describes"),
        (T, "dead end", "a*", "target settlement_likely", "against", "'a*' is neither"),
        (T, "@agreement|@talks|end", "@settlement|end", "target settlement_likely", "favor", "@settlement is not"),
        (T, "leading) nowhere", "leading nowhere", "target settlement_likely", "against", "does not parse"),
        (T, "version = 1", "version = true", "the file", "version", "must be a int"),
        (F, 'description = "a past', 'about = "a past', "frame history", "about", "not known"),
        (F, 'id = "power"', 'id = "history"', "frame history", "id", "twice"),
        (C, "hedges = [", "hedging = [", "the file", "hedging", "not known"),
    ],
)
def test_an_error_names_the_file_the_entry_and_the_field(
    folder: Path, name: str, old: str, new: str, entry: str, field: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)) as error:
        codebook.load(edited(folder, name, old, new))
    assert all(part in str(error.value) for part in (name, entry, f"field '{field}'"))


def test_a_cue_of_nothing_but_matter_is_refused(folder: Path) -> None:
    old = '"progressing|making progress'
    with pytest.raises(ValueError, match=r"settlement_likely, field 'favor'.*must open with a group"):
        codebook.load(edited(folder, T, f'["@talks", {old}', f'["~@talks", {old.replace(chr(34), chr(34) + "~", 1)}'))


def test_too_few_examples_are_told(folder: Path) -> None:
    text = (folder / "frames.toml").read_text(encoding="utf-8")
    short = re.sub(r"matches = \[\n  (\".*\"),\n[^]]*\]", r"matches = [\1]", text, count=1)
    assert short != text
    (folder / "frames.toml").write_text(short, encoding="utf-8")
    with pytest.raises(ValueError, match=r"frame history, field 'matches'.*three"):
        codebook.load(folder)


def test_what_is_not_toml_is_told(folder: Path) -> None:
    (folder / "targets.toml").write_text("version = ", encoding="utf-8")
    with pytest.raises(ValueError, match=r"targets\.toml: not TOML"):
        codebook.load(folder)
