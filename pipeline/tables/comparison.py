"""Tables of the comparison stage: documents against the essay, groups by measure, terms that mark a group."""

from typing import Final

from pipeline.contracts import Column, Table
from pipeline.tables.corpus import DOCUMENT_ID, ORIGINS

GROUP_KINDS: Final = ("analyst", "outlet", "perspective", "period")
VERDICTS: Final = ("higher than the rest", "lower than the rest", "not distinguishable", "too little evidence")
FAMILIES: Final = ("readability", "stance", "frames", "topics")

DOCUMENT_COMPARISON: Final = Table(
    name="document_comparison",
    stage="comparison",
    grain="one compared document: its headline measures, and how far it stands from the essay",
    key=("document_id",),
    is_tracked=True,
    columns=(
        DOCUMENT_ID,
        Column("title", "text", "Title"),
        Column("analyst", "text", "Authors as displayed"),
        Column("outlet", "text", "Publication"),
        Column("perspective", "text", "School or region"),
        Column("published_date", "date", "Publication date"),
        Column("origin_label", "text", "How the document came to the corpus", is_required=True, allowed=ORIGINS),
        Column("word_count", "integer", "Words divided by white space", unit="words", is_required=True, minimum=0),
        Column(
            "author_flesch_kincaid_grade",
            "number",
            "Flesch-Kincaid grade of the author's voice",
            unit="US school grade",
        ),
        Column("author_flesch_reading_ease", "number", "Flesch reading ease of the author's voice", unit="score"),
        Column("author_sentence_share", "number", "Share of sentences in the author's own voice", minimum=0, maximum=1),
        Column("targets_favored", "text", 'Targets with the label favor, joined by "; "'),
        Column("targets_opposed", "text", 'Targets with the label against, joined by "; "'),
        Column("targets_mixed", "text", 'Targets with the label mixed, joined by "; "'),
        Column("targets_absent_count", "integer", "Targets that the author never raises", is_required=True, minimum=0),
        Column("leading_frames", "text", 'The three frames with the highest share, joined by "; "'),
        Column("leading_topic", "text", "Name of the topic with the highest share"),
        Column(
            "readability_distance",
            "number",
            "Distance from the essay in readability: root mean square of differences in standard deviations, over words per sentence, syllables per word and Dale-Chall",
            minimum=0,
        ),
        Column(
            "stance_distance",
            "number",
            "Mean difference in stance (favor 1, mixed 0, against -1, halved) over targets on which both take a position",
            minimum=0,
            maximum=1,
        ),
        Column(
            "stance_shared_target_count",
            "integer",
            "Targets on which both the document and the essay take a position",
            minimum=0,
        ),
        Column(
            "frames_distance", "number", "Jensen-Shannon distance (base 2) between frame profiles", minimum=0, maximum=1
        ),
        Column(
            "topics_distance", "number", "Jensen-Shannon distance (base 2) between topic profiles", minimum=0, maximum=1
        ),
        Column(
            "overall_distance",
            "number",
            "Mean of the families' ranks among the compared documents, 0 nearest to 1 farthest; missing for the essay itself",
            minimum=0,
            maximum=1,
        ),
    ),
)

ANALYST_PROFILES: Final = Table(
    name="analyst_profiles",
    stage="comparison",
    grain="one group (analyst, outlet, perspective or period) and one measure",
    key=("group_kind", "group_id", "measure"),
    is_tracked=True,
    columns=(
        Column("group_kind", "text", "What the group is", allowed=GROUP_KINDS),
        Column("group_id", "text", "Id of the group"),
        Column("group_name", "text", "Name of the group as displayed; a period is a month, 2025-04", is_required=True),
        Column("measure_family", "text", "Family of the measure", is_required=True, allowed=FAMILIES),
        Column("measure", "text", "Name of the measure: a readability column, or family.id for a target, frame or topic"),
        Column("document_count", "integer", "Documents with a value", is_required=True, minimum=0),
        Column("sentence_count", "integer", "Sentences that the values rest on", minimum=0),
        Column("estimate", "number", "Mean over the group's documents; for stance of positions: favor 1, mixed 0, against -1, silence left out"),
        Column("estimate_low", "number", "Lower end of the 95 % interval; missing where all values are equal, which show no spread"),
        Column("estimate_high", "number", "Upper end of the 95 % interval"),
        Column("interval_basis", "text", "What the interval is taken over: Student's t over two or more documents, or the sentences of a single one", is_required=True,
               allowed=("documents", "sentences", "none")),
        Column("rest_estimate", "number", "Mean over the documents of all other groups of the same kind, without the group's own"),
        Column("verdict", "text", "Whether the 95 % interval of the difference from the rest (Welch) leaves out 0; too little evidence below three documents on either side", is_required=True, allowed=VERDICTS),
    ),
)  # fmt: skip

KEYNESS: Final = Table(
    name="keyness",
    stage="comparison",
    grain="one group and one term that marks it off from the other groups",
    key=("group_kind", "group_id", "term"),
    is_tracked=True,
    columns=(
        Column("group_kind", "text", "What the group is", allowed=GROUP_KINDS),
        Column("group_id", "text", "Id of the group"),
        Column("group_name", "text", "Name of the group as displayed", is_required=True),
        Column("term", "text", "Word or phrase of two words, lower case"),
        Column(
            "log_odds",
            "number",
            "Log-odds ratio against the other groups, informative Dirichlet prior (Monroe et al. 2008)",
            is_required=True,
        ),
        Column("log_odds_low", "number", "Lower end of its 95 % interval", is_required=True),
        Column("log_odds_high", "number", "Upper end of its 95 % interval", is_required=True),
        Column("z_score", "number", "log_odds over its standard error", is_required=True),
        Column(
            "dispersion_score",
            "number",
            "Share of the group's documents that use the term",
            is_required=True,
            minimum=0,
            maximum=1,
        ),
        Column("group_count", "integer", "Uses in the group", is_required=True, minimum=0),
        Column("rest_count", "integer", "Uses in the other groups", is_required=True, minimum=0),
        Column("document_count", "integer", "Documents of the group that use the term", is_required=True, minimum=0),
    ),
)

TABLES: Final = (DOCUMENT_COMPARISON, ANALYST_PROFILES, KEYNESS)
