"""The report: what it says, what it leaves unsaid, and that hostile text does nothing."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline.contracts import conform, violations
from pipeline.dataset.report import BUILD_KEYS, anchor, render, safe_url
from pipeline.tables.catalog import PUBLISHED, TABLES

Tables = dict[str, pd.DataFrame]

TARGETS = {
    "settlement_likely": "A ceasefire or settlement is likely or within reach",
    "territorial_concessions": "Ukraine should accept the loss of territory for a settlement",
    "putin_good_faith": "Putin negotiates in good faith and wants a compromise",
    "nato_membership": "Ukraine's path into NATO should stay open",
}
FRAMES = {
    "history": "a past case, an analogy, a precedent",
    "power": "relative strength, leverage, the battlefield",
    "order": "alliances, European and world order, NATO's architecture",
}
NAMES = {**TARGETS, **FRAMES}
BUILD = dict(zip(BUILD_KEYS, ("1.0.0", "3.11.7", "pandas 3.1.1; textstat 0.7.10", "1", "ab" * 32), strict=True))
ANALYSTS = {"analyst_friedman": "George Friedman", "analyst_kyiv": "Kyiv desk", "analyst_moscow": "Moscow desk"}
CHARTED = ("analyst_profiles", "document_comparison")
HOSTILE = "<script>alert(1)</script>\"' onmouseover=x {{ 7*7 }} $\\frac{ </title></svg>"


def empty_tables() -> Tables:
    return {table.name: table.empty() for table in PUBLISHED}


def with_rows(tables: Tables, name: str, rows: list[dict[str, object]]) -> Tables:
    """The tables with one of them filled; rows must keep the table's own contract."""
    frame = conform(pd.DataFrame(rows), TABLES[name]) if rows else TABLES[name].empty()
    assert violations(frame, TABLES[name]) == []
    return {**tables, name: frame}


def document(number: int, analyst: str, **cells: object) -> dict[str, object]:
    row = {
        "document_id": f"doc_{number:03d}", "title": f"Text {number}", "analyst": analyst, "outlet": "Outlet",
        "perspective": "realist", "section_label": "opinion", "source_id": "essays", "input": f"essays/{number}.txt",
        "origin_label": "collected", "published_date": f"2025-05-{number % 28 + 1:02d}", "url": "https://example.org/a",
        "word_count": 800, "paragraph_count": 7, "text_sha256": "ab" * 32, "version": 1, "is_truncated": False,
        "is_compared": True,
    }  # fmt: skip
    return {**row, **cells}


def profile(group_id: str, measure: str, **cells: object) -> dict[str, object]:
    family = measure.split(".")[0] if "." in measure else "readability"
    row = {
        "group_kind": "analyst", "group_id": group_id, "group_name": ANALYSTS[group_id], "measure_family": family,
        "measure": measure, "document_count": 4, "sentence_count": 120, "estimate": 0.4, "estimate_low": 0.3,
        "estimate_high": 0.5, "interval_basis": "documents", "rest_estimate": 0.2, "verdict": "higher than the rest",
    }  # fmt: skip
    return {**row, **cells}


def stance(
    number: int, target: str, label: str, favor: int = 0, against: int = 0, mentioned: int = 0
) -> dict[str, object]:
    return {
        "document_id": f"doc_{number:03d}", "target_id": target, "stance_label": label, "favor_count": favor,
        "against_count": against, "mentioned_count": mentioned, "descriptive_claim_count": favor,
        "normative_claim_count": against, "has_enough_evidence": favor + against >= 3, "codebook_version": 1,
    }  # fmt: skip


def excerpt(number: int, target: str, polarity: str, text: str | None, sentence: int = 0) -> dict[str, object]:
    return {
        "table_name": "document_stance", "row_key": f"doc_{number:03d}/{target}", "document_id": f"doc_{number:03d}",
        "sentence_id": f"s_{number}_{sentence}", "target_id": target, "polarity_label": polarity,
        "modality_label": "expects", "start_offset": 100 * sentence, "end_offset": 100 * sentence + 60, "excerpt": text,
        "is_cut": False,
    }  # fmt: skip


