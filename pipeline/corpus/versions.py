"""Versions: what an edit did to a text, sentence by sentence."""

from difflib import SequenceMatcher

from pipeline.text import sentence_spans

# Two sentences that share this much of their words are one sentence reworded; less is one gone and one new.
_REWORDED_RATIO = 0.5
# How many of the sentences that came are compared with one that went: all against all would take hours for a book.
_NEAREST = 30


def edit(before: str | None, after: str) -> dict[str, object]:
    """Counts of sentences added, removed and altered from one text to the next, and the spans that are new in it.

    Returns the columns `sentences_added_count`, `sentences_removed_count`, `sentences_altered_count` and
    `changed_offsets` ("start-end" in code points of `after`); all missing for a first version.
    """
    if before is None:
        return dict.fromkeys(_COLUMNS)
    old = [before[span.start : span.end] for span in sentence_spans(before)]
    spans = sentence_spans(after)
    new = [after[span.start : span.end] for span in spans]
    added: list[int] = []
    altered: list[int] = []
    removed = 0
    for tag, first_old, last_old, first_new, last_new in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            continue
        gone, come = list(range(first_old, last_old)), list(range(first_new, last_new))
        pairs = _pairs([old[i] for i in gone], [new[j] for j in come])
        altered += [come[j] for j in pairs]
        added += [come[j] for j in range(len(come)) if j not in pairs]
        removed += len(gone) - len(pairs)
    touched = sorted(added + altered)
    offsets = "; ".join(f"{spans[index].start}-{spans[index].end}" for index in touched)
    return dict(zip(_COLUMNS, (len(added), removed, len(altered), offsets or None), strict=True))


_COLUMNS = ("sentences_added_count", "sentences_removed_count", "sentences_altered_count", "changed_offsets")


def _pairs(gone: list[str], come: list[str]) -> set[int]:
    """Positions among the sentences that came which reword one that went; each is used once, in order."""
    used: set[int] = set()
    for place, sentence in enumerate(gone):
        words = sentence.split()
        middle = place * len(come) // len(gone)
        first = max(0, middle - _NEAREST // 2)
        ratios = {
            index: SequenceMatcher(None, words, other.split(), autojunk=False).ratio()
            for index, other in enumerate(come[first : first + _NEAREST], start=first)
            if index not in used
        }
        best = max(ratios, key=lambda index: ratios[index], default=None)
        if best is not None and ratios[best] >= _REWORDED_RATIO:
            used.add(best)
    return used
