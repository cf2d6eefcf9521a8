"""Topic names: phrases that the texts use, in title case, no two alike, kept while the topic's terms still say them."""

import random

import numpy as np
import pytest

from pipeline.features.topic_model import factors, strongest
from pipeline.features.topic_names import NAMING_TERMS, is_still_said, names
from pipeline.features.topic_terms import TermCounts, term_counts

LINES = {
    "oil": ["The frozen assets are in Belgium", "A new cap on frozen assets follows", "They argue over the frozen assets",
            "Every tanker pays for the insurance", "The tankers sail without insurance", "An old tanker was seized"],
    "arms": ["The ceasefire needs NATO", "A ceasefire line needs an army", "No army trusts the rules of engagement",
             "The rules of engagement bind an army", "Without rules of engagement the army waits", "NATO has an army"],
    "law": ["The tribunal has a statute", "A statute of limitations is no pardon", "Every witness fears the tribunal",
            "The war crimes are on file", "A court for war crimes is slow", "No pardon covers war crimes"],
    "grain": ["The grain corridor is open", "A grain corridor feeds many", "Ships in the grain corridor pay",
              "The harvest is late", "A harvest needs a port", "No port takes the harvest"],
}  # fmt: skip


@pytest.fixture(scope="module")
def corpus() -> TermCounts:
    """Twelve documents, each on one of four subjects, in sentences that use its phrases as nouns."""
    generator = random.Random(2)
    said = {}
    for number in range(12):
        lines = list(LINES.values())[number % 4]
        for paragraph in range(6):
            said[f"doc_{number:02d}", paragraph] = (
                ". ".join(generator.sample(lines, 2)) + ". Subscribe to the newsletter."
            )
    counts = term_counts(said)
    assert counts is not None
    return counts


def named(corpus: TermCounts, kept: dict[int, str] | None = None, signatures: tuple[str, ...] = ()) -> list[str]:
    learned = factors(corpus.weights, 4, 0)
    return names(corpus, learned.loadings, learned.components, kept or {}, signatures)


def test_a_name_opens_with_a_phrase_of_the_texts(corpus: TermCounts) -> None:
    phrases = {"Frozen Assets", "Rules of Engagement", "War Crimes", "Statute of Limitations", "Grain Corridor"}
    assert {name.split(" and ")[0] for name in named(corpus)} <= phrases


def test_no_name_ends_in_a_verb(corpus: TermCounts) -> None:
    assert not {"Sail", "Pays", "Waits", "Trusts", "Bind", "Fears", "Covers", "Feeds"} & set(
        " ".join(named(corpus)).split()
    )


def test_the_other_part_is_a_noun_that_does_not_repeat_the_phrase(corpus: TermCounts) -> None:
    others = {name.split(" and ")[1] for name in named(corpus)}
    nouns = "Tanker Tankers Insurance Belgium Army Ceasefire NATO Pardon Tribunal Court Statute Harvest Port"
    assert others <= set(nouns.split())


def test_names_are_the_same_each_time(corpus: TermCounts) -> None:
    assert named(corpus) == named(corpus)


def test_words_of_web_pages_name_nothing(corpus: TermCounts) -> None:
    assert not any(word in " ".join(named(corpus)) for word in ("Subscribe", "Newsletter"))


def test_the_name_of_an_outlet_names_no_topic(corpus: TermCounts) -> None:
    assert not any("Frozen Assets" in name for name in named(corpus, signatures=("Frozen Assets",)))


def test_a_name_is_kept_while_the_terms_say_it(corpus: TermCounts) -> None:
    learned = factors(corpus.weights, 4, 0)
    terms = strongest(corpus.terms, learned.components, NAMING_TERMS)[0]
    words = [term.title() for term in terms if " " not in term][:2]
    assert named(corpus, {0: " and ".join(words)})[0] == " and ".join(words)


def test_a_name_is_given_up_when_the_terms_no_longer_say_it(corpus: TermCounts) -> None:
    assert named(corpus, {0: "Grain and Silos"}) == named(corpus)


def test_two_topics_do_not_keep_one_name(corpus: TermCounts) -> None:
    assert len(set(named(corpus, dict.fromkeys(range(4), named(corpus)[0])))) == 4


def test_topics_with_the_same_terms_do_not_keep_one_name(corpus: TermCounts) -> None:
    same = np.tile(factors(corpus.weights, 4, 0).components[:1], (2, 1))
    loadings = np.ones((len(corpus.owners), 2))
    first, second = names(corpus, loadings, same, dict.fromkeys((0, 1), names(corpus, loadings, same, {})[0]))
    assert first != second


def test_names_differ_where_all_topics_have_the_same_terms(corpus: TermCounts) -> None:
    same = np.tile(factors(corpus.weights, 4, 0).components[:1], (8, 1))
    found = names(corpus, np.ones((len(corpus.owners), 8)), same, {})
    assert len(set(found)) == 8


@pytest.mark.parametrize(
    ("name", "terms", "is_said"),
    [
        ("Frozen Assets and Tankers", ["frozen assets", "tanker"], True),
        ("Exchange of Prisoners", ["exchange", "prisoners"], True),
        ("Frozen Assets and Tankers", ["frozen", "tanker"], False),
    ],
)
def test_a_name_is_said_when_each_word_of_content_is_in_a_term(name: str, terms: list[str], is_said: bool) -> None:
    assert is_still_said(name, terms, {"tankers": "tanker"}) is is_said
