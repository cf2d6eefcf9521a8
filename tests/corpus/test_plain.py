"""Plain prose and the matter around it: blocks of every kind, page breaks, titles, bylines and links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import matter, plain
from pipeline.corpus.plain import Block

ARGUMENT = "The talks will fail, because neither side can afford to lose them in public."


def paragraphs_of(text: str) -> list[str]:
    return plain.paragraphs(plain.light_blocks(text))


def body_of(text: str) -> list[str]:
    return matter.article(plain.light_blocks(text)).text.split("\n\n")


def test_hard_wrapped_lines_become_one_paragraph() -> None:
    assert paragraphs_of("Russia has\nstrategic interests\nat stake.\n\nSo has Ukraine.") == [
        "Russia has strategic interests at stake.",
        "So has Ukraine.",
    ]


def test_a_paragraph_cut_in_mid_sentence_is_made_whole() -> None:
    assert paragraphs_of("It would not be threatened by continued\n\noperations. Then it ended.") == [
        "It would not be threatened by continued operations. Then it ended."
    ]


def test_a_paragraph_cut_twice_is_made_whole() -> None:
    assert paragraphs_of("One\n\ntwo\n\nthree.") == ["One two three."]


@pytest.mark.parametrize("end", [".", "!", "?", "…", ".”", '."', ".)", ":", ".’"])
def test_a_paragraph_that_ends_in_end_punctuation_stays_apart(end: str) -> None:
    assert len(paragraphs_of(f"It ended{end}\n\nde Gaulle knew it.")) == 2


def test_a_paragraph_followed_by_a_capital_stays_apart() -> None:
    assert len(paragraphs_of("A line without an end\n\nThe next paragraph.")) == 2


def test_list_items_are_not_joined_by_the_page_break_rule() -> None:
    assert paragraphs_of("- neutrality\n- territory\n- elections") == ["neutrality", "territory", "elections"]


def test_a_word_parted_by_a_hyphen_at_a_page_break_is_whole() -> None:
    assert paragraphs_of("They ended the negotia-\n\ntions at last.") == ["They ended the negotiations at last."]


def test_a_compound_keeps_its_hyphen_where_the_text_writes_it_so_elsewhere() -> None:
    assert paragraphs_of("A long-\nterm plan is a long-term plan.") == ["A long-term plan is a long-term plan."]


def test_a_hyphen_before_a_capital_stays_without_a_space() -> None:
    assert paragraphs_of("The Trump-\nPutin talks.") == ["The Trump-Putin talks."]


def test_a_soft_hyphen_at_a_line_end_goes() -> None:
    assert paragraphs_of("The negotia\u00ad\ntions.") == ["The negotiations."]


def test_form_feeds_and_page_numbers_are_dropped() -> None:
    assert paragraphs_of("The war went\n\n- 3 -\n\fon and on.\n\nPage 4 of 9\n\nIt ended.") == [
        "The war went on and on.",
        "It ended.",
    ]


def test_a_number_within_a_paragraph_is_no_page_number() -> None:
    assert paragraphs_of("They fought for\n12\nyears.") == ["They fought for 12 years."]


def test_lines_wider_than_anyone_wraps_are_paragraphs() -> None:
    first, second = f"{ARGUMENT} " * 3, f"{ARGUMENT} " * 4
    assert paragraphs_of(f"{first}\n{second}") == [first.strip(), second.strip()]


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("A **bold** claim.", "A bold claim."),
        ("A *slight* claim.", "A slight claim."),
        ("An _odd_ claim.", "An odd claim."),
        ("A ***strong*** claim.", "A strong claim."),
        ("A **very *odd* claim**.", "A very odd claim."),
        ("See [the plan](https://x.org/a_b) first.", "See the plan first."),
        ("See ![a map](map.png)this.", "See this."),
        ("Two * three * four.", "Two * three * four."),
        ("The file snake_case_name stays.", "The file snake_case_name stays."),
        ("It cost 5*3*2.", "It cost 5*3*2."),
    ],
)
def test_light_markup_is_taken_off_and_nothing_else(marked: str, bare: str) -> None:
    assert paragraphs_of(marked) == [bare]


def test_markdown_gives_plain_paragraphs() -> None:
    text = (
        "# Title\n\nThe *first* [claim](x)\nwrapped.\n\n## Heading\n\n- one\n- two\n\n```\ncode = 1\n```\n\n"
        "![alt](i.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> A quotation.\n"
    )
    assert plain.markdown_blocks(text) == [
        Block("Title", "title"),
        Block("The first claim\nwrapped.", "paragraph"),
        Block("Heading", "heading"),
        Block("one", "item"),
        Block("two", "item"),
        Block("", "paragraph"),
        Block("A quotation.", "paragraph"),
    ]


def test_markup_of_pages_in_markdown_keeps_its_words() -> None:
    assert [block.text.strip() for block in plain.markdown_blocks("<div>Kept.</div>\n\n<script>gone()</script>\n")] == [
        "Kept."
    ]


def test_running_heads_and_page_numbers_of_printed_pages_are_dropped() -> None:
    wars = ("first", "second", "third")
    pages = [
        f"Geopolitics Today\nThe {war} war went on.\nNo one won it, the {war}.\n{n}" for n, war in enumerate(wars, 7)
    ]
    text = " ".join(plain.paragraphs(plain.page_blocks(pages)))
    assert text == " ".join(f"The {war} war went on. No one won it, the {war}." for war in wars)


def test_a_head_on_two_pages_only_is_kept() -> None:
    pages = [
        "A line at the top\nand one more line that is longer.",
        "A line at the top\nand another line that is longer.",
    ]
    assert "\n".join(plain.paragraphs(plain.page_blocks(pages))).count("A line at the top") == 2


def test_a_short_last_line_ends_a_paragraph_of_a_printed_page() -> None:
    page = (
        "The first paragraph has a line that fills the page from side to side\nand then it ends.\n"
        "The second paragraph has a line that fills the page from side to side\nand ends as well."
    )
    assert len(plain.paragraphs(plain.page_blocks([page]))) == 2


def test_a_paragraph_goes_on_over_a_printed_page_with_a_capital() -> None:
    pages = [
        "They said that they had spoken at great length with President",
        "Trump about the matter, and that he had not said a word to them.",
    ]
    assert len(plain.paragraphs(plain.page_blocks(pages))) == 1


@pytest.mark.parametrize("title", ["# The Title", "The Title\n=========", "The Title\n---", "The Title"])
def test_title_and_byline_are_read_and_taken_off(title: str) -> None:
    found = matter.article(plain.light_blocks(f"{title}\n\nBy Ann Smith and Bob Jones, 3 March 2025\n\n{ARGUMENT}"))
    assert (found.title, found.analysts, found.published_date, found.text) == (
        "The Title", ("Ann Smith", "Bob Jones"), "2025-03-03", ARGUMENT,
    )  # fmt: skip


def test_title_and_byline_on_lines_above_the_text_are_taken_off() -> None:
    wide = f"{ARGUMENT} {ARGUMENT} {ARGUMENT}"
    found = matter.article(plain.light_blocks(f"The Title\nBy Ann Smith\nApril 22, 2025\n{wide}"))
    assert (found.title, found.analysts, found.published_date, found.text) == (
        "The Title",
        ("Ann Smith",),
        "2025-04-22",
        wide,
    )


def test_a_standfirst_between_title_and_byline_stays_text() -> None:
    assert body_of(f"# The Title\n\nA standfirst of one line\n\nby Ann Smith - April 22, 2025\n\n{ARGUMENT}") == [
        "A standfirst of one line",
        ARGUMENT,
    ]


def test_a_first_line_without_mark_or_byline_stays_text() -> None:
    assert body_of(f"Peace at any price\n\n{ARGUMENT}") == ["Peace at any price", ARGUMENT]


def test_a_first_line_that_repeats_the_known_title_is_taken_off() -> None:
    found = matter.article(plain.light_blocks(f"PEACE AT ANY PRICE\n\n{ARGUMENT}"), "Peace at Any Price")
    assert found.text == ARGUMENT


@pytest.mark.parametrize(
    "tail",
    [
        "**Author: Ann Smith**",
        "[Read more from this author on example.org](#)",
        "Read more: example.org/plans",
        "Share this article on Facebook",
        "Subscribe to our newsletter.",
        "Sign up for our free weekly updates",
        "This article was originally published in Foreign Affairs.",
        "About the author\n\nAnn Smith is a fellow of an institute. She lives in Vienna.",
    ],
)
def test_back_matter_is_taken_off(tail: str) -> None:
    assert body_of(f"{ARGUMENT}\n\n{ARGUMENT}\n\n{tail}") == [ARGUMENT, ARGUMENT]


@pytest.mark.parametrize(
    "sentence",
    [
        "Read more history, and fear less.",
        "Read more into his words than he meant, and you will be deceived.",
        "Share this burden, or lose the peace.",
        "Subscribe to the view that force decides, and nothing is left to say.",
        "By April 22, 2025, the talks were dead.",
        "By Ann Smith's account, the talks were dead.",
        "About the author of this plan, little is known.",
        "Putin",
        "Author unknown.",
        "Munich, 1938",
    ],
)
def test_a_sentence_of_argument_is_never_taken_off(sentence: str) -> None:
    assert body_of(f"{sentence}\n\n{ARGUMENT}\n\n{sentence}") == [sentence, ARGUMENT, sentence]


@pytest.mark.parametrize(
    "line", ["Read more from this author on example.org", "by Ann Smith - April 22, 2025", "Share this"]
)
def test_nothing_is_taken_off_in_the_middle(line: str) -> None:
    blocks = [*[ARGUMENT] * 8, line, *[ARGUMENT] * 8]
    assert body_of("\n\n".join(blocks)) == blocks


def test_a_closing_author_line_names_the_analyst_where_no_byline_does() -> None:
    assert matter.article(plain.light_blocks(f"{ARGUMENT}\n\nAuthor: Ann Smith")).analysts == ("Ann Smith",)


def test_a_long_last_section_about_the_author_is_not_taken_for_a_biography() -> None:
    section = " ".join([ARGUMENT] * 12)
    assert body_of(f"{ARGUMENT}\n\nAbout the author\n\n{section}")[-1] == section


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z", "C")), max_size=60), max_size=12))
def test_no_text_breaks_the_readers_of_markup(lines: list[str]) -> None:
    text = "\n".join(lines)
    for blocks in (plain.light_blocks(text), plain.markdown_blocks(text), plain.page_blocks([text] * 3)):
        found = matter.article(blocks).text
        assert "\n\n\n" not in found and all(paragraph.strip() for paragraph in found.split("\n\n") if found)


@given(st.lists(st.sampled_from(["Peace", "war", "the", "talks"]), min_size=1, max_size=30), st.integers(1, 29))
def test_a_sentence_is_the_same_wherever_its_page_breaks(sentence: list[str], place: int) -> None:
    left, right = sentence[:place], sentence[place:]
    if right:
        right[0] = right[0].lower()
    cut = "\n\n".join(" ".join(part) for part in (left, right) if part)
    assert paragraphs_of(f"{cut}.") == [f"{' '.join(left + right)}."]
