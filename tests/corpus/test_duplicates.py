"""Duplicates: an article edited, cut or copied folds into one; articles that only share a passage do not."""

import random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.duplicates import FEWEST_WORDS, folded, signature
from pipeline.text import sha256

ARTICLE = (
    "The envoys left Geneva with a paper that neither capital had signed and both had marked in red. That is how most "
    "settlements begin, and it is also how most of them end. What matters is not the paper but the order in which its "
    "promises fall due, because the side that must move first is the side that carries the risk.",
    "Kyiv is asked to withdraw before the guarantee is ratified. Moscow is asked to stop before the sanctions are "
    "lifted. Each reads the other's obligation as a hope and its own as a fact. A sequence that asks both to trust the "
    "calendar of the other will break at the first delayed vote, and there is always a delayed vote.",
    "The Americans believe that they can hold the calendar together by supervising it. They have held such calendars "
    "before, in Dayton with sixty thousand soldiers behind them, and in Minsk with none. The difference between those "
    "two cases was never the wording. It was who stood on the road when the first column failed to turn round.",
    "Europe could stand on that road, and says so at every summit. It has not said how many, under whose orders, or "
    "what they would do on the night when somebody fires. Until it does, its offer is a sentence in a communiqué, "
    "which the Russian side has learned to read past with some skill.",
    "So the test for the coming month is a modest one. Do not ask whether the leaders will meet. Ask whether anyone has "
    "moved a date forward at a cost to himself. The first government to do that will have started the peace; the "
    "rest, as before, will have attended it.",
)
OTHER_PARAGRAPH = (
    "Europe has money and little else to bring. Its finance ministers argued for nine hours about frozen reserves "
    "while its generals drew up lists of brigades that exist on parade grounds, and the Russians, who count brigades "
    "for a living, drew the obvious conclusion and raised their price before breakfast the next day."
)
WORDS = (
    "ceasefire frontier envoy capital ministry treaty harbour winter column signal guarantee province ballot engine "
    "market letter promise bridge minister border garrison river verdict archive railway ledger harvest corridor "
    "deputy charter currency rumour witness delegate fortress patience convoy mandate tariff veteran senate"
).split()


def prose(seed: int, count: int) -> str:
    """Invented words in sentences: two seeds share no shingle to speak of."""
    drawn = random.Random(seed)
    made = [drawn.choice(WORDS) + str(drawn.randrange(40)) for _ in range(count)]
    return ". ".join(" ".join(made[start : start + 12]).capitalize() for start in range(0, count, 12)) + "."


def written(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def documents(*rows: dict[str, Any]) -> pd.DataFrame:
    """Documents of the rows' texts by different analysts at different outlets, unless a row says otherwise."""
    made = []
    for number, row in enumerate(rows):
        text = row.get("text", prose(number, 300))
        given_row = {
            "document_id": f"doc_{number}", "title": f"The headline given to piece {number}",
            "analyst": f"Writer {number}", "outlet": f"Outlet {number}", "published_date": "2025-05-01",
            "origin_label": "collected", "is_listed": True, "is_truncated": False,
            "signature": signature(text), "text_sha256": sha256(text),
        } | {name: value for name, value in row.items() if name != "text"}  # fmt: skip
        made.append(given_row)
    frame = pd.DataFrame(made)
    frame["published_date"] = pd.to_datetime(frame["published_date"])
    return frame


def kept(*rows: dict[str, Any]) -> dict[str, str | None]:
    frame = documents(*rows)
    found = folded(frame)
    assert found.index.equals(frame.index)
    pairs = zip(frame["document_id"], found, strict=True)
    return {document: None if pd.isna(target) else str(target) for document, target in pairs}


# Signatures


def test_a_signature_does_not_change_between_machines_and_releases() -> None:
    # A failure here means that every stored signature must be computed again from its text.
    assert sha256(signature(written(*ARTICLE))) == "1594bdbeb2a7bf65046a153e5f0803612121ec01d4f5a0fd3ce3cffe187fac21"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("don't", "don’t"),
        ('"peace"', "“peace”"),
        ("Peace", "PEACE"),
        ("U.S.", "US"),
        ("28-point", "28 point"),
        ("so - they say -", "so — they say —"),
        ("one two", "one\u00a0two"),
        ("café", "cafe\u0301"),
    ],
)
def test_case_punctuation_and_kinds_of_marks_do_not_count(one: str, other: str) -> None:
    rest = prose(1, 80)
    assert signature(f"{one} {rest}") == signature(f"{other} {rest}")