def corpus_tables(**of_last: object) -> Tables:
    """The essay by Friedman, four texts of the Kyiv desk, two of the Moscow desk; `of_last` alters the last."""
    who = ["analyst_friedman"] + ["analyst_kyiv"] * 4 + ["analyst_moscow"] * 2
    rows = [document(number, ANALYSTS[analyst]) for number, analyst in enumerate(who)]
    rows[0].update(origin_label="anchor", title="The Trump-Putin Negotiations")
    rows[-1].update(of_last)
    authors = [
        {"document_id": row["document_id"], "analyst_id": analyst, "analyst": row["analyst"], "is_sole": True}
        for row, analyst in zip(rows, who, strict=True)
    ]
    tables = with_rows(empty_tables(), "documents", rows)
    return with_rows(tables, "document_analysts", authors)


def full_tables() -> Tables:
    """Every section filled; frames are copies, which a test may alter."""
    return {name: frame.copy() for name, frame in _full_tables().items()}


def tables_without_charts() -> Tables:
    """The full tables but for those that charts are drawn from, which takes most of a page's time."""
    return {**full_tables(), **{name: TABLES[name].empty() for name in CHARTED}}


@cache
def _full_tables() -> Tables:
    tables = with_rows(corpus_tables(), "document_stance", [
        stance(0, "settlement_likely", "favor", favor=4),
        stance(0, "territorial_concessions", "absent"),
        stance(1, "settlement_likely", "against", against=3),
        stance(2, "settlement_likely", "favor", favor=1),
        stance(1, "nato_membership", "mentioned", mentioned=2),
        stance(5, "putin_good_faith", "mixed", favor=1, against=1),
    ])  # fmt: skip
    tables = with_rows(tables, "evidence", [
        excerpt(0, "settlement_likely", "favor", "The geopolitics of the situation points to a settlement."),
        excerpt(1, "settlement_likely", "against", "The two sides are nowhere close."),
        excerpt(1, "settlement_likely", "against", None, sentence=1),
        excerpt(1, "nato_membership", "mentioned", "The plan says no to NATO.", sentence=2),
        excerpt(5, "putin_good_faith", "favor", "Moscow wants a compromise."),
    ])  # fmt: skip
    grade = {"estimate": 11.24, "estimate_low": 10.1, "estimate_high": 12.4, "rest_estimate": 9.5}
    lone = {"document_count": 1, "estimate_low": None, "estimate_high": None, "interval_basis": "none",
            "verdict": "too little evidence"}  # fmt: skip
    tables = with_rows(tables, "analyst_profiles", [
        profile("analyst_kyiv", "author_flesch_kincaid_grade", **grade),
        profile("analyst_friedman", "author_flesch_kincaid_grade", **{**lone, "estimate": 10.88}),
        profile("analyst_kyiv", "frames.history", verdict="lower than the rest"),
        profile("analyst_friedman", "frames.history", document_count=1, interval_basis="sentences",
                verdict="too little evidence"),
        profile("analyst_kyiv", "stance.settlement_likely", estimate=-0.5, estimate_low=-0.9, estimate_high=-0.1),
        profile("analyst_kyiv", "topics.topic_1"),
    ])  # fmt: skip
    families = ("readability_distance", "stance_distance", "frames_distance", "topics_distance")
    distances = {**dict.fromkeys(families, 0.4), "stance_shared_target_count": 4}
    shown = tables["documents"][["document_id", "title", "analyst", "origin_label", "published_date", "word_count"]]
    compared = [
        {**row, **distances, "targets_absent_count": 6, "overall_distance": number / 6 if number else None,
         "targets_favored": "settlement_likely", "leading_frames": "history; power",
         "author_flesch_kincaid_grade": 10.88}
        for number, row in enumerate(shown.to_dict("records"))
    ]  # fmt: skip
    tables = with_rows(tables, "document_comparison", compared)
    tables = with_rows(tables, "topics", [{
        "topic_id": "topic_1", "topic_name": "missile, city, night", "terms": "missile; city; night",
        "coherence_score": 0.21, "stability_score": 0.64, "topic_share": 0.3, "paragraph_count": 210,
        "is_current": True, "term_weights": "missile=0.8; city=0.6",
    }])  # fmt: skip
    tables = with_rows(tables, "keyness", [{
        "group_kind": "analyst", "group_id": "analyst_kyiv", "group_name": "Kyiv desk", "term": "refrigerator cars",
        "log_odds": 1.5, "log_odds_low": 0.9, "log_odds_high": 2.1, "z_score": 4.9, "dispersion_score": 0.5,
        "group_count": 9, "rest_count": 1, "document_count": 2,
    }])  # fmt: skip
    tables = with_rows(tables, "label_agreement", [
        {"measure_family": "stance", "target_id": "all", "split": "sample", "n": 32, "f1": 0.74, "f1_low": 0.7,
         "f1_high": 0.8, "tier": "A"},
        {"measure_family": "stance", "target_id": "nato_membership", "split": "essay", "n": 1, "f1": 1.0,
         "precision": 1.0, "label_accuracy": 1.0, "tier": "C"},
    ])  # fmt: skip
    tables = with_rows(tables, "fetches", [
        fetch("old", "f_1", "rejected", "2025-05-01", input="inbox/old.pdf", reason="encrypted"),
        fetch("new", "f_2", "rejected", "2025-06-01", input="inbox/new.pdf", reason="no text layer; run OCR"),
        fetch("new", "f_3", "stored", "2025-06-01"),
    ])  # fmt: skip
    tables = with_rows(tables, "builds", [a_build("build_1", 1), a_build("build_2", 2)])
    return with_rows(tables, "changes", [
        change("build_1", "doc_000", "code changed"),
        change("build_2", "doc_001", "text edited"),
        change("build_2", "doc_002", "text edited"),
    ])  # fmt: skip


