"""Pictures made of lines: the signature's strokes and the QR code, as SVG, so that they print sharp at any size."""

import io
from itertools import groupby, pairwise

import msgspec
import segno

from mobile_contract.shapes.strokes import Point, Strokes

INK = "#14213a"
THINNEST, THICKEST = 0.6, 1.7
"""Line width, as a share of one hundredth of the drawing's longer side, at no pressure and at full pressure (1000)."""

SIDE = 1000
"""The longer side of the drawing on the page's own scale: phones count in pixels of any size, some from 0 to 1."""

LEAST = 0.001
"""The smallest extent that is drawn larger: what has less is a dot."""

MIDDLE = 500
"""The pressure where the phone has none."""

Spot = tuple[float, float, float]
"""x, y, pressure."""

Curve = tuple[str, str, str]
"""The width of a curve, where it starts, and where it goes: a path's commands."""


def signature_svg(strokes: str) -> bytes:
    """The drawing of a strokes text (`mobile_contract.shapes.strokes`).

    Only numbers come out of the text; anything else in it raises `ValueError`. The box is cut to the ink with a margin, so
    that a small drawing on a large screen shows.
    """
    try:
        drawing = msgspec.json.decode(strokes.encode(), type=Strokes)
    except msgspec.MsgspecError as error:
        raise ValueError(f"the strokes cannot be drawn: {error}") from error
    lines = [stroke for stroke in drawing.strokes if stroke]
    xs = [point.x for line in lines for point in line] or [0]
    ys = [point.y for line in lines for point in line] or [0]
    scale = SIDE / max(max(xs) - min(xs), max(ys) - min(ys), LEAST)
    unit = SIDE / 100
    margin = 3 * unit
    width, height = (max(xs) - min(xs)) * scale + 2 * margin, (max(ys) - min(ys)) * scale + 2 * margin

    def spot(point: Point) -> Spot:
        pressure = MIDDLE if not point.pressure else min(max(point.pressure, 0), 1000)
        return (point.x - min_x) * scale + margin, (point.y - min_y) * scale + margin, pressure

    min_x, min_y = min(xs), min(ys)
    paths = "".join(_stroke([spot(point) for point in line], unit) for line in lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.2f} {height:.2f}" '
        f'width="{width:.2f}" height="{height:.2f}"><g fill="none" stroke="{INK}" stroke-linecap="round" '
        f'stroke-linejoin="round">{paths}</g></svg>'
    ).encode()


def _stroke(line: list[Spot], unit: float) -> str:
    """A smooth line: quadratic curves between the middles of neighbouring points, as wide as the pen was pressed."""
    if len(line) == 1:
        line = [line[0], line[0]]
    ends = [line[0][:2], *(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(line)), line[-1][:2]]
    curves: list[Curve] = []
    for (start, end), (x, y, pressure) in zip(pairwise(ends), line, strict=True):
        width = f"{(THINNEST + (THICKEST - THINNEST) * round(pressure / 100) / 10) * unit:.2f}"
        curves.append((width, f"M{start[0]:.1f} {start[1]:.1f}", f"Q{x:.1f} {y:.1f} {end[0]:.1f} {end[1]:.1f}"))
    paths = []
    for thickness, alike in groupby(curves, key=lambda curve: curve[0]):
        (_, begin, first), *rest = alike
        paths.append(f'<path stroke-width="{thickness}" d="{begin}{first}{"".join(curve for _, _, curve in rest)}"/>')
    return "".join(paths)


def qr_svg(link: str) -> bytes:
    """The QR code of a link, without a quiet zone (the page leaves it), error correction M."""
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, dark=INK, nl=False)
    return out.getvalue()
