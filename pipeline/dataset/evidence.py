"""Evidence: the sentences that the cells of document_stance and document_frames stand on, with excerpts under caps."""

from typing import Final

import pandas as pd

from pipeline.tables.dataset import EVIDENCE

# The only words of an article that leave the machine. A quotation for comment stays short in itself and in sum.
LONGEST_EXCERPT: Final = 200
LARGEST_SHARE_OF_TEXT: Final = 0.1
LONGEST_SUM: Final = 1_500
_CARRIED: Final = (
    "sentence_id", "document_id", "target_id", "polarity_label", "modality_label", "start_offset", "end_offset",
    "text_sha256",
)  # fmt: skip


def quote(
    texts: pd.DataFrame, sentence_stance: pd.DataFrame, sentence_frames: pd.DataFrame, sentences: pd.DataFrame
) -> pd.DataFrame:
    """`evidence` of a batch of documents, without feature_version.

    Every author-voice sentence behind a cell has a row. Words are spent on stance before frames, and on each cell's
    first sentence before any cell's second. An excerpt that would pass the document's cap is left out, its row stays.
    """
    stance = _cells(sentence_stance, "document_stance", "target_id")
    cells = pd.concat([stance, _cells(sentence_frames, "document_frames", "frame_id")])
    own = sentences.loc[sentences["voice_label"] == "author", ["sentence_id", "position"]]
    cells = cells.merge(own, on="sentence_id").sort_values(["document_id", "table_name", "target_id", "position"])
    if cells.empty:
        return EVIDENCE.empty().drop(columns="feature_version")
    cells["turn"] = cells.groupby(["document_id", "table_name", "target_id"]).cumcount()
    # document_stance sorts after document_frames, and is to be quoted first.
    order = cells.sort_values(["document_id", "turn", "table_name", "position"], ascending=[True, True, False, True])
    bodies = dict(zip(texts["document_id"], texts["text"], strict=True))
    quoted = [_quoted(rows, bodies[str(document)]) for document, rows in order.groupby("document_id", sort=False)]
    return pd.concat(quoted)[[name for name in EVIDENCE.column_names if name != "feature_version"]]


def _cells(rows: pd.DataFrame, table_name: str, kind: str) -> pd.DataFrame:
    held = rows.rename(columns={kind: "target_id"})
    held = held.reindex(columns=list(_CARRIED))
    return held.assign(table_name=table_name, row_key=held["document_id"] + "/" + held["target_id"])


def _quoted(rows: pd.DataFrame, text: str) -> pd.DataFrame:
    """The rows of one document, in the order in which they may spend words, with excerpts while the cap allows."""
    left = min(LONGEST_SUM, int(len(text) * LARGEST_SHARE_OF_TEXT))
    spent: dict[str, str] = {}
    excerpts, cuts = [], []
    for sentence_id, start, end in zip(rows["sentence_id"], rows["start_offset"], rows["end_offset"], strict=True):
        sentence = text[int(start) : int(end)]
        if sentence_id not in spent:
            excerpt = _opening(sentence, LONGEST_EXCERPT)
            spent[sentence_id] = excerpt if len(excerpt) <= left else ""
            left -= len(spent[sentence_id])
        excerpts.append(spent[sentence_id])
        cuts.append(len(spent[sentence_id]) < len(sentence))
    quoted = pd.Series(excerpts, index=rows.index, dtype="str")
    return rows.assign(excerpt=quoted.mask(quoted == ""), is_cut=cuts)


def _opening(sentence: str, longest: int) -> str:
    """The sentence, or its opening words within the length; a longer first word, such as an address, is cut."""
    if len(sentence) <= longest:
        return sentence
    words, space, _ = sentence[: longest + 1].rpartition(" ")
    return words if space else sentence[:longest]


def leaks(evidence: pd.DataFrame, text_lengths: pd.Series) -> list[str]:
    """Documents whose excerpts break a cap, in words; empty when none leaks.

    `text_lengths` holds the code points of each text by document_id; a document that it lacks may not be quoted.
    """
    # A sentence stands behind several cells with one excerpt; a second, other excerpt would be more words.
    quoted = evidence.dropna(subset=["excerpt"]).drop_duplicates(["document_id", "sentence_id", "excerpt"])
    long = quoted.loc[quoted["excerpt"].str.len() > LONGEST_EXCERPT, "sentence_id"]
    sums = quoted["excerpt"].str.len().astype("int64").groupby(quoted["document_id"]).sum()
    caps = (text_lengths * LARGEST_SHARE_OF_TEXT).clip(upper=LONGEST_SUM).reindex(sums.index).fillna(0)
    over = sums.loc[sums > caps]
    return [f"sentence {name}: excerpt longer than {LONGEST_EXCERPT}" for name in long] + [
        f"document {name}: {total} characters of excerpts, over its cap" for name, total in over.items()
    ]
