"""Was the phone inside the geofence? One finding from all fixes of a check-in."""

from math import ceil, floor

import msgspec

from server.arrival import likelihood
from server.arrival.datum import OutsideDatum, Position, to_wgs84
from server.arrival.evidence import (
    Flag,
    Micros,
    Place,
    PreviousCheckIn,
    Reason,
    Site,
    Taken,
    Thresholds,
)
from server.arrival.plausibility import Placed, SetAside, contradictory, impossible_travel, sieve
from server.customers.rules import Datum

COUNTED = 5
"""The best fixes that are weighed. Fixes of one phone in one minute share their errors, so more of them add nothing."""


class Finding(msgspec.Struct, frozen=True):
    """Where the phone was. Distances and `sigma_mm` are those of the best fix, `fix_number` its number from 0.

    `probability_ppm` is P(inside), rounded down. `error_ppm` (rounded up) is how often a fix errs by as much as it
    takes for the phone to have been inside. `lat_e7`, `lon_e7` are the best fix in WGS-84. All
    None when no fix could be used.
    """

    place: Place
    probability_ppm: int | None = None
    error_ppm: int | None = None
    distance_mm: int | None = None
    sigma_mm: int | None = None
    fix_number: int | None = None
    lat_e7: int | None = None
    lon_e7: int | None = None
    aside: tuple[SetAside, ...] = ()
    reasons: tuple[Reason, ...] = ()
    flags: tuple[Flag, ...] = ()


def find(
    fixes: tuple[Taken, ...],
    site: Site,
    latest: Micros,
    previous: PreviousCheckIn | None,
    thresholds: Thresholds,
) -> Finding:
    """Inside, outside or inconclusive, with the reasons.

    The probabilities of the best fixes are averaged with the weights 1/sigma^2: several fixes never claim more than
    the surest of them, because their errors are shared. *Inside* asks that P(inside) reach `inside_ppm`. *Outside* asks
    that the error needed to have been inside be rarer than `outside_ppm`: an imprecise fix has a low P(inside) wherever
    it lies, and must not count against anybody. Mocked, contradictory or impossible evidence is inconclusive, whatever
    its numbers.
    """
    usable, aside = sieve(fixes, thresholds)
    refused = tuple(dict.fromkeys(item.reason for item in aside)) or ((Reason.NO_FIX,) if not usable else ())
    if not usable or Reason.MOCKED in refused:
        mocked = (Flag.MOCKED,) if Reason.MOCKED in refused else ()
        return Finding(Place.INCONCLUSIVE, aside=tuple(aside), reasons=refused, flags=mocked)

    best = usable[0]
    counted = usable[:COUNTED]
    centre = _under(site.lat_e7, site.lon_e7, site.datum)
    if centre is None:
        return Finding(
            Place.INCONCLUSIVE, aside=tuple(aside), reasons=(Reason.DATUM_MISMATCH,), flags=(Flag.DATUM_MISMATCH,)
        )
    distances = [likelihood.distance_mm(placed.at, centre) for placed in counted]
    inside, needed = _weigh(counted, distances, site.radius_mm)
    place = Place.INCONCLUSIVE
    reasons: list[Reason] = []
    flags: list[Flag] = []
    if aside:
        flags.append(Flag.FIXES_SET_ASIDE)
    if inside * 1e6 >= thresholds.inside_ppm:
        place = Place.INSIDE
    elif needed * 1e6 <= thresholds.outside_ppm:
        place = Place.OUTSIDE
    else:
        reasons.append(Reason.POSITION_UNCERTAIN)
    if place is not Place.INSIDE and _inside_under_another_datum(best, site, thresholds):
        place = Place.INCONCLUSIVE
        reasons.append(Reason.DATUM_MISMATCH)
        flags.append(Flag.DATUM_MISMATCH)
    if contradictory(usable, thresholds):
        place = Place.INCONCLUSIVE
        reasons.append(Reason.CONTRADICTORY_FIXES)
    if previous is not None and impossible_travel(best, latest, previous, thresholds):
        place = Place.INCONCLUSIVE
        reasons.append(Reason.IMPOSSIBLE_TRAVEL)
        flags.append(Flag.IMPOSSIBLE_TRAVEL)
    return Finding(
        place=place,
        probability_ppm=floor(inside * 1e6),
        error_ppm=ceil(needed * 1e6),
        distance_mm=round(distances[0]),
        sigma_mm=round(best.sigma_at_tap),
        fix_number=best.number,
        lat_e7=round(best.at[0] * 1e7),
        lon_e7=round(best.at[1] * 1e7),
        aside=tuple(aside),
        reasons=tuple(reasons),
        flags=tuple(flags),
    )


def _weigh(counted: list[Placed], distances: list[float], radius: float) -> tuple[float, float]:
    """The weighted P(inside) and the weighted rarity of the error that having been inside would need."""
    inside = needed = total = 0.0
    for placed, distance in zip(counted, distances, strict=True):
        sigma = placed.sigma_at_tap
        weight = 1.0 / (sigma * sigma)
        total += weight
        inside += weight * likelihood.probability_inside(distance, radius, sigma)
        needed += weight * likelihood.tail_beyond(distance - radius, sigma)
    return inside / total, needed / total


def _inside_under_another_datum(best: Placed, site: Site, thresholds: Thresholds) -> bool:
    """Whether the best fix would be inside if its datum, or the site's, had been stated wrongly."""
    fix = best.fix
    centre = _under(site.lat_e7, site.lon_e7, site.datum)
    pairs = [(_under(fix.lat_e7, fix.lon_e7, other), centre) for other in Datum if other is not fix.datum]
    pairs += [(best.at, _under(site.lat_e7, site.lon_e7, other)) for other in Datum if other is not site.datum]
    return any(
        likelihood.probability_inside(likelihood.rough_distance_mm(one, other), site.radius_mm, best.sigma_at_tap) * 1e6
        >= thresholds.inside_ppm
        for one, other in pairs
        if one is not None and other is not None
    )


def _under(lat_e7: int, lon_e7: int, datum: Datum) -> Position | None:
    """WGS-84 of a position under a datum; None where the datum has no such position."""
    try:
        return to_wgs84(lat_e7 / 1e7, lon_e7 / 1e7, datum)
    except OutsideDatum:
        return None