def fetch(round_id: str, fetch_id: str, state: str, at: str, **cells: object) -> dict[str, object]:
    row = {"fetch_id": fetch_id, "round_id": round_id, "source_id": "inbox", "input": fetch_id, "state_label": state}
    return {**row, "attempted_at": at, **cells}


def a_build(build_id: str, day: int) -> dict[str, object]:
    row = {column.name: "x" for column in TABLES["builds"].columns if column.kind == "text"}
    numbers = {"codebook_version": 1, "document_count": 7, "compared_document_count": 7, "is_sample_compared": False}
    return {**row, **numbers, "build_id": build_id, "built_at": f"2025-06-{day:02d}"}


def change(build_id: str, row_key: str, cause: str) -> dict[str, object]:
    return {"build_id": build_id, "table_name": "documents", "row_key": row_key, "column_name": "title",
            "change_label": "cell changed", "cause": cause}  # fmt: skip


def page(tables: Tables, names: Mapping[str, str] = NAMES) -> html.HtmlElement:
    return html.document_fromstring(render(tables, build=BUILD, names=names))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def section(root: html.HtmlElement, name: str) -> str:
    """Words from one second-level heading to the next."""
    heading = root.get_element_by_id(name)
    text, inside = [], False
    for element in root.iter():
        if element.tag == "h2":
            inside = element is heading
        elif inside and isinstance(element.tag, str):
            text.append(element.text or "")
        if inside:
            text.append(element.tail or "")
    return " ".join(" ".join(text).split())


def cell(root: html.HtmlElement, caption: str, row: str, column: str) -> html.HtmlElement:
    """The cell of the table with that caption, under a column's heading, in the row of that name."""
    (table,) = [table for table in root.iter("table") if words(table.find("caption")).startswith(caption)]
    headings = [words(heading) for heading in table.find("thead").iter("th")]
    (place,) = [number for number, heading in enumerate(headings) if heading.startswith(column)]
    (found,) = [line for line in table.find("tbody").iter("tr") if words(line[0]).startswith(row)]
    return found[place]


@pytest.fixture(scope="module")
def full() -> html.HtmlElement:
    return page(full_tables())


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = (render(full_tables(), build=BUILD, names=NAMES) for _ in range(2))
    assert first == second


