"""Tests of pipeline.corpus.urls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import urls
from pipeline.corpus.article import Rejected

ADDRESS = "https://example.org/a/b?p=13466"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("HTTPS://WWW.Example.ORG:443/a/../b", "https://www.example.org/b"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:8080/x", "http://example.org:8080/x"),
        ("https://user:secret@example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&p=3&fbclid=1&utm_medium=y", "https://example.org/a?p=3"),
        ("https://example.org/a?amp;utm_source=x&id=7", "https://example.org/a?id=7"),
        ("https://example.org/a?at_medium=RSS&at_campaign=rss", "https://example.org/a"),
        ("https://x.substack.com/p/y?r=1abc&utm_campaign=post&triedRedirect=true", "https://x.substack.com/p/y"),
        ("https://example.org/a?r=1abc", "https://example.org/a?r=1abc"),
        ("https://www.google.com/url?rct=j&url=https://x.org/a%3Fb%3D1&ct=ga", "https://x.org/a?b=1"),
        ("https://www-x-org.cdn.ampproject.org/c/s/www.x.org/a", "https://www.x.org/a"),
        ("https://bücher.example/ä b?q=ü", "https://xn--bcher-kva.example/%C3%A4%20b?q=%C3%BC"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("https://example.org/a??&utm_id=1", "https://example.org/a??"),
    ],
)
def test_an_address_has_one_spelling(given: str, expected: str) -> None:
    assert urls.canonical(given) == expected


@pytest.mark.parametrize("name", ["p", "id", "ref", "source", "cid", "page", "keyword", "session"])
def test_parameters_that_may_name_the_page_are_kept(name: str) -> None:
    assert urls.canonical(f"https://example.org/?{name}=13").endswith(f"?{name}=13")


def test_a_relative_address_is_resolved_against_its_base() -> None:
    assert urls.canonical("../b.html", "https://example.org/x/y/a.html") == "https://example.org/x/b.html"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "no address",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "http://",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://x.org/" + "a" * 5000,
    ],
)
def test_what_is_no_web_address_is_rejected(given: str) -> None:
    with pytest.raises(Rejected):
        urls.canonical(given)


@pytest.mark.parametrize(
    "other",
    [
        "http://www.example.org/a/b?p=13466", "https://example.org/a/b/?p=13466", "https://m.example.org/a/b?p=13466&utm_term=x",
        "https://example.org/a/b/amp/?p=13466", "https://example.org/a/b?amp=1&p=13466", "https://example.org/a/b/print?p=13466",
        "https://amp.example.org/a/b?p=13466#x",
    ],
)  # fmt: skip
def test_variants_of_one_page_share_a_key(other: str) -> None:
    assert urls.key(other) == urls.key(ADDRESS)


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/a/b?p=13467",
        "https://example.org/a",
        "https://news.example.org/a/b?p=13466",
        "https://example.org/a/b/ample?p=13466",
    ],
)
def test_different_pages_have_different_keys(other: str) -> None:
    assert urls.key(other) != urls.key(ADDRESS)


def test_a_host_that_is_only_a_mobile_label_keeps_its_name() -> None:
    assert urls.key("https://m.org/a") == "m.org/a"


_PARTS = st.text(alphabet="ab/?&=#%.:@;+ ä[]\\utm_sourceampprintgclid23", max_size=40)


@given(
    st.one_of(
        st.text(),
        _PARTS.map(lambda rest: f"https://example.org/{rest}"),
        _PARTS.map(lambda rest: f"http://www.google.com/url?q=https://{rest}"),
    )
)
def test_the_canonical_address_of_a_canonical_address_is_itself(text: str) -> None:
    try:
        found = urls.canonical(text)
    except Rejected:
        return
    assert urls.canonical(found) == found
    assert urls.key(found) == urls.key(text)
