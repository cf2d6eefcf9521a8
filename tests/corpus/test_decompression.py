"""Decompression: what was packed comes out whole however the network cuts it, and nothing comes out at once."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.decompression import CutShort, Decoder, Unreadable


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpack(coding: str, packed: bytes, step: int) -> bytes:
    decoder = Decoder(coding)
    pieces = [piece for start in range(0, len(packed), step) for piece in decoder.feed(packed[start : start + step])]
    return b"".join([*pieces, *decoder.finish()])


bodies = st.binary(max_size=300) | st.binary(max_size=20).map(lambda data: data * 9000)


@given(
    bodies,
    st.sampled_from(
        [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)]
    ),
    st.integers(1, 5000),
)
def test_a_body_comes_out_as_it_went_in(body: bytes, coding: tuple[str, object], step: int) -> None:
    name, pack = coding
    assert callable(pack)
    assert unpack(name, pack(body), step) == body


@given(bodies, bodies, st.integers(1, 5000))
def test_gzip_members_follow_each_other_and_padding_ends_them(first: bytes, second: bytes, step: int) -> None:
    assert unpack("gzip", gzip.compress(first) + gzip.compress(second) + bytes(40), step) == first + second


@given(st.binary(min_size=1, max_size=200), st.integers(1, 8))
def test_what_breaks_off_is_not_taken_for_whole(body: bytes, missing: int) -> None:
    with pytest.raises(CutShort):
        unpack("gzip", gzip.compress(body)[:-missing], 50)


def test_a_bomb_comes_out_in_small_pieces() -> None:
    pieces = Decoder("gzip").feed(gzip.compress(bytes(10**7)))
    assert max(len(next(pieces)) for _ in range(100)) <= 64 * 1024


@pytest.mark.parametrize(
    "coding", ["gzip, gzip", "gzip,deflate", "br", "zstd", "compress", "gzip, identity, gzip", "x" * 9999]
)
def test_codings_that_were_not_asked_for_are_refused(coding: str) -> None:
    with pytest.raises(Unreadable):
        Decoder(coding)


@pytest.mark.parametrize("coding", ["", "identity", " Identity ,", "identity, identity"])
def test_no_coding_leaves_the_body_as_it_is(coding: str) -> None:
    assert unpack(coding, b"\x1f\x8b plain", 3) == b"\x1f\x8b plain"
