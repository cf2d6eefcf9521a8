"""Quotations: found between the marks of many printers, and never between apostrophes."""

from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.voice_quotations import find
from pipeline.text import sentence_spans


def _quotations(text: str) -> list[str]:
    paragraphs = [list(group) for _, group in groupby(sentence_spans(text), key=lambda span: span.paragraph)]
    return [text[one.start : one.end] for one in find(text, paragraphs)]


@pytest.mark.parametrize("marks", ["“”", '""', "«»", "„“", "„”", "‘’", "''"])
def test_words_between_marks_are_found_with_their_marks(marks: str) -> None:
    quotation = f"{marks[0]}We will not sign.{marks[1]}"
    assert _quotations(f"The envoy said: {quotation}") == [quotation]


@pytest.mark.parametrize(
    "text",
    [
        "It’s the officials’ view, and the ’90s are over.",
        "It's the officials' view, and the '90s are over.",
        "They don't know what 'em all want.",
        'A 6" gun fired at the town.',
    ],
)
def test_apostrophes_and_inches_are_no_marks(text: str) -> None:
    assert _quotations(text) == []


def test_a_quotation_within_a_quotation_is_part_of_it() -> None:
    text = "‘He called it “a pause” and left,’ said the envoy."
    assert _quotations(text) == ["‘He called it “a pause” and left,’"]


def test_single_marks_within_double_ones_end_nothing() -> None:
    text = "\"He called it 'a pause' and left,\" said the envoy."
    assert _quotations(text) == ["\"He called it 'a pause' and left,\""]


def test_a_quotation_that_is_reopened_runs_to_the_end_of_its_paragraph() -> None:
    assert _quotations("‘We hold. We wait.\n\n‘We go.’ Then night.") == ["‘We hold. We wait.", "‘We go.’"]


@given(st.text(alphabet="ab .,\n“”\"‘’'«»„", max_size=120))
def test_quotations_are_in_order_and_disjoint(text: str) -> None:
    paragraphs = [list(group) for _, group in groupby(sentence_spans(text), key=lambda span: span.paragraph)]
    found = find(text, paragraphs)
    assert all(one.start < one.end for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
