"""The report: one HTML file that a journalist can read from top to bottom, with nothing loaded from elsewhere.

This module turns published tables into the rows that the template shows; all wording and markup is in the template.
Text from documents reaches the page through Jinja's autoescape only; an address becomes a link only if it is http or
https.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from pipeline.dataset import charts
from pipeline.dataset.charts import in_order, records

BUILD_KEYS: Final = ("parley_version", "python_version", "package_versions", "codebook_version", "content_sha256")
READABILITY_SHOWN: Final = (
    "author_flesch_kincaid_grade", "author_flesch_reading_ease", "author_dale_chall_readability_score",
    "author_words_per_sentence",
)  # fmt: skip
# The page stays readable, and under a size that opens at once, whatever the corpus; the CSVs hold everything.
MOST_EXCERPTS: Final = 6
MOST_TERMS: Final = 6
MOST_LISTED: Final = 200
NEAREST: Final = 5
# Codebook rule 7: mixed when the rarer sign has at least a third; no score below three sentences with a position.
MIXED_SHARE: Final = 1 / 3
ENOUGH_SENTENCES: Final = 3
_SUMS: Final = {
    "favor_count": "favor", "against_count": "against", "mentioned_count": "mentioned",
    "descriptive_claim_count": "descriptive", "normative_claim_count": "normative", "raised": "raised",
}  # fmt: skip

Rows = list[dict[str, Any]]
Tables = Mapping[str, pd.DataFrame]


def render(tables: Tables, *, build: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The report as HTML text, the same for the same input.

    `tables` holds a conformed frame for every published table, by name; any may be empty. `build` holds the strings of
    BUILD_KEYS. `names` gives each target id its proposition and each frame id its description, in codebook order.

    Raises:
        ValueError: names the table or the build key that is missing.
    """
    for key in BUILD_KEYS:
        if key not in build:
            raise ValueError(f"report: build lacks {key!r}; it takes {', '.join(BUILD_KEYS)}")
    try:
        sections = _sections(tables, names)
    except KeyError as error:
        raise ValueError(f"report: no {error}; pass every published table, conformed (it may be empty)") from error
    page = _environment().get_template("report.html.jinja")
    return page.render(**sections, build=build, names=names)


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    filters = {"anchor": anchor, "link": safe_url, "counted": charts.counted, "formatted": charts.formatted}
    environment.globals["spanned"] = charts.spanned
    environment.filters.update(**filters, named=_named)
    return environment


@pass_context
def _named(context: Context, identifier: str) -> str:
    return charts.short_name(identifier, context["names"])


def anchor(identifier: str) -> str:
    """An id as part of an HTML id: letters, digits, - and _ stay, any other becomes its code point (.3c. for <)."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda match: f".{ord(match.group()):x}.", identifier)


def safe_url(address: str | None) -> str | None:
    """The address if it is http or https with a host and without white space or control characters, else None."""
    if address is None or not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def _sections(tables: Tables, names: Mapping[str, str]) -> dict[str, Any]:
    documents = tables["documents"]
    compared = documents[documents["is_compared"]]
    authors = tables["document_analysts"].merge(compared, on="document_id", suffixes=("", "_displayed"))
    profiles = tables["analyst_profiles"]
    stance = _stance_cells(tables["document_stance"], authors)
    sides = _sides(tables["evidence"], authors)
    return {
        "corpus": _corpus(documents, authors),
        "inputs": _inputs(tables["fetches"]),
        "essays": _essays(tables["document_comparison"]),
        "nearness": _nearness(tables["document_comparison"]),
        "targets": in_order({*stance["target_id"], *sides["target_id"]}, names),
        "stance": _by_pair(stance, "analyst_id", "target_id"),
        "stance_sums": stance.groupby("target_id").sum(numeric_only=True).to_dict("index"),
        "stance_profiles": _profile_rows(profiles, "stance", names),
        "frames": _profile_rows(profiles, "frames", names),
        "readability": _profile_rows(profiles, "readability", dict.fromkeys(READABILITY_SHOWN, "")),
        "topics": _topics(tables["topics"], profiles),
        "keyness": _keyness(tables["keyness"], authors),
        "sides": _nested(sides),
        "linked": {*zip(sides["target_id"], sides["polarity_label"], sides["analyst_id"], strict=True)},
        "agreement": _agreement(tables["label_agreement"]),
        "changes": _changes(tables["changes"]),
        "charts": _charts(tables, names),
        "limits": {"listed": MOST_LISTED, "sentences": ENOUGH_SENTENCES},
    }


def _charts(tables: Tables, names: Mapping[str, str]) -> dict[str, Markup]:
    profiles = tables["analyst_profiles"]
    drawn = {
        "readability": charts.readability_chart(profiles),
        "frames": charts.frame_chart(profiles, names),
        "stance": charts.stance_chart(profiles, names),
        "distance": charts.distance_chart(tables["document_comparison"]),
    }
    # The charts module escapes the names that it is given.
    return {name: Markup(svg) for name, svg in drawn.items()}


def _corpus(documents: pd.DataFrame, authors: pd.DataFrame) -> dict[str, Any]:
    compared = documents[documents["is_compared"]].sort_values(["analyst", "published_date", "document_id"])
    origins = compared["origin_label"]
    left_out = documents[~documents["is_compared"]].fillna({"not_compared_reason": "no reason recorded"})
    reasons = left_out.groupby("not_compared_reason")["document_id"].size().reset_index(name="count")
    return {
        "held": len(documents),
        "compared": records(compared),
        "words": int(compared["word_count"].sum()),
        "sample_compared": int((origins == "sample").sum()),
        "sample_held": int((documents["origin_label"] == "sample").sum()),
        "anchors": records(compared[origins == "anchor"]),
        "analysts": _analysts(authors),
        "reasons": records(reasons.sort_values(["count", "not_compared_reason"], ascending=[False, True])),
        "left_out": records(left_out.sort_values(["not_compared_reason", "input"])),
    }


def _analysts(authors: pd.DataFrame) -> Rows:
    """Analysts with their compared texts and words, the essay's author first."""
    named = authors.assign(is_anchor=authors["origin_label"] == "anchor").groupby(["analyst_id", "analyst"])
    sums = named.agg(texts=("document_id", "size"), words=("word_count", "sum"), is_anchor=("is_anchor", "any"))
    return records(sums.reset_index().sort_values(["is_anchor", "analyst"], ascending=[False, True]))


