"""Arrival: datums, what accuracy means on each platform, intervals, codes, and whole verdicts with their evidence."""

from base64 import b32encode
from typing import Any

import msgspec

from server.arrival.bounded_time import AnchorClaim, Basis, Clock, Interval, Issued, interval_of, narrow_by_order
from server.arrival.datum import gcj02_to_bd09, to_wgs84, wgs84_to_gcj02
from server.arrival.evidence import Fix, PreviousCheckIn, Site, Thresholds, WindowVersion
from server.arrival.likelihood import sigma_mm
from server.arrival.verdict import judge
from server.arrival.witness import code_at, read
from server.customers.rules import Datum
from server.identity.rules import Platform

Json = dict[str, Any]
NINE = 1_772_413_200_000_000
"""2026-03-02 09:00 in Shanghai."""

MINUTE, HOUR = 60_000_000, 3_600_000_000
DEVICE = "0192f6a0-0000-7000-8000-0000000000d1"
SECRET = b"12345678901234567890"
PLACES = {
    "Shanghai": (31.1774276, 121.5272106), "Beijing": (39.911954, 116.377817), "Shenzhen": (22.543847, 113.912316),
    "Hong Kong": (22.2819, 114.1582), "Taipei": (25.0330, 121.5654), "Urumqi": (43.8256, 87.6168),
}  # fmt: skip
SITE = Site(311_774_276, 1_215_272_106, Datum.WGS84, 150_000, "Asia/Shanghai")
WINDOW = WindowVersion(NINE, NINE + 2 * HOUR, 3)
TEN = Interval(NINE + HOUR, NINE + HOUR + 2_000_000, Basis.MONOTONIC, Basis.MONOTONIC)


def datums() -> Json:
    """One place under three datums, in 1e-7 degrees; a conversion must come within 1e-7 degrees (1 cm)."""
    found = []
    for name, wgs84 in PLACES.items():
        gcj02 = wgs84_to_gcj02(*wgs84)
        bd09 = gcj02_to_bd09(*gcj02)
        found.append({"name": name, "wgs84": _e7(wgs84), "gcj02": _e7(gcj02), "bd09": _e7(bd09)})
    back = [
        {"given": _e7(at), "datum": datum, "wgs84": _e7(to_wgs84(*at, datum))}
        for at in PLACES.values()
        for datum in Datum
    ]
    return {"tolerance_e7": 1, "places": found, "to_wgs84": back}


def sigmas() -> Json:
    """The standard deviation of one axis behind an accuracy of 30 m, in millimetres, rounded."""
    return {
        "sigmas": [
            {"platform": one, "accuracy_mm": 30_000, "sigma_mm": round(sigma_mm(one, 30_000))} for one in Platform
        ]
    }


def intervals() -> Json:
    """Clocks as a phone sends them, what the anchor's token says, and the interval of the tap."""
    claim = AnchorClaim("the token of the answer", 5_000_000, "a", 400_000)
    received = NINE + 20 * HOUR
    cases = {
        "eight hours after an anchor of the same boot": (_clock(8, claim), received),
        "the same on a platform whose clock stops in sleep": (_clock(8, claim, sleeps=True), received),
        "another boot": (_clock(8, claim, boot="b"), received),
        "no anchor": (_clock(8, None), received),
        "received at once": (_clock(8, claim), NINE + 8 * HOUR),
        "the steady clock ran backwards": (_clock(-0.001, claim), received),
        "the steady clock is ahead of the receipt": (_clock(8, claim), NINE + 7 * HOUR),
        "the wall clock set back by a year": (_clock(8, claim, wall=NINE - 365 * 24 * HOUR), received),
    }
    single = []
    for name, (clock, at) in cases.items():
        issued = Issued(NINE, DEVICE) if clock.anchor else None
        found = interval_of(clock, issued, DEVICE, NINE - 24 * HOUR, at)
        single.append(
            {
                "name": name, "clock": msgspec.to_builtins(clock), "anchor_time": NINE if issued else None,
                "enrolled_at": NINE - 24 * HOUR, "received_at": at, "interval": msgspec.to_builtins(found),
            }
        )  # fmt: skip
    fresh = AnchorClaim("a later token", 3 * HOUR, "b", 400_000)
    cellar, street = _clock(1, claim, boot="b"), Clock(NINE, 3 * HOUR + 1_000_000, "b", False, fresh)
    links = [
        (cellar, interval_of(cellar, Issued(NINE, DEVICE), DEVICE, NINE - 24 * HOUR, received)),
        (street, interval_of(street, Issued(NINE + 10 * HOUR, DEVICE), DEVICE, NINE - 24 * HOUR, received)),
    ]
    chain = [
        {"clock": msgspec.to_builtins(clock), "alone": msgspec.to_builtins(own), "narrowed": msgspec.to_builtins(after)}
        for (clock, own), after in zip(links, narrow_by_order(links), strict=True)
    ]
    return {"device_id": DEVICE, "drift_ppm": 100, "intervals": single, "chain": chain}


