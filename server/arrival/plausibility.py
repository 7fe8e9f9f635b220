"""What can be believed of the fixes: which are set aside and why, and whether the rest, or the journey, is possible.

Three rules. A mock provider feeds every fix of a phone, so one mocked fix spoils the set. Any other bad fix (no
position, no or improbable accuracy, impossible speed, stale) is set aside by itself, since platforms often send a
remembered fix first. What remains must fit together: a set in which the phone would have jumped says nothing.
"""

from collections.abc import Iterable
from itertools import combinations
from math import hypot

import msgspec

from server.arrival import likelihood
from server.arrival.datum import OutsideDatum, Position, to_wgs84
from server.arrival.evidence import Fix, Micros, PreviousCheckIn, Reason, Taken, Thresholds, Unusable

_SURE = 5.26
"""Standard deviations that a circular Gaussian passes once in a million: sqrt(-2 ln 1e-6)."""

_ROUGH = 0.99
"""Rough distances are shortened by more than their error before a journey is called impossible."""


class Placed(msgspec.Struct, frozen=True):
    """A fix that can be used: its number in the check-in, WGS-84 position and standard deviations in millimetres.

    `sigma` is at the time of the fix; `sigma_at_tap` adds how far the phone may have moved since.
    """

    number: int
    fix: Fix
    at: Position
    sigma: float
    sigma_at_tap: float


class SetAside(msgspec.Struct, frozen=True):
    """A fix that was not used (its number in the check-in, from 0) and why."""

    number: int
    reason: Reason


def sieve(fixes: Iterable[Taken], thresholds: Thresholds) -> tuple[list[Placed], list[SetAside]]:
    """The fixes that can be used, the best at the tap first, and those set aside."""
    usable, aside = [], []
    for number, fix in enumerate(fixes):
        reason = fix.reason if isinstance(fix, Unusable) else objection(fix, thresholds)
        if reason is not None or isinstance(fix, Unusable):
            aside.append(SetAside(number, reason or Reason.MALFORMED))
            continue
        try:
            usable.append(_placed(number, fix, thresholds))
        except OutsideDatum:
            aside.append(SetAside(number, Reason.OUTSIDE_DATUM))
    usable.sort(key=lambda placed: (placed.sigma_at_tap, placed.number))
    return usable, aside


def objection(fix: Fix, thresholds: Thresholds) -> Reason | None:
    """Why one fix cannot be used, or None. Zero accuracy is how platforms say 'unknown'; 0, 0 is an unset position."""
    if fix.mock:
        return Reason.MOCKED
    if fix.lat_e7 == 0 and fix.lon_e7 == 0:
        return Reason.NO_POSITION
    if fix.accuracy_mm <= 0:
        return Reason.NO_ACCURACY
    if fix.accuracy_mm < thresholds.least_accuracy_mm:
        return Reason.IMPROBABLE_ACCURACY
    if abs(fix.age_ms) > thresholds.max_age_ms:
        return Reason.STALE
    if fix.speed_mm_s is not None and fix.speed_mm_s > thresholds.max_speed_mm_s:
        return Reason.IMPOSSIBLE_SPEED
    return None


def contradictory(usable: list[Placed], thresholds: Thresholds) -> bool:
    """Whether two fixes are further apart than their errors (once in a million) and any drive between them allow."""
    for one, other in combinations(usable, 2):
        driven = thresholds.max_local_speed_mm_s * abs(one.fix.age_ms - other.fix.age_ms) / 1000.0
        if likelihood.further_apart(one.at, other.at, driven + _SURE * hypot(one.sigma, other.sigma)):
            return True
    return False


def impossible_travel(best: Placed, latest: Micros, previous: PreviousCheckIn, thresholds: Thresholds) -> bool:
    """Whether nobody could have come from the previous check-in, even in the most time that both intervals allow."""
    seconds = max(0, latest - previous.earliest) / 1_000_000
    there = (previous.lat_e7 / 1e7, previous.lon_e7 / 1e7)
    away = likelihood.rough_distance_mm(there, best.at) * _ROUGH
    errors = _SURE * hypot(previous.sigma_mm, best.sigma_at_tap)
    return away - errors > thresholds.max_speed_mm_s * seconds


def _placed(number: int, fix: Fix, thresholds: Thresholds) -> Placed:
    """The fix in WGS-84. Since it was taken the phone moved at its own speed or a walk: 95 % within that radius."""
    sigma = max(likelihood.sigma_mm(fix.platform, fix.accuracy_mm), float(thresholds.least_sigma_mm))
    speed = max(thresholds.moving_mm_s, fix.speed_mm_s or 0)
    moved = speed * abs(fix.age_ms) / 1000.0 / likelihood.REACH_95
    at = to_wgs84(fix.lat_e7 / 1e7, fix.lon_e7 / 1e7, fix.datum)
    return Placed(number, fix, at, sigma, hypot(sigma, moved))
