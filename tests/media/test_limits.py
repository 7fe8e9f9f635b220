"""The limits of a photo: what is within them is decoded in the stated memory, what is beyond is refused in words, and the page
of operations says the same figures."""

import struct
import zlib
from functools import partial
from pathlib import Path

import msgspec
import pytest

from server.media import decoder
from server.media.limits import LIMITS, MB
from tests.media.heic import grid
from tests.media.odd_pictures import chunk, file_of, halves, raw_png
from tests.media.test_decoder import decoded

MEGAPIXELS_50 = (8160, 6128)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def flat_png(bits: int, colour: int, pixel: int, *extra: bytes) -> bytes:
    """A PNG of 50 megapixels that is dark all over."""
    width, height = MEGAPIXELS_50
    packed, row = zlib.compressobj(1), bytes(1 + width * pixel)
    data = b"".join(packed.compress(row) for _ in range(height)) + packed.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


LARGE = {
    "WebP": partial(file_of, kind="WEBP", method=0), "lossless WebP": partial(file_of, kind="WEBP", method=0, lossless=True),
    "JPEG": file_of, "progressive JPEG": partial(file_of, progressive=True, subsampling=0),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_fifty_megapixels_are_decoded_in_each_kind(name: str) -> None:
    found = decoded(LARGE[name](halves("RGB", *MEGAPIXELS_50)))
    assert (found.fault, found.width, found.height) == ("", *MEGAPIXELS_50)


def test_fifty_megapixels_of_heic_are_decoded_as_a_phone_codes_them() -> None:
    found = decoded(grid(16, 12, *MEGAPIXELS_50))
    assert (found.fault, found.width, found.height) == ("", *MEGAPIXELS_50)


@pytest.mark.parametrize(("bits", "colour", "pixel"), [(8, 2, 3), (8, 6, 4), (16, 6, 8), (16, 0, 2)])
def test_fifty_megapixels_of_png_are_decoded_in_each_mode(bits: int, colour: int, pixel: int) -> None:
    assert decoded(flat_png(bits, colour, pixel)).fault == ""


@pytest.mark.parametrize(
    ("data", "limit"),
    [
        (file_of(halves()), "jpeg_pixels"), (file_of(halves(), progressive=True), "jpeg_kept_pixels"),
        (file_of(halves(), "PNG"), "png_pixels"), (file_of(halves(), "WEBP"), "webp_pixels"),
        (file_of(halves(), "HEIF"), "heif_pixels"),
    ],
)  # fmt: skip
def test_each_kind_has_its_own_limit_of_pixels(data: bytes, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "LIMITS", msgspec.structs.replace(LIMITS, **{limit: 64 * 32}))
    assert decoded(data).fault == ""
    monkeypatch.setattr(decoder, "LIMITS", msgspec.structs.replace(LIMITS, **{limit: 64 * 32 - 1}))
    assert "megapixels, more than" in decoded(data).fault


def test_a_png_in_too_many_pieces_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "LIMITS", msgspec.structs.replace(LIMITS, png_chunks=1000))
    many = raw_png(1, 1, 8, 0, b"\0\0", chunk(b"tEXt", b"") * 1000)
    assert decoded(many).fault == "its file has more than 1,000 pieces"


def test_a_profile_that_inflates_without_end_counts_as_none() -> None:
    bomb = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(100_000_000)))
    assert decoded(raw_png(1, 1, 8, 2, b"\0\1\2\3", bomb)).fault == ""


def test_the_page_of_operations_says_each_limit() -> None:
    page = PAGE.read_text()
    said = {
        "size": f"{LIMITS.size // MB} MB", "memory": f"{LIMITS.memory // MB:,} MB", "profile": f"{LIMITS.profile // MB} MB",
        "answer": f"{LIMITS.answer // MB} MB", "cpu_seconds": f"{LIMITS.cpu_seconds} s", "wall_seconds": f"{LIMITS.wall_seconds:.0f} s",
        "jpeg_scans": f"{LIMITS.jpeg_scans} ", "png_chunks": f"{LIMITS.png_chunks:,}",
        "jpeg_pieces": f"{LIMITS.jpeg_pieces:,}",
    }  # fmt: skip
    said |= {
        name: f"{value // 1_000_000:,} megapixels"
        for name, value in msgspec.structs.asdict(LIMITS).items() if name.endswith("pixels")
    }  # fmt: skip
    assert said.keys() == {field.name for field in msgspec.structs.fields(LIMITS)}
    table = page[page.index("| limit of a photo |") :].split("\n\n")[0]
    for name, figure in said.items():
        assert f"| `{name}` | {figure}" in table, f"docs/operations.md does not say that {name} is {figure}"
