"""What one photo may take, all of it in one place; docs/operations.md has the same table, which a test compares.

Whoever promises a larger file is refused at once. The rest is known only when the bytes are there: a photo beyond a limit
is a finding in plain words, and costs no more than the limit.
"""

import msgspec

MB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True):
    """The figures. Pixels are width times height as the file says; they are checked before anything is decoded."""

    size: int = 256 * MB
    """Bytes of a photo's file."""
    jpeg_pixels: int = 220_000_000
    """Of a JPEG that is read from top to bottom and decoded at an eighth of its size; phones take up to 200 megapixels."""
    jpeg_kept_pixels: int = 100_000_000
    """Of a JPEG in several passes (progressive): all of it is kept until the last, up to 8 bytes a pixel."""
    png_pixels: int = 80_000_000
    """Up to 12 bytes a pixel, with transparency."""
    webp_pixels: int = 64_000_000
    """Up to 20 bytes a pixel: the library keeps two canvases."""
    heif_pixels: int = 80_000_000
    """About 12 bytes a pixel."""
    jpeg_scans: int = 100
    """Passes of a JPEG; cameras and tools make up to about 20, and each costs as much as the whole picture."""
    jpeg_drawn_pixels: int = 3_000_000_000
    """Passes times pixels: what drawing a picture in several passes costs."""
    jpeg_pieces: int = 100_000
    """Segments, fill bytes and passes of a JPEG, and of those in a row behind it."""
    png_chunks: int = 1_000_000
    """Pieces of a PNG's file."""
    profile: int = 4 * MB
    """Bytes of a colour profile; a larger one counts as none."""
    memory: int = 1280 * MB
    """Bytes that decoding may take beyond the program itself and the file."""
    cpu_seconds: int = 20
    wall_seconds: float = 40.0
    answer: int = 32 * MB
    """Bytes of a shrunk picture."""


LIMITS = Limits()
