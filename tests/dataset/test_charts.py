"""Charts: what is drawn and told, that names do no harm, and that the same frame gives the same bytes."""

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import matplotlib
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from pipeline.contracts import conform
from pipeline.dataset import charts
from pipeline.tables.comparison import ANALYST_PROFILES, DOCUMENT_COMPARISON

NAMES = {
    "nato_membership": "Ukraine's path into NATO should stay open",
    "settlement_likely": "A ceasefire or settlement is likely",
    "history": "a past case, an analogy",
}
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script> & \"'--> ]]> $\\frac{ \u202e \u4e2d\u6587 \U0001f600\n\x07"


def profiles(*rows: dict[str, object]) -> pd.DataFrame:
    return conform(pd.DataFrame(list(rows)), ANALYST_PROFILES)


def row(name: str, measure: str = "author_flesch_kincaid_grade", **cells: object) -> dict[str, object]:
    """A profile of four texts with an interval, unless told otherwise."""
    usual = {
        "group_kind": "analyst", "group_id": f"analyst_{name}", "group_name": name,
        "measure_family": measure.split(".")[0] if "." in measure else "readability", "measure": measure,
        "document_count": 4, "estimate": 0.41, "estimate_low": 0.3, "estimate_high": 0.52,
        "interval_basis": "documents", "rest_estimate": 0.2, "verdict": "higher than the rest",
    }  # fmt: skip
    return {**usual, **cells}


def lone(name: str, measure: str = "author_flesch_kincaid_grade") -> dict[str, object]:
    """A profile of one text without an interval."""
    return row(name, measure, document_count=1, estimate_low=None, estimate_high=None, interval_basis="none",
               verdict="too little evidence")  # fmt: skip


def distances(*analysts: str) -> pd.DataFrame:
    rows = [
        {"document_id": f"doc_{number:03d}", "analyst": analyst, "origin_label": "collected", "word_count": 800,
         "targets_absent_count": 3, "stance_shared_target_count": 4, "overall_distance": number / max(len(analysts), 2),
         **dict.fromkeys(("readability_distance", "stance_distance", "frames_distance", "topics_distance"), 0.4)}
        for number, analyst in enumerate(analysts)
    ]  # fmt: skip
    return conform(
        pd.DataFrame(rows, columns=None if rows else list(DOCUMENT_COMPARISON.column_names)), DOCUMENT_COMPARISON
    )


def everything() -> dict[str, str]:
    """Each chart by name, from frames with something to draw."""
    frame = profiles(
        row("Kyiv desk"), lone("Friedman"), row("Kyiv desk", "frames.history"), row("Friedman", "frames.history"),
        row("Kyiv desk", "stance.nato_membership", verdict="lower than the rest"),
    )  # fmt: skip
    return {
        "readability": charts.readability_chart(frame),
        "frames": charts.frame_chart(frame, NAMES),
        "stance": charts.stance_chart(frame, NAMES),
        "distance": charts.distance_chart(distances("Kyiv desk", "Moscow desk")),
    }


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return everything()


def described(svg: str) -> str:
    return ElementTree.fromstring(svg).findtext(f"{SVG}desc") or ""


def test_the_same_frames_give_the_same_svg(drawn: dict[str, str]) -> None:
    assert everything() == drawn


def test_the_same_frame_gives_the_same_png() -> None:
    assert charts.preview(profiles(row("A"), row("B"))) == charts.preview(profiles(row("A"), row("B")))


def test_no_date_is_written_into_a_chart(drawn: dict[str, str]) -> None:
    assert not re.search(r"20\d\d-\d\d-\d\d|<dc:|<metadata", "".join(drawn.values()))


def test_every_chart_is_labelled_by_its_title_and_description(drawn: dict[str, str]) -> None:
    for name, svg in drawn.items():
        root = ElementTree.fromstring(svg)
        assert root.get("aria-labelledby") == f"{name}-title {name}-desc"
        assert root.findtext(f"{SVG}title")
        assert root.findtext(f"{SVG}desc")


def test_charts_share_no_id_so_that_one_page_can_hold_all(drawn: dict[str, str]) -> None:
    ids = [found for svg in drawn.values() for found in set(re.findall(r'\sid="([^"]+)"', svg))]
    assert len(ids) > 40
    assert len(ids) == len(set(ids))