def test_clock_times_and_round_ids_do_not_reach_the_page() -> None:
    later = tables_without_charts()
    later["fetches"] = later["fetches"].assign(attempted_at=later["fetches"]["attempted_at"] + pd.Timedelta(days=9))
    later["builds"] = later["builds"].assign(built_at=later["builds"]["built_at"] + pd.Timedelta(days=9))
    assert render(later, build=BUILD, names=NAMES) == render(tables_without_charts(), build=BUILD, names=NAMES)


def test_a_page_of_empty_tables_says_so_in_words() -> None:
    text = words(page(empty_tables()))
    for sentence in (
        "No text has been compared yet", "No round of reading is recorded", "The essay is not among the compared texts",
        "No stance has been coded", "No frames have been profiled", "No readability has been profiled",
        "No topics have been learned", "No term marks an analyst off", "No sentence has been coded",
        "No agreement with hand coding has been measured", "No number has changed since the first build",
    ):  # fmt: skip
        assert sentence in text


@pytest.mark.parametrize(
    "name",
    ["documents", "document_analysts", "fetches", "document_stance", "evidence", "document_comparison", "topics",
     "analyst_profiles", "keyness", "label_agreement", "changes", "builds"],
)  # fmt: skip
def test_any_one_table_may_be_empty(name: str) -> None:
    tables = full_tables() if name in CHARTED else tables_without_charts()
    tables[name] = TABLES[name].empty()
    assert page(tables).find(".//h1") is not None


def test_a_missing_table_is_named() -> None:
    tables = full_tables()
    del tables["keyness"]
    with pytest.raises(ValueError, match="keyness"):
        render(tables, build=BUILD, names=NAMES)


def test_a_missing_build_key_is_named() -> None:
    with pytest.raises(ValueError, match="content_sha256"):
        render(full_tables(), build=dict.fromkeys(BUILD_KEYS[:-1], "x"), names=NAMES)


def test_the_sample_that_stands_in_is_announced_above_everything_else() -> None:
    root = page(corpus_tables(origin_label="sample"))
    (notice,) = root.iter("aside")
    assert "They say nothing about real analysts" in words(notice)
    assert notice.getparent().tag == "header"


def test_a_sample_that_is_left_out_is_said_to_be_and_is_not_announced() -> None:
    root = page(corpus_tables(origin_label="sample", is_compared=False, not_compared_reason="the sample has served"))
    assert list(root.iter("aside")) == []
    assert "The built-in practice texts (1) are left out" in section(root, "compared")


def test_texts_left_out_are_counted_by_reason() -> None:
    root = page(corpus_tables(is_compared=False, not_compared_reason="duplicate"))
    assert "duplicate: 1 text" in section(root, "compared")


def test_rejections_are_those_of_the_latest_round(full: html.HtmlElement) -> None:
    text = section(full, "compared")
    assert "no text layer; run OCR" in text
    assert "encrypted" not in text


def test_the_nearest_and_the_farthest_text_are_named(full: html.HtmlElement) -> None:
    text = section(full, "essay")
    assert re.search(r"nearest to the essay is Text 1 .* the farthest is Text 6", text)


def test_the_essay_is_described_by_its_own_sides(full: html.HtmlElement) -> None:
    assert "It agrees with Settlement likely" in section(full, "essay")


def test_a_stance_is_told_in_words_and_counts(full: html.HtmlElement) -> None:
    found = words(cell(full, "Stance by analyst", "George Friedman", "Settlement likely"))
    assert "favor 4 for in 1 of 1 text" in found


def test_a_stance_is_labelled_over_all_sentences_of_the_analyst(full: html.HtmlElement) -> None:
    assert "against 1 for, 3 against" in words(cell(full, "Stance by analyst", "Kyiv desk", "Settlement likely"))


def test_a_stance_is_mixed_where_the_rarer_side_has_a_third_of_the_sentences(full: html.HtmlElement) -> None:
    found = words(cell(full, "Stance by analyst", "Moscow desk", "Putin good faith"))
    assert found.startswith("◆ mixed 1 for, 1 against")


def test_silence_is_a_word_and_no_number(full: html.HtmlElement) -> None:
    silent = cell(full, "Stance by analyst", "George Friedman", "Territorial concessions")
    assert words(silent.find("span")) == "silent"
    assert "0" not in words(silent)


