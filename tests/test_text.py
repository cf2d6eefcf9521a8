"""Text: sentences are spans in order that lose no character, and abbreviations, quotes and decimals end none."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.text import (
    mask_sentence,
    normalize,
    paragraph_spans,
    sentence_spans,
    sha256,
    stable_id,
    words,
)

PIECES = [
    "The U.S.", "Mr. Orban", "e.g.", "left.", "No.", "10", "3.5", "p.m.", "J.", "D.C.", "said", "“We go.”", '"Why?"',
    "...", "…", "He", "Then", "talks", "etc.", "(see p. 12)", "I", "”", ")", "'", '"', "!", "?", "—", "[1]", "1.",
    "Kyiv’s", ":", ".", "\n", "\n\n", " ", "  ", "\t", "\u00a0",
]  # fmt: skip
prose = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.text(max_size=80),
)
texts = prose.map(normalize)


def _cut(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in sentence_spans(text)]


@given(texts)
def test_sentences_are_in_order_and_disjoint(text: str) -> None:
    spans = sentence_spans(text)
    assert all(first.end <= second.start for first, second in pairwise(spans))


@given(texts)
def test_no_sentence_is_empty_or_padded(text: str) -> None:
    assert all(sentence and sentence == sentence.strip() for sentence in _cut(text))


@given(texts)
def test_a_sentence_stays_inside_its_paragraph(text: str) -> None:
    paragraphs = paragraph_spans(text)
    assert all(
        paragraphs[number][0] <= start < end <= paragraphs[number][1] for start, end, number in sentence_spans(text)
    )


@given(texts)
def test_every_character_but_white_space_is_in_a_sentence(text: str) -> None:
    assert "".join("".join(_cut(text)).split()) == "".join(text.split())


@given(prose)
@example("\u200b\u0301e")
@example(" \x85 a")
@example("e\u200b\u0301")
@example("a\n\u2028\nb")
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(texts)
def test_sentences_of_normal_text_are_the_same_after_normalizing(text: str) -> None:
    assert sentence_spans(normalize(text)) == sentence_spans(text)


@given(texts)
def test_paragraphs_lose_nothing_but_line_ends(text: str) -> None:
    assert "".join(text[start:end] for start, end in paragraph_spans(text)).replace("\n", "") == text.replace("\n", "")


@given(prose)
def test_normal_text_has_no_invisible_or_unusual_space(text: str) -> None:
    assert not re.search("[\u00ad\u200b-\u200f\u2060\ufeff\u00a0\t\r]", normalize(text))


@settings(max_examples=200)
@given(st.text(alphabet='aB .!?…"”', min_size=1, max_size=40))
def test_a_masked_sentence_has_one_end_mark_and_it_is_last(sentence: str) -> None:
    assert re.fullmatch(r"[^.!?…]*\.", mask_sentence(sentence))


HARD = [
    ["He met Gen. Smith.", "The U.S. Senate voted.", "It was in the U.S.", "Then he left."],
    ['"We will not go."', "He said so.", '"Never!" she cried.', 'And "why?" one asks.'],
    ["At 5 p.m. the talks ended.", "Mr. Orban left, etc.", "The end."],
    ["George W. Bush came.", "J. D. Vance spoke, e.g. about Fig. 3 and No. 10.", "Done."],
    ['"This is it."', '"No," said one.', "(He laughed.)", "Then: nothing...", "It ended.", "What?!", "Yes."],
    ["The price was $3.5 billion.", "In the 1990s.", "28 points followed."],
    ["He said “it is over.”", "Then left.", "Washington D.C. is far.", "In Washington, D.C., they met."],
    ["It cost 5 million.", "3 of them left."],
    ["The talks … failed.", "Then they met."],
    ["He paused…", "Then he left."],
    ["He paused... then he left."],
    ["The U.S. and the E.U. agreed.", "U.S. officials left."],
    ["‘It is over,’ he said.", "‘We go home.’", "They left."],
    ["He called it “a trap.”", "It was."],
    ['She asked, "Why now?" and left.', "He did not."],
    ["The U.N. Security Council met at 10 a.m. Monday.", "It failed."],
    ["It ended in Jan. 2025.", "The war began on Feb. 24, 2022.", "No one won."],
    ["St. Petersburg is cold.", "Mt. Elbrus is high."],
    ["See the report (p. 12).", "It says so."],
    ["Ukraine vs. Russia is a war.", "Acme Inc. sold arms.", "Then it closed."],
    ["President Trump said: “We are close.”", "He was not."],
    ["Lt. Gen. Keith Kellogg left.", "Gen. Syrskyi stayed."],
    ["Sen. Graham, R-S.C., agreed.", "Rep. Smith, D-Calif., did not."],
    ["Nothing is at stake.", "Only for Ukraine is this an existential issue."],
    ["What of Art. 5?", "It stands."],
    ["“We signed.", "They did not.”", "That was the whole of it."],
    ["It began after World War I.", "Then came peace."],
    ["They chose Plan B.", "It failed."],
    ["George W. A. Smith met J. I. Case."],
    ["1. Ukraine leaves.", "2. Russia stays.", "There were 28.", "Then 19."],
    ["Much of what he calls “peace.”", "None of it holds."],
    ["Then he left.", "[1] She stayed."],
]


@pytest.mark.parametrize("sentences", HARD, ids=lambda sentences: sentences[0][:30])
def test_a_hard_case_is_cut_as_a_reader_would(sentences: list[str]) -> None:
    assert _cut(" ".join(sentences)) == sentences


def test_a_sentence_does_not_run_over_a_blank_line() -> None:
    assert _cut("The talks went on and\n\nthen they ended.") == ["The talks went on and", "then they ended."]


def test_a_single_line_end_does_not_end_a_sentence() -> None:
    assert _cut("The talks went on and\nthen they ended.") == ["The talks went on and\nthen they ended."]


def test_normal_text_is_composed() -> None:
    assert normalize("Bjo\u0308rnsson") == "Björnsson"


def test_line_ends_of_every_system_become_one() -> None:
    assert normalize("a\r\nb\rc") == "a\nb\nc"


@pytest.mark.parametrize(
    ("sentence", "masked"),
    [
        ("The U.S. would not.", "The US would not."),
        ("It cost $3.5 billion!", "It cost $35 billion."),
        ("Why wait…they will not come?", "Why wait they will not come."),
        ("“It is over.”", "“It is over”."),
    ],
)
def test_a_masked_sentence_keeps_its_words(sentence: str, masked: str) -> None:
    assert mask_sentence(sentence) == masked


@given(st.text(alphabet="ab cd.!?…é", max_size=60))
def test_masking_keeps_the_number_of_words(sentence: str) -> None:
    bare = re.sub(r"\.{2,}|…", " ", sentence)
    kept = [word for word in words(bare) if re.search(r"\w", word)]
    assert sum(1 for word in words(mask_sentence(sentence)) if re.search(r"\w", word)) == len(kept)


def test_an_id_starts_with_a_letter_and_depends_on_every_part() -> None:
    ids = {stable_id("doc", "a", "b"), stable_id("doc", "ab"), stable_id("doc", "a", "c")}
    assert len(ids) == 3 and all(re.fullmatch(r"doc_[0-9a-f]{12}", one) for one in ids)


def test_text_and_its_utf_8_bytes_have_one_hash() -> None:
    assert sha256("Björn") == sha256("Björn".encode())
