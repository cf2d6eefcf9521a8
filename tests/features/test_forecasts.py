"""Forecasts: what predicts and what does not, probabilities, horizons, outcomes, and what a batch gives."""

import pickle
import re
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import codebook
from pipeline.codebook import Codebook
from pipeline.contracts import violations
from pipeline.cues import Reading
from pipeline.features import estimative, forecasts, horizons, outcomes, predictions
from pipeline.features.estimative import Estimative
from pipeline.features.outcomes import Outcomes
from pipeline.features.predictions import Prediction
from pipeline.tables.features import SENTENCE_STANCE
from pipeline.tables.forecasts import FORECASTS
from pipeline.text import sentence_spans, sha256

CODEBOOK = Path(__file__).parents[2] / "data" / "codebook"
PUBLISHED = date(2025, 11, 20)


@cache
def book() -> Codebook:
    return codebook.load(CODEBOOK)


@cache
def scales() -> Estimative:
    return estimative.load(CODEBOOK / "estimative.toml")


def read(text: str, voice: str = "author") -> Prediction | None:
    return predictions.find(
        Reading(text), book().language, scales(), is_author=voice == "author", is_reported=voice == "reported"
    )


def predicted(text: str, voice: str = "author") -> Prediction:
    found = read(text, voice)
    assert found is not None, f"predicts nothing: {text}"
    return found


def probability(text: str) -> tuple[float, float] | None:
    estimate = predicted(text).estimate
    return (estimate.low, estimate.high) if estimate else None


def window(text: str, published: date | None = PUBLISHED) -> tuple[str, str] | None:
    found = horizons.find(text, published)
    return (str(found[0].low), str(found[0].high)) if found else None


def nothing_known(rows: list[tuple[str, float, str | None]] | None = None) -> Outcomes:
    held = [(name, value, day, "https://example.org/news", None) for name, value, day in rows or []]
    frame = pd.DataFrame(held, columns=list(outcomes.COLUMNS))
    kinds = {"outcome": "float64", "resolved_date": "datetime64[us]"}
    return Outcomes(frame.astype({name: kinds.get(name, "str") for name in frame}), sha256(str(rows)))


def table(text: str, voice: str = "author", speaker: str | None = None, known: Outcomes | None = None) -> pd.DataFrame:
    """The forecasts of one document whose sentences are all in one voice."""
    spans = sentence_spans(text)
    sentences = pd.DataFrame(
        {
            "sentence_id": [f"s_{number}" for number in range(len(spans))],
            "document_id": "doc",
            "position": range(len(spans)),
            "start_offset": [span.start for span in spans],
            "end_offset": [span.end for span in spans],
            "voice_label": voice,
            "speaker": pd.Series([speaker] * len(spans), dtype="str"),
        }
    )
    texts = pd.DataFrame({"document_id": ["doc"], "text_sha256": [sha256(text)], "text": [text]})
    documents = pd.DataFrame({"document_id": ["doc"], "published_date": pd.to_datetime(pd.Series(["2025-11-20"]))})
    stance = pd.DataFrame(
        {
            "sentence_id": ["s_0", "s_0", "s_0"],
            "target_id": ["territorial_outcome", "settlement_likely", "europe_role"],
            "modality_label": ["expects", "expects", "prescribes"],
        }
    ).astype("str")
    measure = partial(forecasts.find, codebook=book(), estimative=scales(), outcomes=known or nothing_known())
    return measure(texts, sentences, stance, documents)


@pytest.mark.parametrize(
    "text",
    [
        "Russia will keep what it occupies.",
        "Moscow isn't going to give the Donbas back.",
        "A ceasefire is unlikely to hold through the winter.",
        "We expect no agreement this year.",
        "My bet is that there will be a settlement.",
        "The odds of a truce have shortened.",
        "The front is bound to move again.",
        "The geopolitics of the situation points to a settlement.",
        "Russia will accept nothing less than the whole of Donetsk.",
        "Sooner or later the two presidents meet.",
        "I doubt that the truce will last.",
        "Nobody is getting Crimea back.",
    ],
)
def test_a_commitment_to_what_will_be_is_a_forecast(text: str) -> None:
    assert read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Europe must arm Ukraine.",
        "Kyiv should not sign.",
        "He said in March that the talks would resume.",
        "The envoy was to arrive at noon, and was going to bring a map.",
        "Under the plan, Ukraine will cede the Donbas.",
        "The draft says that Ukraine will cede the Donbas.",
        "Will Moscow stop?",
        "A mediator will often favor the strong.",
        "Any banker will tell you that paper burns.",
        "They lack the political will to act.",
        "He hopes that the war will end.",
        "Putin promised that he will stop.",
        "Nobody knows what the White House will do.",
        "The question is whether Moscow will stop.",
        "I will argue that this is wrong.",
        "A deal may be signed by Easter.",
        "Putin could stop tomorrow.",
        "It is not certain that Russia will stop.",
        "The envoys are going to Moscow.",
        "The people who will live there were not asked.",
    ],
)
def test_prescriptions_plans_promises_questions_habits_and_possibilities_are_none(text: str) -> None:
    assert read(text) is None


