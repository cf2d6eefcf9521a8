"""Whole-page reports: unmarked sentences carry the voice of the one analyst that a page is about."""

from pipeline.corpus.voice_reports import continued

HALE = "the analyst Stephen Hale"
SENTENCES = ["Says Hale.", "Says he.", "Unmarked.", "Says Hale.", "Says the author."]
PARAGRAPHS = [0, 0, 0, 0, 0]
SPEAKERS = [HALE, None, None, "Hale", "the author"]
MARKED = [True, True, False, True, True]


def test_a_sentence_between_two_of_the_analysts_is_his() -> None:
    assert continued(SENTENCES, PARAGRAPHS, SPEAKERS, MARKED) == {2: HALE}


def test_a_sentence_in_the_first_person_is_the_authors() -> None:
    sentences = [*SENTENCES[:2], "I doubt it.", *SENTENCES[3:]]
    assert continued(sentences, PARAGRAPHS, SPEAKERS, MARKED) == {}


def test_a_sentence_far_from_the_analysts_next_word_is_the_authors() -> None:
    assert continued(SENTENCES, [0, 0, 1, 2, 2], SPEAKERS, MARKED) == {}


def test_a_page_of_many_speakers_has_no_one_analyst() -> None:
    speakers = [HALE, "Ann Moore", None, "Kyiv", "Ann Moore"]
    assert continued(SENTENCES, PARAGRAPHS, speakers, MARKED) == {}


def test_a_government_has_no_article_to_report() -> None:
    assert continued(SENTENCES, PARAGRAPHS, ["the ministry", None, None, "the ministry", None], MARKED) == {}


def test_an_analyst_who_is_first_heard_late_is_not_what_the_page_is_about() -> None:
    sentences, paragraphs = ["Own."] * 4 + SENTENCES, [0] * 9
    speakers, marked = [None] * 4 + SPEAKERS, [False] * 4 + MARKED
    assert continued(sentences, paragraphs, speakers, marked) == {}
