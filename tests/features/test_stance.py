"""Stance by cues: the codebook's rules, the essay, and what a batch gives."""

from collections import Counter
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import codebook
from pipeline.codebook import Codebook
from pipeline.contracts import violations
from pipeline.corpus import files
from pipeline.features import stance
from pipeline.intervals import wilson
from pipeline.tables.features import DOCUMENT_STANCE, MODALITIES, SENTENCE_STANCE
from pipeline.text import SentenceSpan, sentence_spans, sha256

DATA = Path(__file__).parents[2] / "data"
COLUMNS = "sentence_id document_id position paragraph start_offset end_offset voice_label speaker".split()
ESSAY = DATA / "corpus" / "essays" / "friedman-the-trump-putin-negotiations.txt"
# Sentences of the essay whose grammar reports somebody else's position.
REPORTS = ("The U.S. position was that", "The Viet Cong position was", "Washington sensed", "There are reports that")


@cache
def book() -> Codebook:
    return codebook.load(DATA / "codebook")


def span_cells(span: SentenceSpan) -> tuple[int, int, int]:
    return span.paragraph, span.start, span.end


def batch(texts: dict[str, str], voices: dict[str, str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Texts and their sentences; `voices` gives the voice of sentences by their opening words, author unless given."""
    rows = []
    for document_id, text in texts.items():
        for position, span in enumerate(sentence_spans(text)):
            words = text[span.start : span.end]
            voice = next((label for opening, label in (voices or {}).items() if words.startswith(opening)), "author")
            rows.append([f"{document_id}_{position}", document_id, position, *span_cells(span), voice, None])
    held = [[document_id, sha256(text), text] for document_id, text in texts.items()]
    return pd.DataFrame(held, columns=["document_id", "text_sha256", "text"]), pd.DataFrame(rows, columns=COLUMNS)


def coded(text: str, voices: dict[str, str] | None = None) -> dict[str, str]:
    """Target and polarity of every row that a text gives."""
    rows = stance.code_sentences(*batch({"doc": text}, voices), codebook=book())
    return dict(zip(rows["target_id"], rows["polarity_label"], strict=True))


def label(text: str, target: str, voices: dict[str, str] | None = None) -> str:
    texts, sentences = batch({"doc": text}, voices)
    rows = stance.code_sentences(texts, sentences, codebook=book())
    whole = stance.summarize(texts, rows, sentences, codebook=book())
    return str(whole.set_index("target_id").loc[target, "stance_label"])


@cache
def essay() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    text = files.read(ESSAY.name, ESSAY.read_bytes()).text
    texts, sentences = batch({"essay": text}, dict.fromkeys(REPORTS, "reported"))
    rows = stance.code_sentences(texts, sentences, codebook=book())
    return texts, sentences, rows, stance.summarize(texts, rows, sentences, codebook=book()).set_index("target_id")


def test_every_example_of_the_codebook_is_coded_as_it_says() -> None:
    assert stance.misses(book()) == []


def test_an_example_that_is_not_met_is_named(tmp_path: Path) -> None:
    for name in codebook.FILES:
        text = (DATA / "codebook" / name).read_text(encoding="utf-8")
        changed = text.replace('"The talks are going nowhere."', '"The talks go on."')
        changed = changed.replace('"Is a settlement likely before the winter?"', '"A settlement is likely."')
        (tmp_path / name).write_text(changed, encoding="utf-8")
    told = stance.misses(codebook.load(tmp_path))
    assert len(told) == 2
    assert all("settlement_likely" in line for line in told)


@pytest.mark.parametrize(
    ("target", "accepted"),
    [
        ("settlement_likely", {"favor"}),
        ("territorial_outcome", {"favor"}),
        ("territorial_concessions", {"absent"}),
        ("putin_good_faith", {"against"}),
        ("unpredictability_helps", {"mixed"}),
        ("security_guarantees", {"absent"}),
        ("nato_membership", {"absent"}),
        ("europe_role", {"absent"}),
        ("trump_mediator", {"mentioned", "against"}),
        ("pressure_on_russia", {"absent", "mentioned"}),
        ("western_military_support", {"absent", "mentioned"}),
        ("kyiv_position", {"absent", "mentioned"}),
    ],
)
def test_the_essay_has_the_label_of_its_hand_coding(target: str, accepted: set[str]) -> None:
    assert essay()[3].loc[target, "stance_label"] in accepted


def test_the_essay_expects_a_settlement_more_often_than_it_judges_one() -> None:
    assert essay()[3].loc["settlement_likely", "majority_modality"] == "expects"


def test_the_essay_expects_russia_to_keep_territory_and_endorses_nothing() -> None:
    row = essay()[3].loc["territorial_outcome"]
    assert (row["majority_modality"], row["normative_claim_count"]) == ("expects", 0)


def test_the_essays_rows_keep_their_contracts() -> None:
    _, _, rows, whole = essay()
    assert violations(rows.assign(feature_version="v")[list(SENTENCE_STANCE.column_names)], SENTENCE_STANCE) == []
    summary = whole.reset_index().assign(feature_version="v")[list(DOCUMENT_STANCE.column_names)]
    assert violations(summary, DOCUMENT_STANCE) == []


def test_evidence_is_a_sentence_of_the_text_and_its_terms_stand_in_it() -> None:
    texts, sentences, rows, _ = essay()
    spans = sentences.set_index("sentence_id")
    for row in rows.to_dict("records"):
        sentence = spans.loc[row["sentence_id"]]
        assert (row["start_offset"], row["end_offset"]) == (sentence["start_offset"], sentence["end_offset"])
        words = texts.loc[0, "text"][row["start_offset"] : row["end_offset"]]
        assert row["terms"]
        assert all(term in words for term in row["terms"].split("; "))


def test_a_condition_is_not_coded() -> None:
    assert coded("If Moscow dropped its demands, a deal would be within reach.").get("settlement_likely") != "favor"


def test_a_condition_whose_main_clause_prescribes_is_coded() -> None:
    assert coded("If the talks fail, sanctions must be tightened.")["pressure_on_russia"] == "favor"


def test_a_concession_with_even_if_is_no_condition() -> None:
    assert coded("The territory will remain Russian, even if nobody says so.")["territorial_outcome"] == "favor"


def test_a_question_is_not_coded() -> None:
    assert coded("Should the sanctions be lifted?") == {}


def test_a_rhetorical_question_is_answered_with_no() -> None:
    assert coded("Why should Ukraine cede its land?")["territorial_concessions"] == "against"


def test_a_report_of_a_plans_contents_is_mentioned() -> None:
    text = "The draft says that Ukraine should hand over the rest of Donetsk."
    assert coded(text)["territorial_concessions"] == "mentioned"


def test_what_critics_say_is_mentioned_and_no_stance_of_the_author() -> None:
    assert coded("Critics say that Trump was outplayed.")["trump_mediator"] == "mentioned"


def test_a_wish_is_mentioned() -> None:
    assert coded("We hope that a settlement is within reach.")["settlement_likely"] == "mentioned"


def test_a_negated_cue_is_turned_round() -> None:
    assert coded("A deal is not within reach.")["settlement_likely"] == "against"


def test_cues_that_contradict_each_other_take_no_position() -> None:
    assert coded("Sanctions work, and sanctions should be lifted.")["pressure_on_russia"] == "mentioned"


def test_a_sentence_may_lean_on_the_one_before_in_its_paragraph_alone() -> None:
    joined = coded("Moscow sent a delegation. He wants us gone.")
    apart = coded("Moscow sent a delegation.\n\nHe wants us gone.")
    assert joined.get("putin_good_faith") == "against"
    assert "putin_good_faith" not in apart


def test_boilerplate_is_never_coded() -> None:
    text = "The talks are going nowhere."
    assert coded(text)
    assert coded(text, {"The talks": "boilerplate"}) == {}


@pytest.mark.parametrize("voice", ["quoted", "reported"])
def test_a_sentence_in_anothers_voice_has_another_holder_and_leaves_the_document_absent(voice: str) -> None:
    text = "The talks are going nowhere."
    rows = stance.code_sentences(*batch({"doc": text}, {"The talks": voice}), codebook=book())
    assert rows[["polarity_label", "holder"]].to_numpy().tolist() == [["against", voice]]
    assert label(text, "settlement_likely") == "against"
    assert label(text, "settlement_likely", {"The talks": voice}) == "absent"


def test_a_known_speaker_is_the_holder() -> None:
    texts, sentences = batch({"doc": "The talks are going nowhere."})
    sentences = sentences.assign(voice_label="quoted", speaker="a diplomat")
    assert stance.code_sentences(texts, sentences, codebook=book())["holder"].tolist() == ["a diplomat"]


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("The talks are perhaps going nowhere.", 1),
        ("The talks are going nowhere.", 2),
        ("The talks are clearly going nowhere.", 3),
    ],
)
def test_hedges_weaken_and_boosters_strengthen(text: str, strength: int) -> None:
    assert stance.code_sentences(*batch({"doc": text}), codebook=book())["strength"].tolist() == [strength]


def test_an_expectation_of_loss_is_no_endorsement_of_it() -> None:
    found = coded("Russia will keep the territory that it has taken.")
    assert found["territorial_outcome"] == "favor"
    assert found.get("territorial_concessions", "absent") in {"absent", "mentioned"}


SIGNS = st.lists(st.tuples(st.sampled_from(["favor", "against", "mentioned"]), st.sampled_from(MODALITIES)), max_size=9)


def by_rule_seven(coding: list[tuple[str, str]]) -> tuple[str, bool, str | None]:
    signs = Counter(sign for sign, _ in coding)
    held = Counter(modality for sign, modality in coding if sign != "mentioned").most_common()
    favor, against = signs["favor"], signs["against"]
    majority = held[0][0] if held and (len(held) == 1 or held[0][1] > held[1][1]) else None
    if favor + against == 0:
        return ("mentioned" if signs["mentioned"] else "absent"), False, majority
    if 3 * min(favor, against) >= favor + against:
        return "mixed", favor + against >= 3, majority
    return ("favor" if favor > against else "against"), favor + against >= 3, majority


@given(SIGNS)
def test_a_document_is_summarized_by_rule_seven(coding: list[tuple[str, str]]) -> None:
    target = book().targets[0].id
    rows = pd.DataFrame(
        [[f"s{number}", "doc", target, sign, modality] for number, (sign, modality) in enumerate(coding)],
        columns=["sentence_id", "document_id", "target_id", "polarity_label", "modality_label"],
    )
    rows = rows.assign(method="cues", stance_probability=np.nan)
    sentences = rows[["sentence_id", "document_id"]].assign(voice_label="author")
    texts = pd.DataFrame({"document_id": ["doc"], "text_sha256": ["x"], "text": [""]})
    row = stance.summarize(texts, rows, sentences, codebook=book()).set_index("target_id").loc[target]
    expected, is_enough, majority = by_rule_seven(coding)
    assert (row["stance_label"], row["has_enough_evidence"]) == (expected, is_enough)
    assert (row["majority_modality"] if pd.notna(row["majority_modality"]) else None) == majority
    favor, both = row["favor_count"], row["favor_count"] + row["against_count"]
    assert row["descriptive_claim_count"] + row["normative_claim_count"] == both
    score = row[["stance_score", "stance_score_low", "stance_score_high"]]
    if is_enough:
        low, high = wilson(favor, both)
        assert np.allclose(score.to_numpy(dtype=float), 2 * np.array([favor / both, low, high]) - 1, atol=1e-4)
    else:
        assert score.isna().all()


def test_every_document_has_a_row_for_every_target() -> None:
    texts, sentences = batch({"a": "It rained.", "b": "The talks are going nowhere."})
    rows = stance.code_sentences(texts, sentences, codebook=book())
    whole = stance.summarize(texts, rows, sentences, codebook=book())
    assert len(whole) == 2 * len(book().targets)
    assert set(whole.loc[whole["document_id"] == "a", "stance_label"]) == {"absent"}


def test_an_empty_batch_gives_empty_tables_with_their_columns() -> None:
    texts, sentences = batch({})
    rows = stance.code_sentences(texts, sentences, codebook=book())
    whole = stance.summarize(texts, rows, sentences, codebook=book())
    assert (list(rows.columns), len(rows)) == ([c for c in SENTENCE_STANCE.column_names if c != "feature_version"], 0)
    assert (list(whole.columns), len(whole)) == ([c for c in DOCUMENT_STANCE.column_names if c != "feature_version"], 0)


def test_the_order_of_documents_and_sentences_changes_nothing() -> None:
    texts, sentences = batch(
        {
            "a": "Moscow sent a delegation. He wants us gone. The talks are going nowhere.",
            "b": "A deal is within reach. The White House was outplayed.",
            "c": "It rained.",
        }
    )
    shuffled = sentences.sample(frac=1, random_state=3), texts.iloc[[2, 0, 1]]
    straight = stance.code_sentences(texts, sentences, codebook=book())
    turned = stance.code_sentences(shuffled[1], shuffled[0], codebook=book())
    pd.testing.assert_frame_equal(straight, turned)
    pd.testing.assert_frame_equal(
        stance.summarize(texts, straight, sentences, codebook=book()),
        stance.summarize(shuffled[1], turned.iloc[::-1], shuffled[0], codebook=book()),
    )


def test_documents_of_other_batches_are_passed_over() -> None:
    texts, sentences = batch({"a": "The talks are going nowhere.", "b": "A deal is within reach."})
    rows = stance.code_sentences(texts.iloc[:1], sentences, codebook=book())
    assert set(rows["document_id"]) == {"a"}


def test_another_disputes_codebook_needs_no_other_code(tmp_path: Path) -> None:
    (tmp_path / "cues.toml").write_bytes((DATA / "codebook" / "cues.toml").read_bytes())
    (tmp_path / "targets.toml").write_text(
        """
version = 7
[[target]]
id = "dam_is_safe"
proposition = "The dam is safe for those downstream"
kind = "is"
favor_means = "it is safe"
against_means = "it is a danger"
mentioned_means = "it is named"
grounding = "none"
negation_reverses = true
topic = ["dam"]
favor = [["~dam", "safe"]]
against = [["~dam", "danger*"]]
matches = [
  { text = "The dam is safe.", polarity = "favor", modality = "describes" },
  { text = "The dam will be a hazard and a danger.", polarity = "against", modality = "expects" },
  { text = "The dam is not safe.", polarity = "against", modality = "describes" },
]
rejects = ["The dam is tall.", "Is the dam safe?", "If the dam is safe, we stay."]
""",
        encoding="utf-8",
    )
    (tmp_path / "frames.toml").write_text(
        """
[[frame]]
id = "water"
description = "through water"
grounding = "none"
strong = ["river*|dam"]
weak = ["wet"]
matches = ["The river rose.", "A dam broke.", "Rivers run."]
rejects = ["It is dry.", "The sun shone.", "Nobody came."]
""",
        encoding="utf-8",
    )
    other = codebook.load(tmp_path)
    texts, sentences = batch({"doc": "The dam was built. They said little. It is safe."})
    rows = stance.code_sentences(texts, sentences, codebook=other)
    assert stance.misses(other) == []
    found = rows[["target_id", "polarity_label", "codebook_version"]]
    assert found.to_numpy().tolist() == [["dam_is_safe", "mentioned", 7]]
    whole = stance.summarize(texts, rows, sentences, codebook=other)
    assert whole[["target_id", "stance_label"]].to_numpy().tolist() == [["dam_is_safe", "mentioned"]]


@pytest.mark.parametrize(
    ("method", "probability", "polarity", "label"),
    [
        ("classifier", 0.6, "against", "against"), ("classifier", 0.4, "against", "absent"),
        ("classifier", 0.9, "mentioned", "absent"), ("cues", np.nan, "mentioned", "mentioned"),
    ],
)  # fmt: skip
def test_only_what_is_sure_counts_for_a_document(method: str, probability: float, polarity: str, label: str) -> None:
    target = book().targets[0].id
    rows = pd.DataFrame(
        [["s", "doc", target, polarity, "describes", method, probability]],
        columns=[
            "sentence_id",
            "document_id",
            "target_id",
            "polarity_label",
            "modality_label",
            "method",
            "stance_probability",
        ],
    )
    sentences = pd.DataFrame({"sentence_id": ["s"], "document_id": ["doc"], "voice_label": ["author"]})
    texts = pd.DataFrame({"document_id": ["doc"], "text_sha256": ["x"], "text": [""]})
    found = stance.summarize(texts, rows, sentences, codebook=book()).set_index("target_id")
    assert found.loc[target, "stance_label"] == label


class Learned:
    """A coder that finds a position against the first target in every sentence."""

    def code(self, pairs: list[tuple[str, tuple[str, ...]]]) -> SimpleNamespace:
        count = len(pairs)
        stance_rows = pd.DataFrame({
            "pair": np.arange(count), "target_id": [book().targets[0].id] * count, "polarity_label": ["against"] * count,
            "stance_probability": [0.7] * count, "modality_label": ["describes"] * count, "strength": [2] * count,
            "terms": [pair[0].split()[0] for pair in pairs],
        })  # fmt: skip
        return SimpleNamespace(stance=stance_rows)


def test_the_classifier_speaks_first_and_cues_where_it_is_silent() -> None:
    texts, sentences = batch({"doc": "It rained. Ukraine should never cede its land to Russia."})
    rows = stance.code_sentences(texts, sentences, codebook=book(), coder=Learned())
    first = rows[rows["target_id"] == book().targets[0].id]
    assert set(first["method"]) == {"classifier"} and len(first) == 2
    assert "cues" in set(rows["method"])


def test_a_sentence_and_target_has_one_row_whoever_coded_it() -> None:
    texts, sentences = batch({"doc": "The talks are going nowhere. A settlement is within reach."})
    rows = stance.code_sentences(texts, sentences, codebook=book(), coder=Learned())
    assert not rows.duplicated(["sentence_id", "target_id"]).any()
