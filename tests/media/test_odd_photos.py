"""Photos as phones, editors and messengers make them: each is decoded rightly, or set aside for what is true of it."""

import io
import mmap
import re
import struct
import zlib

import msgspec
import pytest
from PIL import Image, ImageCms

from mobile_contract.phone import Phone
from server.media import decode as program
from server.media import decoder
from server.media.decoder import Decoded
from server.media.limits import LIMITS
from tests.company import Company
from tests.media.heic import box, grid
from tests.media.odd_pictures import (
    COLOURS,
    chunk,
    file_of,
    grey_16,
    halves,
    many_scans,
    motion_video,
    odd_entries,
    raw_png,
    riff,
    samsung,
    tiff,
    turned,
    with_chunk,
    with_exif,
    with_segment,
)  # fmt: skip
from tests.media.pictures import promised, state_of
from tests.media.test_decoder import decoded
from tests.media.test_uploads import bring

ASKED = {"side": 640, "quality": 80, "threads": True, **msgspec.structs.asdict(LIMITS)}
UTC, SCENE = (b"Image_UTC_Data", b"1600000000000"), (b"MCC_Data", b"460")
CUT = "the file ends in the middle of the picture"
Corners = tuple[tuple[int, int], str, str]


def shrink(data: bytes) -> Image.Image:
    """In this process and without its limits: some thousand times faster."""
    with mmap.mmap(-1, len(data)) as memory:
        memory.write(data)
        memory.seek(0)
        return Image.open(io.BytesIO(program.shrink(memory, ASKED)[1]))


def corners(small: bytes | Image.Image) -> Corners:
    """Size, and which half of `halves` the first and the last pixel are of."""
    image = Image.open(io.BytesIO(small)) if isinstance(small, bytes) else small

    def half(at: tuple[int, int]) -> str:
        pixel = image.convert("RGB").getpixel(at)
        assert isinstance(pixel, tuple)
        return min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], pixel, strict=True)))

    return image.size, half((1, 1)), half((image.width - 2, image.height - 2))


def fault_of(data: bytes) -> str:
    found = decoded(data)
    assert not found.small or not found.fault
    return found.fault


def fine(found: Decoded) -> bool:
    return (found.fault, found.remark, found.kind, found.behind) == ("", "", "", 0)


@pytest.mark.parametrize("first", range(0, 1260, 140))
def test_no_type_of_any_tag_costs_a_turned_photo(first: int) -> None:
    plain = file_of(halves())
    entries = list(odd_entries())
    assert len(entries) == 1260
    for entry in entries[first : first + 140]:
        exif = tiff(sorted([entry, turned(6)]))
        assert corners(shrink(with_exif(exif, plain))) == ((32, 64), "left", "right"), entry


UPRIGHT = {
    1: ((64, 32), "left", "right"), 2: ((64, 32), "right", "left"), 3: ((64, 32), "right", "left"),
    4: ((64, 32), "left", "right"), 5: ((32, 64), "left", "right"), 6: ((32, 64), "left", "right"),
    7: ((32, 64), "right", "left"), 8: ((32, 64), "right", "left"),
}  # fmt: skip


@pytest.mark.parametrize("turn", UPRIGHT)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_turn_is_made_good_in_each_kind(kind: str, turn: int) -> None:
    exif = tiff([turned(turn)])
    data = with_exif(exif) if kind == "JPEG" else file_of(halves(), kind, exif=exif)
    assert corners(shrink(data)) == UPRIGHT[turn]


def test_a_heic_is_turned_once_by_its_own_box_and_not_by_its_exif_again() -> None:
    found = decoded(file_of(halves(), "HEIF", exif=b"Exif\0\0" + tiff([turned(6)])))
    assert fine(found)
    assert corners(found.small) == ((32, 64), "left", "right")


