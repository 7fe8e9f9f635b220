"""The readers of containers: they hand on the picture's own bytes, and no file, however broken, makes them fail otherwise."""

import io
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import tests.sizes
from server.media.limits import LIMITS
from server.media.picture import heif, jpeg, png, trailing, webp
from server.media.picture.parts import Parts, Picture, Refused
from tests.media.odd_pictures import file_of, halves, motion_video, samsung, tiff, turned, with_exif

EXIF = tiff([turned(6)])
WHOLE = {
    "JPEG": with_exif(EXIF), "progressive": file_of(halves(), progressive=True), "PNG": file_of(halves(), "PNG", exif=EXIF),
    "WEBP": file_of(halves(), "WEBP", exif=EXIF), "animation": file_of(halves(), "WEBP", save_all=True, append_images=[halves("L")]),
    "HEIF": file_of(halves(), "HEIF"), "trailer": file_of(halves()) + samsung((b"a", b"b"), (b"MotionPhoto_Data", motion_video())),
}  # fmt: skip


def read(data: bytes) -> Picture | None:
    if data[:2] == b"\xff\xd8":
        return jpeg.read(data, jpeg.Most(LIMITS.jpeg_scans, LIMITS.jpeg_drawn_pixels, LIMITS.jpeg_pieces))
    if data[:1] == b"\x89":
        return png.read(data, LIMITS.png_chunks, LIMITS.profile)
    return webp.read(data, LIMITS.profile) if data[:4] == b"RIFF" else None


@pytest.mark.parametrize("name", ["JPEG", "progressive", "PNG", "WEBP", "animation"])
def test_the_parts_are_a_picture_without_anything_else(name: str) -> None:
    picture = read(WHOLE[name])
    assert picture is not None
    assert (picture.width, picture.height, picture.end, picture.whole) == (64, 32, len(WHOLE[name]), True)
    with Image.open(Parts(WHOLE[name], picture.parts)) as image:  # type: ignore[arg-type]  a raw file reads as others do
        image.load()
        assert image.size == (64, 32)
        assert not image.getexif()


@settings(max_examples=tests.sizes.size(75, 300), deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_broken_file_is_refused_in_words_or_read(name: str, data: st.DataObject) -> None:
    broken = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(0, 4))):
        broken[data.draw(st.integers(4, len(broken) - 1))] = data.draw(
            st.sampled_from([0, 1, 0x7F, 0xD8, 0xD9, 0xDA, 0xFF])
        )
    cut = bytes(broken[: data.draw(st.integers(16, len(broken)))])
    try:
        picture = read(cut)
    except Refused:
        return
    kind, end = (picture.kind, picture.end) if picture else ("HEIF", heif.end_of(cut)[0])
    assert 0 <= end <= len(cut)
    count, what = trailing.behind(cut, kind, end, LIMITS.jpeg_pieces)
    assert 0 <= count <= len(cut)
    assert bool(what) == bool(count)
    if picture is not None:
        assert all(isinstance(part, bytes) or 0 <= part[0] <= part[1] <= len(cut) for part in picture.parts)


@given(st.binary(min_size=1, max_size=60), st.lists(st.integers(0, 60), max_size=6), st.lists(st.integers(0, 70)))
def test_parts_read_like_one_file(data: bytes, cuts: list[int], sizes: list[int]) -> None:
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    parts = [b"<", *pairwise(edges), b">"]
    file, same = Parts(data, parts), io.BytesIO(b"<" + data + b">")
    for number, size in enumerate(sizes):
        assert file.read(size) == same.read(size)
        assert file.seek(number * 7) == same.seek(number * 7)
    assert file.seek(-1, io.SEEK_END) == same.seek(-1, io.SEEK_END)
    assert (file.read(), file.read(5), file.tell()) == (same.read(), same.read(5), same.tell())
