"""Changes: every cell that moved between two builds, as the CSV spells it, each with the nearest cause."""

from typing import Any

import pandas as pd
import pytest

from pipeline.contracts import Table, conform, violations
from pipeline.dataset import changes
from pipeline.tables.catalog import PUBLISHED, TABLES
from pipeline.tables.dataset import CHANGES

TRACKED = {table.name: table for table in PUBLISHED if table.is_tracked}
BUILD = {
    "codebook_sha256": "book", "code_version": "code", "package_versions": "pandas 3", "configuration_sha256": "conf",
}  # fmt: skip
Frames = dict[str, pd.DataFrame]


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    columns = list(TABLES[name].column_names)
    return conform(pd.DataFrame(list(rows), columns=columns), TABLES[name])


def document(name: str, **changed: Any) -> dict[str, Any]:
    row = {
        "document_id": name, "title": "Title", "analyst": "A", "section_label": "opinion", "source_id": "s",
        "input": f"{name}.txt", "origin_label": "local", "published_date": "2025-04-22", "word_count": 500,
        "paragraph_count": 5, "text_sha256": f"sha-{name}", "version": 1, "is_truncated": False, "is_compared": True,
    }  # fmt: skip
    return row | changed


def stance(name: str, **changed: Any) -> dict[str, Any]:
    row = {
        "document_id": name, "target_id": "ceasefire", "stance_label": "absent", "favor_count": 0, "against_count": 0,
        "has_enough_evidence": False, "codebook_version": 1, "text_sha256": f"sha-{name}", "feature_version": "v1",
    }  # fmt: skip
    return row | changed


def profile(**changed: Any) -> dict[str, Any]:
    row = {
        "group_kind": "analyst", "group_id": "a", "group_name": "A", "measure_family": "stance", "measure": "m",
        "document_count": 2, "estimate": 0.5, "interval_basis": "none", "verdict": "too little evidence",
    }  # fmt: skip
    return row | changed


def held(**rows: list[dict[str, Any]]) -> Frames:
    """The tracked tables of a build with two documents, where not told otherwise."""
    found = {"documents": [document("d1"), document("d2")], **rows}
    return {name: table(name, *found.get(name, [])) for name in TRACKED}


def between(old: Frames, new: Frames, **moved: str) -> pd.DataFrame:
    what = changes.moved(pd.Series(BUILD), pd.Series(BUILD | moved), old["documents"], new["documents"])
    return conform(changes.between("build_00002", TRACKED, old, new, what), CHANGES)


def told(rows: pd.DataFrame, *columns: str) -> set[tuple[str, ...]]:
    names = list(columns or ("table_name", "row_key", "column_name", "cause"))
    return set(rows[names].itertuples(index=False, name=None))


STANCE = [stance("d1"), stance("d2")]
MOVED_STANCE = [stance("d1", favor_count=3), stance("d2")]
MOVED_CELL = ("document_stance", "d1/ceasefire", "favor_count")


def test_two_builds_of_the_same_have_no_changes() -> None:
    old = held(document_stance=STANCE, analyst_profiles=[profile()])
    assert between(old, old).empty


def test_a_build_in_which_only_code_and_codebook_moved_and_no_cell_did_has_no_changes() -> None:
    old = held(document_stance=STANCE)
    assert between(old, old, code_version="x", codebook_sha256="x", package_versions="x").empty


def test_an_edited_text_explains_its_own_cells() -> None:
    old = held(document_stance=STANCE)
    new = held(
        documents=[document("d1", text_sha256="other", word_count=510, version=2), document("d2")],
        document_stance=[stance("d1", favor_count=3, text_sha256="other"), stance("d2")],
    )
    assert told(between(old, new)) == {
        ("documents", "d1", "word_count", "text edited"),
        ("documents", "d1", "version", "text edited"),
        (*MOVED_CELL, "text edited"),
    }


def test_an_added_text_explains_the_rows_that_came() -> None:
    old = held(documents=[document("d1")], document_stance=[stance("d1")])
    rows = between(old, held(document_stance=STANCE))
    assert set(rows["cause"]) == {"text added"}
    assert set(rows["change_label"]) == {"row added"}
    assert set(rows["row_key"]) == {"d2", "d2/ceasefire"}
    assert rows["old_value"].isna().all()


def test_a_removed_text_explains_the_rows_that_went() -> None:
    new = held(documents=[document("d1")], document_stance=[stance("d1")])
    rows = between(held(document_stance=STANCE), new)
    assert set(rows["cause"]) == {"text removed"}
    assert set(rows["change_label"]) == {"row removed"}
    assert set(rows["row_key"]) == {"d2", "d2/ceasefire"}
    assert rows["new_value"].isna().all()


