"""Topics: planted themes are found, named and shared out, and stay themselves from build to build; few texts are safe."""

import random

import pandas as pd
import pytest

from pipeline.contracts import conform, violations
from pipeline.features.topics import Topics, learn
from pipeline.tables.features import DOCUMENT_TOPICS, TOPICS
from pipeline.text import sentence_spans, sha256

THEMES = {
    "oil": "oil tanker price cap refinery crude barrel revenue insurer shipping export pipeline".split(),
    "law": "court treaty tribunal amnesty crime judge warrant charter justice evidence verdict statute".split(),
    "arms": "missile battery interceptor drone artillery launcher shell brigade rocket radar bomber stockpile".split(),
}  # fmt: skip
FILLER = "ukraine talks envoy winter summit letter table morning paper door".split()


def _paragraph(words: list[str], generator: random.Random) -> str:
    chosen = generator.choices(words, k=14) + generator.choices(FILLER, k=6)
    generator.shuffle(chosen)
    return f"The {' '.join(chosen)} held."


def _texts(count: int, paragraphs: int = 6, themes: dict[str, list[str]] = THEMES) -> dict[str, str]:
    """Documents that each keep to one theme, turn by turn."""
    generator = random.Random(7)
    names = list(themes)
    return {
        f"doc_{number:04d}": "\n\n".join(
            _paragraph(themes[names[number % len(names)]], generator) for _ in range(paragraphs)
        )
        for number in range(count)
    }


def _noise(count: int) -> dict[str, str]:
    """Documents in which the words of all themes are mixed evenly."""
    generator = random.Random(3)
    every = [word for own in THEMES.values() for word in own]
    return {
        f"doc_{number:04d}": "\n\n".join(f"The {' '.join(generator.choices(every, k=14))} held." for _ in range(6))
        for number in range(count)
    }


def _frames(pieces: dict[str, str], voice: str = "author") -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    hashes = {name: sha256(text) for name, text in pieces.items()}
    rows = [(name, hashes[name], text) for name, text in pieces.items()]
    texts = pd.DataFrame(rows, columns=["document_id", "text_sha256", "text"], dtype="str")
    cut = [
        (name, span.paragraph, span.start, span.end, voice, hashes[name])
        for name, text in pieces.items()
        for span in sentence_spans(text)
    ]
    columns = ["document_id", "paragraph", "start_offset", "end_offset", "voice_label", "text_sha256"]
    documents = pd.DataFrame({"document_id": list(pieces), "is_compared": pd.array([True] * len(pieces), "boolean")})
    return texts, pd.DataFrame(cut, columns=columns), documents


def _learn(
    pieces: dict[str, str], topic_count: int | None = None, seed: int = 0, previous: pd.DataFrame | None = None
) -> Topics:
    return learn(*_frames(pieces), previous, topic_count=topic_count, seed=seed)


def _stored(learned: Topics) -> pd.DataFrame:
    """The topics as the store gives them back to the next build."""
    return conform(learned.topics, TOPICS)


@pytest.fixture(scope="module")
def planted() -> Topics:
    return _learn(_texts(18))


def _themes_of(terms: str) -> set[str]:
    return {theme for theme, own in THEMES.items() for word in own if word in terms.replace(";", "").split()}


def test_each_planted_theme_is_one_topic(planted: Topics) -> None:
    assert sorted(theme for terms in planted.topics["terms"] for theme in _themes_of(terms)) == sorted(THEMES)


def test_a_document_gets_the_topic_that_was_planted_in_it(planted: Topics) -> None:
    wide = planted.document_topics.pivot(index="document_id", columns="topic_id", values="topic_share")
    assert wide.idxmax(axis=1).groupby(range(18) % pd.Series([3] * 18).to_numpy()).nunique().tolist() == [1, 1, 1]


def test_words_that_nearly_every_document_uses_are_no_terms(planted: Topics) -> None:
    assert not set(FILLER) & set("; ".join(planted.topics["terms"]).replace(";", "").split())


def test_as_many_topics_are_found_as_were_planted(planted: Topics) -> None:
    assert len(planted.topics) == 3


def test_planted_topics_are_stable_and_coherent(planted: Topics) -> None:
    assert planted.topics["stability_score"].min() > 0.7 and planted.topics["coherence_score"].min() > 0.2


def test_where_there_is_nothing_to_find_there_are_no_topics() -> None:
    assert _learn(_noise(18)).topics.empty


def test_topics_asked_for_where_there_is_nothing_to_find_have_a_stability_near_chance() -> None:
    assert _learn(_noise(18), topic_count=3).topics["stability_score"].mean() < 0.2


def test_topics_stand_by_falling_share(planted: Topics) -> None:
    assert planted.topics["topic_share"].is_monotonic_decreasing
    assert planted.topics["topic_id"].tolist() == ["topic_01", "topic_02", "topic_03"]