def test_a_text_without_full_stops_is_no_sentence_to_read() -> None:
    assert read("Russia will stop and " * (predictions.LONGEST_SENTENCE // 10)) is None


def test_would_predicts_behind_a_condition() -> None:
    found = predicted("If Washington walked away, Kyiv would fight on.")
    assert found.condition == (0, len("If Washington walked away"))


def test_would_predicts_nothing_without_one() -> None:
    assert read("A guarantee would cost a great deal.") is None


def test_would_predicts_in_a_reported_opinion() -> None:
    assert predicted("She reckoned that the truce would collapse.", "reported").cue


def test_would_predicts_nothing_in_a_reported_announcement() -> None:
    assert read("The ministry announced that the talks would resume.", "reported") is None


def test_a_condition_behind_the_prediction_is_found_too() -> None:
    text = "Trump will walk away unless Moscow agrees."
    condition = predicted(text).condition
    assert condition
    assert text[slice(*condition)] == "unless Moscow agrees"


def test_even_if_is_no_condition() -> None:
    assert predicted("Even if the talks fail, Europe will pay.").condition is None


def test_the_predicted_clause_leaves_out_who_says_so_and_on_what_condition() -> None:
    text = "If the front holds, my bet is that Moscow will sign, and Berlin knows it."
    assert text[slice(*predicted(text).clause)] == "Moscow will sign"


@pytest.mark.parametrize(
    ("text", "is_negated"),
    [
        ("Russia will not stop.", True),
        ("Nobody in Kyiv will sign.", True),
        ("There is no force in Europe that will reverse this.", True),
        ("A truce is unlikely to hold.", True),
        ("A truce is not unlikely to hold.", False),
        ("A Russia that has not been beaten will go on fighting.", False),
        ("There is little doubt that Russia will win.", False),
        ("I doubt that Russia will win.", True),
        ("A truce will, in all likelihood, not hold.", True),
    ],
)
def test_a_negation_counts_where_it_governs_the_prediction(text: str, is_negated: bool) -> None:
    assert predicted(text).is_negated is is_negated


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("almost certain", 0.95, 0.99),
        ("nearly certain", 0.95, 0.99),
        ("very likely", 0.80, 0.95),
        ("highly probable", 0.80, 0.95),
        ("likely", 0.55, 0.80),
        ("probable", 0.55, 0.80),
        ("unlikely", 0.20, 0.45),
        ("improbable", 0.20, 0.45),
        ("very unlikely", 0.05, 0.20),
        ("highly improbable", 0.05, 0.20),
    ],
)
def test_words_have_the_ranges_of_icd_203(words: str, low: float, high: float) -> None:
    assert probability(f"It is {words} that Kyiv will sign.") == (low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("There is almost no chance of a truce.", 0.01, 0.05),
        ("The chances of a truce are roughly even.", 0.45, 0.55),
        ("The truce will almost certainly not hold.", 0.02, 0.12),
        ("The truce will probably not hold.", 0.20, 0.40),
        ("The truce is certain to fail.", 1.0, 1.0),
        ("The truce is certain not to hold.", 0.0, 0.0),
        ("A truce is more likely than not.", 0.5, 1.0),
        ("There is a 40 percent chance of a truce.", 0.4, 0.4),
        ("There is a 60 to 70 per cent chance of a truce.", 0.6, 0.7),
        ("I would put the odds at one in eight.", 0.125, 0.125),
        ("The odds are three to one against, and it will fail.", 0.25, 0.25),
        ("A truce could, with a 30% chance, hold.", 0.3, 0.3),
    ],
)
def test_kent_numbers_and_plain_odds_have_ranges_too(text: str, low: float, high: float) -> None:
    found = predictions.find(Reading(text), book().language, scales(), is_author=True, is_reported=False)
    stated = found.estimate if found and found.estimate else scales().estimates(Reading(text))[0]
    assert (stated.low, stated.high) == pytest.approx((low, high))