def test_a_stance_with_enough_texts_has_its_interval(full: html.HtmlElement) -> None:
    found = words(cell(full, "Mean stance by analyst", "Kyiv desk", "Settlement likely"))
    assert found.startswith("-0.50 -0.90 to -0.10; 4 texts")


def test_a_stance_on_two_sentences_is_too_little_evidence(full: html.HtmlElement) -> None:
    assert "too little evidence" in words(cell(full, "Stance by analyst", "Moscow desk", "Putin good faith"))


def test_every_link_within_the_page_leads_somewhere(full: html.HtmlElement) -> None:
    ids = [element.get("id") for element in full.iter() if isinstance(element.tag, str) and element.get("id")]
    targets = [link.get("href")[1:] for link in full.iter("a") if link.get("href").startswith("#")]
    assert len(targets) > 20
    assert set(targets) <= set(ids)


def test_no_id_is_given_twice(full: html.HtmlElement) -> None:
    ids = [element.get("id") for element in full.iter() if isinstance(element.tag, str) and element.get("id")]
    assert len(ids) == len(set(ids))


def test_a_count_leads_to_the_sentences_behind_it(full: html.HtmlElement) -> None:
    link = cell(full, "Stance by analyst", "Kyiv desk", "Settlement likely").find(".//a")
    assert words(link) == "3 against"
    assert "The two sides are nowhere close." in words(full.get_element_by_id(link.get("href")[1:]))


def test_sentences_without_an_excerpt_are_counted_and_not_quoted(full: html.HtmlElement) -> None:
    group = full.get_element_by_id("e-settlement_likely-against-analyst_kyiv")
    assert len(list(group.iter("blockquote"))) == 1
    assert "1 sentence more not quoted here" in words(group)


def test_a_sentence_names_its_text_place_and_modality(full: html.HtmlElement) -> None:
    (quote,) = full.get_element_by_id("e-nato_membership-mentioned-analyst_kyiv").iter("blockquote")
    assert words(quote.find("footer")) == "Text 1, 2025-05-02, characters 200 to 260 · expects"


def test_a_sentence_of_two_authors_stands_under_both() -> None:
    tables = tables_without_charts()
    second = {"document_id": "doc_000", "analyst_id": "analyst_moscow", "analyst": "Moscow desk", "is_sole": False}
    authors = [*tables["document_analysts"].to_dict("records"), second]
    root = page(with_rows(tables, "document_analysts", authors))
    for analyst_id in ("analyst_friedman", "analyst_moscow"):
        assert "geopolitics" in words(root.get_element_by_id(f"e-settlement_likely-favor-{analyst_id}"))


def test_an_estimate_has_its_interval_number_of_texts_and_verdict(full: html.HtmlElement) -> None:
    found = words(cell(full, "Readability by analyst", "Kyiv desk", "Flesch-Kincaid"))
    assert found == "11.2 10.1 to 12.4; 4 texts ▲ higher than the rest"


def test_too_little_evidence_stands_instead_of_a_bare_number(full: html.HtmlElement) -> None:
    assert words(cell(full, "Readability by analyst", "George Friedman", "Flesch")) == "too little evidence 1 text"


def test_too_little_evidence_with_an_interval_says_what_it_is_over(full: html.HtmlElement) -> None:
    found = words(cell(full, "Frames by analyst", "George Friedman", "History"))
    assert found == "too little evidence 1 text; 40 %, interval 30 to 50 % over sentences"


def test_topics_come_with_coherence_and_stability(full: html.HtmlElement) -> None:
    assert words(cell(full, "Topics", "missile", "Coherence")) == "0.21"
    assert words(cell(full, "Topics", "missile", "Stability")) == "0.64"


def test_a_key_term_comes_with_its_counts_and_interval(full: html.HtmlElement) -> None:
    found = words(cell(full, "Words that mark", "Kyiv desk", "Terms"))
    assert found == "refrigerator cars 9 uses against 1 by others, in 2 of 4 texts; log-odds 1.50 (0.90 to 2.10)"