def test_the_shares_of_all_topics_sum_to_one(planted: Topics) -> None:
    assert planted.topics["topic_share"].sum() == pytest.approx(1)


def test_the_shares_of_each_document_sum_to_one(planted: Topics) -> None:
    assert planted.document_topics.groupby("document_id")["topic_share"].sum().tolist() == pytest.approx([1.0] * 18)


def test_topics_meet_their_contract(planted: Topics) -> None:
    assert violations(conform(planted.topics, TOPICS), TOPICS) == []


def test_document_topics_meet_their_contract(planted: Topics) -> None:
    assert violations(conform(planted.document_topics, DOCUMENT_TOPICS), DOCUMENT_TOPICS) == []


def test_a_second_run_gives_the_same_bits(planted: Topics) -> None:
    again = _learn(_texts(18))
    pd.testing.assert_frame_equal(again.topics, planted.topics, check_exact=True)
    pd.testing.assert_frame_equal(again.document_topics, planted.document_topics, check_exact=True)


def test_the_order_of_rows_changes_no_bit(planted: Topics) -> None:
    texts, sentences, documents = (frame.sample(frac=1, random_state=5) for frame in _frames(_texts(18)))
    again = learn(texts, sentences, documents)
    pd.testing.assert_frame_equal(again.topics, planted.topics, check_exact=True)
    pd.testing.assert_frame_equal(again.document_topics, planted.document_topics, check_exact=True)


def test_another_seed_resamples_other_documents() -> None:
    first, second = (_learn(_noise(9), topic_count=3, seed=seed).topics["stability_score"] for seed in (0, 1))
    assert first.tolist() != second.tolist()


def _without(pieces: dict[str, str], left_out: str) -> dict[str, str]:
    return {name: text for name, text in pieces.items() if name != left_out}


def test_a_document_that_is_not_compared_is_not_learned_from() -> None:
    pieces = _texts(12)
    texts, sentences, documents = _frames(pieces)
    documents.loc[documents["document_id"] == "doc_0003", "is_compared"] = False
    expected = _learn(_without(pieces, "doc_0003"))
    pd.testing.assert_frame_equal(learn(texts, sentences, documents).topics, expected.topics)


def test_quotations_are_not_learned_from() -> None:
    assert learn(*_frames(_texts(12), voice="quoted")).topics.empty


def test_reported_positions_are_learned_from() -> None:
    assert len(learn(*_frames(_texts(12), voice="reported")).topics) > 0


def test_a_document_that_no_topic_fits_has_missing_shares() -> None:
    pieces = _texts(12) | {"doc_alone": "Violets grow beside streams."}
    rows = _learn(pieces).document_topics.query("document_id == 'doc_alone'")
    assert len(rows) > 0 and rows["topic_share"].isna().all()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_documents_give_no_topics_and_no_shares(count: int) -> None:
    learned = _learn(_texts(count))
    assert (len(learned.topics), len(learned.document_topics)) == (0, 0)


def test_five_documents_bear_two_topics_at_most() -> None:
    assert len(_learn(_texts(5)).topics) <= 2


def test_copies_of_one_text_raise_no_warning_when_more_topics_are_asked_for_than_it_holds() -> None:
    text = next(iter(_texts(1).values()))
    assert len(_learn({f"doc_{number}": text for number in range(5)}, topic_count=12).topics) >= 2


def test_five_hundred_short_texts_converge() -> None:
    assert len(_learn(_texts(500, paragraphs=1)).topics) == 3


def test_a_text_of_stop_words_alone_gives_no_topics() -> None:
    assert _learn({f"doc_{number}": "It is what it is." for number in range(20)}).topics.empty


def test_fewer_than_two_topics_are_refused() -> None:
    with pytest.raises(ValueError, match="topic_count is 1; give 2 or more"):
        _learn(_texts(5), topic_count=1)


def test_sentences_of_another_version_are_refused() -> None:
    texts, sentences, documents = _frames(_texts(12))
    with pytest.raises(ValueError, match="doc_0000: its sentences were cut from another version"):
        learn(texts.assign(text_sha256="other"), sentences, documents)


FOURTH = {"grain": "grain silo harvest port freight corridor wheat farmer tractor mill bread tonnage".split()}


@pytest.fixture(scope="module")
def forty() -> Topics:
    return _learn(_texts(40))


def _by_theme(learned: Topics, themes: dict[str, list[str]] = THEMES) -> dict[str, str]:
    """Id of the current topic that holds most words of each theme."""
    current = learned.topics[learned.topics["is_current"]]
    terms = dict(zip(current["topic_id"], current["terms"].str.split("; "), strict=True))
    return {theme: max(terms, key=lambda name: len({*own} & {*terms[name]})) for theme, own in themes.items()}