def test_of_two_scales_the_one_named_first_is_read(tmp_path: Path) -> None:
    text = (CODEBOOK / "estimative.toml").read_text(encoding="utf-8")
    path = tmp_path / "estimative.toml"
    path.write_text(
        text.replace('"ICD 203", "Kent 1964", "literal"', '"Kent 1964", "ICD 203", "literal"'), encoding="utf-8"
    )
    (found,) = estimative.load(path).estimates(Reading("It will probably end."))
    assert (found.low, found.high, found.scale) == (0.63, 0.87, "Kent 1964")


@pytest.mark.parametrize(
    "text",
    [
        "Turnout of 60 percent will be enough.",
        "A deal is more likely to fail than to hold.",
        "A certain fatigue will set in.",
        "Russia will stop.",
    ],
)
def test_what_states_no_probability_gets_none(text: str) -> None:
    assert probability(text) is None


def test_a_possibility_with_a_probability_is_flagged() -> None:
    assert predicted("A truce could, with even odds, be signed by Easter.").is_possibility


WORDS = [
    "likely",
    "unlikely",
    "probable",
    "improbable",
    "very likely",
    "very unlikely",
    "highly probable",
    "almost certain",
]


@given(st.sampled_from(WORDS))
def test_a_negation_mirrors_a_range(words: str) -> None:
    plain = probability(f"It is {words} that Kyiv will sign.")
    denied = probability(f"It is {words} that Kyiv will not sign.")
    assert plain
    assert denied == pytest.approx((1 - plain[1], 1 - plain[0]))


@given(st.sampled_from(["likely", "probable"]), st.sampled_from(["very", "highly"]))
def test_very_raises_what_is_likely_and_lowers_what_is_not(word: str, degree: str) -> None:
    opposite = {"likely": "unlikely", "probable": "improbable"}[word]
    middle = {text: sum(probability(f"It is {text} that Kyiv will sign.") or ()) for text in
              (word, f"{degree} {word}", opposite, f"{degree} {opposite}")}  # fmt: skip
    assert middle[f"{degree} {opposite}"] < middle[opposite] < middle[word] < middle[f"{degree} {word}"]


ODDMENTS = (
    "not very likely unlikely almost certain that 40% 140% one in three to 3 chance odds of at . , is 0 9".split()
)


@given(st.lists(st.sampled_from(ODDMENTS), max_size=15))
def test_a_range_is_in_order_and_within_nought_and_one(words: list[str]) -> None:
    for estimate in scales().estimates(Reading(" ".join(words))):
        assert 0 <= estimate.low <= estimate.high <= 1


SCRAPS = "Russia will not would if , that is likely no nobody who what doubt may ; “ ” - ( by 2026 odds of as".split()


@given(st.lists(st.sampled_from(SCRAPS), max_size=25))
def test_a_clause_and_a_condition_lie_within_the_sentence(words: list[str]) -> None:
    text = " ".join(words)
    found = read(text, "reported")
    if found:
        assert 0 <= found.clause[0] < found.clause[1] <= len(text)
        assert found.condition is None or 0 <= found.condition[0] < found.condition[1] <= len(text)


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("by the end of the year", "2025-11-20", "2025-12-31"),
        ("before the year is out", "2025-11-20", "2025-12-31"),
        ("this year", "2025-11-20", "2025-12-31"),
        ("next year", "2026-01-01", "2026-12-31"),
        ("in 2026", "2026-01-01", "2026-12-31"),
        ("before 2027", "2025-11-20", "2026-12-31"),
        ("by mid-2026", "2025-11-20", "2026-08-31"),
        ("in the first half of 2026", "2026-01-01", "2026-06-30"),
        ("in early 2027", "2027-01-01", "2027-04-30"),
        ("next spring", "2026-03-01", "2026-05-31"),
        ("by the end of spring", "2025-11-20", "2026-05-31"),
        ("before the winter", "2025-11-20", "2025-11-30"),
        ("this winter", "2025-12-01", "2026-02-28"),
        ("in the summer of 2026", "2026-06-01", "2026-08-31"),
        ("within six months", "2025-11-20", "2026-05-20"),
        ("within months", "2025-11-20", "2026-11-20"),
        ("over the next two years", "2025-11-20", "2027-11-20"),
        ("in the coming decade", "2025-11-20", "2035-11-20"),
        ("before this decade is out", "2025-11-20", "2029-12-31"),
        ("in March", "2026-03-01", "2026-03-31"),
        ("on November 21", "2025-11-21", "2025-11-21"),
        ("by 3 March 2026", "2025-11-20", "2026-03-03"),
        ("on Friday", "2025-11-21", "2025-11-21"),
        ("tomorrow", "2025-11-21", "2025-11-21"),
        ("before Christmas", "2025-11-20", "2025-12-24"),
        ("by Easter", "2025-11-20", "2026-04-05"),
        ("by Thanksgiving", "2025-11-20", "2025-11-27"),
    ],
)
def test_a_horizon_has_its_days(words: str, low: str, high: str) -> None:
    assert window(f"It will end {words}.") == (low, high)


