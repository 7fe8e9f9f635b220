"""How a photo is turned, whatever type the number has and whatever stands beside it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.picture.exif import UPRIGHT, turn_of
from tests.media.odd_pictures import tiff, turned

SIX = {
    1: ("B", 6), 2: ("2s", b"6\0"), 3: ("H", 6), 4: ("I", 6), 6: ("b", 6), 7: ("B", 6), 8: ("h", 6), 9: ("i", 6),
    11: ("f", 6.0), 12: ("d", 6.0), 13: ("I", 6),
}  # fmt: skip


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_each_turn_is_read_in_both_byte_orders(turn: int, order: str) -> None:
    assert turn_of(tiff([(0x010F, 2, 6, b"Maker\0"), turned(turn, order)], order)) == turn


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [*SIX, 5, 10])
def test_a_turn_of_any_type_is_taken(kind: int, order: str) -> None:
    if kind in SIX:
        shape, value = SIX[kind]
        values = struct.pack(order + shape, value)
    else:
        values = struct.pack(f"{order}II", 12, 2)
    assert turn_of(tiff([(0x0112, kind, 2 if kind == 2 else 1, values)], order)) == 6


@pytest.mark.parametrize(
    "entry",
    [
        turned(0), turned(9), (0x0112, 3, 0, b"\6\0"), (0x0112, 5, 1, struct.pack("<II", 6, 0)), (0x0112, 2, 4, b"six\0"),
        (0x0112, 11, 1, struct.pack("<f", float("nan"))), (0x0112, 11, 1, struct.pack("<f", 6.5)), (0x0112, 99, 1, b"\6"),
        (0x0112, 3, 2**31, b"\xff\xff\xff\x7f"),
    ],
)  # fmt: skip
def test_what_is_no_turn_leaves_the_photo_upright(entry: tuple[int, int, int, bytes]) -> None:
    assert turn_of(tiff([entry])) == UPRIGHT


def test_the_exif_comes_before_the_xmp() -> None:
    xmp = b'<rdf:Description tiff:Orientation="8"/>'
    assert turn_of(b"", xmp) == 8
    assert turn_of(b"", b"<tiff:Orientation>3</tiff:Orientation>") == 3
    assert turn_of(b"Exif\0\0" + tiff([turned(6)]), xmp) == 6


@given(st.binary(max_size=80), st.sampled_from([b"", b"II*\0", b"MM\0*", b"II*\0\x08\0\0\0\1\0\x12\1"]))
def test_whatever_stands_there_is_read_without_a_fault(rest: bytes, head: bytes) -> None:
    assert 1 <= turn_of(head + rest, rest) <= 8
