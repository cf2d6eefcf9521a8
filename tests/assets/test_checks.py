"""The checks that need judgement: each is seen to pass on the build, and to fail on a breach of just what it watches."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from assets import checks
from pipeline import codebook as codebooks
from pipeline.store import Store
from pipeline.tables import corpus, dataset, features


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Store:
    shutil.copytree(built / "store", tmp_path / "store")
    return Store(str(tmp_path / "store"))


@pytest.fixture
def codebook(built: Path) -> codebooks.Codebook:
    return codebooks.load(built / "codebook")


def run(check: Any, **resources: Any) -> dg.AssetCheckResult:
    result = check(dg.build_asset_check_context(resources=resources))
    assert isinstance(result, dg.AssetCheckResult)
    return result


STORE_CHECKS = [
    checks.every_input_is_accounted_for, checks.every_source_can_be_read, checks.no_input_is_rejected,
    checks.stance_evidence_is_verbatim, checks.frame_evidence_is_verbatim, checks.excerpts_stay_within_their_caps,
]  # fmt: skip


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: str(check.node_def.name))
def test_the_build_passes(check: Any, store: Store) -> None:
    result = run(check, store=store)
    assert result.passed, result.metadata


def alter(store: Store, table: Any, **cells: object) -> None:
    """Change the first row of a table behind the pipeline's back."""
    rows = store.read(table)
    for name, value in cells.items():
        rows.loc[rows.index[0], name] = value
    store.replace(table, rows)


def test_a_reader_that_drops_an_input_is_caught(store: Store) -> None:
    rows = store.read(corpus.FETCHES)
    store.replace(corpus.FETCHES, rows.iloc[1:].reset_index(drop=True))
    result = run(checks.every_input_is_accounted_for, store=store)
    assert not result.passed
    assert "counted" in str(result.metadata["details"].value)


def test_an_input_with_two_states_is_caught(store: Store) -> None:
    rows = store.read(corpus.FETCHES)
    store.replace(corpus.FETCHES, pd.concat([rows, rows.iloc[:1].assign(fetch_id="fetch_z")], ignore_index=True))
    assert not run(checks.every_input_is_accounted_for, store=store).passed


def test_a_source_that_cannot_be_read_warns(store: Store) -> None:
    alter(store, corpus.SOURCE_HEALTH, last_error="corpus/essays is not a folder; create it")
    result = run(checks.every_source_can_be_read, store=store)
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)


def test_a_rejected_input_warns_with_its_reason(store: Store) -> None:
    alter(store, corpus.FETCHES, state_label="rejected", reason="is encrypted; save it without a password")
    result = run(checks.no_input_is_rejected, store=store)
    assert not result.passed
    assert "is encrypted" in str(result.metadata["details"].value)


def test_the_sample_standing_in_warns(store: Store) -> None:
    assert not run(checks.the_sample_has_given_way, store=store).passed


def test_the_warning_goes_once_no_sample_is_compared(store: Store) -> None:
    rows = store.read(corpus.DOCUMENTS)
    rows["is_compared"] = rows["origin_label"] != "sample"
    store.replace(corpus.DOCUMENTS, rows)
    assert run(checks.the_sample_has_given_way, store=store).passed


@pytest.mark.parametrize(
    ("table", "check"),
    [
        (features.SENTENCE_STANCE, checks.stance_evidence_is_verbatim),
        (features.SENTENCE_FRAMES, checks.frame_evidence_is_verbatim),
    ],
    ids=["stance", "frames"],
)
@pytest.mark.parametrize(
    "breach", [{"terms": "words that nobody wrote"}, {"end_offset": 10_000_000}, {"text_sha256": "of another text"}],
    ids=["terms", "offsets", "version"],
)  # fmt: skip
def test_evidence_that_is_not_in_the_text_is_caught(
    store: Store, table: Any, check: Any, breach: dict[str, Any]
) -> None:
    alter(store, table, **breach)
    assert not run(check, store=store).passed


def test_an_excerpt_over_its_cap_is_caught(store: Store) -> None:
    alter(store, dataset.EVIDENCE, excerpt="word " * 300)
    assert not run(checks.excerpts_stay_within_their_caps, store=store).passed


@pytest.mark.parametrize("check", [checks.targets_match_their_examples, checks.frames_match_their_examples])
def test_the_codebook_keeps_its_own_examples(check: Any, codebook: codebooks.Codebook) -> None:
    result = run(check, codebook=codebook)
    assert result.passed, result.metadata


@pytest.fixture
def careless(built: Path, tmp_path: Path) -> Iterator[codebooks.Codebook]:
    """The codebook with an example that no cue of its entry can meet, in the first target and the first frame."""
    folder = tmp_path / "codebook"
    shutil.copytree(built / "codebook", folder)
    for name in ("targets.toml", "frames.toml"):
        text = (folder / name).read_text(encoding="utf-8")
        start = text.index("matches = [")
        example = '"Nothing here is about it at all."'
        if name == "targets.toml":
            example = '{ text = "Nothing here is about it at all.", polarity = "favor", modality = "describes" }'
        (folder / name).write_text(text[:start] + f"matches = [\n  {example}," + text[start + 11 :], encoding="utf-8")
    yield codebooks.load(folder)


@pytest.mark.parametrize("check", [checks.targets_match_their_examples, checks.frames_match_their_examples])
def test_an_example_that_is_not_found_warns(check: Any, careless: codebooks.Codebook) -> None:
    result = run(check, codebook=careless)
    assert not result.passed
    assert "Nothing here is about it" in str(result.metadata["details"].value)


def test_measures_in_the_lowest_tier_warn(store: Store) -> None:
    assert not run(checks.measures_agree_with_hand_coding, store=store).passed