@pytest.mark.parametrize("words", ["in 2023", "last spring", "in the spring of 2022", "this spring"])
def test_what_is_past_is_no_horizon(words: str) -> None:
    assert window(f"It began {words}.") is None


def test_a_number_beyond_the_calendar_is_no_day() -> None:
    assert window("It will end in 999 decades.") == ("None", "None")


def test_words_without_a_day_are_kept_without_one() -> None:
    (found,) = horizons.find("The war will end sooner or later.", PUBLISHED)
    assert (found.words, found.low, found.high) == ("sooner or later", None, None)


def test_a_dated_horizon_needs_no_date_of_publication() -> None:
    assert window("It will end in 2026.", None) == ("2026-01-01", "2026-12-31")


def test_a_relative_one_does() -> None:
    assert window("It will end within six months.", None) == ("None", "None")


HORIZONS = [
    "by the end of the year", "next spring", "in March", "on 31 January", "within three months", "by Easter", "this month",
    "late next year", "in the second half of next year", "on Tuesday", "before the summer", "within half a year",
]  # fmt: skip


@given(st.sampled_from(HORIZONS), st.dates(date(2020, 1, 1), date(2098, 12, 31)))
def test_a_window_opens_no_sooner_than_the_text_and_closes_no_sooner_than_it_opens(words: str, published: date) -> None:
    for found in horizons.find(f"It will end {words}.", published):
        assert found.low is None or found.low >= published
        assert found.low is None or found.high is None or found.low <= found.high + timedelta(days=1)


def test_a_batch_keeps_its_contract() -> None:
    rows = table(
        "Russia will probably keep Crimea by the end of 2026. The sky is blue. If Kyiv signs, it will regret it."
    )
    assert violations(rows.assign(feature_version="v_1")[list(FORECASTS.column_names)], FORECASTS) == []


def test_offsets_lead_to_the_clause_and_to_the_condition() -> None:
    text = "It rains. If Kyiv signs, Moscow will gloat."
    row = table(text).iloc[0]
    assert text[row["start_offset"] : row["end_offset"]] == "Moscow will gloat"
    assert text[row["condition_start_offset"] : row["condition_end_offset"]] == "If Kyiv signs"


def test_the_targets_are_those_that_the_sentence_expects_something_of() -> None:
    rows = table("Russia will keep Crimea. Kyiv will sign.").set_index("sentence_id")
    assert rows.loc["s_0", "target_id"] == "settlement_likely; territorial_outcome"
    assert pd.isna(rows.loc["s_1", "target_id"])


def test_no_sentence_gives_no_row_and_all_columns() -> None:
    rows = table("The sky is blue.")
    assert (len(rows), list(rows)) == (0, [name for name in FORECASTS.column_names if name != "feature_version"])


def test_boilerplate_predicts_nothing() -> None:
    assert table("Our next issue will appear in May.", voice="boilerplate").empty


def test_the_holder_is_the_author_or_whoever_is_named() -> None:
    assert table("The war will end.")["holder"].tolist() == ["author"]
    assert table("The war will end.", "quoted", "Tomas Vaitkus")["holder"].tolist() == ["Tomas Vaitkus"]
    assert table("The war will end.", "quoted")["holder"].tolist() == ["quoted"]


def test_what_the_author_only_attributes_is_not_his() -> None:
    assert table("Critics say that the truce will collapse.")["holder"].tolist() == ["reported"]


def test_an_id_starts_with_a_letter_and_stays_when_other_sentences_change() -> None:
    first = table("The war will end. The sky is blue.")["forecast_id"].iloc[0]
    again = table("The war will end. Moscow will gloat.").set_index("sentence_id").loc["s_0", "forecast_id"]
    assert first == again
    assert re.fullmatch(r"[a-z]\w+", first)


def test_the_measure_can_be_sent_to_another_process() -> None:
    measure = partial(forecasts.find, codebook=book(), estimative=scales(), outcomes=nothing_known())
    assert pickle.loads(pickle.dumps(measure)).keywords["estimative"] == scales()


