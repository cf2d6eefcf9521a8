"""Files: real documents of every kind are read, and every bad one is refused with its reason."""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus import files
from pipeline.corpus.article import Article, NotYet, Rejected
from pipeline.text import sentence_spans

ESSAY = Path(__file__).parents[2] / "data/corpus/essays/friedman-the-trump-putin-negotiations.txt"
SENTENCE = "The talks will fail, because neither side can afford to lose them in public."
LINES = (
    "The negotiations went on for longer than any one of the",
    "two sides had expected, and they cost both of them a good",
    "deal.",
)


def pdf(pages: Sequence[Sequence[str]], title: str = "", author: str = "") -> bytes:
    """A real PDF with one line of Helvetica below the other on each page; an empty line leaves a gap."""
    texts = [" ".join(f"({line}) Tj 0 -14 Td" for line in page) for page in pages]
    streams = [f"BT /F1 11 Tf 72 720 Td {text} ET" for text in texts]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(streams):
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {resources} /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< /Title ({title}) /Author ({author}) >>")
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("cp1252")


def encrypted(body: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(body))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def document(paragraphs: Sequence[tuple[str, str]], title: str = "", author: str = "") -> bytes:
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = title, author
    for text, style in paragraphs:
        made.add_paragraph(text, style)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def page(head: str = "", body: str = "") -> bytes:
    text = body or "".join(f"<p>{SENTENCE} {SENTENCE} Number {number} of them.</p>" for number in range(6))
    frame = f"<nav><a href='/'>Home</a></nav><article>{text}</article><footer>Imprint</footer>"
    return f"<html><head>{head}</head><body>{frame}</body></html>".encode()


def refusal(name: str, body: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        files.read(name, body)
    return str(caught.value)


def test_the_essay_is_read_as_supplied() -> None:
    essay = files.read(ESSAY.name, ESSAY.read_bytes())
    assert (essay.title, essay.analysts) == ("The Trump-Putin Negotiations", ("George Friedman",))
    assert (essay.published_date, essay.published_date_basis) == ("2025-04-22", "byline")


def test_the_essay_has_seven_whole_paragraphs_and_nothing_around_them() -> None:
    text = files.read(ESSAY.name, ESSAY.read_bytes()).text
    assert (len(text.split("\n\n")), len(text.split()), len(sentence_spans(text))) == (7, 1003, 56)
    assert text.startswith("I normally avoid") and text.endswith("conducting diplomacy.")
    assert "Read more" not in text and "Author:" not in text


def test_the_sidecar_wins_over_front_matter_and_that_over_the_text() -> None:
    front = "---\ntitle: Front\noutlet: Front Review\n---\n"
    body = f"{front}# Text title\n\nBy Ann Smith, April 22, 2025\n\n{SENTENCE}".encode()
    found = files.read("a.md", body, {"title": "Sidecar", "section": "opinion"})
    assert (found.title, found.outlet, found.analysts, found.section_label) == (
        "Sidecar",
        "Front Review",
        ("Ann Smith",),
        "opinion",
    )
    assert (found.published_date_basis, found.text) == ("byline", SENTENCE)


def test_a_title_that_no_one_gave_is_empty_and_not_the_file_name() -> None:
    assert files.read("the-plan.txt", SENTENCE.encode()).title == ""


def test_a_bad_sidecar_value_is_refused_naming_the_key() -> None:
    with pytest.raises(Rejected, match="published 'soon' is not a date"):
        files.read("a.txt", SENTENCE.encode(), {"published": "soon"})


def test_another_kind_of_file_is_refused_with_the_kinds_that_are_read() -> None:
    assert r".odt" in refusal("a.odt", b"x") and ".txt, .md, .markdown, .html, .htm, .pdf, .docx" in refusal(
        "a.odt", b"x"
    )


def test_the_suffix_may_be_in_capitals() -> None:
    assert files.read("A.TXT", SENTENCE.encode()).text == SENTENCE


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf", "a.docx"])
@pytest.mark.parametrize("body", [b"", b" \n\t\n"])
def test_an_empty_file_is_refused(name: str, body: bytes) -> None:
    assert "is empty" in refusal(name, body)


@pytest.mark.parametrize(
    "body", [b"---\ntitle: A\n---\n", b"# Title\n\nby Ann Smith - April 22, 2025\n", b"* * *\n", b"\xef\xbb\xbf"]
)
def test_a_file_without_words_in_its_body_is_refused(body: bytes) -> None:
    assert "is empty" in refusal("a.txt", body)


def test_a_file_over_the_limit_is_refused_with_both_figures() -> None:
    assert "10,000,001 bytes, over the limit of 10,000,000" in refusal("a.txt", b"a" * 10_000_001)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_texts_are_read(encoding: str) -> None:
    assert files.read("a.txt", "Köln’s fate.".encode(encoding)).text == "Köln’s fate."


@pytest.mark.parametrize(
    ("body", "byte"),
    [(b"caf\xe9 talks", 3), (b"\xef\xbb\xbfcaf\xe9 talks", 6), ("ab".encode("utf-16") + b"\x00", 6), (b"ab\0c", 2)],
)
def test_what_is_not_unicode_text_is_refused_naming_the_first_bad_byte(body: bytes, byte: int) -> None:
    assert f"byte {byte}" in refusal("a.txt", body) and "UTF-8" in refusal("a.txt", body)


def test_broken_front_matter_is_refused_naming_the_line() -> None:
    assert "line 2" in refusal("a.md", b"---\ntitle: a: b\n---\nBody.")


def test_text_is_normalised() -> None:
    assert files.read("a.txt", "Cafe\u0301\u200b talks.\r\n".encode()).text == "Café talks."


def test_a_page_is_read_with_all_its_authors() -> None:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "The Plan",
            "datePublished": "2025-04-22T10:00:00Z",
            "author": [{"@type": "Person", "name": "Ann Smith"}, {"@type": "Person", "name": "Bob Jones"}]}  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    head = f'<meta property="og:site_name" content="The Review">{script}'
    found = files.read("a.html", page(head))
    assert (found.title, found.analysts, found.outlet) == ("The Plan", ("Ann Smith", "Bob Jones"), "The Review")
    assert (found.published_date, found.published_date_basis) == ("2025-04-22", "markup")
    assert len(found.text.split("\n\n")) == 6 and "Imprint" not in found.text and "Home" not in found.text


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16"])
def test_a_page_is_decoded_as_it_declares(encoding: str) -> None:
    text = page(f'<meta charset="{encoding}">').decode().replace("The talks", "“Köln’s” talks")
    assert "“Köln’s” talks" in files.read("a.html", text.encode(encoding)).text