def test_the_same_corpus_after_itself_gives_the_same_bits(planted: Topics) -> None:
    again = _learn(_texts(18), previous=_stored(planted))
    pd.testing.assert_frame_equal(_stored(again), _stored(planted), check_exact=True)
    pd.testing.assert_frame_equal(again.document_topics, planted.document_topics, check_exact=True)


def test_the_same_corpus_built_twice_after_another_gives_the_same_bits(planted: Topics) -> None:
    other = _learn(_texts(40, themes=THEMES | FOURTH))
    once = _learn(_texts(18), previous=_stored(other))
    twice = _learn(_texts(18), previous=_stored(once))
    pd.testing.assert_frame_equal(_stored(twice), _stored(once), check_exact=True)
    pd.testing.assert_frame_equal(twice.document_topics, once.document_topics, check_exact=True)


def test_what_came_before_moves_ids_and_names_alone(planted: Topics) -> None:
    other = _learn(_texts(40, themes=FOURTH | THEMES))
    later = _learn(_texts(18), previous=_stored(other)).topics.query("is_current")
    moving = ["topic_id", "topic_name"]
    pd.testing.assert_frame_equal(
        later.drop(columns=moving).reset_index(drop=True), planted.topics.drop(columns=moving), check_exact=True,
        check_dtype=False,
    )  # fmt: skip


def test_one_document_more_of_forty_keeps_all_ids_and_names(forty: Topics) -> None:
    more = _learn(_texts(41), previous=_stored(forty))
    assert _by_theme(more) == _by_theme(forty)
    assert sorted(more.topics["topic_name"]) == sorted(forty.topics["topic_name"])


def test_ids_stay_when_shares_change_places(forty: Topics) -> None:
    last = {theme for theme, topic_id in _by_theme(forty).items() if topic_id == "topic_03"}
    added = _texts(3, themes={theme: THEMES[theme] for theme in last})
    grown = _learn(_texts(40) | {f"more_{name}": text for name, text in added.items()}, previous=_stored(forty))
    assert _stored(grown).sort_values("topic_share")["topic_id"].iloc[-1] == "topic_03"
    assert _by_theme(grown) == _by_theme(forty)


def test_a_theme_more_adds_one_topic_with_a_new_id(forty: Topics) -> None:
    texts = _texts(40) | {f"doc_grain_{name}": text for name, text in _texts(13, themes=FOURTH).items()}
    more = _learn(texts, previous=_stored(forty))
    assert _by_theme(more) == _by_theme(forty)
    assert _by_theme(more, FOURTH) == {"grain": "topic_04"}
    assert set(more.topics["topic_id"]) - set(forty.topics["topic_id"]) == {"topic_04"}


@pytest.fixture(scope="module")
def without_oil(forty: Topics) -> Topics:
    """Built after `forty`: its documents but those on oil, and as many on grain."""
    fewer = {name: text for number, (name, text) in enumerate(_texts(40).items()) if number % 3}
    grain = {f"doc_grain_{name}": text for name, text in _texts(13, themes=FOURTH).items()}
    return _learn(fewer | grain, previous=_stored(forty))


def test_the_id_of_a_topic_that_vanished_is_given_to_no_other(forty: Topics, without_oil: Topics) -> None:
    assert _by_theme(without_oil, FOURTH)["grain"] not in set(forty.topics["topic_id"])


def test_a_topic_that_vanished_stays_on_record_without_scores(forty: Topics, without_oil: Topics) -> None:
    gone = _stored(without_oil).query("~is_current")
    assert gone["topic_id"].tolist() == [_by_theme(forty)["oil"]]
    assert gone[["topic_share", "coherence_score", "stability_score", "paragraph_count"]].isna().all(axis=None)
    assert violations(_stored(without_oil), TOPICS) == []


def test_a_topic_that_vanished_has_no_shares(without_oil: Topics) -> None:
    current = without_oil.topics.query("is_current")["topic_id"]
    assert set(without_oil.document_topics["topic_id"]) == set(current)


def test_a_topic_that_returns_takes_its_id_back(forty: Topics, without_oil: Topics) -> None:
    assert _by_theme(_learn(_texts(40), previous=_stored(without_oil))) == _by_theme(forty)


def test_ids_outlive_a_build_without_any_topic(forty: Topics) -> None:
    nothing = _learn({}, previous=_stored(forty))
    assert not nothing.topics["is_current"].any() and nothing.document_topics.empty
    assert _by_theme(_learn(_texts(40), previous=_stored(nothing))) == _by_theme(forty)


def test_a_table_stored_before_weights_were_kept_is_no_obstacle(planted: Topics) -> None:
    old = _stored(planted).assign(term_weights=None, is_current=None)
    assert _learn(_texts(18), previous=old).topics["topic_id"].tolist() == planted.topics["topic_id"].tolist()