def test_an_outcome_gives_the_brier_score_of_the_middle_of_the_range() -> None:
    text = "A truce is unlikely to hold."
    name = table(text)["forecast_id"].iloc[0]
    row = table(text, known=nothing_known([(name, 1.0, "2026-01-05")])).iloc[0]
    assert row["brier_score"] == pytest.approx((0.325 - 1) ** 2, abs=1e-4)
    assert (row["resolved_date"], row["outcome_url"]) == (pd.Timestamp("2026-01-05"), "https://example.org/news")


def test_without_an_outcome_or_a_probability_there_is_no_score() -> None:
    assert table("A truce is unlikely to hold.")["brier_score"].isna().all()
    name = table("A truce will hold.")["forecast_id"].iloc[0]
    row = table("A truce will hold.", known=nothing_known([(name, 1.0, None)])).iloc[0]
    assert row["outcome"] == 1
    assert pd.isna(row["brier_score"])


def test_an_outcome_without_its_forecast_is_named() -> None:
    rows = table("A truce will hold.")
    assert outcomes.unmatched(rows, nothing_known([("forecast_gone", 0.0, None)])) == ["forecast_gone"]


def test_the_shipped_file_of_outcomes_can_be_read() -> None:
    assert list(outcomes.read(CODEBOOK / "outcomes.csv").rows) == list(outcomes.COLUMNS)


HEADER = ",".join(outcomes.COLUMNS)


def test_what_users_write_is_read(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    path.write_text(f'{HEADER}\nforecast_1,0.5,2026-02-01,https://example.org,"half, and half"\n', encoding="utf-8")
    row = outcomes.read(path).rows.iloc[0]
    assert (row["outcome"], row["note"]) == (0.5, "half, and half")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("forecast_1,2,,,\n", "line 2: outcome '2' must be 1"),
        ("forecast_1,,,,\n", "line 2: outcome '' must be 1"),
        ("forecast_1,nan,,,\n", "line 2: outcome 'nan' must be 1"),
        (",1,,,\n", "line 2: forecast_id is empty"),
        ("forecast_1,1,,,\nforecast_1,0,,,\n", "line 3: forecast_1 stands in line 2"),
        ("forecast_1,1,5 May,,\n", "line 2: resolved_date '5 May'"),
        ("forecast_1,1\n", "line 2: must have 5 cells"),
    ],
)
def test_a_wrong_line_is_named_with_its_remedy(tmp_path: Path, lines: str, told: str) -> None:
    path = tmp_path / "outcomes.csv"
    path.write_text(f"{HEADER}\n{lines}", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(told)):
        outcomes.read(path)


def test_a_wrong_header_is_named(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    path.write_text("id,outcome\n", encoding="utf-8")
    with pytest.raises(ValueError, match="columns are id, outcome; make them forecast_id"):
        outcomes.read(path)


def test_a_mean_score_needs_three_resolved_forecasts() -> None:
    rows = pd.DataFrame(
        {
            "document_id": ["d"] * 5,
            "holder": ["author"] * 3 + ["Moscow"] * 2,
            "probability_low": [0.5] * 5,
            "brier_score": [0.1, 0.2, 0.3, 0.1, None],
        }
    )
    documents = pd.DataFrame({"document_id": ["d"], "analyst": ["George Friedman"]})
    scores = outcomes.brier_by_holder(rows, documents).set_index("holder")
    assert scores.loc["George Friedman", "mean_brier_score"] == pytest.approx(0.2)
    assert scores.loc["Moscow", "resolved_count"] == 1
    assert pd.isna(scores.loc["Moscow", "mean_brier_score"])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("high = 0.05", "high = 5", "range almost_no_chance: low 0.01 and high 5.0"),
        ('scale = "Kent 1964"', 'scale = "Kant"', "scale 'Kant' is none of"),
        ("not_conditions =", "no_conditions =", "grammar.no_conditions is not known"),
        ('"@future", "@coming', '"@futur", "@coming', "@futur is not among the groups"),
        ('"better than even"', '"better than (even"', "does not parse"),
    ],
)
def test_a_wrong_entry_of_the_codebook_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = (CODEBOOK / "estimative.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "estimative.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(told)):
        estimative.load(path)


def test_the_stance_columns_that_forecasts_read_are_declared() -> None:
    assert {"sentence_id", "target_id", "modality_label"} <= set(SENTENCE_STANCE.column_names)