@pytest.mark.parametrize(
    ("field", "cause"),
    [
        ("codebook_sha256", "codebook changed"),
        ("code_version", "code changed"),
        ("package_versions", "package changed"),
        ("configuration_sha256", "alias or configuration"),
    ],
)
def test_what_all_rows_depend_on_explains_a_cell_of_a_text_that_did_not_move(field: str, cause: str) -> None:
    rows = between(held(document_stance=STANCE), held(document_stance=MOVED_STANCE), **{field: "other"})
    assert told(rows) == {(*MOVED_CELL, cause)}


def test_a_codebook_does_not_explain_readability() -> None:
    scores = [{"document_id": "d1", "textstat_version": "1", "dictionary_version": "1"}]
    old = held(document_readability=[scores[0] | {"smog_index": 9.0}])
    new = held(document_readability=[scores[0] | {"smog_index": 9.5}])
    assert set(between(old, new, codebook_sha256="other")["cause"]) == {"unexplained"}


def test_an_alias_explains_the_name_and_the_groups() -> None:
    new = held(
        documents=[document("d1", analyst="B"), document("d2")],
        analyst_profiles=[profile(group_id="b", group_name="B")],
    )
    rows = between(held(analyst_profiles=[profile()]), new, configuration_sha256="other")
    assert set(rows["cause"]) == {"alias or configuration"}
    assert set(rows["row_key"]) == {"d1", "analyst/a/m", "analyst/b/m"}


@pytest.mark.parametrize("column", ["title", "analyst", "perspective", "published_date", "url"])
def test_metadata_that_moved_alone_was_edited(column: str) -> None:
    value = "2025-05-01" if column == "published_date" else "other"
    new = held(documents=[document("d1", **{column: value}), document("d2")])
    assert told(between(held(), new)) == {("documents", "d1", column, "metadata edited")}


def test_edited_metadata_explain_the_groups_that_they_make() -> None:
    new = held(
        documents=[document("d1", perspective="other"), document("d2")], analyst_profiles=[profile(estimate=0.25)]
    )
    rows = between(held(analyst_profiles=[profile()]), new)
    assert ("analyst_profiles", "analyst/a/m", "estimate", "metadata edited") in told(rows)


def test_edited_metadata_are_not_blamed_on_a_text_that_came_in_the_same_build() -> None:
    new = held(documents=[document("d1", title="other"), document("d2"), document("d3")])
    assert ("documents", "d1", "title", "metadata edited") in told(between(held(), new))


def test_edited_metadata_are_not_blamed_on_a_codebook_that_changed_in_the_same_build() -> None:
    new = held(documents=[document("d1", title="other"), document("d2")])
    assert told(between(held(), new, codebook_sha256="other")) == {("documents", "d1", "title", "metadata edited")}


def test_other_texts_explain_what_is_measured_over_all() -> None:
    new = held(
        documents=[document("d1"), document("d2", text_sha256="other")],
        analyst_profiles=[profile(estimate=0.25)],
        document_topics=[{"document_id": "d1", "topic_id": "t", "topic_share": 0.25}],
    )
    old = held(
        analyst_profiles=[profile()], document_topics=[{"document_id": "d1", "topic_id": "t", "topic_share": 0.5}]
    )
    assert told(between(old, new)) == {
        ("analyst_profiles", "analyst/a/m", "estimate", "corpus changed"),
        ("document_topics", "d1/t", "topic_share", "corpus changed"),
    }


def test_other_texts_do_not_explain_the_stance_of_one_that_did_not_move() -> None:
    new = held(documents=[document("d1"), document("d2"), document("d3")], document_stance=MOVED_STANCE)
    rows = between(held(document_stance=STANCE), new)
    assert (*MOVED_CELL, "unexplained") in told(rows)


def test_a_file_that_its_source_lost_is_a_change_of_the_corpus() -> None:
    comparison = [{"document_id": "d1", "analyst": "A", "word_count": 500}]
    old = held(document_comparison=comparison, analyst_profiles=[profile()])
    gone = document("d1", is_compared=False, not_compared_reason="its source no longer has it, or is switched off")
    new = held(documents=[gone, document("d2")], analyst_profiles=[profile(document_count=1)])
    rows = between(old, new)
    assert set(rows["cause"]) == {"corpus changed"}
    assert set(rows["table_name"]) == {"documents", "document_comparison", "analyst_profiles"}


def test_an_alias_and_an_edit_in_one_build_are_told_apart() -> None:
    old = held(document_stance=STANCE)
    new = held(
        documents=[document("d1", text_sha256="other", word_count=510, analyst="B"), document("d2", analyst="B")],
        document_stance=[stance("d1", favor_count=3), stance("d2")],
    )
    assert told(between(old, new, configuration_sha256="other")) == {
        ("documents", "d1", "word_count", "text edited"),
        ("documents", "d1", "analyst", "alias or configuration"),
        ("documents", "d2", "analyst", "alias or configuration"),
        (*MOVED_CELL, "text edited"),
    }


