"""Distances against Vincenty's formula; probabilities against Marcum's Q, Monte Carlo and limits."""

import random
from math import atan, atan2, cos, exp, hypot, inf, lgamma, log, radians, sin, sqrt, tan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.arrival.likelihood import (
    distance_mm,
    further_apart,
    probability_inside,
    rough_distance_mm,
    sigma_mm,
    tail_beyond,
)
from server.identity.rules import Platform
from tests.sizes import size


def vincenty_mm(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The inverse problem by T. Vincenty, Survey Review 23 (1975), on WGS-84; not for nearly antipodal points."""
    a, f = 6378137.0, 1 / 298.257223563
    b = a * (1 - f)
    u1, u2 = (atan((1 - f) * tan(radians(point[0]))) for point in (one, other))
    longitude = radians(other[1] - one[1])
    lam, before = longitude, inf
    while abs(lam - before) > 1e-13:
        x, y = cos(u2) * sin(lam), cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lam)
        sin_sigma, cos_sigma = hypot(x, y), sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lam)
        if sin_sigma == 0.0:
            return 0.0
        sigma = atan2(sin_sigma, cos_sigma)
        sin_alpha = cos(u1) * cos(u2) * sin(lam) / sin_sigma
        cos2 = 1 - sin_alpha**2
        middle = cos_sigma - 2 * sin(u1) * sin(u2) / cos2 if cos2 > 1e-15 else 0.0
        c = f / 16 * cos2 * (4 + f * (4 - 3 * cos2))
        inner = middle + c * cos_sigma * (2 * middle**2 - 1)
        before, lam = lam, longitude + (1 - c) * f * sin_alpha * (sigma + c * sin_sigma * inner)
    u = cos2 * (a * a - b * b) / (b * b)
    big_a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    big_b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    last = big_b / 6 * middle * (4 * sin_sigma**2 - 3) * (4 * middle**2 - 3)
    change = big_b * sin_sigma * (middle + big_b / 4 * (cos_sigma * (2 * middle**2 - 1) - last))
    return b * big_a * (sigma - change) * 1000


def marcum(distance: float, radius: float, sigma: float) -> float:
    """1 - Q1 as a Poisson mixture of central chi-square distributions with 2 + 2n degrees of freedom."""
    mean, reach = distance**2 / (2 * sigma**2), radius**2 / (2 * sigma**2)
    total = below = 0.0
    for n in range(int(mean + reach + 40 * sqrt(mean + reach + 1)) + 60):
        below += exp(n * log(reach) - reach - lgamma(n + 1))
        weight = exp(n * log(mean) - mean - lgamma(n + 1)) if mean > 0 else float(n == 0)
        total += weight * max(0.0, 1 - below)
    return total


LATITUDES, LONGITUDES = st.floats(-80, 80), st.floats(-180, 180)


@settings(max_examples=size(100, 400), deadline=None)
@given(LATITUDES, LONGITUDES, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_distances_agree_with_vincenty(latitude: float, longitude: float, north: float, east: float) -> None:
    one, other = (latitude, longitude), (latitude + north, longitude + east)
    expected = vincenty_mm(one, other)
    assert distance_mm(one, other) == pytest.approx(expected, abs=0.5)
    assert rough_distance_mm(one, other) == pytest.approx(expected, rel=0.006, abs=1)


def test_the_line_from_flinders_peak_to_buninyong() -> None:
    """The worked example of the Geocentric Datum of Australia manual, 54 972.271 m."""
    flinders = (-(37 + 57 / 60 + 3.72030 / 3600), 144 + 25 / 60 + 29.52440 / 3600)
    buninyong = (-(37 + 39 / 60 + 10.15610 / 3600), 143 + 55 / 60 + 35.38390 / 3600)
    assert distance_mm(flinders, buninyong) == pytest.approx(54_972_271, abs=1)
    assert vincenty_mm(flinders, buninyong) == pytest.approx(54_972_271, abs=1)


@pytest.mark.parametrize(
    ("platform", "share", "divisor"),
    [(Platform.ANDROID, 0.68, 1.510), (Platform.IOS, 1 - exp(-1), 1.414), (Platform.WEB, 0.95, 2.448)],
)
def test_an_accuracy_becomes_the_sigma_that_its_platform_means(
    platform: Platform, share: float, divisor: float
) -> None:
    sigma = sigma_mm(platform, 30_000)
    assert sigma == pytest.approx(30_000 / divisor, rel=1e-3)
    assert probability_inside(0, 30_000, sigma) == pytest.approx(share, abs=1e-9)


@settings(max_examples=size(100, 400), deadline=None)
@given(st.floats(0, 25), st.floats(0.05, 25), st.floats(1, 1e6))
def test_the_integral_is_marcums_q(distance: float, radius: float, sigma: float) -> None:
    found = probability_inside(distance * sigma, radius * sigma, sigma)
    assert found == pytest.approx(marcum(distance, radius, 1.0), abs=1e-8)


@pytest.mark.parametrize(("distance", "radius", "sigma"), [(0, 150, 80), (140, 150, 30), (200, 150, 60), (90, 50, 400)])
def test_the_integral_agrees_with_monte_carlo(distance: float, radius: float, sigma: float) -> None:
    dice = random.Random(20260302)
    draws = 60_000
    hits = sum(hypot(dice.gauss(distance, sigma), dice.gauss(0, sigma)) <= radius for _ in range(draws))
    expected = probability_inside(distance, radius, sigma)
    assert hits / draws == pytest.approx(expected, abs=5 * sqrt(expected * (1 - expected) / draws))


def test_limits() -> None:
    assert probability_inside(0, 150, 1e-3) == pytest.approx(1, abs=1e-12)
    assert probability_inside(149.9, 150, 1e-3) == pytest.approx(1, abs=1e-10)
    assert probability_inside(150.1, 150, 1e-3) == pytest.approx(0, abs=1e-12)
    assert probability_inside(150, 150, 1e-3) == pytest.approx(0.5, abs=1e-4)
    assert probability_inside(0, 150, 40) == pytest.approx(1 - exp(-(150**2) / (2 * 40**2)), abs=1e-12)
    assert probability_inside(0, 1, 1e6) == pytest.approx(5e-13, rel=1e-6)
    assert (probability_inside(100, 150, 0), probability_inside(200, 150, 0)) == (1.0, 0.0)
    assert probability_inside(1e9, 150, 10) == 0.0


@given(st.floats(0, 1000), st.floats(1, 1000), st.floats(1, 500))
def test_the_rarity_of_the_needed_error_bounds_the_probability_inside(
    distance: float, radius: float, sigma: float
) -> None:
    """So 'outside' always means a P(inside) below the same threshold."""
    assert probability_inside(distance, radius, sigma) <= tail_beyond(distance - radius, sigma) + 1e-9


ANYWHERE = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@settings(max_examples=size(100, 400), deadline=None)
@given(ANYWHERE, ANYWHERE, st.floats(0.9, 1.1))
def test_the_short_cut_says_what_the_geodesic_says_anywhere(
    one: tuple[float, float], other: tuple[float, float], share: float
) -> None:
    limit = 1.0 + distance_mm(one, other) * share
    assert further_apart(one, other, limit) == (distance_mm(one, other) > limit)


def test_a_step_over_the_date_line_is_a_step() -> None:
    suva, beyond = (-18.0, 179.9999), (-18.0, -179.9999)
    assert further_apart(suva, beyond, 21_000)
    assert not further_apart(suva, beyond, 21_300)


@given(st.floats(-180, 180), st.floats(-180, 180))
def test_at_a_pole_the_longitude_says_nothing(here: float, there: float) -> None:
    assert not further_apart((90.0, here), (90.0, there), 1)
    assert not further_apart((-90.0, here), (-90.0, there), 1)
