"""Tables of the corpus stage: what became of every input, the documents, their versions and their sentences."""

from typing import Final

from pipeline.contracts import Column, Table

SOURCE_KINDS: Final = ("file", "table", "feed", "pages", "sitemap", "gdelt", "mediacloud")
STATES: Final = ("stored", "unchanged", "duplicate", "irrelevant", "rejected", "retry_after")
ORIGINS: Final = ("anchor", "local", "collected", "sample")
VOICES: Final = ("author", "reported", "quoted", "boilerplate")
SECTIONS: Final = ("opinion", "analysis", "editorial", "interview", "transcript", "news", "primary", "unknown")

DOCUMENT_ID: Final = Column("document_id", "text", "Stable id of the document, from its address and not from its words")
TEXT_SHA256: Final = Column("text_sha256", "text", "SHA-256 of the body text (UTF-8) that the row was computed from")
FEATURE_VERSION: Final = Column(
    "feature_version", "text", "Fingerprint of the text, code, packages and codebook that the row was computed from"
)

_EDIT: Final = (
    Column("sentences_added_count", "integer", "Sentences new in this version; empty for the first", minimum=0),
    Column("sentences_removed_count", "integer", "Sentences of the version before that are gone", minimum=0),
    Column("sentences_altered_count", "integer", "Sentences reworded in place", minimum=0),
    Column(
        "changed_offsets", "text", 'Spans added or altered in this version, "start-end" in code points, joined by "; "'
    ),
)

_PAGE: Final = (
    Column("published_at", "timestamp", "Moment of publication, where the page states one with its zone", unit="UTC"),
    Column("modified_date", "date", "Date of the last change, where the page states one"),
    Column("is_paywalled", "boolean", "Whether the page says that its text is not free"),
    Column("section_evidence", "text", "What the kind of text was told by, where a page or its words told it"),
)

FETCHES: Final = Table(
    name="fetches",
    stage="corpus",
    grain="one input at one attempt: a file, a table row, or the address of a page",
    key=("fetch_id",),
    records_run=True,
    columns=(
        Column("fetch_id", "text", "Id of the attempt"),
        Column("round_id", "text", "Id of the ingestion round that made the attempt", is_required=True),
        Column("source_id", "text", "Entry in data/corpus/sources.toml", is_required=True),
        Column(
            "input",
            "text",
            "The input as its reader names it: a path under data/corpus/, a table's path and row key, or a web address",
            is_required=True,
        ),
        Column("state_label", "text", "What became of the input", is_required=True, allowed=STATES),
        Column("reason", "text", "Why, and what to do about it; empty for stored and unchanged"),
        Column("document_id", "text", "The document that the input led to, where it led to one"),
        Column("body_sha256", "text", "SHA-256 of the bytes as read, which is also their name under data/raw/"),
        Column("byte_count", "integer", "Size of the bytes as read", unit="bytes", minimum=0),
        Column("extraction_version", "text", "Fingerprint of the code and settings that read the bytes"),
        Column("attempted_at", "timestamp", "When the attempt was made", unit="UTC", is_required=True),
    ),
)

SOURCE_HEALTH: Final = Table(
    name="source_health",
    stage="corpus",
    grain="one source",
    key=("source_id",),
    records_run=True,
    columns=(
        Column("source_id", "text", "Entry in data/corpus/sources.toml"),
        Column("source_kind", "text", "How the source is read", is_required=True, allowed=SOURCE_KINDS),
        Column(
            "location",
            "text",
            "Where the source is: relative to data/, or a web address, or a search's query",
            is_required=True,
        ),
        Column("is_enabled", "boolean", "Whether the entry is switched on", is_required=True),
        Column("last_round_id", "text", "The last round that read the source"),
        Column("last_attempt_at", "timestamp", "When the source was last read", unit="UTC"),
        Column("last_success_at", "timestamp", "When the source was last read without an error of its own", unit="UTC"),
        Column("items_seen_count", "integer", "Inputs counted by the reader before any was processed", minimum=0),
        Column("items_held_count", "integer", "Inputs stored or unchanged in the last round", minimum=0),
        Column("items_rejected_count", "integer", "Inputs rejected in the last round", minimum=0),
        Column("items_irrelevant_count", "integer", "Inputs of the last round that are not about the talks", minimum=0),
        Column(
            "items_waiting_count", "integer", "Inputs of the last round that are tried again in the next", minimum=0
        ),
        Column("newest_item_date", "date", "Publication date of the newest document from the source"),
        Column(
            "failures_in_a_row_count",
            "integer",
            "Rounds in a row in which the source itself could not be read",
            minimum=0,
        ),
        Column("last_error", "text", "Why the source could not be read, and what to do about it"),
        Column("warnings", "text", "What was wrong with the source though it could be read"),
    ),
)

