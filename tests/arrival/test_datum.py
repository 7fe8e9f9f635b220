"""The datums of mainland China: known values, and inverses that are exact."""

from math import cos, hypot, radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.arrival.datum import gcj02_to_bd09, to_wgs84, wgs84_to_gcj02
from server.customers.rules import Datum
from tests.sizes import size

METRES = 111_320.0
CHINA = (st.floats(17.0, 54.0), st.floats(73.0, 136.0))
FURTHER = (st.floats(-60.0, 70.0), st.floats(20.0, 179.0))


def metres_apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return hypot(one[0] - other[0], (one[1] - other[1]) * cos(radians(one[0]))) * METRES


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_the_forward_formula_agrees_with_the_published_values(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    """Values of googollee/eviltransform, which takes another radius of the Earth: they differ by 2e-5 of the shift."""
    assert metres_apart(wgs84_to_gcj02(*wgs84), gcj02) < 0.02


@settings(max_examples=size(250, 1000), deadline=None)
@given(*CHINA)
def test_the_inverses_are_exact_in_and_around_china(latitude: float, longitude: float) -> None:
    here = (latitude, longitude)
    mars = wgs84_to_gcj02(*here)
    assert metres_apart(to_wgs84(*mars, Datum.GCJ02), here) < 1e-6
    assert metres_apart(to_wgs84(*gcj02_to_bd09(*mars), Datum.BD09), here) < 1e-6


@settings(max_examples=size(125, 500), deadline=None)
@given(*FURTHER)
def test_the_inverses_are_exact_far_from_china_too(latitude: float, longitude: float) -> None:
    here = (latitude, longitude)
    mars = wgs84_to_gcj02(*here)
    assert metres_apart(to_wgs84(*mars, Datum.GCJ02), here) < 1e-6
    assert metres_apart(to_wgs84(*gcj02_to_bd09(*mars), Datum.BD09), here) < 1e-6


@pytest.mark.parametrize("offset", [0.0, 1e-13, -1e-12, 1e-11, 1e-9, -1e-7])
def test_the_fold_of_the_formula_at_105_degrees_east_stays_below_a_micrometre(offset: float) -> None:
    here = (35.0, 105.0 + offset)
    assert metres_apart(to_wgs84(*wgs84_to_gcj02(*here), Datum.GCJ02), here) < 1e-6


@pytest.mark.parametrize("place", [(22.28, 114.16), (25.03, 121.56), (22.19, 113.54), (39.9, 116.4)])
def test_a_position_is_shifted_only_by_its_stated_datum(place: tuple[float, float]) -> None:
    """Hong Kong, Taipei, Macao, Beijing: no bounding box decides."""
    assert to_wgs84(*place, Datum.WGS84) == place
    assert 300 < metres_apart(to_wgs84(*place, Datum.GCJ02), place) < 900
    assert metres_apart(to_wgs84(*place, Datum.BD09), place) > 500
