"""Map datums of mainland China: GCJ-02 shifts WGS-84 by about 500 m, BD-09 shifts GCJ-02 again.

The forward formulas are the published reconstruction (krasovsky 1940 ellipsoid, `wgtochina_lb`); the inverses solve
them by fixed-point iteration. Whether a position is in GCJ-02 is stated with it, never guessed from where it is.
"""

from math import atan2, cos, pi, sin, sqrt

AXIS = 6378245.0
ECCENTRICITY = 0.00669342162296594323
TOLERANCE = 1e-13
"""Degrees; about 1e-8 m."""
EXACT = 1e-7
"""Degrees; about 1 cm. An inverse that stays further off has found nothing: the formulas blow up near the poles."""

Position = tuple[float, float]
"""Latitude and longitude in degrees."""


class OutsideDatum(ValueError):
    """A position that the datum does not have: nothing in WGS-84 is shifted to it."""


def _shift(lat: float, lon: float) -> Position:
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    radians = lat / 180.0 * pi
    magic = 1 - ECCENTRICITY * sin(radians) ** 2
    north = north * 180.0 / (AXIS * (1 - ECCENTRICITY) / (magic * sqrt(magic)) * pi)
    east = east * 180.0 / (AXIS / sqrt(magic) * cos(radians) * pi)
    return north, east


def wgs84_to_gcj02(lat: float, lon: float) -> Position:
    """GCJ-02 of a WGS-84 position."""
    north, east = _shift(lat, lon)
    return lat + north, lon + east


def gcj02_to_wgs84(lat: float, lon: float) -> Position:
    """WGS-84 of a GCJ-02 position. The shift changes slowly, so stepping by the error converges fast."""
    guess_lat, guess_lon = lat, lon
    for _ in range(30):
        there_lat, there_lon = wgs84_to_gcj02(guess_lat, guess_lon)
        error_lat, error_lon = lat - there_lat, lon - there_lon
        guess_lat, guess_lon = guess_lat + error_lat, guess_lon + error_lon
        if abs(error_lat) < TOLERANCE and abs(error_lon) < TOLERANCE:
            break
    return _found(guess_lat, guess_lon, error_lat, error_lon)


def gcj02_to_bd09(lat: float, lon: float) -> Position:
    """BD-09 of a GCJ-02 position."""
    turn = pi * 3000.0 / 180.0
    radius = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * turn)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * turn)
    return radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065


def bd09_to_gcj02(lat: float, lon: float) -> Position:
    """GCJ-02 of a BD-09 position."""
    guess_lat, guess_lon = lat - 0.006, lon - 0.0065
    for _ in range(30):
        there_lat, there_lon = gcj02_to_bd09(guess_lat, guess_lon)
        error_lat, error_lon = lat - there_lat, lon - there_lon
        guess_lat, guess_lon = guess_lat + error_lat, guess_lon + error_lon
        if abs(error_lat) < TOLERANCE and abs(error_lon) < TOLERANCE:
            break
    return _found(guess_lat, guess_lon, error_lat, error_lon)


def _found(lat: float, lon: float, error_lat: float, error_lon: float) -> Position:
    """What an inverse has found. Raises `OutsideDatum` when it did not come to rest, or left the Earth."""
    if abs(error_lat) < EXACT and abs(error_lon) < EXACT and abs(lat) <= 90.0:
        return lat, lon
    raise OutsideDatum("no position is shifted to this one")


def to_wgs84(lat: float, lon: float, datum: str) -> Position:
    """WGS-84 of a position under the datum that was stated with it. Raises `OutsideDatum` where there is none."""
    try:
        if datum == "gcj02":
            return gcj02_to_wgs84(lat, lon)
        if datum == "bd09":
            return gcj02_to_wgs84(*bd09_to_gcj02(lat, lon))
    except ValueError as error:  # a sine of infinity
        raise OutsideDatum("no position is shifted to this one") from error
    return lat, lon
