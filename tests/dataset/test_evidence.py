"""Evidence: short verbatim excerpts within their caps for any text, and a check that notices when they are not."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contracts import conform, violations
from pipeline.dataset import evidence
from pipeline.tables.dataset import EVIDENCE
from pipeline.tables.features import SENTENCE_FRAMES, SENTENCE_STANCE

Sentence = tuple[str, str, list[str], list[str]]  # words, voice, targets, frames


def corpus(documents: dict[str, list[Sentence]], filler: int = 0) -> tuple[pd.DataFrame, ...]:
    """texts, sentence_stance, sentence_frames and sentences of documents; `filler` characters end each text."""
    texts, stance, frames, sentences = [], [], [], []
    for document, found in documents.items():
        start = 0
        for position, (words, voice, targets, kinds) in enumerate(found):
            place: dict[str, Any] = {"document_id": document, "sentence_id": f"{document}-{position}"}
            sentences.append(place | {"position": position, "voice_label": voice})
            place |= {"start_offset": start, "end_offset": start + len(words), "text_sha256": f"sha-{document}"}
            position_taken = {"polarity_label": "favor", "modality_label": "expects"}
            stance += [place | position_taken | {"target_id": name} for name in targets]
            frames += [place | {"frame_id": name} for name in kinds]
            start += len(words) + 1
        text = " ".join(words for words, *_ in found) + " " + "x" * filler
        texts.append({"document_id": document, "text_sha256": f"sha-{document}", "text": text})
    return (
        pd.DataFrame(texts),
        conform(pd.DataFrame(stance), SENTENCE_STANCE),
        conform(pd.DataFrame(frames), SENTENCE_FRAMES),
        pd.DataFrame(sentences, columns=["document_id", "sentence_id", "position", "voice_label"]),
    )


def quoted(documents: dict[str, list[Sentence]], filler: int = 10_000) -> pd.DataFrame:
    return conform(evidence.quote(*corpus(documents, filler)), EVIDENCE)


def excerpts(frame: pd.DataFrame) -> list[str]:
    return frame.dropna(subset=["excerpt"])["excerpt"].tolist()


NAMES = st.lists(st.sampled_from(["t1", "t2", "t3"]), unique=True, max_size=3)
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.integers(1, 450).map(lambda size: "word " * (size // 5) + "x"),
    st.integers(190, 450).map(lambda size: "https://" + "a" * size),
    st.integers(190, 450).map(lambda size: " " + "a" * size),
)
SENTENCES = st.lists(st.tuples(WORDS, st.sampled_from(["author", "quoted"]), NAMES, NAMES), min_size=1, max_size=15)


@settings(deadline=None, max_examples=30)
@given(st.lists(SENTENCES, min_size=1, max_size=2), st.sampled_from([0, 100, 3_000, 20_000]))
def test_excerpts_stay_within_every_cap_and_are_verbatim_whatever_the_text(
    found: list[list[Sentence]], filler: int
) -> None:
    frames = corpus({f"d{number}": sentences for number, sentences in enumerate(found)}, filler)
    rows = conform(evidence.quote(*frames), EVIDENCE)
    bodies = dict(zip(frames[0]["document_id"], frames[0]["text"], strict=True))
    once = rows.dropna(subset=["excerpt"]).drop_duplicates("sentence_id")
    for document, own in once.groupby("document_id"):
        spent = sum(len(text) for text in own["excerpt"])
        assert spent <= 1_500
        assert spent * 10 <= len(bodies[document])
    for row in rows.itertuples():
        sentence = bodies[row.document_id][row.start_offset : row.end_offset]
        excerpt = "" if pd.isna(row.excerpt) else row.excerpt
        assert len(excerpt) <= 200
        assert sentence.startswith(excerpt)
        assert row.is_cut == (excerpt != sentence)
    assert evidence.leaks(rows, frames[0].set_index("document_id")["text"].str.len()) == []


def test_rows_keep_their_contract_but_for_the_version_that_derivation_adds() -> None:
    rows = quoted({"d": [("Peace is near.", "author", ["t"], ["f"])]})
    assert violations(rows, EVIDENCE) == []
    assert rows["row_key"].tolist() == ["d/f", "d/t"]


def test_a_short_sentence_is_quoted_whole() -> None:
    rows = quoted({"d": [("Peace is near.", "author", ["t"], [])]})
    assert (excerpts(rows), rows["is_cut"].tolist()) == (["Peace is near."], [False])


def test_a_long_sentence_is_cut_between_words() -> None:
    rows = quoted({"d": [("nineteen characters " * 20, "author", ["t"], [])]})
    assert excerpts(rows) == [("nineteen characters " * 10).strip()]
    assert rows["is_cut"].all()


def test_a_first_word_longer_than_the_cap_is_cut_at_the_cap() -> None:
    rows = quoted({"d": [("a" * 500, "author", ["t"], [])]})
    assert excerpts(rows) == ["a" * 200]


def test_a_sentence_behind_several_cells_is_paid_for_once() -> None:
    sentences: list[Sentence] = [("a" * 60, "author", ["t1", "t2"], ["f1"]), ("b" * 40, "author", ["t3"], [])]
    # A tenth of 1,000 characters is just what the two sentences need.
    rows = quoted({"d": sentences}, filler=1_000 - 102)
    assert rows["excerpt"].notna().all()
    assert len(rows) == 4
    assert rows.loc[rows["sentence_id"] == "d-0", "excerpt"].nunique() == 1


@pytest.mark.parametrize("voice", ["quoted", "reported", "boilerplate"])
def test_only_the_authors_own_sentences_are_evidence(voice: str) -> None:
    rows = quoted({"d": [("He says no.", voice, ["t"], ["f"]), ("I say yes.", "author", ["t"], [])]})
    assert rows["sentence_id"].tolist() == ["d-1"]


def test_words_are_spent_on_stance_before_frames() -> None:
    sentences: list[Sentence] = [("a" * 90, "author", [], ["f"]), ("b" * 90, "author", ["t"], [])]
    rows = quoted({"d": sentences}, filler=1_000 - 182)
    assert excerpts(rows) == ["b" * 90]


def test_words_are_spent_on_every_cells_first_sentence_before_any_second() -> None:
    sentences: list[Sentence] = [
        ("a" * 90, "author", ["t1"], []), ("b" * 90, "author", ["t1"], []), ("c" * 90, "author", [], ["f"]),
    ]  # fmt: skip
    rows = quoted({"d": sentences}, filler=2_000 - 273)
    assert sorted(excerpts(rows)) == ["a" * 90, "c" * 90]


def test_a_row_without_an_excerpt_still_says_where_its_sentence_is() -> None:
    row = quoted({"d": [("a" * 90, "author", ["t"], [])]}, filler=0).iloc[0]
    assert pd.isna(row["excerpt"])
    assert (row["start_offset"], row["end_offset"], row["is_cut"]) == (0, 90, True)


def test_each_document_has_a_cap_of_its_own() -> None:
    whole: list[Sentence] = [("a" * 100, "author", ["t"], [])]
    rows = quoted({"d1": whole, "d2": whole}, filler=1_000 - 101)
    assert rows["excerpt"].notna().all()


@pytest.mark.parametrize("voice", ["author", "quoted"])
def test_where_there_is_no_evidence_the_frame_is_empty_and_has_its_columns(voice: str) -> None:
    targets = [] if voice == "author" else ["t"]
    rows = evidence.quote(*corpus({"d": [("Words.", voice, targets, [])]}))
    assert rows.empty
    assert tuple(rows.columns) == tuple(name for name in EVIDENCE.column_names if name != "feature_version")


@pytest.mark.parametrize(("targets", "frames"), [(["t"], []), ([], ["f"])])
def test_one_family_alone_is_enough(targets: list[str], frames: list[str]) -> None:
    rows = quoted({"d": [("Words.", "author", targets, frames)]})
    assert violations(rows, EVIDENCE) == []
    assert len(rows) == 1


def planted(*found: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"document_id": "d", "sentence_id": sentence, "target_id": str(number), "excerpt": text or None}
            for number, (sentence, text) in enumerate(found)
        ]
    ).astype({"excerpt": "str"})


LENGTHS = pd.Series({"d": 10_000})


def test_leaks_finds_an_excerpt_that_is_too_long() -> None:
    assert evidence.leaks(planted(("s", "a" * 201)), LENGTHS) == ["sentence s: excerpt longer than 200"]
    assert evidence.leaks(planted(("s", "a" * 200)), LENGTHS) == []


def test_leaks_finds_a_sum_over_the_share() -> None:
    rows = planted(("s1", "a" * 60), ("s2", "b" * 41))
    assert evidence.leaks(rows, pd.Series({"d": 1_000})) == ["document d: 101 characters of excerpts, over its cap"]
    assert evidence.leaks(rows, pd.Series({"d": 1_010})) == []


def test_leaks_finds_a_sum_over_the_longest_however_long_the_text() -> None:
    rows = planted(*[(f"s{number}", "a" * 151) for number in range(10)])
    assert evidence.leaks(rows, pd.Series({"d": 10**6})) == ["document d: 1510 characters of excerpts, over its cap"]


def test_leaks_counts_an_excerpt_that_stands_behind_several_cells_once() -> None:
    assert evidence.leaks(planted(("s", "a" * 60), ("s", "a" * 60)), pd.Series({"d": 600})) == []


def test_leaks_finds_a_second_excerpt_under_the_name_of_the_first() -> None:
    assert evidence.leaks(planted(("s", "a"), ("s", "b" * 300)), LENGTHS) == ["sentence s: excerpt longer than 200"]


def test_leaks_finds_an_excerpt_of_a_document_that_is_not_held() -> None:
    assert evidence.leaks(planted(("s", "a")), pd.Series({"other": 10_000})) != []


def test_nothing_quoted_is_no_leak() -> None:
    assert evidence.leaks(planted(("s", "")), LENGTHS) == []
    assert evidence.leaks(EVIDENCE.empty(), LENGTHS) == []
