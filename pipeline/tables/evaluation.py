"""Tables of the evaluation stage: how far the measures agree with coding done by hand."""

from typing import Final

from pipeline.contracts import Column, Table

LABEL_AGREEMENT: Final = Table(
    name="label_agreement",
    stage="evaluation",
    grain="one measure family, one target or frame or voice (or all of them), one split of coded documents or sentences",
    key=("measure_family", "target_id", "split"),
    is_tracked=True,
    columns=(
        Column("measure_family", "text", "Family of the measure", allowed=("stance", "frames", "voice")),
        Column("target_id", "text", "The target or frame, or all"),
        Column(
            "split",
            "text",
            "Which coding: the essay's, the labels planted in the sample, or labelled sentences set aside before anything was tuned (frozen)",
            allowed=("essay", "sample", "frozen"),
        ),
        Column("n", "integer", "Documents coded for it; on the frozen split, sentences", is_required=True, minimum=0),
        Column(
            "precision",
            "number",
            "Of the positions or frames that were found, the share that is there, with the same sign; a frame is found from two sentences on, in the essay from one",
            minimum=0,
            maximum=1,
        ),
        Column(
            "recall",
            "number",
            "Of the positions or frames that are there, the share that was found",
            minimum=0,
            maximum=1,
        ),
        Column("f1", "number", "Harmonic mean of the two", minimum=0, maximum=1),
        Column(
            "f1_low",
            "number",
            "Lower end of its 95 % percentile bootstrap interval over documents",
            minimum=0,
            maximum=1,
        ),
        Column(
            "f1_high",
            "number",
            "Upper end of its 95 % percentile bootstrap interval over documents",
            minimum=0,
            maximum=1,
        ),
        Column(
            "sign_accuracy",
            "number",
            "Where a position was found and is there: the share with the right sign",
            minimum=0,
            maximum=1,
        ),
        Column(
            "label_accuracy",
            "number",
            "Share of documents with exactly a label that the coder accepts; for frames, there or not there",
            minimum=0,
            maximum=1,
        ),
        Column(
            "baseline_f1",
            "number",
            "F1 of always giving the commonest label (on the frozen split, the commonest position); missing for one unit. A measure that does not beat it adds nothing",
            minimum=0,
            maximum=1,
        ),
        Column(
            "tier",
            "text",
            "C: essay and sample, which were read while the measures were built. On text nobody read: A from a lower end of F1 of 0.7 over 30 documents or passages, B from an F1 of 0.5 over 10, else C",
            is_required=True,
            allowed=("A", "B", "C"),
        ),
    ),
)

CODING_AGREEMENT: Final = Table(
    name="coding_agreement",
    stage="evaluation",
    grain="one coded variable of the labelled sentences: agreement of two independent passes, both by language models",
    key=("variable_family", "variable_id"),
    columns=(
        Column("variable_family", "text", "What is coded", allowed=("sentence", "stance", "frames")),
        Column("variable_id", "text", "voice, modality or strength; a target; a frame"),
        Column("n", "integer", "Sentences coded by both", unit="sentences", is_required=True, minimum=0),
        Column(
            "used_count",
            "integer",
            "Sentences on which at least one pass used the target or frame",
            unit="sentences",
            is_required=True,
            minimum=0,
        ),
        Column(
            "alpha",
            "number",
            "Krippendorff's alpha, nominal (strength: ordinal), before adjudication; 1 is full agreement, 0 is chance",
            maximum=1,
        ),
        Column("same_share", "number", "Share of sentences coded the same", minimum=0, maximum=1),
    ),
)

TABLES: Final = (LABEL_AGREEMENT, CODING_AGREEMENT)
