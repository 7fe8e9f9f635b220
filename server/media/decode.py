"""Run as a program of its own (`server/ground/forked.py`): decodes images, each in a limited process that is made for it and ends with it.

The answer is what the image is, and the shrunk image as JPEG without any metadata. Of the server it loads only what reads containers
(`picture/`): it runs isolated, and what it does not have cannot be taken from it.
"""

import mmap
import warnings
from io import BytesIO
from typing import IO, Any, cast

import pi_heif
from PIL import Image, ImageCms

from server.ground import forked
from server.ground.forked import TimeIsUp
from server.media.picture import heif, jpeg, png, trailing, webp
from server.media.picture.parts import CUT, FEW, OTHER, Part, Parts, Picture, Refused, filled

STRANGE = "it cannot be decoded as an image"
NO_END = "the end of its file is missing, and perhaps fine detail with it"
NOTHING = bytes(FEW)
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""What makes a picture upright that is turned or mirrored as EXIF says (Exif 2.32, 4.6.4)."""


def shrink(data: mmap.mmap, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Size, what lies behind the image, and a copy no longer than `side` without EXIF, position, comment or profile.

    Raises `Refused`, and whatever the libraries raise.
    """
    picture, image = read(data, asked)
    _check_size(picture, asked)
    try:
        small = _shrunk(image or _opened(data, picture, filled(picture, NOTHING)), picture, asked["side"])
    except Exception as error:
        if isinstance(error, MemoryError | TimeIsUp) or picture.whole:
            raise
        raise Refused(CUT) from error
    if (others := _with_others(picture)) and not _draws_the_same(data, picture, others, small, asked["side"]):
        raise Refused(CUT)
    out = BytesIO()
    small.save(out, "JPEG", quality=asked["quality"])
    count, kind = trailing.behind(data, picture.kind, picture.end, asked["jpeg_pieces"])
    return {
        "width": picture.width, "height": picture.height, "behind": count, "kind": kind,
        "remark": NO_END if (picture.kept or picture.missing) and not picture.whole else "",
    }, out.getvalue()  # fmt: skip


def _with_others(picture: Picture) -> list[Part]:
    """The parts of a picture whose end is missing, with other data there; empty where that would show nothing."""
    if picture.missing:
        return filled(picture, OTHER)
    return jpeg.with_more(picture) if picture.kind == "JPEG" and not picture.whole and not picture.kept else []


def _draws_the_same(data: mmap.mmap, picture: Picture, parts: list[Part], small: Image.Image, side: int) -> bool:
    try:
        return _shrunk(_opened(data, picture, parts), picture, side).tobytes() == small.tobytes()
    except Exception as error:
        if isinstance(error, MemoryError | TimeIsUp):
            raise
        return False


def read(data: mmap.mmap, asked: dict[str, Any]) -> tuple[Picture, Image.Image | None]:
    """What the file holds, by its first bytes; of HEIF it is the library that knows. Raises `Refused`."""
    if data[:3] == trailing.PICTURE:
        return jpeg.read(data, most_of(asked)), None
    if data[:8] == png.SIGNATURE:
        return png.read(data, asked["png_chunks"], asked["profile"]), None
    if data[:4] == b"RIFF":
        return webp.read(data, asked["profile"]), None
    end, missing = heif.end_of(data)
    if missing > FEW:
        raise Refused(CUT)
    picture = Picture("HEIF", 0, 0, [(0, len(data))] if missing else [], end, not missing, missing=missing)
    try:  # a map reads and seeks as a file does
        image = (
            _opened(data, picture, filled(picture, NOTHING))
            if missing
            else Image.open(cast(IO[bytes], data), formats=["HEIF"])
        )
    except OSError as error:
        raise Refused(CUT if missing else STRANGE) from error
    width, height = image.size
    return picture._replace(width=width, height=height, profile=image.info.get("icc_profile")), image


def most_of(asked: dict[str, Any]) -> jpeg.Most:
    """The limits of a JPEG's parts."""
    return jpeg.Most(asked["jpeg_scans"], asked["jpeg_drawn_pixels"], asked["jpeg_pieces"])


def _check_size(picture: Picture, asked: dict[str, Any]) -> None:
    most = asked["jpeg_kept_pixels" if picture.kept else f"{picture.kind.lower()}_pixels"]
    pixels = picture.width * picture.height
    if not pixels:
        raise Refused("it says that it has no width or no height")
    if pixels > most:
        raise Refused(f"it has {pixels / 1e6:.0f} megapixels, more than {most / 1e6:.0f}")


def _opened(data: mmap.mmap, picture: Picture, parts: list[Part]) -> Image.Image:
    return Image.open(cast(IO[bytes], Parts(data, parts)), formats=[picture.kind])


def _shrunk(image: Image.Image, picture: Picture, side: int) -> Image.Image:
    """The picture, shrunk, upright, in sRGB on white."""
    image.draft("RGB", (side, side))
    image.load()
    small = _of_full_shades(image)
    small.thumbnail((side, side))
    if picture.turn in UPRIGHT:
        small = small.transpose(UPRIGHT[picture.turn])  # after shrinking: so much less to turn
    small = _in_srgb(_on_white(small), picture.profile)
    small.info.clear()
    return small


def _of_full_shades(image: Image.Image) -> Image.Image:
    """In a mode that can be shrunk: palettes and black and white have no shades between two pixels, and of 16 bits the upper
    8 are the shade."""
    if image.mode.startswith("I;16"):
        return Image.frombytes("L", image.size, image.tobytes("raw", "I;16")[1::2])
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.convert("RGBA").getchannel("A"))
        return flat
    return image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Phones record wider colour spaces; without their profile the colours would be shown too dull."""
    if not profile:
        return image
    try:
        source, target = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        converted = ImageCms.profileToProfile(image, source, target)
    except (ImageCms.PyCMSError, OSError):  # a broken profile, or one of another kind of colour: as if there were none
        return image
    return converted if converted is not None else image


def warm() -> None:
    """Shrink a small image, so that each process finds loaded and bound what it needs instead of doing it anew."""
    out = BytesIO()
    Image.new("RGB", (256, 192)).save(out, "JPEG")
    with mmap.mmap(-1, len(out.getbuffer())) as data:
        data.write(out.getvalue())
        data.seek(0)
        asked = {
            "side": 64,
            "quality": 80,
            "jpeg_scans": 9,
            "jpeg_pixels": 1 << 20,
            "jpeg_drawn_pixels": 1 << 24,
            "jpeg_pieces": 99,
        }
        shrink(data, asked)


if __name__ == "__main__":
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    Image.init()  # whatever it might want to load later
    Image.MAX_IMAGE_PIXELS = None  # counted by ourselves, to the pixel
    warnings.simplefilter("ignore")
    ImageCms.createProfile("sRGB")
    warm()
    forked.serve(shrink, doing="decoding it", strange=STRANGE)
