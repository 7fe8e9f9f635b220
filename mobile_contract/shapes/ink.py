"""What shows on paper: whether a text has a visible character, and whether strokes have ink."""

import unicodedata

from mobile_contract.shapes.limits import MOVES, PAD
from mobile_contract.shapes.strokes import Strokes

BLANK = (
    (0x0000, 0x0020), (0x007F, 0x00A0), (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160),
    (0x1680, 0x1680), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),
    (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Code points that draw nothing: controls, white space, and Unicode's Default_Ignorable_Code_Point, with the blank of
Braille and the fillers of Hangul, which are letters and symbols by their category."""


def shows(text: str | None) -> bool:
    """Whether a text has a visible character; a mark alone, with no letter to stand on, is none."""
    return any(not _is_blank(character) for character in text or "")


def has_ink(drawing: Strokes) -> bool:
    """Whether a line of the drawing moves, in proportion to the pad."""
    least = MOVES * _side(drawing)
    return any(
        any(max(abs(point.x - stroke[0].x), abs(point.y - stroke[0].y)) >= least for point in stroke)
        for stroke in drawing.strokes
    )


def _side(drawing: Strokes) -> float:
    """The pad's longer side in the unit of its points."""
    if all(0 <= at <= 1 for stroke in drawing.strokes for point in stroke for at in (point.x, point.y)):
        return 1
    return max(drawing.width or 0, drawing.height or 0, 0) or PAD


def _is_blank(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in BLANK) or unicodedata.category(character).startswith("M")
