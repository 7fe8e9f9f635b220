"""Pictures made of lines: the signature's strokes and the QR code, as SVG, so that they print sharp at any size."""

import io
import json
from itertools import pairwise
from typing import Any

import segno

INK = "#14213a"
THINNEST, THICKEST = 0.6, 1.7
"""Line width, as a share of one hundredth of the drawing's longer side, at no pressure and at full pressure (1000)."""

Point = tuple[float, float]


def signature_svg(strokes: str) -> bytes:
    """The drawing of a strokes text `{"width", "height", "strokes": [[[x, y, ms, pressure], ...]]}`.

    Only numbers come out of the text; anything else in it raises `ValueError`. Pressure is 0 to 1000, 500 where the
    phone has none. The box is cut to the ink with a margin, so that a small drawing on a large screen shows.
    """
    drawing = json.loads(strokes)
    lines = [[_point(point) for point in stroke] for stroke in drawing["strokes"] if stroke]
    xs = [point[0] for line in lines for point in line] or [0]
    ys = [point[1] for line in lines for point in line] or [0]
    unit = max(max(xs) - min(xs), max(ys) - min(ys), 1) / 100
    margin = 3 * unit
    left, top = min(xs) - margin, min(ys) - margin
    width, height = max(xs) - left + margin, max(ys) - top + margin
    paths = "".join(_stroke(line, unit) for line in lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.2f} {top:.2f} {width:.2f} {height:.2f}" '
        f'width="{width:.2f}" height="{height:.2f}"><g fill="none" stroke="{INK}" stroke-linecap="round" '
        f'stroke-linejoin="round">{paths}</g></svg>'
    ).encode()


def _point(point: Any) -> tuple[int, int, int]:
    x, y = point[0], point[1]
    pressure = point[3] if len(point) > 3 and point[3] else 500
    if not all(isinstance(value, int) for value in (x, y, pressure)):
        raise ValueError("a point of a stroke is whole numbers: x, y, milliseconds, pressure")
    return x, y, min(max(pressure, 0), 1000)


def _stroke(line: list[tuple[int, int, int]], unit: float) -> str:
    """A smooth line: quadratic curves between the middles of neighbouring points, as wide as the pen was pressed."""
    if len(line) == 1:
        line = [line[0], line[0]]
    ends: list[Point] = [
        line[0][:2],
        *((((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)) for a, b in pairwise(line)),
        line[-1][:2],
    ]
    bends: list[Point] = [line[0][:2], *(point[:2] for point in line[1:-1]), line[-1][:2]]
    pieces: list[str] = []
    width_before = ""
    for (start, end), bend, (_, _, pressure) in zip(pairwise(ends), bends, line, strict=True):
        width = f"{(THINNEST + (THICKEST - THINNEST) * round(pressure / 100) / 10) * unit:.2f}"
        curve = f"Q{bend[0]:.1f} {bend[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
        if width == width_before:
            pieces[-1] = pieces[-1].replace('"/>', f'{curve}"/>')
        else:
            pieces.append(f'<path stroke-width="{width}" d="M{start[0]:.1f} {start[1]:.1f}{curve}"/>')
        width_before = width
    return "".join(pieces)


def qr_svg(link: str) -> bytes:
    """The QR code of a link, without a quiet zone (the page leaves it), error correction M."""
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, dark=INK, nl=False)
    return out.getvalue()
