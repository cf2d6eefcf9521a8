"""The cue language: what a group and a cue match, and what they must not."""

import pytest

from pipeline.cues import WINDOW, Cue, Reading, compiled


def words_of(group: str, text: str) -> list[str]:
    return [text[start:end] for start, end in Reading(text).spans(group)]


def is_met(cue: Cue, text: str, before: str | None = None) -> bool:
    return any(True for _ in Reading(text).matches(cue, Reading(before) if before else None))


def test_a_stem_matches_the_words_that_begin_with_it() -> None:
    assert words_of("concede*", "She concedes; he conceded.") == ["concedes", "conceded"]


def test_a_word_matches_whole_words_alone() -> None:
    assert words_of("land", "An island and a landing.") == []


def test_a_small_letter_matches_a_capital_and_a_capital_only_itself() -> None:
    assert words_of("peace|US", "Peace came to us and to the US.") == ["Peace", "US"]


def test_a_gap_is_bridged_up_to_its_length_and_no_further() -> None:
    assert words_of("keep .. line", "keep the present line") == ["keep the present line"]
    assert words_of("keep .. line", "keep the old and crooked line") == []


def test_a_gap_never_crosses_a_semicolon() -> None:
    assert words_of("keep ... line", "keep it; the line") == []


def test_inner_alternatives_stand_inside_a_phrase() -> None:
    assert words_of("wind (down|up) aid", "They wind down aid.") == ["wind down aid"]


def test_a_caret_matches_at_the_sentences_beginning_alone() -> None:
    assert words_of("^send", '"Send help."') == ['"Send']
    assert words_of("^send", "They send help.") == []


def test_a_digit_sign_matches_one_digit() -> None:
    assert words_of("19##", "In 1938, not 938 or 19380.") == ["1938"]


def test_a_curly_apostrophe_is_matched_by_a_straight_one() -> None:
    assert words_of("won't", "It won’t hold.") == ["won’t"]


@pytest.mark.parametrize("group", ["ab*", "a,b", "(a", "what?"])
def test_what_is_not_in_the_language_is_refused(group: str) -> None:
    with pytest.raises(ValueError, match=r"neither a word|does not parse"):
        compiled(group)


def test_all_groups_of_a_cue_must_occur() -> None:
    cue = Cue(("talks", "fail|fails"))
    assert is_met(cue, "The talks fail.")
    assert not is_met(cue, "The talks go on.")


def test_groups_further_apart_than_the_window_do_not_meet() -> None:
    cue = Cue(("talks", "fail"))
    assert is_met(cue, "talks " + "and " * (WINDOW - 1) + "fail")
    assert not is_met(cue, "talks " + "and " * WINDOW + "fail")


def test_a_cue_never_crosses_a_semicolon() -> None:
    assert not is_met(Cue(("talks", "fail")), "The talks go on; sanctions fail.")


def test_one_word_cannot_stand_for_two_groups() -> None:
    assert not is_met(Cue(("peace talks", "talks")), "Peace talks went on.")


def test_an_ordered_group_must_follow_the_one_before() -> None:
    cue = Cue(("russia", "stalls"), ordered=(1,))
    assert is_met(cue, "Russia stalls.")
    assert not is_met(cue, "He stalls, says Russia.")


def test_a_barred_group_takes_the_cue_away_in_its_part_of_the_sentence_alone() -> None:
    cue = Cue(("talks", "fail"), barred=("never",))
    assert not is_met(cue, "The talks never fail.")
    assert is_met(cue, "The talks fail; they never mattered.")


def test_the_matter_may_stand_in_the_sentence_before() -> None:
    cue = Cue(("futile",), matter=("sanctions",))
    assert is_met(cue, "They are futile.", before="Sanctions have been tried.")
    assert not is_met(cue, "They are futile.")


def test_what_a_reading_remembers_is_what_a_fresh_one_finds() -> None:
    text, reading = "The talks fail and the talks go on.", Reading("The talks fail and the talks go on.")
    assert reading.spans("talks") == reading.spans("talks") == Reading(text).spans("talks") == ((4, 9), (23, 28))