def test_every_reference_within_a_chart_leads_to_an_id_of_its_own(drawn: dict[str, str]) -> None:
    for svg in drawn.values():
        references = re.findall(r'(?:href="#|url\(#)([^")]+)', svg)
        assert references
        assert set(references) <= set(re.findall(r'\sid="([^"]+)"', svg))


def test_a_style_in_a_chart_reaches_nothing_outside_it(drawn: dict[str, str]) -> None:
    for name, svg in drawn.items():
        (sheet,) = re.findall(r"<style[^>]*>(.*?)</style>", svg, flags=re.DOTALL)
        assert sheet.strip().startswith(f"#chart-{name} *{{")


def test_text_is_drawn_as_paths(drawn: dict[str, str]) -> None:
    assert all("<text" not in svg and "font-family" not in svg for svg in drawn.values())


def test_a_description_tells_estimate_interval_number_of_texts_and_verdict() -> None:
    svg = charts.readability_chart(profiles(row("Kyiv desk", estimate=11.24, estimate_low=10.1, estimate_high=12.4)))
    assert described(svg) == "Kyiv desk: 11.2 (10.1 to 12.4), 4 texts, higher than the rest"


def test_too_little_evidence_is_told_in_words_and_without_a_bare_number() -> None:
    assert described(charts.readability_chart(profiles(lone("Friedman")))) == "Friedman: too little evidence (1 text)"


def test_too_little_evidence_is_drawn_hollow_and_grey() -> None:
    hollow, filled = (charts.readability_chart(profiles(one)) for one in (lone("Friedman"), row("Friedman")))
    assert "fill: #ffffff; stroke: #7b8591" in hollow
    assert "#7b8591" not in filled


def test_the_verdicts_differ_by_mark_and_not_by_color_alone() -> None:
    marks = [mark for verdict, (_, mark) in charts._LOOKS.items() if verdict != charts.TOO_LITTLE]
    assert len(set(marks)) == 3


def test_an_interval_is_a_line_and_its_lack_is_none() -> None:
    with_line, without = (
        charts.readability_chart(profiles(row("A", rest_estimate=None, **ends)))
        for ends in ({}, {"estimate_low": None, "estimate_high": None})
    )
    assert with_line.count("stroke-width: 1.6") == without.count("stroke-width: 1.6") + 1


def test_a_silent_analyst_has_no_mark_on_that_target() -> None:
    both = charts.stance_chart(profiles(row("A", "stance.x"), row("B", "stance.x"), row("A", "stance.y")), {})
    more = charts.stance_chart(profiles(*(row(who, f"stance.{what}") for who in "AB" for what in "xy")), {})
    assert both.count("stroke-width: 1.6") == 3
    assert more.count("stroke-width: 1.6") == 4
    assert "Y: A +0.41 (+0.30 to +0.52), 4 texts, higher than the rest; B too little evidence (0 texts)" in described(
        both
    )


def test_panels_follow_the_order_of_the_codebook() -> None:
    frame = profiles(
        row("A", "stance.settlement_likely"), row("A", "stance.nato_membership"), row("A", "stance.another")
    )
    found = [part.split(":")[0] for part in described(charts.stance_chart(frame, NAMES)).split(". ")]
    assert found == ["NATO membership", "Settlement likely", "Another"]


def test_distances_are_told_nearest_analyst_first() -> None:
    text = described(charts.distance_chart(distances("Near", "Far", "Far")))
    assert text == "Near: median overall distance 0.00, 1 text. Far: median overall distance 0.50, 2 texts"


def test_a_stance_distance_on_few_shared_targets_is_drawn_hollow() -> None:
    frame = distances("A", "B")
    assert "#7b8591" not in charts.distance_chart(frame)
    assert "#7b8591" in charts.distance_chart(frame.assign(stance_shared_target_count=2))


def test_a_frame_without_anything_to_draw_gives_a_chart_that_says_so() -> None:
    empty = ANALYST_PROFILES.empty()
    for svg in (charts.readability_chart(empty), charts.frame_chart(empty, {}), charts.stance_chart(empty, {}),
                charts.distance_chart(DOCUMENT_COMPARISON.empty())):  # fmt: skip
        root = ElementTree.fromstring(svg)
        assert root.findtext(f"{SVG}title")
        assert len(list(root.iter(f"{SVG}use"))) > 10
    assert charts.preview(empty).startswith(b"\x89PNG")


