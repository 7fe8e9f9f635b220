"""The drawing of a signature: whatever intake takes can be drawn, in time that grows with its size."""

import json
import re
import time

import pytest

from mobile_contract.shapes.check import check_strokes
from mobile_contract.shapes.limits import STROKES_BYTES
from server.records.print.drawing import SIDE, signature_svg


def test_the_largest_strokes_are_drawn_in_seconds() -> None:
    points = [[at * 7 % 800, at * 13 % 300, at * 8, 500] for at in range(25_000)]
    strokes = json.dumps({"width": 800, "height": 300, "strokes": [points]}, separators=(",", ":"))
    assert 0.9 * STROKES_BYTES < len(strokes) < STROKES_BYTES
    check_strokes(strokes)
    start = time.process_time()
    drawn = signature_svg(strokes)
    assert time.process_time() - start < 5, "growing with the square it took 20"
    assert drawn.count(b"<path") == 1, "one path while the pressure is the same"


@pytest.mark.parametrize("unit", [0.001, 1, 3.7, 1000])
def test_a_drawing_looks_the_same_in_whatever_unit_it_came(unit: float) -> None:
    points = [[0, 0, 0, 500], [400, 100, 16, 700], [800, 300, 32, 900]]
    scaled = [[x * unit, y * unit, *rest] for x, y, *rest in points]
    assert signature_svg(json.dumps({"strokes": [scaled]})) == signature_svg(json.dumps({"strokes": [points]}))


def test_the_ink_fills_its_box_wherever_it_was_drawn() -> None:
    far = signature_svg('{"strokes":[[[999000.5,-999000.5],[999001,-999000]]]}').decode()
    assert (found := re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', far)) is not None
    assert [float(side) for side in found.groups()] == [SIDE + 60, SIDE + 60]
    assert "nan" not in far
    assert "inf" not in far


@pytest.mark.parametrize("strokes", ["null", '{"strokes":[[{"x":1,"y":2}]]}', '{"strokes":[[[NaN,2]]]}', "data:,"])
def test_what_is_no_drawing_is_an_error_and_never_an_empty_picture(strokes: str) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        signature_svg(strokes)
