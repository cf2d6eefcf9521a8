"""Voice: the author's own words are told from quoted and reported ones, whoever is named stands in the text."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.voice import Voice, label
from pipeline.tables.corpus import VOICES
from pipeline.text import sentence_spans

ESSAY = Path(__file__).resolve().parents[2] / "data/corpus/essays/friedman-the-trump-putin-negotiations.txt"
BEFORE = "The talks in Washington and Moscow have stalled for now."
AFTER = ["Nothing more is known this week.", "The winter will be long.", "So it goes for the envoys."]


def _label(text: str) -> list[tuple[str, Voice]]:
    spans = sentence_spans(text)
    return [(text[span.start : span.end], voice) for span, voice in zip(spans, label(text, spans), strict=True)]


def _inside(paragraph: str) -> list[Voice]:
    """Voices of the sentences of a paragraph that stands in the midst of a text."""
    labels = [voice for _, voice in _label("\n\n".join([BEFORE, paragraph, *AFTER]))]
    return labels[1 : len(labels) - len(AFTER)]


REPORTED = [
    ("Analysts in Moscow believe that the offensive will resume.", "Analysts in Moscow"),
    ("The European Commission insists the assets can be used.", "The European Commission"),
    ("Zelensky told reporters that the plan was unacceptable.", "Zelensky"),
    ("Some argue that Ukraine should cede land.", "Some"),
    ("Officials say the deal is close.", "Officials"),
    ("From Moscow's point of view, NATO is the threat.", "Moscow"),
    ("From Moscow\u2019s point of view, NATO is the threat.", "Moscow"),
    ("As the Kremlin sees it, time is on Russia's side.", "the Kremlin"),
    ("The deal, officials say, is nearly done.", "officials"),
    ("A settlement is near, according to the White House.", "the White House"),
    ("According to a former official, the plan was never read.", "a former official"),
    ("Critics see the plan as a capitulation.", "Critics"),
    ("Critics have called all this theatre.", "Critics"),
    ("Trump has repeatedly said that he could end the war in a day.", "Trump"),
    ("In Kyiv, too, it is argued that only pain is understood.", "Kyiv"),
    ("In Moscow they say that some of the plan is acceptable.", "Moscow"),
    ("We are told that the door is shut.", None),
    ("Ministers are said to be working on guarantees.", None),
    ("Moscow's argument is that NATO broke its word.", "Moscow"),
    ("The American position is that guns must fall silent first.", "American"),
    ("Washington's position, as it has been conveyed, is that the guns should fall silent first.", "Washington"),
    ("The official view is that little has changed.", None),
    ("In the view of many European diplomats, the plan rewards aggression.", "many European diplomats"),
    ("In Moscow's telling the moral is rather different.", "Moscow"),
    ("In the Kremlin's version, as it reached the press, Ukraine would leave.", "the Kremlin"),
    ("Sceptics in Washington answer that Asia has the prior claim.", "Sceptics in Washington"),
    ("Supporters of the plan would say that it saves lives.", "Supporters of the plan"),
    ("Foreign Minister Lavrov, speaking in Ankara, said that there was no rush.", "Foreign Minister Lavrov"),
    ("Much of the Western press, for its part, holds that this is a pretext.", "Much of the Western press"),
    ("Washington held, until last week, that a smaller table would be faster.", "Washington"),
    ("The argument goes that Ukraine cannot win.", None),
    ("A Baltic officer who was in the building recalled that both delegations were of one mind.", "A Baltic officer"),
    ("My old colleagues in the Pentagon worry that this is provocative.", "My old colleagues in the Pentagon"),
    ("Those who give weight to the map think that he could be paid.", "Those"),
    ("Yuri Ushakov, one of Putin’s top aides, said the discussion also touched on trade.", "Yuri Ushakov"),
    ("US President Donald Trump said the meeting was useful.", "US President Donald Trump"),
    ("Putin believes he is winning.", "Putin"),
    ("Beijing's economists expect the war to continue through 2027.", "Beijing's economists"),
    ("Moscow fears that the truce would let Kyiv rearm.", "Moscow"),
    ("Independent observers are convinced that the clause is empty.", "Independent observers"),
    ("U.S. intelligence agencies assess that Putin has not changed his aims.", "U.S. intelligence agencies"),
    ("A report by the institute concludes that the front could hold.", "A report by the institute"),
    ("Land taken at gunpoint, they said, could no more be traded now than in 1940.", None),
    ("The West, the Russian leader went on, had only itself to blame.", "the Russian leader"),
    ("The front will hold, writes the analyst Michael Hall in an essay.", "the analyst Michael Hall"),
    ("Kyiv must be crushed — so runs the Kremlin line.", "the Kremlin line"),
    ("The argument in Moscow is that NATO broke its word.", "Moscow"),
    ("The thinking in the Kremlin is that time is on its side.", "the Kremlin"),
    ("The case for an envoy is that those who pay should hear the terms.", None),
    ("It has become an article of faith in Brussels that the offer is a ruse.", "Brussels"),
    ("It is commonly assumed, on both sides of the ocean, that the terms were built to be refused.", None),
    ("To his defenders this was simply candour.", "his defenders"),
    ("Its critics describe the withdrawal as capitulation.", "Its critics"),
    ("The swings are regarded by the Russian side as noise to be waited out.", "the Russian side"),
    ("The General Staff let it be known that it had received the text.", "The General Staff"),
    ("The ministers dismissed the notion that Moscow was in earnest.", "The ministers"),
    ("Two members dissented, holding that the break with precedent had shaken more loose than it cost.", "Two members"),
    ("From that experience he draws the conclusion that the Russians keep to what they sign.", None),
]  # fmt: skip

AUTHOR = [
    "I believe that a deal is near.",
    "We argue that Europe must lead.",
    "My bet is that Trump wins.",
    "In my view, the talks are theatre.",
    "Critics call it chaos, but I call it method.",
    "Russia demands four regions.",
    "Putin agreed to a truce.",
    "Zelensky demanded that Russia withdraw.",
    "Kyiv said yes that same day.",
    "Russia holds that line with conscripts.",
    "The objective reality is that Russia is weak.",
    "Ukraine's position is dire.",
    "The plan says that Ukraine must withdraw.",
    "According to the plan, Ukraine would withdraw.",
    "The Constitution holds that the land is not his to give.",
    "History suggests that such deals fail.",
    "If Moscow believes that it can win, it will not talk.",
    "A leadership that believes that it can win will not talk.",
    "Nobody believes that peace is near.",
    "Those who say that peace is near are wrong.",
    "Moscow would say that the sky is green.",
    "Europeans must believe that they can win.",
    "It follows that Europe must pay.",
    "It must be admitted that the talks have failed.",
    "On that account, the talks will fail.",
    "In view of the losses, Kyiv must think again.",
    "Putin saw his chance as the West wavered.",
    "Russia saw gains as well as losses.",
    "By Monday the talks had failed.",
    "Read more closely, the plan is a trap.",
    "He called the ceasefire \"a pause that refreshes\" and left the room with his generals.",
    "The so-called \u201cpeace plan\u201d of the envoys is nothing of the kind.",
    "\"The Art of the Deal\" is a book.",
    "\"Why now?\" is a question for the winter.",
    "Moscow's claim that NATO broke its promises is false.",
    "The drafts were read by officials who say that they are done.",
    "Does Moscow believe that it can win?",
    "Q: American officials say the Donbas will fall.",
    "Putin said on Friday that he would come, and the airport closed for the day without a word to anyone.",
    "The armies will stop this spring, and Riyadh has said that it can host whoever comes.",
    "Polls show that most people would welcome talks.",
    "This newspaper believes that the plan should be refused.",
    "Moscow never says that it wants peace.",
    "Kyiv has not said that it will sign.",
    "He simply thinks that the checks should stop.",
    "The answer is that the allies would be at war.",
    "The news that Kyiv had signed reached me in a shop.",
    "To those who say that Russia would come again, I answer that it is here now.",
    "The so-called ‘root causes’ of the war are an excuse.",
    "The officials’ cars and the diplomats’ coats stood in the rain.",
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "speaker"), REPORTED)
def test_an_attributed_position_is_reported(sentence: str, speaker: str | None) -> None:
    assert _inside(sentence) == [Voice("reported", speaker)]


@pytest.mark.parametrize("sentence", AUTHOR)
def test_the_author_speaks_for_himself(sentence: str) -> None:
    assert _inside(sentence) == [Voice("author")]


def test_a_pronoun_goes_on_with_the_position_of_the_sentence_before() -> None:
    voices = _inside("European officials object that this breaks a quarantine. They argue that the hour has come.")
    assert voices == [Voice("reported", "European officials")] * 2


def test_this_reading_goes_on_with_the_position_of_the_sentence_before() -> None:
    voices = _inside("Russian officials maintain that arms came first. In this reading, disarming is the key.")
    assert voices == [Voice("reported", "Russian officials")] * 2


def test_a_verb_of_judgement_goes_on_with_the_one_who_was_speaking() -> None:
    voices = _inside("Officials in Riyadh say that a truce is near. They compared the matter to a river.")
    assert voices == [Voice("reported", "Officials in Riyadh")] * 2


def test_what_somebody_is_thought_to_think_is_the_authors_until_he_has_spoken() -> None:
    spoken = _inside('"The line will hold," said the captain. He thinks that the spring will be worse.')
    assert [voice.voice_label for voice in spoken] == ["quoted", "reported"]


def test_an_act_after_a_position_is_the_authors_again() -> None:
    voices = _inside("Moscow's delegates explain that these are root causes. They also offered three days of quiet.")
    assert [voice.voice_label for voice in voices] == ["reported", "author"]


def test_the_same_position_is_reported_only_after_a_reported_one() -> None:
    assert _inside("Kyiv has changed course. The Viet Cong position was the same.")[1] == Voice("author")


QUOTED = [
    ('"You learn to tell by the agenda," said a former negotiator who spent years there.', "a former negotiator"),
    ('"They all remember the presidents," said a surveyor who walked that line afterwards.', "a surveyor"),
    ('"They count the brigades behind it," one former U.S. negotiator remarked.', "one former U.S. negotiator"),
    ("\u201cWe went because we were afraid,\u201d one diplomat conceded afterwards.", "one diplomat"),
    ('Trump said, "We are going to get it done."', "Trump"),
    ('The minister was blunt: "We will not sign a paper of this kind."', None),
    ('"They want a tripwire," says a retired officer, "and they have not decided where."', "a retired officer"),
    ('"We have nothing left to give," he said.', None),
    ("‘We are not going to accept a bad peace,’ Mr Hale told The Times.", "Mr Hale"),
    ("'We are not going to accept a bad peace,' Mr Hale said.", "Mr Hale"),
    ("«We are not going to accept a bad peace,» said the envoy.", "the envoy"),
    ("„We are not going to accept a bad peace,“ said the envoy.", "the envoy"),
    ('"We are on the ten-yard line," a senior official told reporters who had been called to a room.', "a senior official"),
    ("The envoy told me that he “would not trade one living friend for the whole of it”.", "The envoy"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "speaker"), QUOTED)
def test_words_in_quotation_marks_are_quoted(sentence: str, speaker: str | None) -> None:
    assert _inside(sentence) == [Voice("quoted", speaker)]


@pytest.mark.parametrize("marks", ['""', "“”"])
def test_a_quotation_of_several_sentences_is_quoted_throughout_with_its_speaker(marks: str) -> None:
    o, c = marks[0], marks[1]
    paragraph = (
        f"{o}The bank says I may not pay for it,{c} a trader told us. {o}It held. My customers cannot eat law.{c}"
    )
    assert _inside(paragraph) == [Voice("quoted", "a trader")] * 3


@pytest.mark.parametrize("marks", ['""', "“”"])
def test_a_quotation_that_the_next_paragraph_reopens_runs_on(marks: str) -> None:
    o, c = marks[0], marks[1]
    first = f"{o}We signed it as a settlement,{c} said the envoy. {o}They took it for a pause."
    second = f"{o}No official will sign again.{c} That was the whole of it."
    labels = [voice for _, voice in _label("\n\n".join([BEFORE, first, second, *AFTER]))][1:5]
    assert labels == [*[Voice("quoted", "the envoy")] * 3, Voice("author")]


def test_a_quotation_opened_in_the_middle_of_a_sentence_runs_to_its_close() -> None:
    voices = _inside("The captain was blunt: ‘We hold the road. The rest is a map.’ He left.")
    assert [voice.voice_label for voice in voices] == ["quoted", "quoted", "author"]


def test_a_possessive_within_single_marks_does_not_close_them() -> None:
    voices = _inside("‘The Americans’ plan is a wish list. Nobody here will sign it,’ said the envoy.")
    assert voices == [Voice("quoted", "the envoy")] * 2


def test_a_mark_that_is_never_closed_does_not_swallow_what_follows() -> None:
    voices = _inside("“We signed it as a settlement of the war. The envoys then went home. Nothing came of it.")
    assert [voice.voice_label for voice in voices] == ["quoted", "author", "author"]


def test_an_inch_mark_opens_no_quotation() -> None:
    assert _inside('A 6" gun fired at the town. The people fled to the woods.') == [Voice("author")] * 2


BOILERPLATE = [
    "By George Friedman",
    "By Jane Doe and John Q. Public – April 22, 2025",
    "**Author: George Friedman**",
    "[Read more from this author on geopoliticalfutures.com](#)",
    "Subscribe to our newsletter.",
    "This article was originally published by The Conversation.",
    "Jane Doe is a senior fellow at the Institute for Peace. Her latest book is out now.",
    "Photo: an airfield in Alaska",
    "© 2025 The Outlet",
]  # fmt: skip


@pytest.mark.parametrize("line", BOILERPLATE)
def test_lines_around_the_text_are_boilerplate(line: str) -> None:
    labels = [voice.voice_label for _, voice in _label("\n\n".join([BEFORE, *AFTER, line]))]
    assert set(labels[:4]) == {"author"} and set(labels[4:]) == {"boilerplate"}


def test_a_call_to_subscribe_within_a_paragraph_is_boilerplate() -> None:
    voices = _inside("If you enjoy these letters, a paid subscription helps. The talks have stalled.")
    assert [voice.voice_label for voice in voices] == ["boilerplate", "author"]


def test_a_page_that_reports_one_analysts_article_carries_his_voice_between_the_tags() -> None:
    text = "\n\n".join(
        [
            "The war will end this year, writes the former official Stephen Hale in an article.",
            '"Nobody is ready for that," the article says.',
            "The truce is mere words, the author points out. First, the allies oppose it. The army will go on, Hale writes.",
        ]
    )
    assert _label(text)[3][1] == Voice("reported", "the former official Stephen Hale")


def test_a_text_of_many_voices_lends_none_of_them_its_unmarked_sentences() -> None:
    paragraph = "Kyiv says that it is ready. Nothing came of it. Moscow says that it is ready."
    assert [voice.voice_label for voice in _inside(paragraph)] == ["reported", "author", "reported"]


def test_a_sentence_of_monstrous_length_is_left_to_the_author() -> None:
    assert _inside(f"Moscow says that {'it is ready and ' * 200}waits.") == [Voice("author")]


def test_a_biography_in_the_midst_of_a_text_is_not_boilerplate() -> None:
    assert _inside("Jane Doe is a senior fellow at the Institute for Peace.") == [Voice("author")]


def test_a_long_paragraph_is_never_boilerplate() -> None:
    voices = _inside("Subscribe to the theory. " + "Nothing in the talks so far has borne it out at all. " * 8)
    assert {voice.voice_label for voice in voices} == {"author"}


@pytest.fixture(scope="module")
def essay() -> list[tuple[str, Voice]]:
    blocks = [block.strip() for block in ESSAY.read_text(encoding="utf-8").split("\n\n") if block.strip()]
    paragraphs: list[str] = []
    for block in blocks[2:-2]:
        if paragraphs and block[0].islower() and not re.search(r"[.!?:]$", paragraphs[-1]):
            paragraphs[-1] += f" {block}"
        else:
            paragraphs.append(block)
    return _label("\n\n".join(paragraphs))


@pytest.mark.parametrize(
    ("opening", "speaker"),
    [
        ("The U.S. position was that", "The U.S."),
        ("The Viet Cong position was the same", "The Viet Cong"),
        ("Washington sensed either", "Washington"),
    ],
)
def test_the_positions_that_the_essay_reports_are_found(
    essay: list[tuple[str, Voice]], opening: str, speaker: str
) -> None:
    assert [voice for sentence, voice in essay if sentence.startswith(opening)] == [Voice("reported", speaker)]


def test_the_rest_of_the_essay_is_its_authors(essay: list[tuple[str, Voice]]) -> None:
    assert [voice.voice_label for _, voice in essay].count("author") == 53


PIECES = [BEFORE, *AUTHOR, *(sentence for sentence, _ in REPORTED), *(sentence for sentence, _ in QUOTED), *BOILERPLATE]
texts = st.lists(st.lists(st.sampled_from([*PIECES, '"', "“", "”"]), min_size=1, max_size=4).map(" ".join), max_size=8)


@given(texts.map("\n\n".join))
def test_every_sentence_has_one_known_voice_and_a_speaker_in_the_texts_own_words(text: str) -> None:
    for _, voice in _label(text):
        assert voice.voice_label in VOICES
        assert voice.speaker is None or voice.speaker in text


@given(texts.map("\n\n".join))
def test_the_author_and_boilerplate_have_no_speaker(text: str) -> None:
    assert not [voice for _, voice in _label(text) if voice.speaker and voice.voice_label in {"author", "boilerplate"}]


@given(st.text(max_size=200))
def test_any_text_at_all_gets_one_voice_a_sentence(text: str) -> None:
    assert len(_label(text)) == len(sentence_spans(text))