def test_only_analysts_are_drawn() -> None:
    frame = profiles(row("A"), {**row("Outlet"), "group_kind": "outlet"})
    assert "Outlet" not in described(charts.readability_chart(frame))


def test_a_hostile_name_stays_text() -> None:
    frame = profiles(row(HOSTILE), row(HOSTILE, "frames.history"), row(HOSTILE, "stance.settlement_likely"))
    for svg in (charts.readability_chart(frame), charts.frame_chart(frame, {"history": HOSTILE}),
                charts.stance_chart(frame, NAMES), charts.distance_chart(distances(HOSTILE))):  # fmt: skip
        assert list(ElementTree.fromstring(svg).iter(f"{SVG}script")) == []
        assert "<script>alert(1)</script>" in described(svg)
        assert "alert" not in re.sub(r"<desc.*?</desc>", "", svg, flags=re.DOTALL)


def test_a_name_between_dollar_signs_is_no_formula() -> None:
    assert described(charts.readability_chart(profiles(row("$\\frac{$")))).startswith("$\\frac{$: ")


@settings(max_examples=10, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_name_can_be_drawn_and_stays_well_formed(name: str) -> None:
    assert ElementTree.fromstring(charts.distance_chart(distances(name))).tag == f"{SVG}svg"


def test_many_analysts_are_cut_to_those_with_most_texts() -> None:
    rows = [row(f"Desk {number:02d}", document_count=number) for number in range(1, 31)]
    text = described(charts.readability_chart(profiles(*rows)))
    assert text.count("Desk") == charts.MOST_ROWS
    assert "Desk 30" in text
    assert "Desk 10" not in text


def test_a_preview_keeps_within_its_bytes_for_many_long_names() -> None:
    rows = [row(f"An analyst with a long name {number:02d}", estimate=number) for number in range(40)]
    preview = charts.preview(profiles(*rows))
    assert len(preview) <= 36_000
    assert Image.open(io.BytesIO(preview)).width >= 400


def test_a_png_gets_coarser_until_it_fits() -> None:
    figure = Figure(figsize=(4, 3))
    figure.add_subplot().plot([0, 1, 0, 1])
    fine, coarse = charts.png(figure), charts.png(figure, most_bytes=len(charts.png(figure)) - 1)
    assert Image.open(io.BytesIO(coarse)).width < Image.open(io.BytesIO(fine)).width


def test_a_png_that_cannot_fit_says_so() -> None:
    with pytest.raises(ValueError, match="draw fewer rows"):
        charts.png(Figure(figsize=(4, 3)), most_bytes=10)


def test_the_settings_of_the_caller_are_left_as_they_were() -> None:
    with matplotlib.rc_context({"svg.hashsalt": "theirs", "font.size": 31}):
        before = dict(matplotlib.rcParams)
        charts.readability_chart(profiles(row("A")))
        assert dict(matplotlib.rcParams) == before


def test_the_settings_of_the_caller_do_not_change_a_chart() -> None:
    plain = charts.readability_chart(profiles(row("A")))
    with matplotlib.rc_context({"svg.fonttype": "none", "font.size": 31, "axes.facecolor": "red"}):
        assert charts.readability_chart(profiles(row("A"))) == plain


def test_pyplot_and_its_windows_are_never_imported() -> None:
    program = "import sys, pipeline.dataset.charts; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("identifier", "name"),
    [("nato_membership", "NATO membership"), ("settlement_likely", "Settlement likely"), ("unknown_id", "Unknown id")],
)
def test_an_id_is_spelled_as_in_its_description(identifier: str, name: str) -> None:
    assert charts.short_name(identifier, NAMES) == name


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.413, "share", "41 %"), (-0.02, "share", "0 %"), (1.2, "share", "100 %"), (0.5, "stance", "+0.50"),
     (-1.3, "stance", "-1.00"), (-0.001, "stance", "0.00"), (10.88, "grade", "10.9")],
)  # fmt: skip
def test_a_value_is_told_in_its_unit_and_within_its_scale(value: float, unit: str, text: str) -> None:
    assert charts.formatted(value, unit) == text
