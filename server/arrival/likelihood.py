"""Distance and probability: how far a fix lies from the site, and how likely the phone was inside the circle."""

from math import asin, cos, erf, exp, log, pi, radians, sin, sqrt

from geopy.distance import geodesic

from server.arrival.datum import Position
from server.identity.rules import Platform

_SIGMAS = {
    Platform.ANDROID: sqrt(-2.0 * log(1.0 - 0.68)),
    Platform.IOS: sqrt(2.0),
    Platform.WEB: sqrt(-2.0 * log(1.0 - 0.95)),
}
"""How many standard deviations (of one axis) the platform's 'accuracy' is, for a circular Gaussian error.

Android: `Location.getAccuracy`, the radius of 68 % confidence (1.510). iOS: `CLLocation.horizontalAccuracy`, taken as
sqrt(sx^2 + sy^2) (1.414). Web: W3C Geolocation, `coords.accuracy` at 95 % confidence (2.448).
"""

REACH_95 = _SIGMAS[Platform.WEB]
"""The radius in standard deviations that holds 95 % of a circular Gaussian."""

_FAR = 9.0
"""Standard deviations beyond which a Gaussian holds less than 1e-18 and is not integrated."""

_EARTH_MM = 6_371_008_800.0
"""Mean radius of the Earth (IUGG R1)."""


def sigma_mm(platform: Platform, accuracy_mm: int) -> float:
    """The standard deviation of one axis, in millimetres, behind a platform's accuracy."""
    return accuracy_mm / _SIGMAS[platform]


def distance_mm(one: Position, other: Position) -> float:
    """The geodesic on the WGS-84 ellipsoid (Karney 2013, by geopy), in millimetres."""
    return float(geodesic(one, other).meters) * 1000.0


def rough_distance_mm(one: Position, other: Position) -> float:
    """The great circle on a sphere, within 0.6 % of the geodesic: for hints and wide margins, never for a verdict."""
    lat1, lat2 = radians(one[0]), radians(other[0])
    half_north, half_east = (lat2 - lat1) / 2.0, radians(other[1] - one[1]) / 2.0
    chord = sin(half_north) ** 2 + cos(lat1) * cos(lat2) * sin(half_east) ** 2
    return 2.0 * _EARTH_MM * asin(min(1.0, sqrt(chord)))


def probability_inside(distance: float, radius: float, sigma: float) -> float:
    """P(phone inside the circle), its error a circular Gaussian of `sigma` around a fix `distance` from the centre.

    All in one unit. This is 1 - Q1(distance/sigma, radius/sigma), Marcum's Q function, or the noncentral chi-square
    distribution with two degrees of freedom. Integrated over vertical strips of the circle: the Gaussian density at x
    times the mass of the strip, erf(h / (sigma sqrt 2)), with x = radius sin(t) to take the corner out of the ends, by
    64-point Gauss-Legendre. The error is below 1e-9 (tests: Marcum's Q by another formula, and Monte Carlo).
    """
    if sigma <= 0.0:
        return 1.0 if distance <= radius else 0.0
    low, high = max(-radius, distance - _FAR * sigma), min(radius, distance + _FAR * sigma)
    if low >= high:
        return 0.0
    start, stop = asin(low / radius), asin(high / radius)
    middle, half = (start + stop) / 2.0, (stop - start) / 2.0
    root = sigma * sqrt(2.0)
    total = 0.0
    for node, weight in _NODES:
        t = middle + half * node
        height = radius * cos(t)
        off = (radius * sin(t) - distance) / root
        total += weight * exp(-off * off) * erf(height / root) * height
    return min(1.0, max(0.0, total * half / (root * sqrt(pi))))


def tail_beyond(error: float, sigma: float) -> float:
    """How often a fix is wrong by more than `error`: the Rayleigh tail exp(-error^2 / 2 sigma^2)."""
    if error <= 0.0:
        return 1.0
    return exp(-error * error / (2.0 * sigma * sigma)) if sigma > 0.0 else 0.0


def further_apart(one: Position, other: Position, limit: float) -> bool:
    """Whether two positions, anywhere on the Earth, are more than `limit` millimetres apart by the geodesic.

    The geodesic itself is only asked for where the great circle, within 0.6 % of it, does not decide.
    """
    rough = rough_distance_mm(one, other)
    if abs(rough - limit) > 0.01 * limit:
        return rough > limit
    return distance_mm(one, other) > limit


def _gauss_legendre(count: int) -> tuple[tuple[float, float], ...]:
    """Nodes and weights on [-1, 1]: Newton's method on the Legendre polynomial (DLMF 3.5(v), 18.9(i))."""
    nodes = []
    for index in range(count):
        x = cos(pi * (index + 0.75) / (count + 0.5))
        slope = 1.0
        for _ in range(20):
            before, value = 1.0, x
            for degree in range(2, count + 1):
                before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
            slope = count * (x * value - before) / (x * x - 1.0)
            step = value / slope
            x -= step
            if abs(step) < 1e-15:
                break
        nodes.append((x, 2.0 / ((1.0 - x * x) * slope * slope)))
    return tuple(nodes)


_NODES = _gauss_legendre(64)
