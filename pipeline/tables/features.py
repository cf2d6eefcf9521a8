"""Tables of the features stage: readability, stance, frames and topics, by sentence and by document."""

from typing import Final

from pipeline.contracts import Column, Table
from pipeline.tables.corpus import DOCUMENT_ID, FEATURE_VERSION, TEXT_SHA256

POLARITIES: Final = ("favor", "against", "mentioned")
STANCES: Final = ("favor", "against", "mixed", "mentioned", "absent")
MODALITIES: Final = ("describes", "expects", "evaluates", "prescribes")

READABILITY_SCORES: Final = {
    "flesch_reading_ease": (
        "Flesch 1948: 206.835 - 1.015 words/sentence - 84.6 syllables/word; higher is easier",
        "score",
    ),
    "flesch_kincaid_grade": (
        "Kincaid et al. 1975: 0.39 words/sentence + 11.8 syllables/word - 15.59",
        "US school grade",
    ),
    "gunning_fog": ("Gunning 1952: 0.4 (words/sentence + share of hard words in percent)", "US school grade"),
    "smog_index": (
        "McLaughlin 1969, from words of three or more syllables; missing below three sentences",
        "US school grade",
    ),
    "coleman_liau_index": ("Coleman and Liau 1975, from letters and sentences per 100 words", "US school grade"),
    "automated_readability_index": (
        "Smith and Senter 1967, from characters per word and words per sentence",
        "US school grade",
    ),
    "dale_chall_readability_score": ("Dale and Chall 1948, from words outside the list of easy words", "score"),
    "linsear_write_formula": ("Linsear Write, over the first 100 words", "US school grade"),
    "spache_readability": ("Spache 1953, for young readers; kept for completeness", "US school grade"),
    "mcalpine_eflaw": ("McAlpine 2006, for readers of English as a foreign language; 20 or less is easy", "score"),
    "lix": ("Björnsson 1968: words/sentence + share of words over six letters in percent", "score"),
    "rix": ("Anderson 1983: words over six letters per sentence", "score"),
    "reading_time": ("Demberg and Keller 2008: 14.69 ms a character", "seconds"),
}
READABILITY_COUNTS: Final = {
    "sentence_count": "Sentences that the scores rest on: textstat leaves out those of one or two words",
    "lexicon_count": "Words that the scores rest on",
    "syllable_count": "Syllables, by CMUdict and then by hyphenation",
    "char_count": "Characters without spaces",
    "letter_count": "Letters and digits",
    "polysyllabcount": "Words of three or more syllables",
    "monosyllabcount": "Words of one syllable",
    "difficult_words": "Words of two or more syllables outside the list of easy words, each time that they occur",
    "long_word_count": "Words of more than six letters",
    "miniword_count": "Words of three letters or fewer",
}


def _readability_columns(prefix: str, whose: str) -> tuple[Column, ...]:
    scores = [
        Column(f"{prefix}{name}", "number", f"{text}. Over {whose}", unit=unit)
        for name, (text, unit) in READABILITY_SCORES.items()
    ]
    counts = [
        Column(f"{prefix}{name}", "integer", f"{text}. Over {whose}", minimum=0)
        for name, text in READABILITY_COUNTS.items()
    ]
    return (*scores, *counts)


DOCUMENT_READABILITY: Final = Table(
    name="document_readability",
    stage="features",
    grain="one document; scores are missing below the stated minimum length",
    key=("document_id",),
    is_tracked=True,
    columns=(
        DOCUMENT_ID,
        *_readability_columns("", "all text but boilerplate, abbreviations masked"),
        *_readability_columns("author_", "the sentences in the author's voice, abbreviations masked"),
        Column("textstat_version", "text", "Version of textstat, which computed the scores", is_required=True),
        Column("dictionary_version", "text", "Version of the CMU pronouncing dictionary", is_required=True),
        TEXT_SHA256,
        FEATURE_VERSION,
    ),
)