def test_an_alias_is_not_taken_for_a_text_that_came_and_is_not_compared() -> None:
    documents = [document("d1", analyst="B"), document("d2"), document("d3", is_compared=False)]
    new = held(documents=documents, analyst_profiles=[profile(estimate=0.25)])
    rows = between(held(analyst_profiles=[profile()]), new, configuration_sha256="other")
    assert ("analyst_profiles", "analyst/a/m", "estimate", "alias or configuration") in told(rows)


def test_a_codebook_and_an_edit_in_one_build_are_told_apart() -> None:
    new = held(
        documents=[document("d1", text_sha256="other"), document("d2")],
        document_stance=[stance("d1", favor_count=3), stance("d2", favor_count=1)],
    )
    assert told(between(held(document_stance=STANCE), new, codebook_sha256="other")) == {
        (*MOVED_CELL, "text edited"),
        ("document_stance", "d2/ceasefire", "favor_count", "codebook changed"),
    }


def test_what_nothing_explains_is_said_to_be_unexplained() -> None:
    rows = between(held(document_stance=STANCE), held(document_stance=MOVED_STANCE))
    assert told(rows) == {(*MOVED_CELL, "unexplained")}


@pytest.mark.parametrize(
    ("column", "old_value", "new_value", "expected"),
    [
        ("word_count", 500, 510, ("500", "510")),
        ("relevance_score", 0.5, 0.25, ("0.5", "0.25")),
        ("is_truncated", False, True, ("false", "true")),
        ("published_date", "2025-04-22", "2025-05-01", ("2025-04-22", "2025-05-01")),
        ("title", "=Old", "-1.5", ("=Old", "-1.5")),
    ],
)
def test_values_are_spelled_as_in_the_csv(
    column: str, old_value: Any, new_value: Any, expected: tuple[str, str]
) -> None:
    rows = between(
        held(documents=[document("d1", **{column: old_value})]), held(documents=[document("d1", **{column: new_value})])
    )
    assert told(rows, "column_name", "old_value", "new_value") == {(column, *expected)}


@pytest.mark.parametrize("column", ["url", "relevance_score", "published_date"])
def test_a_cell_may_come_from_missing_and_go_back(column: str) -> None:
    value = {"url": "u", "relevance_score": 0.5, "published_date": "2025-01-01"}[column]
    without, with_value = (held(documents=[document("d1", **{column: cell})]) for cell in (None, value))
    came, went = between(without, with_value), between(with_value, without)
    assert came["old_value"].isna().all()
    assert went["new_value"].isna().all()
    assert came["new_value"].tolist() == went["old_value"].tolist() == [str(value)]
    assert set(came["change_label"]) | set(went["change_label"]) == {"cell changed"}


@pytest.mark.parametrize("column", ["feature_version", "text_sha256", "codebook_version"])
def test_provenance_is_no_news(column: str) -> None:
    value = 2 if column == "codebook_version" else "other"
    new = held(document_stance=[stance("d1", **{column: value}), stance("d2")])
    assert between(held(document_stance=STANCE), new).empty


def test_a_row_key_joins_the_parts_of_the_key_by_a_slash() -> None:
    rows = between(held(analyst_profiles=[profile()]), held(analyst_profiles=[profile(estimate=0.25)]))
    assert rows["row_key"].tolist() == ["analyst/a/m"]


def test_key_columns_are_not_cells() -> None:
    old = held(documents=[document("d1")])
    assert "document_id" not in set(between(old, held())["column_name"])


def test_the_first_rows_of_a_table_are_added_and_the_last_removed() -> None:
    none, some = held(), held(document_stance=STANCE)
    assert set(between(none, some)["change_label"]) == {"row added"}
    assert set(between(some, none)["change_label"]) == {"row removed"}


def test_rows_keep_their_contract() -> None:
    new = held(documents=[document("d2", word_count=1), document("d3")], document_stance=[stance("d3")])
    rows = between(held(document_stance=STANCE, analyst_profiles=[profile()]), new)
    assert violations(rows, CHANGES) == []
    assert set(rows["build_id"]) == {"build_00002"}
    assert set(rows["change_label"]) == {"row added", "row removed", "cell changed"}


def test_a_table_that_is_not_tracked_is_not_compared() -> None:
    name = "document_analysts"
    tables: dict[str, Table] = {name: TABLES[name]}
    row = {"document_id": "d1", "analyst_id": "a", "analyst": "A", "is_sole": True}
    rows = changes.between("b", tables, {name: TABLES[name].empty()}, {name: table(name, row)}, changes.Moved())
    assert rows.empty