@pytest.mark.parametrize(
    ("turns", "upright"),
    [
        (0, ((640, 320), "left", "right")), (1, ((320, 640), "right", "left")), (2, ((640, 320), "right", "left")),
        (3, ((320, 640), "left", "right")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("depth", [False, True])
def test_a_heic_of_tiles_is_put_together_and_turned(turns: int, upright: Corners, depth: bool) -> None:
    found = decoded(grid(2, 1, 1000, 500, turns=turns, depth=depth))
    assert fine(found)
    assert corners(found.small) == upright


def test_what_a_phone_keeps_in_boxes_behind_a_heic_is_no_finding_and_a_cut_one_is() -> None:
    data = grid(2, 1, 1000, 500)
    assert fine(decoded(data + box(b"sefd", samsung(UTC)) + box(b"mpvd", motion_video())))
    assert fault_of(data[:-5]) == CUT


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("size", [(400, 300), (1601, 1201)])
def test_a_jpeg_without_its_end_mark_is_a_whole_picture(missing: int, size: tuple[int, int]) -> None:
    assert fine(decoded(file_of(halves("RGB", *size))[:-missing]))


@pytest.mark.parametrize("missing", [6, 20, 300, 2000])
def test_a_jpeg_that_is_cut_in_its_data_is_no_whole_picture(missing: int) -> None:
    data = file_of(Image.effect_noise((401, 301), 60).convert("RGB"))
    assert fault_of(data[:-missing]) == CUT


def test_a_progressive_jpeg_that_is_cut_late_lacks_fine_detail_and_early_the_picture() -> None:
    data = file_of(Image.effect_noise((400, 300), 60), progressive=True)
    last = data.rindex(b"\xff\xda")
    late = decoded(data[:-2])
    assert (late.fault, late.remark) == ("", "the end of its file is missing, and perhaps fine detail with it")
    assert decoded(data[: last + 200]).remark == late.remark
    assert fault_of(data[: last - 10]) == CUT


def test_every_cut_of_each_kind_is_told_as_what_it_is() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
        data = file_of(Image.effect_noise((120, 90), 60).convert("RGB"), kind)
        for kept in (13, 40, len(data) // 4, len(data) // 2, len(data) - 400):
            assert fault_of(data[:kept]) == CUT, (kind, kept)


@pytest.mark.parametrize(
    ("kind", "kept"), [("PNG", -12), ("PNG", -14), ("WEBP", -1)], ids=["no IEND", "a checksum cut", "the padding byte"]
)
def test_other_kinds_without_their_last_bytes_are_whole_pictures_too(kind: str, kept: int) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    found = decoded(file_of(halves(), kind, **options)[:kept])
    assert fine(found)
    assert corners(found.small) == ((64, 32), "left", "right")


@pytest.mark.parametrize("kind", ["HEIF", "WEBP"])
def test_one_that_lacks_a_byte_of_its_data_is_kept_with_a_remark_where_all_that_is_drawn_is_there(kind: str) -> None:
    """With more missing it is cut, or drawn to the last pixel as the whole one is."""
    data = file_of(halves("RGB", 400, 300), kind)
    whole = decoded(data)
    found = [decoded(data[:-missing]) for missing in (1, 2, 3, 5, 8, 70)]
    assert (found[0].fault, found[0].remark) == ("", "the end of its file is missing, and perhaps fine detail with it")
    assert {one.small for one in found if not one.fault} == {whole.small}
    assert [one.fault for one in found[-2:]] == [CUT, CUT]


def test_a_heic_of_tiles_without_its_last_byte_is_kept_with_a_remark() -> None:
    data = grid(2, 1, 1000, 500)
    found = decoded(data[:-1])
    assert (found.fault, found.small) == ("", decoded(data).small)
    assert found.remark


MODES = {
    "JPEG": ("L", "1", "CMYK"), "PNG": ("L", "LA", "RGBA", "P", "1"), "WEBP": ("L", "LA", "RGBA"), "HEIF": ("L", "LA", "RGBA"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes])
def test_each_mode_is_shown_in_its_colours(kind: str, mode: str) -> None:
    found = decoded(file_of(halves(mode), kind))
    assert fine(found)
    if mode in ("RGBA", "P", "CMYK"):
        assert corners(found.small) == ((64, 32), "left", "right")


def test_a_grey_png_of_16_bits_goes_from_black_to_white() -> None:
    with Image.open(io.BytesIO(decoded(grey_16()).small)) as small:
        greys = [small.convert("L").getpixel((x, 32)) for x in (0, 16, 32, 48, 63)]
    assert greys == pytest.approx([4, 65, 130, 194, 251], abs=10)


def test_colour_of_16_bits_and_its_transparent_colour_are_shown() -> None:
    row = b"\0" + struct.pack(">HHH", 65535, 0, 0) * 32 + struct.pack(">HHH", 0, 0, 65535) * 32
    assert corners(decoded(raw_png(64, 32, 16, 2, row * 32)).small) == ((64, 32), "left", "right")
    clear = raw_png(64, 32, 16, 2, row * 32, chunk(b"tRNS", struct.pack(">HHH", 0, 0, 65535)))
    assert fine(decoded(clear))


def test_what_is_transparent_is_shown_on_white() -> None:
    palette = halves().quantize(8)
    with Image.open(io.BytesIO(decoded(file_of(palette, "PNG", transparency=0)).small)) as small:
        assert small.convert("RGB").getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO", "GAIN MAP"])
def test_of_several_pictures_the_first_is_shown(kind: str) -> None:
    second = halves().rotate(180)
    if kind == "GAIN MAP":
        found = decoded(file_of(halves()) + bytes(40) + file_of(second) + b"\n")
    else:
        found = decoded(file_of(halves(), kind, save_all=True, append_images=[second]))
    assert fine(found)
    assert corners(found.small) == ((64, 32), "left", "right")


@pytest.mark.parametrize("kind", [b"tEXt", b"gAMA", b"iCCP", b"tRNS", b"eXIf", b"pHYs", b"vpAg"])
def test_a_wrong_checksum_beside_the_picture_of_a_png_does_no_harm(kind: bytes) -> None:
    found = decoded(with_chunk(file_of(halves(), "PNG"), chunk(kind, b"12345678", damaged=True)))
    assert fine(found)
    assert corners(found.small) == ((64, 32), "left", "right")


def test_a_wrong_checksum_of_the_header_is_named() -> None:
    png = file_of(halves(), "PNG")
    assert fault_of(png[:29] + b"\1\2\3\4" + png[33:]) == "its header is damaged: a checksum is wrong"


def test_text_of_any_size_in_a_png_is_passed_over() -> None:
    long = chunk(b"tEXt", b"a\0" + b"x" * 2_000_000)
    inflated = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(70_000_000)))
    many = b"".join(chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(900_000))) for _ in range(80))
    for piece in (long, inflated, many):
        assert fine(decoded(with_chunk(file_of(halves(), "PNG"), piece)))


