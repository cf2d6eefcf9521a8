"""Versions: what an edit added, removed and altered is counted by sentence and found again at its offsets."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.versions import edit

BEFORE = "The talks began late. Nobody came to them at all. The hall was cold that day.\n\nThey ended early on Friday."
NAMES = ("sentences_added_count", "sentences_removed_count", "sentences_altered_count")
sentences = st.lists(
    st.sampled_from(["The talks began late.", "Nobody came at all.", "They ended early.", "It rained on Friday."]),
    max_size=8,
)


def counts(before: str, after: str) -> list[object]:
    return [edit(before, after)[name] for name in NAMES]


def spans(before: str, after: str) -> list[str]:
    offsets = edit(before, after)["changed_offsets"]
    return [after[slice(*map(int, span.split("-")))] for span in str(offsets).split("; ")] if offsets else []


def test_a_first_version_has_no_counts() -> None:
    assert set(edit(None, BEFORE).values()) == {None}


def test_a_text_that_did_not_change_has_counts_of_nothing() -> None:
    assert edit(BEFORE, BEFORE) == dict.fromkeys(NAMES, 0) | {"changed_offsets": None}


def test_an_added_sentence_is_found_at_its_offsets() -> None:
    after = BEFORE + " Then it rained in Geneva."
    assert counts(BEFORE, after) == [1, 0, 0]
    assert spans(BEFORE, after) == ["Then it rained in Geneva."]


def test_a_removed_sentence_is_counted() -> None:
    assert counts(BEFORE, BEFORE.replace("Nobody came to them at all. ", "")) == [0, 1, 0]


def test_a_reworded_sentence_is_altered_and_not_two() -> None:
    after = BEFORE.replace("cold that day", "warm that day")
    assert counts(BEFORE, after) == [0, 0, 1]
    assert spans(BEFORE, after) == ["The hall was warm that day."]


def test_a_sentence_of_other_words_is_one_gone_and_one_new() -> None:
    assert counts(BEFORE, BEFORE.replace("Nobody came to them at all.", "Rain fell over Geneva.")) == [1, 1, 0]


def test_a_new_division_into_paragraphs_alters_no_sentence() -> None:
    assert counts(BEFORE, BEFORE.replace("\n\n", " ")) == [0, 0, 0]


def test_a_book_written_anew_is_compared_within_reason() -> None:
    before = " ".join(f"The old number {number} was spoken of by them all." for number in range(800))
    after = " ".join(f"Another word {number} came from nowhere else today." for number in range(800))
    assert sum(int(str(count)) for count in counts(before, after)) == 1600


@settings(max_examples=60, deadline=None)
@given(sentences, sentences)
def test_the_counts_balance_the_numbers_of_sentences(before: list[str], after: list[str]) -> None:
    added, removed, altered = (int(str(count)) for count in counts(" ".join(before), " ".join(after)))
    assert len(before) + added - removed == len(after)
    assert len(spans(" ".join(before), " ".join(after))) == added + altered
