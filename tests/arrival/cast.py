"""A site in Shanghai, a window of two hours, a technician's phone: the values that the tests of verdicts start from."""

from math import cos, radians

from server.arrival.bounded_time import Basis, Interval
from server.arrival.evidence import Fix, Site, WindowVersion
from server.customers.rules import Datum
from server.identity.rules import Platform

MINUTE = 60_000_000
NINE = 1_772_413_200_000_000
"""2026-03-02 09:00 in Shanghai."""

LATITUDE, LONGITUDE = 31.1774276, 121.5272106
SITE = Site(round(LATITUDE * 1e7), round(LONGITUDE * 1e7), Datum.WGS84, 150_000, "Asia/Shanghai")
WINDOW = WindowVersion(NINE, NINE + 120 * MINUTE, 3)
TEN = Interval(NINE + 60 * MINUTE, NINE + 60 * MINUTE + 2_000_000, Basis.MONOTONIC, Basis.MONOTONIC)


def between(start_minute: float, end_minute: float) -> Interval:
    """An interval in minutes after nine."""
    return Interval(NINE + round(start_minute * MINUTE), NINE + round(end_minute * MINUTE), Basis.ANCHOR, Basis.RECEIPT)


def fix(
    north_m: float = 0.0,
    east_m: float = 0.0,
    *,
    accuracy_m: float = 12.0,
    platform: Platform = Platform.ANDROID,
    age_s: float = 1.0,
    mock: bool = False,
    speed_m_s: float | None = None,
    datum: Datum = Datum.WGS84,
    at: tuple[float, float] = (LATITUDE, LONGITUDE),
) -> Fix:
    """A fix some metres from the site."""
    latitude = at[0] + north_m / 110_870
    longitude = at[1] + east_m / (111_320 * cos(radians(at[0])))
    return Fix(
        lat_e7=round(latitude * 1e7),
        lon_e7=round(longitude * 1e7),
        accuracy_mm=round(accuracy_m * 1000),
        platform=platform,
        datum=datum,
        age_ms=round(age_s * 1000),
        provider="gps",
        mock=mock,
        speed_mm_s=None if speed_m_s is None else round(speed_m_s * 1000),
    )