PADDED = [b"\n", b"\r\n", bytes(4000), b"\xff" * 10, b" \n"]


@pytest.mark.parametrize("after", [*PADDED, samsung(UTC), samsung(UTC, SCENE), bytes(6) + samsung(UTC)])
def test_what_phones_put_behind_a_photo_is_no_finding(after: bytes) -> None:
    assert fine(decoded(file_of(halves()) + after))


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (motion_video(), "a video"), (bytes(30) + motion_video(), "a video"),
        (samsung(UTC, (b"MotionPhoto_Data", motion_video())), "a video"),
        (samsung((b"Image_UTC_Data", b"<script>alert(1)</script>")), "a web page"),
        (b"<html>" + samsung(UTC), "data of no known kind"), (b"hello" + b"SEFT", "data of no known kind"),
        (b"SEFH" + b"\xff" * 20 + b"SEFT", "data of no known kind"), (b"\n<html>", "a web page"), (b"hello", "data of no known kind"),
    ],
)  # fmt: skip
def test_what_else_hides_behind_a_photo_is_named(after: bytes, kind: str) -> None:
    found = decoded(file_of(halves()) + after)
    assert (found.fault, found.behind, found.kind) == ("", len(after), kind)


def test_a_jpeg_with_40_000_passes_is_refused_and_one_with_fifty_is_shown() -> None:
    assert fault_of(many_scans(40_000)) == "it is drawn in more than 100 passes"
    assert fine(decoded(many_scans(50)))


def test_passes_over_a_large_picture_are_counted_with_its_size() -> None:
    picture = file_of(halves(width=4000, height=3000), progressive=True)
    last = picture.rindex(b"\xff\xda")
    assert fine(decoded(picture))
    small = msgspec.structs.replace(LIMITS, jpeg_drawn_pixels=20 * 12_000_000)
    many = picture[:last] + picture[last:-2] * 30 + b"\xff\xd9"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoder, "LIMITS", small)
        assert fault_of(many).endswith("passes, too many for a picture of 4000 x 3000")


@pytest.mark.parametrize("piece", [b"\xff\xfe\0\2", b"\xff", b"\xff\x01"])
def test_a_jpeg_in_endless_pieces_is_refused_soon(piece: bytes) -> None:
    data = file_of(halves())
    at = data.index(b"\xff\xdb")
    assert fault_of(data[:at] + piece * 8_000_000 + data[at:]) == "it is in more than 100000 pieces"