def test_a_page_in_another_alphabet_is_decoded_as_it_declares() -> None:
    sentence = "Переговоры в Стамбуле продолжаются, и никто не знает, чем они закончатся. "
    text = page(
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', f"<p>{sentence * 8}</p>"
    ).decode()
    assert sentence.strip() in files.read("a.html", text.encode("cp1251")).text


def test_a_page_without_an_article_is_refused() -> None:
    assert "no article" in refusal("a.html", b"<html><body><nav><a href='/'>Home</a></nav></body></html>")


def test_a_date_in_the_words_of_a_page_alone_is_not_its_date() -> None:
    assert files.read("a.html", page(body=f"<p>On 3 May 2019 they met. {SENTENCE * 8}</p>")).published_date == ""


def test_a_word_document_is_read_with_its_properties() -> None:
    paragraphs = [
        ("The Plan", "Title"),
        (SENTENCE, "Normal"),
        ("What follows", "Heading 2"),
        ("one", "List Bullet"),
        ("two", "List Bullet"),
    ]
    found = files.read("a.docx", document(paragraphs, "The Plan", "Ann Smith"))
    assert found.text.split("\n\n") == [SENTENCE, "What follows", "one", "two"]
    assert (found.title, found.analysts, found.published_date) == ("The Plan", ("Ann Smith",), "")


def test_a_byline_in_a_word_document_wins_over_its_properties() -> None:
    body = document(
        [("The Plan", "Title"), ("By Bob Jones, 3 March 2025", "Normal"), (SENTENCE, "Normal")], "", "Ann Smith"
    )
    assert files.read("a.docx", body).analysts == ("Bob Jones",)


@pytest.mark.parametrize("author", ["python-docx", "Microsoft Office User", "admin"])
def test_an_author_that_is_a_program_is_none(author: str) -> None:
    assert files.read("a.docx", document([(SENTENCE, "Normal")], "Microsoft Word - plan.doc", author)).analysts == ()


def test_a_word_document_that_unpacks_to_too_much_is_refused_unread() -> None:
    out = io.BytesIO(document([(SENTENCE, "Normal")]))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/media/bomb.bin", "w") as member,
    ):
        for _ in range(101):
            member.write(bytes(1_000_000))
    assert len(out.getvalue()) < 1_000_000 and "over the limit of 100,000,000" in refusal("a.docx", out.getvalue())


