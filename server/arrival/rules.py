"""The arrival verdict: place and time judged apart, from bounded error, then together, with the arithmetic in words."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from geopy.distance import geodesic

from server.arrival.datum import to_wgs84
from server.arrival.geofence import probability_inside, sigma_m


class Place(StrEnum):
    """Where the technician was."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    INCONCLUSIVE = "inconclusive"


class Timing(StrEnum):
    """When, against the agreed window."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    INCONCLUSIVE = "inconclusive"


class Verdict(StrEnum):
    """How strongly the arrival inside the window is shown."""

    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"
    CONTRADICTED = "contradicted"


VERDICTS: dict[tuple[Place, Timing], Verdict] = {
    (Place.INSIDE, Timing.ON_TIME): Verdict.PROVEN,
    (Place.INSIDE, Timing.EARLY): Verdict.PROVEN,
    (Place.INSIDE, Timing.INCONCLUSIVE): Verdict.LIKELY,
    (Place.INSIDE, Timing.LATE): Verdict.CONTRADICTED,
    (Place.INCONCLUSIVE, Timing.ON_TIME): Verdict.POSSIBLE,
    (Place.INCONCLUSIVE, Timing.EARLY): Verdict.POSSIBLE,
    (Place.INCONCLUSIVE, Timing.INCONCLUSIVE): Verdict.POSSIBLE,
    (Place.INCONCLUSIVE, Timing.LATE): Verdict.CONTRADICTED,
    (Place.OUTSIDE, Timing.ON_TIME): Verdict.CONTRADICTED,
    (Place.OUTSIDE, Timing.EARLY): Verdict.CONTRADICTED,
    (Place.OUTSIDE, Timing.INCONCLUSIVE): Verdict.CONTRADICTED,
    (Place.OUTSIDE, Timing.LATE): Verdict.CONTRADICTED,
}
"""The claim is 'arrived at the site by the end of the window': who is early was there in time."""


class Fix(msgspec.Struct, frozen=True):
    """A position as the platform gave it; integers: 1e-7 degrees, millimetres, milliseconds."""

    lat_e7: Annotated[int, msgspec.Meta(ge=-900_000_000, le=900_000_000)]
    lon_e7: Annotated[int, msgspec.Meta(ge=-1_800_000_000, le=1_800_000_000)]
    accuracy_mm: Annotated[int, msgspec.Meta(gt=0, le=10**9)]
    platform: Annotated[str, msgspec.Meta(pattern="^(android|ios|web)$")]
    datum: Annotated[str, msgspec.Meta(pattern="^(wgs84|gcj02|bd09)$")]
    age_ms: Annotated[int, msgspec.Meta(ge=0)]
    mock: bool
    provider: str | None = None
    speed_mm_s: int | None = None


class Fence(msgspec.Struct, frozen=True):
    """A site's circle: degrees under a stated datum, metres."""

    latitude: float
    longitude: float
    datum: str
    radius_m: int


class Window(msgspec.Struct, frozen=True):
    """An agreed window, microseconds since the epoch, with the number of the order that set it."""

    start: int
    end: int
    plan_version: int


class Thresholds(msgspec.Struct, frozen=True):
    """What an office asks for. 90 % and 10 % leave out what one in ten fixes would get wrong."""

    inside_ppm: int = 900_000
    outside_ppm: int = 100_000
    max_age_ms: int = 120_000
    max_speed_mm_s: int = 70_000


class Judgement(msgspec.Struct, frozen=True):
    """A verdict with everything that led to it."""

    verdict: Verdict
    place: Place
    time: Timing
    probability_ppm: int | None
    distance_mm: int | None
    reasons: list[str]
    words: dict[str, str]


def _best(fixes: list[Fix], limits: Thresholds) -> tuple[Fix | None, list[str]]:
    """The most exact fix that may be believed, and why others may not."""
    reasons: list[str] = []
    usable = []
    for fix in fixes:
        if fix.mock:
            reasons.append("mock_location")
        elif fix.age_ms > limits.max_age_ms:
            reasons.append("stale_fix")
        elif fix.speed_mm_s is not None and fix.speed_mm_s > limits.max_speed_mm_s:
            reasons.append("impossible_speed")
        else:
            usable.append(fix)
    # One mocked fix says that the phone can be made to say anything.
    if "mock_location" in reasons or not usable:
        return None, sorted(set(reasons)) or ["no_fix"]
    return min(usable, key=lambda fix: fix.accuracy_mm), sorted(set(reasons))