@pytest.mark.parametrize("tail", [b"\xff\xd8\xff\xd9", b"\xff\xd8" + b"\xff\xfe\0\2" * 99_999 + b"\xff\xd9"])
def test_what_follows_a_photo_in_endless_pieces_is_data_of_no_known_kind(tail: bytes) -> None:
    found = decoded(file_of(halves()) + tail * (16_000_000 // len(tail)))
    assert (found.fault, found.kind) == ("", "data of no known kind")


@pytest.mark.parametrize(
    "options", [{"restart_marker_rows": 1}, {"restart_marker_blocks": 1}, {"restart_marker_blocks": 5}]
)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_data_that_end_at_a_restart_marker_are_no_whole_picture(options: dict[str, int], mode: str) -> None:
    data = file_of(halves(width=96, height=64).convert(mode), **options)
    assert fine(decoded(data))
    assert fine(decoded(data[:-2])), "only the end mark is missing"
    places = [found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", data)]
    assert len(places) > 1
    for place in places:
        for cut in (place, place + 1, place + 2):
            assert fault_of(data[:cut]) == CUT, cut


def test_a_video_behind_a_heic_is_named() -> None:
    found = decoded(file_of(halves(), "HEIF") + motion_video())
    assert found.kind == "a video"


@pytest.mark.parametrize(
    "options", [{"restart_marker_blocks": 1}, {"progressive": True}, {"subsampling": 0}, {"optimize": True}]
)
def test_each_way_of_coding_a_jpeg_is_read(options: dict[str, int]) -> None:
    found = decoded(file_of(halves(), **options))
    assert fine(found)
    assert corners(found.small) == ((64, 32), "left", "right")


def test_fill_bytes_and_strange_bytes_between_segments_do_no_harm() -> None:
    data = file_of(halves())
    at = data.index(b"\xff\xdb")
    for between in (b"\xff" * 7, b"\1\2\3"):
        assert fine(decoded(data[:at] + between + data[at:]))


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xED, 0xFE])
@pytest.mark.parametrize(
    "content", [b"", b"Exif\0", b"Exif\0\0", b"MPF\0II*\0\xff", b"ICC_PROFILE\0", b"Photoshop 3.0\0" + b"8BIM" * 3]
)
def test_broken_segments_of_a_jpeg_are_passed_over(marker: int, content: bytes) -> None:
    assert corners(shrink(with_segment(file_of(halves()), marker, content))) == ((64, 32), "left", "right")


def test_what_a_jpeg_says_of_itself_is_refused_in_words() -> None:
    data = file_of(halves())
    frame = data.index(b"\xff\xc0")
    deep = data[: frame + 4] + b"\x0c" + data[frame + 5 :]
    flat = data[: frame + 5] + b"\0\0" + data[frame + 7 :]
    assert fault_of(deep) == "its colours have 12 bits each, and only 8 are read of a JPEG"
    assert fault_of(flat) == "it says that it has no width or no height"
    assert fault_of(data[:2] + b"\xff\xd9" + data) == "it has no picture in it"


def test_a_profile_that_is_broken_or_of_other_colours_counts_as_none() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (b"x" * 200, lab):
        for kind in ("JPEG", "PNG", "WEBP"):
            found = decoded(file_of(halves(), kind, icc_profile=profile))
            assert (found.fault, corners(found.small)) == ("", ((64, 32), "left", "right"))


def test_metadata_of_a_webp_does_no_harm_however_it_is_cut() -> None:
    data = file_of(halves(), "WEBP", exif=tiff([turned(6)]))
    assert corners(decoded(data).small) == ((32, 64), "left", "right")
    assert corners(decoded(data[:-6]).small)[1:] == ("left", "right")
    plain = file_of(halves(), "WEBP", lossless=True)
    assert fine(decoded(riff((b"VP8L", plain[20:]), (b"XMP ", b"strange"), (b"ABCD", b"123"))))


async def test_a_photo_without_its_last_two_bytes_and_one_of_a_samsung_phone_are_verified_without_a_word(
    company: Company, wei: Phone
) -> None:
    for data in (
        file_of(Image.effect_noise((64, 48), 50))[:-2],
        file_of(Image.effect_noise((64, 48), 50)) + samsung(UTC),
    ):
        visit_id, photo_id = await promised(company, wei, data)
        assert await bring(wei, photo_id, data) == "verified"
        assert await state_of(company, visit_id) == {photo_id: ("verified", "")}
