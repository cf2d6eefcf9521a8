"""Table of forecasts: what sentences predict, how surely, by when, and what became of it."""

from typing import Final

from pipeline.contracts import Column, Table
from pipeline.tables.corpus import FEATURE_VERSION, TEXT_SHA256

VOICES_OF_FORECASTS: Final = ("author", "quoted", "reported")

FORECASTS: Final = Table(
    name="forecasts",
    stage="features",
    grain="one sentence that predicts; of several predictions in it the first that states a probability, else the first",
    key=("forecast_id",),
    columns=(
        Column("forecast_id", "text", "Id of the forecast, from its sentence's; outcomes are recorded under it"),
        Column("sentence_id", "text", "The predicting sentence", is_required=True),
        Column("document_id", "text", "The sentence's document", is_required=True),
        Column(
            "target_id",
            "text",
            'Targets on which the sentence expects something, joined by "; "; missing where none fits',
        ),
        Column("voice_label", "text", "Whose voice the sentence is in", is_required=True, allowed=VOICES_OF_FORECASTS),
        Column(
            "holder",
            "text",
            "Who predicts: author, the speaker of a quoted or reported sentence, or reported where the author attributes it",
            is_required=True,
        ),
        Column(
            "start_offset",
            "integer",
            "First code point of the predicted clause in the body text",
            unit="code points",
            is_required=True,
            minimum=0,
        ),
        Column(
            "end_offset", "integer", "One past its last code point", unit="code points", is_required=True, minimum=1
        ),
        Column("terms", "text", "The words that predict", is_required=True),
        Column(
            "probability_terms",
            "text",
            'Words or numbers of probability, joined by "; "; missing where the clause has none',
        ),
        Column(
            "probability_low",
            "number",
            "Lower end of the probability that what the clause names comes about, read without its not; missing where no range is stated",
            minimum=0,
            maximum=1,
        ),
        Column("probability_high", "number", "Upper end of that probability", minimum=0, maximum=1),
        Column(
            "probability_scale",
            "text",
            'Whose range it is: ICD 203, Kent 1964, literal or number; several joined by "; "',
        ),
        Column(
            "is_possibility",
            "boolean",
            "Whether it stands under may, might or could, with a probability",
            is_required=True,
        ),
        Column("is_hedged", "boolean", "Whether the clause holds a hedge (Hyland 2005)", is_required=True),
        Column("is_boosted", "boolean", "Whether the clause holds a booster (Hyland 2005)", is_required=True),
        Column(
            "is_negated",
            "boolean",
            "Whether it is predicted that something will not be: a probability wholly below one half, or, without one, a negation",
            is_required=True,
        ),
        Column(
            "is_conditional",
            "boolean",
            "Whether the prediction holds under a condition that the sentence names",
            is_required=True,
        ),
        Column(
            "condition_start_offset",
            "integer",
            "First code point of the condition in the body text",
            unit="code points",
            minimum=0,
        ),
        Column("condition_end_offset", "integer", "One past its last code point", unit="code points", minimum=1),
        Column("horizon_terms", "text", "Words that say by when; missing where the clause has none"),
        Column("horizon_low", "date", "First day on which it can be checked; missing where the words name no day"),
        Column("horizon_high", "date", "Last day by which it is to be; missing where the words name no day"),
        Column(
            "outcome",
            "number",
            "1 where what the clause names came about, read without its not; 0 where it did not; from data/codebook/outcomes.csv",
            minimum=0,
            maximum=1,
        ),
        Column("resolved_date", "date", "Day on which the outcome was known, from outcomes.csv"),
        Column("outcome_url", "text", "Where the outcome can be read, from outcomes.csv"),
        Column(
            "brier_score",
            "number",
            "(p - o) squared, p the middle of the range and o the outcome (Brier 1950); missing without either",
            minimum=0,
            maximum=1,
        ),
        Column("method", "text", "How the row was coded", is_required=True, allowed=("rules",)),
        Column("codebook_version", "integer", "Version of the codebook", is_required=True, minimum=1),
        TEXT_SHA256,
        FEATURE_VERSION,
    ),
)

TABLES: Final = (FORECASTS,)
