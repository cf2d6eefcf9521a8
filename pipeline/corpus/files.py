"""Files: one local document's bytes into an Article, by the suffix of its name. Tables are read in `rows`."""

import codecs
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Final

import docx
import pypdf
import trafilatura
from docx.text.paragraph import Paragraph
from trafilatura.settings import Document

from pipeline.corpus import matter, metadata, plain
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.text import words

DOCUMENT_BYTES: Final = 10_000_000
# A text up to this size is read in this process. A longer one could cost minutes: Markdown's nested brackets take
# quadratic time.
HARMLESS_TEXT_BYTES: Final = 100_000
LARGEST_TABLE: Final = 200_000_000
UNPACKED_BYTES: Final = 100_000_000
ZIP_MEMBERS: Final = 5_000
PDF_PAGES: Final = 400
# trafilatura's fast mode is believed from this length on; below it the full cascade is tried as well.
SHORT_PAGE_WORDS: Final = 250
# Less than this is what trafilatura finds on a page without an article: a menu, a notice about cookies.
LEAST_PAGE_WORDS: Final = 20

Parse = Callable[[str, bytes], Article]

_HTML_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_IMPLAUSIBLE_TITLE: Final = re.compile(
    r"microsoft word\b.*|untitled.*|document\d*|.*\.(?:docx?|pdf|indd|qxd|tex|rtf|odt|html?)|(?:file|https?)://.*",
    re.IGNORECASE,
)
_DOCX_KINDS: Final = {"List": "item", "Heading": "heading", "Title": "heading", "Subtitle": "heading"}
# What word processors write as the author when nobody gave a name.
_PROGRAM_AUTHORS: Final = frozenset({"microsoft office user", "windows user", "microsoft corporation", "adobe systems"})


