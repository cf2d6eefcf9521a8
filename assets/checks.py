"""Asset checks that need judgement. The contract of each table is checked with its asset, in `table_assets`."""

from collections.abc import Iterable
from typing import Final

import dagster as dg
import pandas as pd

from assets.resources import configured_sources
from pipeline.codebook import Codebook
from pipeline.corpus import accounting, documents
from pipeline.dataset import evidence
from pipeline.features import frames, stance
from pipeline.store import Store
from pipeline.tables import corpus, features
from pipeline.tables import dataset as dataset_tables
from pipeline.tables.evaluation import LABEL_AGREEMENT

WARN = dg.AssetCheckSeverity.WARN


def _result(
    problems: Iterable[str], severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    found = list(problems)
    return dg.AssetCheckResult(
        passed=not found, severity=severity, metadata={"found": len(found), "details": "\n".join(found[:50]) or "none"}
    )


@dg.asset_check(asset="fetches", blocking=True, required_resource_keys={"store"}, additional_deps=["source_health"])
def every_input_is_accounted_for(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Inputs counted by each reader before processing equal the inputs that ended in a state."""
    store: Store = context.resources.store
    return _result(accounting.unaccounted(store.read(corpus.FETCHES), store.read(corpus.SOURCE_HEALTH)))


@dg.asset_check(asset="source_health", required_resource_keys={"store"})
def every_source_can_be_read(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Warns of each source that could not be read, with the remedy; its last good documents stay."""
    health = context.resources.store.read(corpus.SOURCE_HEALTH).dropna(subset=["last_error"])
    return _result((f"{row.source_id}: {row.last_error}" for row in health.itertuples()), WARN)


_SOURCES: Final = configured_sources()


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            f"{name.replace('-', '_')}_is_healthy",
            asset="source_health",
            description=f"Warns where source {name!r} could not be read or something was wrong with it.",
        )
        for name in _SOURCES
    ],
    required_resource_keys={"store"},
)
def each_source_is_healthy(context: dg.AssetCheckExecutionContext) -> Iterable[dg.AssetCheckResult]:
    """A check a source, so that each has a history of its own; a source added since is in the check of them all."""
    health = context.resources.store.read(corpus.SOURCE_HEALTH).set_index("source_id")
    for name in _SOURCES:
        row = health.loc[name] if name in health.index else None
        found = (
            [] if row is None else [str(row[column]) for column in ("last_error", "warnings") if pd.notna(row[column])]
        )
        yield dg.AssetCheckResult(
            passed=not found,
            asset_key="source_health",
            check_name=f"{name.replace('-', '_')}_is_healthy",
            severity=WARN,
            metadata={"details": "\n".join(found) or "none", **_history(row)},
        )


def _history(row: pd.Series | None) -> dict[str, str | int]:
    """How the source has fared, for the UI."""
    if row is None or pd.isna(row["last_attempt_at"]):
        return {"last attempt": "never"}
    success = row["last_success_at"]
    return {
        "last attempt": f"{row['last_attempt_at']:%Y-%m-%d %H:%M} UTC",
        "last success": "never" if pd.isna(success) else f"{success:%Y-%m-%d %H:%M} UTC",
        "items seen": int(row["items_seen_count"]),
        "failures in a row": int(row["failures_in_a_row_count"]),
    }


@dg.asset_check(asset="fetches", required_resource_keys={"store"}, additional_deps=["source_health"])
def no_input_is_rejected(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Warns of each input of the latest round that was rejected or waits, with the reason."""
    store: Store = context.resources.store
    latest = accounting.latest(store.read(corpus.FETCHES), store.read(corpus.SOURCE_HEALTH))
    refused = latest.loc[latest["state_label"].isin(("rejected", "retry_after"))]
    return _result((f"{row.input}: {row.reason}" for row in refused.itertuples()), WARN)


@dg.asset_check(asset="documents", required_resource_keys={"store"})
def the_sample_has_given_way(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Warns while Parley's own sample texts stand in for collected commentary."""
    compared = context.resources.store.read(corpus.DOCUMENTS).query("is_compared")
    others = int((~compared["origin_label"].isin(("anchor", "sample"))).sum())
    needed = documents.OTHERS_THAT_RETIRE_THE_SAMPLE
    stands_in = (compared["origin_label"] == "sample").any()
    said = (
        [f"{others} of {needed} documents of your own are compared; until then the sample stands in"]
        if stands_in
        else []
    )
    return _result(said, WARN)


@dg.asset_check(asset="sentence_stance", required_resource_keys={"store"}, blocking=True)
def stance_evidence_is_verbatim(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Every row's offsets lie in the text that it was computed from, and its deciding words stand between them."""
    store: Store = context.resources.store
    rows, texts = store.read(features.SENTENCE_STANCE), store.read(corpus.DOCUMENT_TEXTS, where={"is_current": [True]})
    return _result(accounting.not_verbatim(rows, texts))


@dg.asset_check(asset="sentence_frames", required_resource_keys={"store"}, blocking=True)
def frame_evidence_is_verbatim(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Every row's offsets lie in the text that it was computed from, and its deciding words stand between them."""
    store: Store = context.resources.store
    rows, texts = store.read(features.SENTENCE_FRAMES), store.read(corpus.DOCUMENT_TEXTS, where={"is_current": [True]})
    return _result(accounting.not_verbatim(rows, texts))


@dg.asset_check(asset="sentence_stance", required_resource_keys={"codebook"})
def targets_match_their_examples(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Each target finds the sentences that its entry says it must find, and passes over those that it must not."""
    book: Codebook = context.resources.codebook
    return _result(stance.misses(book), WARN)


@dg.asset_check(asset="sentence_frames", required_resource_keys={"codebook"})
def frames_match_their_examples(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Each frame finds the sentences that its entry says it must find, and passes over those that it must not."""
    book: Codebook = context.resources.codebook
    return _result(frames.misses(book), WARN)


@dg.asset_check(asset="evidence", required_resource_keys={"store"}, blocking=True)
def excerpts_stay_within_their_caps(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """No excerpt, and no document's sum of excerpts, is longer than its cap: the bundle holds no article."""
    store: Store = context.resources.store
    texts = store.read(corpus.DOCUMENT_TEXTS, where={"is_current": [True]})
    lengths = texts.set_index("document_id")["text"].str.len()
    return _result(evidence.leaks(store.read(dataset_tables.EVIDENCE), lengths))


@dg.asset_check(asset="label_agreement", required_resource_keys={"store"})
def measures_agree_with_hand_coding(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Warns of measures in tier C: their rows are to be read with the sentences and not published as they are."""
    rows = context.resources.store.read(LABEL_AGREEMENT)
    overall = rows.loc[(rows["target_id"] == "all") & (rows["tier"] == "C")]
    return _result((f"{row.measure_family}, {row.split}: tier C (F1 {row.f1})" for row in overall.itertuples()), WARN)