def judge_place(fixes: list[Fix], fence: Fence, limits: Thresholds) -> tuple[Place, int | None, int | None, list[str]]:
    """Place, probability in ppm, distance in mm, reasons."""
    best, reasons = _best(fixes, limits)
    if best is None:
        return Place.INCONCLUSIVE, None, None, reasons
    site = to_wgs84(fence.latitude, fence.longitude, fence.datum)
    chance, distance = _chance(best, site, fence.radius_m, best.datum)
    ppm = round(chance * 1_000_000)
    if ppm >= limits.inside_ppm:
        return Place.INSIDE, ppm, round(distance * 1000), reasons
    for other in {"wgs84", "gcj02", "bd09"} - {best.datum}:
        if _chance(best, site, fence.radius_m, other)[0] * 1_000_000 >= limits.inside_ppm:
            return Place.INCONCLUSIVE, ppm, round(distance * 1000), [*reasons, "datum_mismatch"]
    place = Place.OUTSIDE if ppm <= limits.outside_ppm else Place.INCONCLUSIVE
    return place, ppm, round(distance * 1000), reasons


def _chance(fix: Fix, site: tuple[float, float], radius_m: int, datum: str) -> tuple[float, float]:
    here = to_wgs84(fix.lat_e7 / 1e7, fix.lon_e7 / 1e7, datum)
    distance = geodesic(site, here).meters
    return probability_inside(distance, radius_m, sigma_m(fix.accuracy_mm / 1000, fix.platform)), distance


def judge_time(earliest: int, latest: int, window: Window | None) -> Timing:
    """On time, early or late when the whole interval lies there, else inconclusive."""
    if window is None:
        return Timing.INCONCLUSIVE
    if latest < window.start:
        return Timing.EARLY
    if earliest > window.end:
        return Timing.LATE
    return Timing.ON_TIME if earliest >= window.start and latest <= window.end else Timing.INCONCLUSIVE


def judge(
    fixes: list[Fix],
    fence: Fence,
    earliest: int,
    latest: int,
    held: Window | None,
    newest: Window | None,
    limits: Thresholds | None = None,
) -> Judgement:
    """Judge a check-in against the window the phone had received (`held`); a later one is shown beside it."""
    limits = limits or Thresholds()
    place, ppm, distance, reasons = judge_place(fixes, fence, limits)
    time = judge_time(earliest, latest, held)
    if held and newest and newest.plan_version != held.plan_version:
        reasons = [*reasons, "later_plan_not_received"]
    verdict = VERDICTS[place, time]
    return Judgement(
        verdict,
        place,
        time,
        ppm,
        distance,
        reasons,
        _words(verdict, place, time, ppm, distance, fence, latest - earliest),
    )


PLACE_ZH = {Place.INSIDE: "在现场范围内", Place.OUTSIDE: "在现场范围外", Place.INCONCLUSIVE: "位置无法判定"}
TIME_ZH = {Timing.ON_TIME: "准时", Timing.EARLY: "提前", Timing.LATE: "迟到", Timing.INCONCLUSIVE: "时间无法判定"}
VERDICT_ZH = {
    Verdict.PROVEN: "已证实", Verdict.LIKELY: "很可能", Verdict.POSSIBLE: "可能", Verdict.CONTRADICTED: "与约定不符"
}  # fmt: skip


def _words(
    verdict: Verdict, place: Place, time: Timing, ppm: int | None, distance: int | None, fence: Fence, width: int
) -> dict[str, Any]:
    seconds = max(1, round(width / 1_000_000))
    if ppm is None or distance is None:
        return {
            "en": f"{verdict}: no position that can be relied on; the time is known to {seconds} s: {time}.",
            "zh": f"{VERDICT_ZH[verdict]}：没有可信的位置；时间误差 {seconds} 秒：{TIME_ZH[time]}。",
        }
    metres, percent = distance / 1000, ppm / 10_000
    return {
        "en": f"{verdict}: {metres:.0f} m from the site (fence {fence.radius_m} m), {percent:.1f} % likely inside: "
        f"{place}; the time is known to {seconds} s: {time}.",
        "zh": f"{VERDICT_ZH[verdict]}：距现场 {metres:.0f} 米（围栏 {fence.radius_m} 米），在范围内的概率 {percent:.1f}%："
        f"{PLACE_ZH[place]}；时间误差 {seconds} 秒：{TIME_ZH[time]}。",
    }