def test_tier_c_is_told_as_a_warning(full: html.HtmlElement) -> None:
    found = words(cell(full, "Agreement with", "NATO membership", "How far"))
    assert found == "C Do not publish without reading the sentences"


def test_agreement_on_a_single_text_is_too_little_evidence_and_shows_no_score(full: html.HtmlElement) -> None:
    assert (
        words(cell(full, "Agreement with", "NATO membership", "F1"))
        == "too little evidence 100 % of its labels as coded"
    )
    assert words(cell(full, "Agreement with", "NATO membership", "Precision")) == "–"


def test_changes_are_those_of_the_newest_build_by_cause(full: html.HtmlElement) -> None:
    text = section(full, "changes")
    assert words(cell(full, "Changed cells", "text edited", "Cells")) == "2"
    assert "code changed" not in text


def test_a_round_with_nothing_new_leaves_the_last_changes_standing(full: html.HtmlElement) -> None:
    builds = [a_build("build_1", 1), a_build("build_2", 2), a_build("build_3", 3)]
    later = page(with_rows(tables_without_charts(), "builds", builds))
    assert section(later, "changes") == section(full, "changes")


def test_no_change_on_record_is_said_in_words() -> None:
    tables = with_rows(tables_without_charts(), "changes", [])
    assert "No number has changed" in section(page(tables), "changes")


def test_versions_stand_in_the_methods_paragraph(full: html.HtmlElement) -> None:
    text = section(full, "methods")
    assert all(value in text for value in BUILD.values())


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "//example.org", "https://", "https://[",
     "http://a b", "java\nscript:x", "https://a\u202eb", None],
)  # fmt: skip
def test_an_address_that_is_not_plain_web_is_no_link(address: str | None) -> None:
    assert safe_url(address) is None


@pytest.mark.parametrize("address", ["https://example.org/a?b=1&c=2#d", "HTTP://example.org"])
def test_a_web_address_is_a_link(address: str) -> None:
    assert safe_url(address) == address


def hostile_tables() -> Tables:
    """The full tables with a hostile text in every cell of free text that the contracts allow."""
    closed = {"group_kind", "measure_family", "measure", "table_name", "column_name"}
    tables = full_tables()
    for name, frame in tables.items():
        free = [
            c.name
            for c in TABLES[name].columns
            if c.kind == "text" and not c.allowed and not c.name.endswith(("_id", "_key"))
        ]
        for column in set(free) - closed:
            if column not in ("origin_label", "section_label", "state_label", "polarity_label"):
                frame[column] = frame[column].astype(object).where(frame[column].isna(), HOSTILE + column).astype("str")
    tables["documents"]["url"] = "javascript:alert(1)"
    return tables


@pytest.fixture(scope="module")
def hostile() -> html.HtmlElement:
    return page(hostile_tables(), {key: HOSTILE + value for key, value in NAMES.items()})


