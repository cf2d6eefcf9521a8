"""Previews: what the UI shows of a table can do nothing in the viewer's browser, and stays small."""

import pandas as pd
import pytest

from assets.previews import column_schema, profile_plots, table_preview
from pipeline.contracts import conform
from pipeline.tables.comparison import ANALYST_PROFILES
from pipeline.tables.corpus import DOCUMENT_TEXTS, DOCUMENTS


def preview(**cells: object) -> str:
    return str(table_preview(pd.DataFrame([cells])).value)


@pytest.mark.parametrize(
    "title",
    [
        "![x](http://example.org/pixel.png)", "<img src=x onerror=alert(1)>", "[click](javascript:alert(1))",
        "a | b", "`code`", "http://example.org/pixel.png", "<script>alert(1)</script>",
    ],
)  # fmt: skip
def test_a_hostile_title_is_no_markup(title: str) -> None:
    shown = preview(title=title)
    assert "![" not in shown and "](" not in shown and "<" not in shown and "http://" not in shown
    assert shown.split("\n")[2].replace(r"\|", "").count("|") == 2


def test_body_text_is_not_shown() -> None:
    assert "secret" not in preview(document_id="doc_1", text="secret words of an article")


def test_long_cells_are_cut() -> None:
    assert len(preview(title="word " * 500)) < 200


def test_an_empty_table_says_so() -> None:
    assert "no rows" in str(table_preview(DOCUMENTS.empty()).value)


def test_columns_carry_their_units() -> None:
    columns = {column.name: column for column in column_schema(DOCUMENT_TEXTS).columns}
    assert "(UTC)" in (columns["first_seen_at"].description or "")


def test_the_plot_is_inline_and_under_50_kilobytes() -> None:
    rows = [
        {"group_kind": "analyst", "group_id": f"analyst_{n}", "group_name": f"Desk {n}", "measure_family": "readability",
         "measure": "author_flesch_kincaid_grade", "document_count": 4, "estimate": 9.0 + n, "estimate_low": 8.0 + n,
         "estimate_high": 10.0 + n, "interval_basis": "documents", "verdict": "not distinguishable"}
        for n in range(20)
    ]  # fmt: skip
    plot = str(profile_plots(conform(pd.DataFrame(rows), ANALYST_PROFILES))["plot"].value)
    assert plot.startswith("![") and "data:image/png;base64," in plot
    assert len(plot) < 50_000