DOCUMENT_TEXTS: Final = Table(
    name="document_texts",
    stage="corpus",
    grain="one version of one document as it was read, with its body text; never exported",
    key=("document_id", "version"),
    is_private=True,
    columns=(
        DOCUMENT_ID,
        Column("version", "integer", "1 for the first text seen, one more for each edit", minimum=1),
        Column("is_current", "boolean", "Whether this is the newest version", is_required=True),
        Column(
            "is_listed",
            "boolean",
            "Whether its source still lists the input; false once a file is deleted",
            is_required=True,
        ),
        Column("source_id", "text", "Entry in data/corpus/sources.toml", is_required=True),
        Column("input", "text", "The input that it was read from", is_required=True),
        Column("origin_label", "text", "How the document came to the corpus", is_required=True, allowed=ORIGINS),
        Column("title", "text", "Title as found"),
        Column("analyst", "text", 'Authors as found, joined by "; "'),
        Column("outlet", "text", "Publication as found"),
        Column("perspective", "text", "School or region as given by the source"),
        Column("section_label", "text", "Kind of text", allowed=SECTIONS),
        Column("published_date", "date", "Publication date as found"),
        Column("published_date_basis", "text", "Where the date was found"),
        *_PAGE,
        Column("url", "text", "Address as found"),
        Column("language", "text", "ISO 639-1 code of the detected language"),
        Column("is_truncated", "boolean", "Whether the text breaks off", is_required=True),
        Column("signature", "text", "MinHash of the text, by which near-duplicates are found"),
        Column("body_sha256", "text", "SHA-256 of the bytes as read", is_required=True),
        Column("text_sha256", "text", "SHA-256 of the body text", is_required=True),
        Column("extraction_version", "text", "Fingerprint of the code that read the bytes", is_required=True),
        Column("first_seen_at", "timestamp", "When the version was first read", unit="UTC", is_required=True),
        Column(
            "relevance_score",
            "number",
            "How far the text meets the relevance query of data/corpus/sources.toml: 1 where it names every part often enough",
            minimum=0,
            maximum=1,
        ),
        Column("word_count", "integer", "Words divided by white space", unit="words", is_required=True, minimum=0),
        Column("paragraph_count", "integer", "Paragraphs", is_required=True, minimum=0),
        Column("sentence_count", "integer", "Sentences", is_required=True, minimum=0),
        *_EDIT,
        Column("text", "text", "Body text: paragraphs divided by a blank line", is_required=True),
    ),
)

WEB_VISITS: Final = Table(
    name="web_visits",
    stage="corpus",
    grain="one web address of one source: what is remembered of it for the next visit; never exported",
    key=("source_id", "url"),
    is_private=True,
    columns=(
        Column("source_id", "text", "Entry in data/corpus/sources.toml"),
        Column("url", "text", "The address as it is listed"),
        Column("title", "text", "Title under which it is listed"),
        Column("etag", "text", "Validator of the copy that is held"),
        Column("last_modified", "text", "Validator of the copy that is held"),
        Column("content_type", "text", "Content-Type of the copy that is held"),
        Column("final_url", "text", "Where it led to"),
        Column("body_sha256", "text", "SHA-256 of the copy that is held"),
        Column("extraction_version", "text", "Fingerprint of the code and settings that read the copy"),
        Column("state_label", "text", "What became of it", is_required=True, allowed=STATES),
        Column("reason", "text", "Why"),
        Column("document_id", "text", "The document that it led to"),
        Column("first_seen_at", "timestamp", "When it was first listed", unit="UTC", is_required=True),
        Column("asked_at", "timestamp", "When its host was last asked for it", unit="UTC"),
        Column("not_before_at", "timestamp", "When it is to be asked for again at the earliest", unit="UTC"),
    ),
)