def test_a_word_more_changes_the_signature() -> None:
    assert signature(prose(1, 80)) != signature(prose(1, 80) + " again")


def test_short_texts_have_no_signature() -> None:
    text = prose(1, FEWEST_WORDS)
    assert signature(text)
    assert signature(text.rsplit(" ", 1)[0]) == ""


# What folds


def test_another_outlets_edit_with_a_new_headline_byline_and_paragraph_folds() -> None:
    edited = written(
        "No Peace by Calendar", "By Jan Novak, special to the Post", *ARTICLE[:3], OTHER_PARAGRAPH, ARTICLE[4]
    )
    rows = {"text": written(*ARTICLE)}, {"text": edited, "published_date": "2025-05-03"}
    assert kept(*rows) == {"doc_0": None, "doc_1": "doc_0"}


def test_a_paragraph_cut_from_an_article_does_not_hide_it() -> None:
    rows = {"text": written(*ARTICLE)}, {"text": written(*ARTICLE[:4]), "published_date": "2025-05-03"}
    assert kept(*rows)["doc_1"] == "doc_0"


def test_a_long_article_edited_throughout_folds_under_the_same_analyst() -> None:
    text = prose(1, 2_000).split()
    edited = " ".join(text[:900] + prose(2, 330).split() + text[1_230:])
    rows = {"text": " ".join(text), "analyst": "Ada Smith; Bo Li"}, {"text": edited, "analyst": "Bo Li"}
    assert kept(*rows) == {"doc_0": None, "doc_1": "doc_0"}


def test_a_text_too_short_for_a_signature_folds_where_it_is_exactly_the_same() -> None:
    assert kept({"text": "A short note."}, {"text": "A short note."}, {"text": "A short not."}) == {
        "doc_0": None, "doc_1": "doc_0", "doc_2": None,
    }  # fmt: skip


@pytest.mark.parametrize("share", [0.25, 0.4, 0.6])
def test_a_teaser_folds_into_the_longer_text_by_the_same_analyst(share: float) -> None:
    whole = prose(1, 800).split()
    teaser = " ".join(whole[: int(800 * share)]) + " Read the rest at our site"
    rows = {"text": teaser, "analyst": "Ada Smith", "published_date": "2025-01-01"}, {
        "text": " ".join(whole), "analyst": "ADA SMITH",
    }  # fmt: skip
    assert kept(*rows) == {"doc_0": "doc_1", "doc_1": None}