def _inputs(fetches: pd.DataFrame) -> dict[str, Any]:
    """States and rejections of each source's latest round; no times or ids of rounds, because they differ by run.

    What was stored then, and what has not changed since, are both held: a round with nothing new reads the same.
    """
    if fetches.empty:
        return {"states": [], "rejected": []}
    order = fetches.sort_values(["attempted_at", "round_id"])
    latest = order[order["round_id"] == order.groupby("source_id")["round_id"].transform("last")]
    latest = latest.sort_values(["source_id", "input", "reason"])
    held = latest["state_label"].replace({"stored": "held", "unchanged": "held", "duplicate": "held"})
    states = held.groupby(held).size().rename_axis("state_label").reset_index(name="count")
    return {"states": records(states), "rejected": records(latest[latest["state_label"] == "rejected"])}


def _nearness(comparison: pd.DataFrame) -> dict[str, Any]:
    others = comparison[comparison["origin_label"] != "anchor"]
    ranked = others[others["overall_distance"].notna()].sort_values(["overall_distance", "document_id"])
    families = []
    for column in charts.DISTANCES:
        known = others[others[column].notna()].sort_values([column, "document_id"])
        if len(known):
            nearest, farthest = records(known.iloc[[0, -1]])
            family = {"column": column, "median": float(known[column].median()), "n": len(known)}
            families.append({**family, "nearest": nearest, "farthest": farthest})
    count = min(NEAREST, len(ranked) // 2) if len(ranked) > 1 else len(ranked)
    return {
        "nearest": records(ranked.head(count)),
        "farthest": records(ranked.tail(count if len(ranked) > 1 else 0).iloc[::-1]),
        "families": families,
        "count": len(ranked),
    }


def _essays(comparison: pd.DataFrame) -> Rows:
    """The compared essay, its lists of targets and frames as lists of ids."""
    lists = ("targets_favored", "targets_opposed", "targets_mixed", "leading_frames")
    essays = records(comparison[comparison["origin_label"] == "anchor"])
    split = [{name: essay[name].split("; ") if essay[name] else [] for name in lists} for essay in essays]
    return [{**essay, **parts} for essay, parts in zip(essays, split, strict=True)]


def _stance_cells(document_stance: pd.DataFrame, authors: pd.DataFrame) -> pd.DataFrame:
    """One row an analyst and target: sentences summed over the analyst's compared texts, and rule 7 on the sums."""
    rows = document_stance.merge(authors[["document_id", "analyst_id"]], on="document_id")
    rows["raised"] = (rows["stance_label"] != "absent").astype("int64")
    pairs = rows.groupby(["analyst_id", "target_id"])
    cells = pairs[list(_SUMS)].sum().rename(columns=_SUMS).assign(texts=pairs.size()).reset_index()
    labels = [_label(*counts) for counts in zip(cells["favor"], cells["against"], cells["mentioned"], strict=True)]
    return cells.assign(label=labels)


def _label(favor: int, against: int, mentioned: int) -> str:
    positions = favor + against
    if not positions:
        return "mentioned" if mentioned else "absent"
    if min(favor, against) / positions >= MIXED_SHARE:
        return "mixed"
    return "favor" if favor > against else "against"


def _profile_rows(profiles: pd.DataFrame, family: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Measures of a family and, by analyst and measure, their profile rows; readability keeps to the measures named."""
    rows = profiles[(profiles["group_kind"] == "analyst") & (profiles["measure_family"] == family)]
    rows = rows.assign(measure=rows["measure"].str.removeprefix(f"{family}."))
    if family == "readability":
        rows = rows[rows["measure"].isin(list(names))]
    groups = rows.drop_duplicates("group_id").sort_values(["group_name", "group_id"])
    return {
        "measures": in_order(rows["measure"], names),
        "groups": records(groups[["group_id", "group_name"]]),
        "cells": _by_pair(rows, "group_id", "measure"),
    }


def _topics(topics: pd.DataFrame, profiles: pd.DataFrame) -> Rows:
    is_marked = (profiles["group_kind"] == "analyst") & (profiles["verdict"] == "higher than the rest")
    marked = profiles[is_marked & (profiles["measure_family"] == "topics")]
    groups = {str(measure): records(rows.sort_values("group_name")) for measure, rows in marked.groupby("measure")}
    current = records(topics.query("is_current").sort_values(["topic_share", "topic_id"], ascending=[False, True]))
    return [{**topic, "groups": groups.get(f"topics.{topic['topic_id']}", [])} for topic in current]


def _keyness(keyness: pd.DataFrame, authors: pd.DataFrame) -> Rows:
    held = authors.groupby("analyst_id").size()
    own = keyness[(keyness["group_kind"] == "analyst") & (keyness["log_odds"] > 0)]
    ranked = own.sort_values(["group_name", "group_id", "z_score", "term"], ascending=[True, True, False, True])
    groups = ranked.groupby(["group_name", "group_id"], sort=False)
    return [
        {"name": name, "texts": int(held.get(group_id, 0)), "terms": records(rows.head(MOST_TERMS))}
        for (name, group_id), rows in groups
    ]


def _sides(evidence: pd.DataFrame, authors: pd.DataFrame) -> pd.DataFrame:
    """Evidence of stance with its analyst and title, in order of target, side, analyst, text and place."""
    rows = evidence[(evidence["table_name"] == "document_stance") & evidence["polarity_label"].notna()]
    shown = rows.merge(authors, on="document_id", suffixes=("", "_document"))
    order = ["target_id", "polarity_label", "analyst", "analyst_id", "published_date", "document_id", "start_offset"]
    return shown.sort_values([*order, "sentence_id"], ignore_index=True)


def _nested(sides: pd.DataFrame) -> dict[str, dict[str, Rows]]:
    """By target, by side, then by analyst: the number of sentences, and at most MOST_EXCERPTS of those quoted."""
    nested: dict[str, dict[str, Rows]] = {}
    for key, rows in sides.groupby(["target_id", "polarity_label", "analyst", "analyst_id"], sort=False):
        target, side, analyst, analyst_id = map(str, key)
        excerpts = records(rows[rows["excerpt"].notna()].head(MOST_EXCERPTS))
        group = {"analyst": analyst, "analyst_id": analyst_id, "count": len(rows), "excerpts": excerpts}
        nested.setdefault(target, {}).setdefault(side, []).append(group)
    return nested


def _agreement(label_agreement: pd.DataFrame) -> Rows:
    """Sentences set aside first; the row over all targets before its parts, then the most trusted."""
    rows = label_agreement.assign(is_part=label_agreement["target_id"] != "all")
    rows = rows.sort_values(["is_part", "tier", "target_id"])
    order = {"frozen": 0, "sample": 1, "essay": 2}
    rows = rows.assign(place=rows["split"].map(order)).sort_values("measure_family", ascending=False, kind="stable")
    return records(rows.sort_values("place", kind="stable"))


def _changes(changes: pd.DataFrame) -> dict[str, Any]:
    """Counts by cause in the newest build that changed anything: a round with nothing new leaves the page as it was."""
    newest = changes["build_id"].max() if len(changes) else ""
    latest = changes[changes["build_id"] == newest]
    causes = latest.groupby("cause").size().reset_index(name="count")
    counts = latest.groupby(["cause", "table_name", "change_label"]).size().reset_index(name="count")
    return {
        "total": len(latest),
        "causes": records(causes.sort_values(["count", "cause"], ascending=[False, True])),
        "tables": records(counts.sort_values(["cause", "count", "table_name"], ascending=[True, False, True])),
    }


def _by_pair(frame: pd.DataFrame, first: str, second: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row[first], row[second]): row for row in records(frame)}
