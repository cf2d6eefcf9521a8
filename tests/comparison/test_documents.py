"""One row a compared document."""

import pandas as pd

from pipeline.comparison.documents import compare
from pipeline.contracts import conform, violations
from pipeline.tables.comparison import DOCUMENT_COMPARISON
from pipeline.tables.corpus import DOCUMENTS, SENTENCES
from pipeline.tables.features import DOCUMENT_FRAMES, DOCUMENT_READABILITY, DOCUMENT_STANCE, DOCUMENT_TOPICS, TOPICS

LABELS = {"a": "favor", "b": "against", "c": "mixed", "d": "absent", "e": "mentioned", "f": "favor"}
SHARES = {"history": 0.3, "power": 0.1, "order": 0.3, "process": 0.2, "morality": 0.0}


def compared() -> pd.DataFrame:
    """The essay, a second document with every feature, and a third that is not compared."""
    ids = ["doc_essay", "doc_b", "doc_left"]
    documents = pd.DataFrame({
        "document_id": ids, "is_compared": [True, True, False], "origin_label": ["anchor", "local", "local"],
        "word_count": 900, "title": ids,
    })  # fmt: skip
    readability = pd.DataFrame({"document_id": ids, "author_flesch_kincaid_grade": [10.0, 12.0, 9.0]})
    stance = [
        {"document_id": name, "target_id": target, "stance_label": label, "favor_count": 1, "against_count": 0}
        for name in ids for target, label in LABELS.items()
    ]  # fmt: skip
    frames = [
        {"document_id": name, "frame_id": frame, "frame_share": share}
        for name in ids
        for frame, share in SHARES.items()
    ]
    topics = [
        {"document_id": name, "topic_id": topic, "topic_share": share}
        for name in ids[:1] for topic, share in (("topic_1", 0.4), ("topic_2", 0.6))
    ]  # fmt: skip
    sentences = [
        {"sentence_id": f"s{number}", "document_id": "doc_b", "voice_label": voice}
        for number, voice in enumerate(["author", "author", "quoted", "boilerplate"])
    ]
    return compare(
        conform(documents, DOCUMENTS),
        conform(readability, DOCUMENT_READABILITY),
        conform(pd.DataFrame(stance), DOCUMENT_STANCE),
        conform(pd.DataFrame(frames), DOCUMENT_FRAMES),
        conform(pd.DataFrame(topics), DOCUMENT_TOPICS),
        conform(pd.DataFrame({"topic_id": ["topic_1", "topic_2"], "topic_name": ["one", "two"]}), TOPICS),
        conform(pd.DataFrame(sentences), SENTENCES),
    ).set_index("document_id")


def test_only_compared_documents_have_a_row() -> None:
    assert compared().index.tolist() == ["doc_b", "doc_essay"]


def test_targets_stand_under_their_labels_and_absences_are_counted() -> None:
    columns = ["targets_favored", "targets_opposed", "targets_mixed", "targets_absent_count"]
    assert compared().loc["doc_b", columns].tolist() == ["a; f", "b", "c", 1]


def test_the_three_leading_frames_come_by_share_and_then_by_id() -> None:
    assert compared().loc["doc_b", "leading_frames"] == "history; order; process"


def test_the_leading_topic_has_its_name_and_is_missing_where_no_topic_fits() -> None:
    leading = compared()["leading_topic"]
    assert leading["doc_essay"] == "two"
    assert pd.isna(leading["doc_b"])


def test_the_authors_share_counts_every_sentence() -> None:
    assert compared().loc["doc_b", "author_sentence_share"] == 0.5


def test_the_same_frames_are_no_distance_and_the_essay_has_no_overall_distance() -> None:
    rows = compared()
    assert rows.loc["doc_b", "frames_distance"] == 0
    assert pd.isna(rows.loc["doc_essay", "overall_distance"])


def test_the_table_meets_its_contract() -> None:
    assert violations(compared().reset_index(), DOCUMENT_COMPARISON) == []


def test_nothing_compared_gives_an_empty_table() -> None:
    empty = [table.empty() for table in (DOCUMENTS, DOCUMENT_READABILITY, DOCUMENT_STANCE, DOCUMENT_FRAMES,
                                         DOCUMENT_TOPICS, TOPICS, SENTENCES)]  # fmt: skip
    assert compare(*empty).empty
