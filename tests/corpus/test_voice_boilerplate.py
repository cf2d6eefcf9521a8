"""Boilerplate: lines about the publication are told from lines of the argument that resemble them."""

import pytest

from pipeline.corpus.voice_boilerplate import is_boilerplate, is_housekeeping


@pytest.mark.parametrize(
    "line",
    [
        "Thanks to the readers who sent corrections.",
        "Comments are open to everyone today.",
        "In the second half, for paying readers, I look at the rest.",
        "Housekeeping first: the next letter comes out on Tuesday.",
        "Subscribe to our newsletter for more.",
    ],
)
def test_a_sentence_to_the_subscriber_is_housekeeping(line: str) -> None:
    assert is_housekeeping(line)


@pytest.mark.parametrize(
    "line",
    [
        "He could not keep the lights on through four winters.",
        "They pay men a fortune to sign up for the infantry.",
        "No army could subscribe to the theory.",
    ],
)
def test_a_sentence_of_the_argument_is_not_housekeeping(line: str) -> None:
    assert not is_housekeeping(line)


@pytest.mark.parametrize(
    "line",
    [
        "The author is a visiting fellow at the Institute for Peace.",
        "Jane Doe, a historian, contributed to this report.",
        "Translated by John Roe",
        "This interview has been edited for length.",
        "12 min read",
    ],
)
def test_lines_at_the_end_of_a_page_are_boilerplate(line: str) -> None:
    assert is_boilerplate([line], is_closing=True)


def test_a_biography_is_boilerplate_at_the_end_alone() -> None:
    assert not is_boilerplate(["The author is a visiting fellow at the Institute for Peace."], is_closing=False)