def codes() -> Json:
    """The code of a site at a time (RFC 6238, SHA-1, 6 digits, 30 s), and what a typed code says of an interval."""
    wide = Interval(NINE, NINE + 8 * HOUR, Basis.ANCHOR, Basis.RECEIPT)
    typed = {"right": code_at(SECRET, NINE + HOUR), "wrong": "000000", "no code": "12 34"}
    return {
        "secret_base32": b32encode(SECRET).decode(),
        "codes": [{"at": at, "code": code_at(SECRET, at)} for at in (59_000_000, 1_111_111_109_000_000, NINE)],
        "readings": [
            {
                "name": name, "interval": msgspec.to_builtins(wide),
                "reading": msgspec.to_builtins(read([SECRET], code, wide)),
            }
            for name, code in typed.items()
        ],
    }  # fmt: skip


def verdicts() -> Json:
    """Check-ins with site, window and interval, and the judgement with its numbers and reasons."""
    late = Interval(NINE + 130 * MINUTE, NINE + 131 * MINUTE, Basis.MONOTONIC, Basis.MONOTONIC)
    open_time = Interval(NINE + 30 * MINUTE, NINE + 300 * MINUTE, Basis.ANCHOR, Basis.RECEIPT)
    mars = wgs84_to_gcj02(311_774_276 / 1e7, 1_215_272_106 / 1e7)
    far = PreviousCheckIn(399_119_540, 1_163_778_170, 10_000, NINE + 55 * MINUTE, NINE + 56 * MINUTE)
    cases: dict[str, tuple[tuple[Fix, ...], Interval, PreviousCheckIn | None]] = {
        "at the door, in the window": ((_fix(),), TEN, None),
        "on an iPhone, at the edge": ((_fix(13_400, platform=Platform.IOS),), TEN, None),
        "in a browser, imprecise": ((_fix(20_000, accuracy_mm=2_000_000, platform=Platform.WEB),), TEN, None),
        "a kilometre away": ((_fix(90_000),), TEN, None),
        "after the window": ((_fix(),), late, None),
        "the time is open": ((_fix(),), open_time, None),
        "a mocked position": ((_fix(mock=True),), TEN, None),
        "a position of ten minutes ago": ((_fix(age_ms=600_000),), TEN, None),
        "no fix": ((), TEN, None),
        "a datum that was stated wrongly": (
            (msgspec.structs.replace(_fix(), lat_e7=round(mars[0] * 1e7), lon_e7=round(mars[1] * 1e7)),), TEN, None,
        ),
        "from Beijing in five minutes": ((_fix(),), TEN, far),
    }  # fmt: skip
    return {
        "thresholds": msgspec.to_builtins(Thresholds()),
        "site": msgspec.to_builtins(SITE),
        "window": msgspec.to_builtins(WINDOW),
        "verdicts": [_judged(name, *case) for name, case in cases.items()],
    }


def _judged(name: str, fixes: tuple[Fix, ...], interval: Interval, previous: PreviousCheckIn | None) -> Json:
    found = judge(fixes, interval, interval.earliest, SITE, WINDOW, WINDOW, previous)
    return {
        "name": name,
        "fixes": msgspec.to_builtins(fixes),
        "interval": msgspec.to_builtins(interval),
        "previous": msgspec.to_builtins(previous),
        "verdict": found.verdict,
        "place": found.place,
        "time": found.time,
        "probability_ppm": found.probability_ppm,
        "distance_mm": found.distance_mm,
        "reasons": list(found.reasons),
        "flags": list(found.flags),
        "words": msgspec.to_builtins(found.words),
    }


def _clock(
    hours: float, anchor: AnchorClaim | None, *, boot: str = "a", sleeps: bool = False, wall: int | None = None
) -> Clock:
    """A tap some hours after the anchor's reply arrived."""
    passed = round(hours * HOUR)
    return Clock(NINE + passed if wall is None else wall, 5_000_000 + passed, boot, sleeps, anchor)


def _fix(
    north_e7: int = 1_000,
    *,
    accuracy_mm: int = 12_000,
    platform: Platform = Platform.ANDROID,
    age_ms: int = 800,
    mock: bool = False,
) -> Fix:
    return Fix(SITE.lat_e7 + north_e7, SITE.lon_e7, accuracy_mm, platform, Datum.WGS84, age_ms, "fused", mock, 0)


def _e7(at: tuple[float, float]) -> Json:
    return {"lat_e7": round(at[0] * 1e7), "lon_e7": round(at[1] * 1e7)}