def read(name: str, body: bytes, sidecar: Mapping[str, object] | None = None, *, parse: Parse | None = None) -> Article:
    """The article in a file's bytes. Raises Rejected, or NotYet for a file that looks cut off.

    Metadata comes from the sidecar, then the front matter, then what the text or the markup says. `parse(suffix, body)`
    reads .html, .pdf and .docx, and long texts: `parse_here` unless given; ingestion gives `Sandbox.parse`, which can
    be killed.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in KINDS:
        kind = f"the suffix {suffix}" if suffix else "no suffix"
        raise Rejected(f"has {kind}, by which no kind of file is known; the kinds that are read are {', '.join(KINDS)}")
    if len(body) > DOCUMENT_BYTES:
        raise Rejected(f"has {len(body):,} bytes, over the limit of {DOCUMENT_BYTES:,}; keep the article alone")
    if not body.strip():
        raise Rejected("is empty; put the article's text into it or delete it")
    given = metadata.described(sidecar, "sidecar", "the sidecar") if sidecar else Article("")
    is_harmless = suffix in TEXT_KINDS and len(body) <= HARMLESS_TEXT_BYTES
    found = (parse_here if is_harmless or parse is None else parse)(suffix, body)
    merged = given.filled_from(found)
    text = matter.without_title(found.text, merged.title)
    return checked(replace(merged, text=text, notes=found.notes, is_truncated=found.is_truncated))


def checked(article: Article) -> Article:
    """The article, tidied. Raises Rejected where it holds no words, or more than any article does."""
    text = plain.tidy(article.text).strip("\n")
    # Half a surrogate pair cannot be stored as UTF-8. PDF fonts with a broken character map give some.
    text = re.sub(r"\n{3,}", "\n\n", re.sub("[\ud800-\udfff]", "\ufffd", text))
    if not any(re.search(r"\w", word) for word in words(text)):
        raise Rejected("is empty: it holds no words; put the article's text into it or delete it")
    if len(text) > DOCUMENT_BYTES:
        raise Rejected(f"holds {len(text):,} characters of text, over the limit of {DOCUMENT_BYTES:,}; divide it")
    return replace(article, text=text)


def decode(body: bytes) -> str:
    """Bytes as text: UTF-8 with or without a byte-order mark, or UTF-16 with one. Raises Rejected naming the byte."""
    is_utf16 = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = body.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        # The UTF-8 decoder counts from behind the byte-order mark.
        skipped = 3 if not is_utf16 and body.startswith(codecs.BOM_UTF8) else 0
        encoding = "UTF-16" if is_utf16 else "UTF-8"
        byte = error.start + skipped
        raise Rejected(f"is not {encoding}: byte {byte} cannot be read; save the file as UTF-8") from error
    if "\0" in text:
        byte = len(text[: text.index("\0")].encode()) if not is_utf16 else 2 * text.index("\0") + 2
        raise Rejected(f"is not text: there is a zero byte at byte {byte}; save the file as UTF-8 text")
    return text


def parse_here(suffix: str, body: bytes) -> Article:
    """Read a file of any kind in this process. Raises Rejected or NotYet, whatever a library makes of the bytes."""
    try:
        return _PARSERS[suffix](body)
    except (Rejected, NotYet):
        raise
    except MemoryError as error:
        raise Rejected("takes too much memory to read; save the article alone as plain text") from error
    except Exception as error:  # the parsing libraries promise no set of exceptions for damaged files
        cause = f"{type(error).__name__}: {str(error)[:200]}".strip(": ")
        raise Rejected(f"cannot be read as {suffix} ({cause}); save it anew, or save it as plain text") from error


def _txt(body: bytes) -> Article:
    return _written(body, plain.light_blocks)


def _markdown(body: bytes) -> Article:
    return _written(body, plain.markdown_blocks)


def _written(body: bytes, blocks: Callable[[str], list[plain.Block]]) -> Article:
    fields, text = metadata.front_matter(decode(body))
    front = metadata.described(fields, "front matter", "the front matter") if fields else Article("")
    found = matter.article(blocks(text), front.title)
    return replace(front.filled_from(found), text=found.text)


def _html(body: bytes) -> Article:
    page = _decoded_page(body)
    document = _extracted(page, fast=True)
    if not document or len(words(document.text or "")) < SHORT_PAGE_WORDS:
        full = _extracted(page, fast=False)
        if full and (not document or len(words(full.text or "")) > len(words(document.text or ""))):
            document = full
    if not document or not document.text or len(words(document.text)) < LEAST_PAGE_WORDS:
        raise Rejected("holds no article that could be told from the page around it; save the article's text as .txt")
    published = metadata.iso_date(document.date or "")
    url = document.url or ""
    # trafilatura writes one paragraph, heading, list item or table row a line.
    lines = [plain.tidy(line).strip() for line in document.text.split("\n")]
    kinds = ["item" if line[:2] in {"- ", "| "} else "paragraph" for line in lines]
    blocks = [plain.Block(line.removeprefix("- "), kind) for line, kind in zip(lines, kinds, strict=True)]
    title = _line(document.title)
    return Article(
        text=matter.without_title("\n\n".join(plain.paragraphs(blocks)), title),
        title=title,
        analysts=tuple(dict.fromkeys(filter(None, map(_line, (document.author or "").split(";"))))),
        outlet=_line(document.sitename),
        published_date=published,
        published_date_basis="markup" if published else "",
        url=url if url.startswith(("http://", "https://")) else "",
    )


def _extracted(page: str, fast: bool) -> Document | None:
    # A fixed last date keeps the reading of a page the same on every day; by default it is today.
    dates = {"original_date": True, "extensive_search": False, "max_date": "2199-12-31"}
    document = trafilatura.bare_extraction(
        page, fast=fast, with_metadata=True, include_comments=False, date_extraction_params=dates
    )
    return document if isinstance(document, Document) else None


def _decoded_page(body: bytes) -> str:
    """A page's text by its byte-order mark, as UTF-8, by its own declaration, or as browsers read the undeclared."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace")
    declared = _HTML_CHARSET.search(body[:4096])
    names = ["utf-8-sig", *([declared.group(1).decode("ascii")] if declared else []), "cp1252"]
    for name in names:
        try:
            # Browsers read a page that calls itself Latin-1 as Windows-1252.
            codec = codecs.lookup(name).name
            return body.decode("cp1252" if codec in {"iso8859-1", "ascii"} else codec)
        except (LookupError, ValueError):
            continue
    return body.decode("cp1252", errors="replace")