def test_hostile_text_makes_no_element_attribute_or_link(hostile: html.HtmlElement) -> None:
    assert list(hostile.iter("script")) == []
    attributes = {name for element in hostile.iter() if isinstance(element.tag, str) for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on")}
    links = [link.get("href") for link in hostile.iter("a")]
    assert all(link.startswith(("#", "http://", "https://")) for link in links)


def test_hostile_text_is_shown_as_it_is_written(hostile: html.HtmlElement) -> None:
    text = words(hostile)
    assert HOSTILE + "excerpt" in text
    assert HOSTILE + "title" in text
    assert "javascript:alert(1)" in text


def test_hostile_ids_stay_within_their_attributes() -> None:
    tables = tables_without_charts()
    for name in ("documents", "document_analysts", "evidence", "document_stance"):
        tables[name]["document_id"] = tables[name]["document_id"] + '"><img src=x>'
    assert list(page(tables).iter("img")) == []


@given(st.text(max_size=12), st.text(max_size=12))
def test_different_ids_have_different_anchors(first: str, second: str) -> None:
    assert (anchor(first) == anchor(second)) == (first == second)


@given(st.text(max_size=12))
def test_an_anchor_is_safe_in_an_attribute_and_an_address(identifier: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.-]*", anchor(identifier))


def test_nothing_is_loaded_from_elsewhere(full: html.HtmlElement) -> None:
    assert [element.tag for element in full.iter("link", "script", "img", "iframe", "object", "video")] == []
    sheets = " ".join(sheet.text_content() for sheet in full.iter("style"))
    assert "url(" not in sheets
    assert "@import" not in sheets


def test_there_is_one_first_heading_and_no_level_is_skipped(full: html.HtmlElement) -> None:
    levels = [int(element.tag[1]) for element in full.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(full: html.HtmlElement) -> None:
    tables = list(full.iter("table"))
    assert len(tables) >= 9
    assert all(table.find("caption") is not None for table in tables)
    assert {heading.get("scope") for heading in full.iter("th")} == {"col", "row"}


def test_every_chart_has_a_title_and_a_description(full: html.HtmlElement) -> None:
    drawings = list(full.iter("svg"))
    assert len(drawings) == 4
    for drawing in drawings:
        ids = drawing.get("aria-labelledby").split()
        assert [words(full.get_element_by_id(name)) != "" for name in ids] == [True, True]


def test_wide_tables_scroll_in_a_container_that_the_keyboard_reaches(full: html.HtmlElement) -> None:
    for table in full.iter("table"):
        assert (table.getparent().get("class"), table.getparent().get("tabindex")) == ("scroll", "0")


def test_the_first_link_skips_to_the_report(full: html.HtmlElement) -> None:
    first = next(full.iter("a"))
    assert (first.get("class"), first.get("href")) == ("skip", "#compared")


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2 of a color such as #1f2933 or #fff."""
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [("#1f2933", "#fff4c7"), ("#566270", "#fff"), ("#566270", "#fff4c7"), ("#00518a", "#e4f0f9"),
     ("#8f3800", "#fdece0"), ("#5b3a99", "#efeaf8"), ("#46515d", "#fdece0"), ("#00518a", "#fff4c7"),
     ("#1f2933", "#fff6ee")],
)  # fmt: skip
def test_text_on_its_ground_has_a_contrast_of_at_least_4_5(full: html.HtmlElement, text: str, ground: str) -> None:
    sheet = words(next(full.iter("style")))
    assert text in sheet
    assert ground in sheet
    light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def large_tables() -> Tables:
    """Thirty-three texts by nine analysts with all that the caps on excerpts allow."""
    generator = np.random.default_rng(7)
    targets = [f"target_{number}" for number in range(12)]
    rows = [document(number, f"Desk {number % 9}") for number in range(33)]
    authors = [{"document_id": row["document_id"], "analyst_id": f"analyst_{number % 9}", "analyst": row["analyst"],
                "is_sole": True} for number, row in enumerate(rows)]  # fmt: skip
    cells = [
        stance(number, target, "favor", favor=int(generator.integers(1, 6)))
        for number in range(33)
        for target in targets
    ]
    quotes = [excerpt(number, target, "favor", "word " * 40, sentence=12 * turn + place)
              for number in range(33) for place, target in enumerate(targets) for turn in range(2)]  # fmt: skip
    tables = with_rows(with_rows(empty_tables(), "documents", rows), "document_analysts", authors)
    tables = with_rows(with_rows(tables, "document_stance", cells), "evidence", quotes)
    measures = [*(f"stance.{target}" for target in targets), *(f"frames.frame_{number}" for number in range(10))]
    profiles = [
        {**profile("analyst_kyiv", measure), "group_id": f"analyst_{number}", "group_name": f"Desk {number}"}
        for number in range(9) for measure in (*measures, "author_flesch_kincaid_grade")
    ]  # fmt: skip
    return with_rows(tables, "analyst_profiles", profiles)


def test_a_report_on_thirty_three_texts_stays_under_a_megabyte_and_a_half() -> None:
    assert 100_000 < len(render(large_tables(), build=BUILD, names={}).encode()) < 1_500_000


@settings(max_examples=3, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_title_and_name_can_be_printed(text: str) -> None:
    tables = corpus_tables(title=text, analyst=text)
    assert page(tables).find(".//h1") is not None