def test_an_encrypted_word_document_is_refused() -> None:
    assert "encrypted" in refusal("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def test_a_word_document_with_an_encrypted_part_is_refused() -> None:
    body = bytearray(document([(SENTENCE, "Normal")]))
    body[body.rindex(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusal("a.docx", bytes(body))


def test_a_word_document_that_is_cut_off_is_waited_for() -> None:
    body = document([(SENTENCE, "Normal")])
    with pytest.raises(NotYet, match="still being written"):
        files.read("a.docx", body[: len(body) // 2])


@pytest.mark.parametrize("name", ["a.docx", "a.pdf"])
def test_another_file_under_a_wrong_suffix_is_refused(name: str) -> None:
    assert refusal(name, SENTENCE.encode())


def test_a_pdf_is_read_with_its_title_and_author() -> None:
    found = files.read("a.pdf", pdf([["The Plan", *LINES]], "The Plan", "Ann Smith"))
    assert (found.title, found.analysts, found.text) == ("The Plan", ("Ann Smith",), " ".join(LINES))


def test_a_pdf_has_its_page_breaks_mended_and_its_running_lines_dropped() -> None:
    halves = [
        LINES[:2],
        LINES[2:],
        ["Another paragraph begins here and goes on for a long line of", "it, until the negotia-"],
        ["tions end."],
    ]
    body = pdf([["The Review", *half, f"Page {number}"] for number, half in enumerate(halves, start=1)])
    assert files.read("a.pdf", body).text.split("\n\n") == [
        " ".join(LINES),
        "Another paragraph begins here and goes on for a long line of it, until the negotiations end.",
    ]


@pytest.mark.parametrize("title", ["Microsoft Word - plan.doc", "plan.pdf", "Untitled-1", "12"])
def test_an_implausible_title_of_a_pdf_is_none(title: str) -> None:
    assert files.read("a.pdf", pdf([LINES], title)).title == ""


def test_an_encrypted_pdf_is_refused() -> None:
    assert "encrypted" in refusal("a.pdf", encrypted(pdf([LINES])))


def test_a_pdf_without_text_is_refused_with_the_remedy() -> None:
    assert "run OCR" in refusal("a.pdf", pdf([[], []]))


def test_a_pdf_with_too_many_pages_is_refused_with_their_number() -> None:
    assert "401 pages" in refusal("a.pdf", pdf([["a"]] * 401))


def test_a_pdf_that_is_cut_off_is_waited_for() -> None:
    with pytest.raises(NotYet, match="still being written"):
        files.read("a.pdf", pdf([LINES])[:-40])


def test_a_pdf_with_its_end_but_without_its_parts_is_refused() -> None:
    assert "cannot be read" in refusal("a.pdf", b"%PDF-1.4\nnothing\n%%EOF\n")


def test_the_parser_that_is_handed_in_reads_what_is_not_harmless() -> None:
    seen: list[str] = []

    def parse(suffix: str, body: bytes) -> Article:
        seen.append(suffix)
        return files.parse_here(suffix, body)

    for name, body in {
        "a.html": page(),
        "a.pdf": pdf([LINES]),
        "a.txt": SENTENCE.encode(),
        "b.md": SENTENCE.encode() * 2_000,
    }.items():
        files.read(name, body, parse=parse)
    assert seen == [".html", ".pdf", ".md"]


WHOLE = {
    ".txt": b"# T\n\nby Ann Smith - April 22, 2025\n\nBody.",
    ".md": b"---\ntitle: A\n---\n\n# T\n\n- [a](b)\n", ".html": page(),
    ".pdf": pdf([LINES]), ".docx": document([(SENTENCE, "Normal")]),
}  # fmt: skip


def outcome(suffix: str, body: bytes) -> Article | Rejected | NotYet:
    try:
        return files.read(f"a{suffix}", body)
    except (Rejected, NotYet) as reason:
        return reason


@pytest.mark.filterwarnings("default")
@settings(deadline=None)
@given(st.sampled_from([*WHOLE, ".markdown", ".htm", ".xyz"]), st.binary(max_size=200))
def test_any_bytes_are_an_article_or_refused(suffix: str, body: bytes) -> None:
    found = outcome(suffix, body)
    assert found.text.strip() if isinstance(found, Article) else str(found)


@pytest.mark.filterwarnings("default")
@settings(deadline=None)
@given(st.sampled_from(list(WHOLE)), st.data())
def test_any_damage_to_a_real_file_is_an_article_or_refused(suffix: str, data: st.DataObject) -> None:
    body = bytearray(WHOLE[suffix])
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(body) - 1), st.integers(0, 255)), max_size=8)):
        body[place] = byte
    found = outcome(suffix, bytes(body[: data.draw(st.integers(0, len(body)))]))
    assert found.text.strip() if isinstance(found, Article) else str(found)


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["", "---\ntitle: A\n---\n", "# T\n\n", "<p>"]))
def test_any_text_is_read_without_the_net_below_the_parsers(text: str, start: str) -> None:
    body = f"{start}{text}".encode("utf-8", "replace")
    for parser in (files._txt, files._markdown):
        try:
            assert isinstance(parser(body), Article)
        except Rejected as reason:
            assert str(reason)