def _docx(body: bytes) -> Article:
    _check_zip(body)
    document = docx.Document(io.BytesIO(body))
    title = _plausible_title(document.core_properties.title)
    found = matter.article(_docx_blocks(document.paragraphs), title)
    known = Article("", title=title, analysts=_plausible_authors(document.core_properties.author))
    return replace(found.filled_from(known), text=found.text)


def _docx_blocks(paragraphs: list[Paragraph]) -> Iterator[plain.Block]:
    is_first = True
    for paragraph in paragraphs:
        style = (paragraph.style.name or "") if paragraph.style else ""
        kind = next((kind for start, kind in _DOCX_KINDS.items() if style.startswith(start)), "paragraph")
        if paragraph.text.strip():
            yield plain.Block(paragraph.text, "title" if is_first and style in {"Title", "Heading 1"} else kind)
            is_first = False


def _check_zip(body: bytes) -> None:
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise Rejected("is encrypted, or an old .doc under the name .docx; save it as .docx without a password")
    if body.startswith(b"PK\x03\x04") and b"PK\x05\x06" not in body[-70_000:]:
        raise NotYet("has no end: it is still being written, or damaged; copy it again")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise Rejected("is encrypted; save it without a password")
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED_BYTES or len(members) > ZIP_MEMBERS:
        size = f"{unpacked:,} bytes in {len(members):,} parts"
        raise Rejected(f"unpacks to {size}, over the limit of {UNPACKED_BYTES:,}; save its text as .txt")


def _pdf(body: bytes) -> Article:
    if b"%PDF-" not in body[:1024]:
        raise Rejected("is not a PDF: it does not begin with %PDF-; save it as PDF or give it its right suffix")
    if b"%%EOF" not in body[-2048:]:
        raise NotYet("has no %%EOF at its end: it is still being written, or damaged; copy it again")
    reader = pypdf.PdfReader(io.BytesIO(body))
    if reader.is_encrypted:
        raise Rejected("is encrypted; save a copy without a password")
    if len(reader.pages) > PDF_PAGES:
        raise Rejected(f"has {len(reader.pages)} pages, over the limit of {PDF_PAGES}; keep the article's pages alone")
    pages = [page.extract_text() for page in reader.pages]
    if not any(re.search(r"\w", page) for page in pages):
        raise Rejected(f"holds no text on its {len(pages)} pages (a scan?); run OCR on it and save the result")
    title = _plausible_title(reader.metadata.title if reader.metadata else None)
    found = matter.article(plain.page_blocks(pages), title)
    known = Article("", title=title, analysts=_plausible_authors(reader.metadata.author if reader.metadata else None))
    return replace(found.filled_from(known), text=found.text)


def _plausible_title(title: object) -> str:
    line = _line(title)
    return "" if _IMPLAUSIBLE_TITLE.fullmatch(line) or not re.search(r"[^\W\d_]{2}", line) else line


def _plausible_authors(author: object) -> tuple[str, ...]:
    line = _line(author)
    return () if line.lower() in _PROGRAM_AUTHORS else metadata.names(line)


def _line(value: object) -> str:
    text = " ".join(plain.tidy(value).split()) if isinstance(value, str) else ""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)[: metadata.FIELD_CHARACTERS]


TEXT_KINDS: Final = (".txt", ".md", ".markdown")
_PARSERS: Final = {
    ".txt": _txt, ".md": _markdown, ".markdown": _markdown, ".html": _html, ".htm": _html, ".pdf": _pdf, ".docx": _docx,
}  # fmt: skip
KINDS: Final = tuple(_PARSERS)