def test_a_teaser_folds_into_the_longer_text_of_the_same_title() -> None:
    whole = prose(1, 800)
    rows = (
        {"text": whole[: len(whole) // 2], "title": "Peace, by calendar"},
        {"text": whole, "title": "Peace by Calendar"},
    )
    assert kept(*rows)["doc_0"] == "doc_1"


def test_a_cut_of_an_edit_points_at_the_text_that_is_kept() -> None:
    whole = prose(1, 800)
    edited = whole + " " + prose(2, 60)
    rows = (
        {"text": whole, "analyst": "Ada Smith", "published_date": "2025-01-01"},
        {"text": edited, "analyst": "Ada Smith"},
        {"text": edited[: len(edited) // 2], "analyst": "Ada Smith"},
        {"text": edited[: len(edited) // 3], "analyst": "Ada Smith"},
    )
    assert kept(*rows) == {"doc_0": None, "doc_1": "doc_0", "doc_2": "doc_0", "doc_3": "doc_0"}


def test_a_cut_of_a_cut_points_at_the_whole_text() -> None:
    whole = prose(1, 800).split()
    cut = whole[:400] + prose(2, 20).split()
    rows = [{"text": " ".join(text), "analyst": "Ada Smith"} for text in (cut[200:], cut, whole)]
    assert kept(*rows) == {"doc_0": "doc_2", "doc_1": "doc_2", "doc_2": None}


# What does not fold


def test_a_tenth_of_a_text_is_too_little_to_tell_that_it_was_cut() -> None:
    whole = prose(1, 1_000)
    rows = [{"text": text, "analyst": "Ada Smith"} for text in (" ".join(whole.split()[:100]), whole)]
    assert kept(*rows) == {"doc_0": None, "doc_1": None}


def test_two_articles_by_one_author_with_the_same_closing_paragraph_stay_apart() -> None:
    about = OTHER_PARAGRAPH
    rows = [{"text": written(prose(seed, 250), about), "analyst": "Ada Smith"} for seed in (1, 2)]
    assert kept(*rows) == {"doc_0": None, "doc_1": None}


@pytest.mark.parametrize(("plan", "own"), [(1_350, 800), (1_350, 400), (1_350, 300), (300, 150), (150, 100)])
def test_two_articles_that_quote_one_plan_at_length_stay_apart(plan: int, own: int) -> None:
    quoted = " ".join(f"{number}. {prose(100 + number, plan // 28)}" for number in range(1, 29))
    rows = [{"text": written(prose(seed, own // 2), quoted, prose(seed + 1, own // 2))} for seed in (10, 20)]
    assert kept(*rows) == {"doc_0": None, "doc_1": None}


def test_an_analyst_who_quotes_one_plan_in_two_articles_keeps_both() -> None:
    quoted = prose(1, 1_350)
    rows = [{"text": written(prose(seed, 400), quoted), "analyst": "Ada Smith"} for seed in (10, 20)]
    assert kept(*rows) == {"doc_0": None, "doc_1": None}


def test_a_plan_does_not_fold_into_an_article_that_quotes_all_of_it() -> None:
    plan = prose(1, 500)
    assert kept({"text": plan}, {"text": written(prose(2, 300), plan, prose(3, 100))}) == {"doc_0": None, "doc_1": None}


def test_half_a_text_taken_from_a_longer_one_does_not_make_it_a_cut() -> None:
    whole = prose(1, 800)
    row = {"text": written(whole[: len(whole) // 4], prose(2, 200)), "analyst": "Ada Smith"}
    assert kept(row, {"text": whole, "analyst": "Ada Smith"}) == {"doc_0": None, "doc_1": None}


def test_the_outlet_that_stands_for_an_unsigned_text_is_no_common_analyst() -> None:
    whole = prose(1, 800)
    unsigned = {"analyst": "The Post", "outlet": "The Post"}
    assert kept({"text": whole[: len(whole) // 2]} | unsigned, {"text": whole} | unsigned)["doc_0"] is None


def test_a_name_over_very_many_texts_is_a_desk_and_no_common_analyst(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = prose(1, 800)
    rows = [{"text": text, "analyst": "Staff"} for text in (whole[: len(whole) // 2], whole, prose(2, 300))]
    monkeypatch.setattr("pipeline.corpus.duplicates.MOST_TEXTS_OF_KIN", 3)
    assert kept(*rows)["doc_0"] == "doc_1"
    monkeypatch.setattr("pipeline.corpus.duplicates.MOST_TEXTS_OF_KIN", 2)
    assert kept(*rows)["doc_0"] is None


def test_a_title_of_one_word_is_no_common_title() -> None:
    whole = prose(1, 800)
    assert (
        kept({"text": whole[: len(whole) // 2], "title": "Editorial"}, {"text": whole, "title": "Editorial"})["doc_0"]
        is None
    )


def test_names_and_titles_that_are_missing_have_nothing_in_common() -> None:
    whole = prose(1, 800)
    nameless = {"title": None, "analyst": None, "outlet": None}
    assert kept({"text": whole[: len(whole) // 2]} | nameless, {"text": whole} | nameless)["doc_0"] is None


# Which one is kept


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"is_listed": False, "origin_label": "anchor"}, {}),
        ({"is_truncated": True, "origin_label": "anchor"}, {}),
        ({"published_date": "2025-01-01"}, {"origin_label": "anchor"}),
        ({"published_date": "2025-01-01"}, {"origin_label": "local"}),
        ({"published_date": "2025-05-02"}, {}),
        ({"published_date": None}, {}),
        ({"document_id": "doc_z"}, {}),
    ],
)
@pytest.mark.parametrize("ending", ["", " And one more short sentence at the end."])
def test_the_better_of_two_alike_is_kept(worse: dict[str, Any], better: dict[str, Any], ending: str) -> None:
    text = prose(1, 300)
    rows = {"document_id": "doc_y", "text": text} | worse, {"document_id": "doc_b", "text": text + ending} | better
    assert kept(*rows) == {rows[0]["document_id"]: "doc_b", "doc_b": None}


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ({"origin_label": "anchor"}, {}),
        ({}, {"is_listed": False}),
        ({}, {"is_truncated": True}),
    ],
)
def test_a_cut_is_kept_where_folding_it_would_lose_it(cut: dict[str, Any], whole: dict[str, Any]) -> None:
    text, by = prose(1, 800), {"analyst": "Ada Smith"}
    assert kept({"text": text[: len(text) // 2]} | by | cut, {"text": text} | by | whole)["doc_0"] is None


def test_likeness_does_not_travel_along_a_chain() -> None:
    text = prose(1, 1_500).split()
    rows = [{"text": " ".join(text[start : start + 1_000])} for start in (0, 90, 180, 270, 360)]
    targets = kept(*rows)
    assert targets == {"doc_0": None, "doc_1": "doc_0", "doc_2": None, "doc_3": "doc_2", "doc_4": None}


# Properties


@st.composite
def corpora(draw: st.DrawFn) -> pd.DataFrame:
    rows = []
    for number in range(draw(st.integers(0, 9))):
        seed, end = draw(st.sampled_from([1, 2])), draw(st.sampled_from([3, 80, 150, 260, 300]))
        extra = draw(st.sampled_from([0, 0, 15, 40]))
        rows.append(
            {
                "document_id": f"doc_{number}",
                "text": " ".join([*prose(seed, 300).split()[:end], *prose(50 + number, extra).split()]),
                "analyst": draw(st.sampled_from(["Ada Smith", "Bo Li", "Ada Smith; Bo Li", None])),
                "published_date": draw(st.sampled_from(["2025-01-01", "2025-02-02", None])),
                "origin_label": draw(st.sampled_from(["anchor", "local", "collected"])),
                "is_listed": draw(st.booleans()),
                "is_truncated": draw(st.booleans()),
            }
        )
    return documents(*rows) if rows else documents({}).head(0)


@given(corpora(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_does_not_matter(frame: pd.DataFrame, drawn: random.Random) -> None:
    order = list(frame.index)
    drawn.shuffle(order)
    pd.testing.assert_series_equal(folded(frame.loc[order]).sort_index(), folded(frame).sort_index())


@given(corpora())
@settings(max_examples=60, deadline=None)
def test_every_folded_document_points_at_a_kept_one_that_is_no_worse(frame: pd.DataFrame) -> None:
    found = pd.Series(folded(frame).to_numpy(), index=frame["document_id"], dtype="str").dropna()
    assert not set(found) & set(found.index)
    assert set(found) <= set(frame["document_id"])
    of = frame.set_index("document_id")
    assert not [name for name, target in found.items() if of.at[name, "is_listed"] and not of.at[target, "is_listed"]]


@given(corpora())
@settings(max_examples=60, deadline=None)
def test_documents_of_one_text_are_kept_as_one(frame: pd.DataFrame) -> None:
    root = folded(frame).fillna(frame["document_id"])
    assert (root.groupby(frame["text_sha256"]).nunique() <= 1).all()


# Bad input


@pytest.mark.parametrize(
    "code", ["no base64!", "AAAA", signature(prose(1, 80))[:-8], "/" + signature(prose(1, 80))[1:]]
)
def test_a_signature_that_was_not_made_here_is_an_error_with_a_remedy(code: str) -> None:
    with pytest.raises(ValueError, match=r"document doc_0: its signature .* compute it again"):
        folded(documents({"signature": code}))


def test_a_document_without_a_signature_is_compared_by_its_exact_text_alone() -> None:
    text = prose(1, 300)
    rows = (
        {"text": text, "signature": None},
        {"text": text, "signature": None},
        {"text": text + " more", "signature": ""},
    )
    assert kept(*rows) == {"doc_0": None, "doc_1": "doc_0", "doc_2": None}