_SENTENCE_EVIDENCE: Final = (
    Column(
        "start_offset",
        "integer",
        "First code point of the sentence in the body text",
        unit="code points",
        is_required=True,
        minimum=0,
    ),
    Column("end_offset", "integer", "One past its last code point", unit="code points", is_required=True, minimum=1),
    Column("terms", "text", 'The words in the sentence that decided, joined by "; "'),
    Column("method", "text", "How the row was coded", is_required=True, allowed=("cues", "classifier")),
    Column("codebook_version", "integer", "Version of the codebook", is_required=True, minimum=1),
    TEXT_SHA256,
    FEATURE_VERSION,
)

SENTENCE_STANCE: Final = Table(
    name="sentence_stance",
    stage="features",
    grain="one sentence that raises one target; no row means that it does not",
    key=("sentence_id", "target_id"),
    columns=(
        Column("sentence_id", "text", "The sentence"),
        Column("target_id", "text", "The target, from data/codebook/targets.toml"),
        Column("document_id", "text", "The sentence's document", is_required=True),
        Column(
            "polarity_label", "text", "Position toward the target's proposition", is_required=True, allowed=POLARITIES
        ),
        Column(
            "modality_label",
            "text",
            "Whether the sentence describes, expects, evaluates or prescribes",
            is_required=True,
            allowed=MODALITIES,
        ),
        Column(
            "strength", "integer", "1 hedged, 2 plain, 3 boosted (Hyland 2005)", is_required=True, minimum=1, maximum=3
        ),
        Column(
            "holder",
            "text",
            "Who holds the position: author, or the speaker of a quoted or reported sentence",
            is_required=True,
        ),
        Column(
            "stance_probability",
            "number",
            "Calibrated probability of the polarity; missing where cues decided, which have none",
            minimum=0,
            maximum=1,
        ),
        *_SENTENCE_EVIDENCE,
    ),
)

DOCUMENT_STANCE: Final = Table(
    name="document_stance",
    stage="features",
    grain="one document and one target, absences included; over the author's voice alone",
    key=("document_id", "target_id"),
    is_tracked=True,
    columns=(
        DOCUMENT_ID,
        Column("target_id", "text", "The target, from data/codebook/targets.toml"),
        Column(
            "stance_label", "text", "Rule 7 of the codebook; absent is never a zero", is_required=True, allowed=STANCES
        ),
        Column("favor_count", "integer", "Sentences in favor", is_required=True, minimum=0),
        Column("against_count", "integer", "Sentences against", is_required=True, minimum=0),
        Column(
            "mentioned_count",
            "integer",
            "Sentences that raise the target without a position",
            is_required=True,
            minimum=0,
        ),
        Column(
            "descriptive_claim_count",
            "integer",
            "Sentences with a position that describe or expect",
            is_required=True,
            minimum=0,
        ),
        Column(
            "normative_claim_count",
            "integer",
            "Sentences with a position that evaluate or prescribe",
            is_required=True,
            minimum=0,
        ),
        Column(
            "majority_modality",
            "text",
            "Commonest modality among the sentences with a position; empty when tied or none",
            allowed=MODALITIES,
        ),
        Column(
            "stance_score",
            "number",
            "(favor - against) / (favor + against); missing below three such sentences",
            minimum=-1,
            maximum=1,
        ),
        Column(
            "stance_score_low", "number", "Lower end of the 95 % Wilson interval of the score", minimum=-1, maximum=1
        ),
        Column(
            "stance_score_high", "number", "Upper end of the 95 % Wilson interval of the score", minimum=-1, maximum=1
        ),
        Column(
            "has_enough_evidence",
            "boolean",
            "Whether at least three author-voice sentences take a position",
            is_required=True,
        ),
        Column("codebook_version", "integer", "Version of the codebook", is_required=True, minimum=1),
        TEXT_SHA256,
        FEATURE_VERSION,
    ),
)