DOCUMENTS: Final = Table(
    name="documents",
    stage="corpus",
    grain="one document, current version",
    key=("document_id",),
    is_tracked=True,
    columns=(
        DOCUMENT_ID,
        Column("title", "text", "Title"),
        Column("analyst", "text", 'Authors as displayed, joined by "; "; a desk, or the outlet where unsigned'),
        Column("outlet", "text", "Publication"),
        Column("perspective", "text", "School or region, for grouping: one reader's reading, which users edit"),
        Column("section_label", "text", "Kind of text", is_required=True, allowed=SECTIONS),
        Column("source_id", "text", "Entry in data/corpus/sources.toml", is_required=True),
        Column("input", "text", "The input that it was read from", is_required=True),
        Column(
            "origin_label",
            "text",
            "How the document came to the corpus; sample texts are Parley's own writing",
            is_required=True,
            allowed=ORIGINS,
        ),
        Column("published_date", "date", "Publication date"),
        Column(
            "published_date_basis",
            "text",
            "Where the date was found, the more reliable first: override, list, front matter, sidecar, column, structured data, meta, feed, byline, markup, url, guess",
        ),
        *_PAGE,
        Column("url", "text", "Address of the publication"),
        Column("language", "text", "ISO 639-1 code of the detected language"),
        Column(
            "word_count",
            "integer",
            "Words divided by white space in the body text",
            unit="words",
            is_required=True,
            minimum=0,
        ),
        Column("paragraph_count", "integer", "Paragraphs of the body text", is_required=True, minimum=0),
        TEXT_SHA256,
        Column("version", "integer", "Version of the text; 1 until it is edited", is_required=True, minimum=1),
        Column("is_truncated", "boolean", "Whether the text breaks off", is_required=True),
        Column("duplicate_of_document_id", "text", "The document kept in its place, where this one repeats another"),
        Column(
            "relevance_score",
            "number",
            "How far the text meets the relevance query of data/corpus/sources.toml: 1 where it names every part often enough",
            minimum=0,
            maximum=1,
        ),
        Column("is_compared", "boolean", "Whether the document takes part in the comparison", is_required=True),
        Column("not_compared_reason", "text", "Why it does not"),
    ),
)

DOCUMENT_ANALYSTS: Final = Table(
    name="document_analysts",
    stage="corpus",
    grain="one document and one of its analysts",
    key=("document_id", "analyst_id"),
    columns=(
        DOCUMENT_ID,
        Column("analyst_id", "text", "Stable id of the analyst, from the normalised name"),
        Column("analyst", "text", "Name as displayed, spellings joined by data/corpus/aliases.csv", is_required=True),
        Column("is_sole", "boolean", "Whether the analyst is the only author", is_required=True),
    ),
)

DOCUMENT_VERSIONS: Final = Table(
    name="document_versions",
    stage="corpus",
    grain="one version of one document: what the edit did to the text before it",
    key=("document_id", "version"),
    columns=(
        DOCUMENT_ID,
        Column("version", "integer", "1 for the first text seen", minimum=1),
        TEXT_SHA256,
        Column("word_count", "integer", "Words divided by white space", unit="words", is_required=True, minimum=0),
        Column("sentence_count", "integer", "Sentences", is_required=True, minimum=0),
        *_EDIT,
    ),
)

SENTENCES: Final = Table(
    name="sentences",
    stage="corpus",
    grain="one sentence of a current document; its words are in the private text, at these offsets",
    key=("sentence_id",),
    columns=(
        Column("sentence_id", "text", "Stable id, from the document and the sentence's own words"),
        Column("document_id", "text", "Stable id of the document", is_required=True),
        Column("position", "integer", "Zero-based position in the document", is_required=True, minimum=0),
        Column("paragraph", "integer", "Zero-based paragraph in the document", is_required=True, minimum=0),
        Column(
            "start_offset", "integer", "First code point, zero-based", unit="code points", is_required=True, minimum=0
        ),
        Column(
            "end_offset", "integer", "One past the last code point", unit="code points", is_required=True, minimum=1
        ),
        Column("voice_label", "text", "Whose voice speaks", is_required=True, allowed=VOICES),
        Column("speaker", "text", "Who speaks where the voice is quoted or reported and it can be told"),
        Column("word_count", "integer", "Words divided by white space", unit="words", is_required=True, minimum=1),
        Column("text_sha256", "text", TEXT_SHA256.description, is_required=True),
        FEATURE_VERSION,
    ),
)

TABLES: Final = (
    FETCHES, SOURCE_HEALTH, WEB_VISITS, DOCUMENT_TEXTS, DOCUMENTS, DOCUMENT_ANALYSTS, DOCUMENT_VERSIONS, SENTENCES,
)  # fmt: skip