SENTENCE_FRAMES: Final = Table(
    name="sentence_frames",
    stage="features",
    grain="one sentence that uses one frame; no row means that it does not",
    key=("sentence_id", "frame_id"),
    columns=(
        Column("sentence_id", "text", "The sentence"),
        Column("frame_id", "text", "The frame, from data/codebook/frames.toml"),
        Column("document_id", "text", "The sentence's document", is_required=True),
        Column(
            "frame_probability",
            "number",
            "Calibrated probability of the frame; missing where cues decided, which have none",
            minimum=0,
            maximum=1,
        ),
        Column("cue_count", "integer", "Cues of the frame found; missing where the classifier decided", minimum=1),
        *_SENTENCE_EVIDENCE,
    ),
)

DOCUMENT_FRAMES: Final = Table(
    name="document_frames",
    stage="features",
    grain="one document and one frame; over the author's voice alone",
    key=("document_id", "frame_id"),
    is_tracked=True,
    columns=(
        DOCUMENT_ID,
        Column("frame_id", "text", "The frame, from data/codebook/frames.toml"),
        Column("frame_share", "number", "Share of the author-voice sentences that use the frame", minimum=0, maximum=1),
        Column("frame_share_low", "number", "Lower end of its 95 % Wilson interval", minimum=0, maximum=1),
        Column("frame_share_high", "number", "Upper end of its 95 % Wilson interval", minimum=0, maximum=1),
        Column(
            "frame_sentence_count", "integer", "Author-voice sentences that use the frame", is_required=True, minimum=0
        ),
        Column("sentence_count", "integer", "Author-voice sentences", is_required=True, minimum=0),
        Column("codebook_version", "integer", "Version of the codebook", is_required=True, minimum=1),
        TEXT_SHA256,
        FEATURE_VERSION,
    ),
)

TOPICS: Final = Table(
    name="topics",
    stage="features",
    grain="one topic of the compared documents, or one that an earlier build had",
    key=("topic_id",),
    is_tracked=True,
    columns=(
        Column("topic_id", "text", "Id of the topic; it stays with the topic from build to build, and no other topic ever gets it"),
        Column("topic_name", "text", "A phrase that the texts use for the topic, and one more of its nouns; kept while the topic's 20 strongest terms still hold its words", is_required=True),
        Column("terms", "text", 'Its ten strongest terms, joined by "; "', is_required=True),
        Column("coherence_score", "number", "Mean NPMI of the ten terms' pairs over paragraphs (Bouma 2009); 0 is chance. Missing for a topic that is no longer there", minimum=-1, maximum=1),
        Column("stability_score", "number", "Mean Jaccard overlap of the ten terms with their match in models of 80 % of the documents, corrected for what shuffled words reach: 0 is chance, 1 always found again", minimum=0, maximum=1),
        Column("topic_share", "number", "Share of all topic weight; missing for a topic that is no longer there", minimum=0, maximum=1),
        Column("paragraph_count", "integer", "Paragraphs that the topics were learned from", minimum=0),
        Column("is_current", "boolean", "Whether this build's texts have the topic; false for one of an earlier build, which may return", is_required=True),
        Column("term_weights", "text", 'Its fifty strongest terms with their weights, as "term=weight; ..."; by them the next build knows the topic again', is_required=True),
    ),
)  # fmt: skip

DOCUMENT_TOPICS: Final = Table(
    name="document_topics",
    stage="features",
    grain="one compared document and one topic",
    key=("document_id", "topic_id"),
    is_tracked=True,
    columns=(
        DOCUMENT_ID,
        Column("topic_id", "text", "The topic"),
        Column(
            "topic_share",
            "number",
            "Share of the document's topic weight; missing where no topic fits",
            minimum=0,
            maximum=1,
        ),
        TEXT_SHA256,
    ),
)

TABLES: Final = (
    DOCUMENT_READABILITY, SENTENCE_STANCE, DOCUMENT_STANCE, SENTENCE_FRAMES, DOCUMENT_FRAMES, TOPICS, DOCUMENT_TOPICS,
)  # fmt: skip
