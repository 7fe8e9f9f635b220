"""The words and values of arrival evidence: what a phone measured, what was agreed, and what the office has set.

Plain frozen structs without behaviour. Integers throughout, in the units of the wire: microseconds, 1e-7 degrees,
millimetres, parts per million.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from server.customers.rules import Datum
from server.identity.rules import Platform

Micros = int
"""Microseconds since the Unix epoch, UTC."""

LatitudeE7 = Annotated[int, Meta(ge=-900_000_000, le=900_000_000)]
LongitudeE7 = Annotated[int, Meta(ge=-1_800_000_000, le=1_800_000_000)]
Ppm = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A probability in parts per million."""


class Place(StrEnum):
    """Where the phone was, as far as its fixes say."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    INCONCLUSIVE = "inconclusive"


class TimeVerdict(StrEnum):
    """When the check-in happened, against the agreed window; only said when all of the interval agrees."""

    ON_TIME = "on_time"
    EARLY = "early"
    LATE = "late"
    INCONCLUSIVE = "inconclusive"


class Verdict(StrEnum):
    """How strongly the evidence holds the claim 'the technician was at the site within the agreed window'."""

    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"
    CONTRADICTED = "contradicted"


class Reason(StrEnum):
    """Why a fix was set aside, or why place or time stays inconclusive, or why the verdict was lowered."""

    NO_FIX = "no_fix"
    MOCKED = "mocked"
    NO_POSITION = "no_position"
    NO_ACCURACY = "no_accuracy"
    IMPROBABLE_ACCURACY = "improbable_accuracy"
    IMPOSSIBLE_SPEED = "impossible_speed"
    STALE = "stale"
    MALFORMED = "malformed"
    OUTSIDE_DATUM = "outside_datum"
    TOO_MANY = "too_many"
    CONTRADICTORY_FIXES = "contradictory_fixes"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    DATUM_MISMATCH = "datum_mismatch"
    POSITION_UNCERTAIN = "position_uncertain"
    TIME_UNCERTAIN = "time_uncertain"
    NO_WINDOW = "no_window"
    WALL_CLOCK_UNHELPFUL = "wall_clock_unhelpful"
    TIME_EVIDENCE_CONFLICTS = "time_evidence_conflicts"


class Flag(StrEnum):
    """Something a dispatcher should see beside the verdict; a flag never blocks work."""

    CLOCK_DISAGREES = "clock_disagrees"
    DATUM_MISMATCH = "datum_mismatch"
    FIXES_SET_ASIDE = "fixes_set_aside"
    MOCKED = "mocked"
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    NEWER_WINDOW_NOT_HELD = "newer_window_not_held"
    TIME_EVIDENCE_CONFLICTS = "time_evidence_conflicts"
    WITNESS_CODE_WRONG = "witness_code_wrong"
    WITNESS_CODE_UNUSED = "witness_code_unused"
    WINDOW_CORRECTED = "window_corrected"


class Fix(msgspec.Struct, frozen=True):
    """One position as the platform gave it. `age_ms` is its age at the tap; a negative age counts by its size."""

    lat_e7: LatitudeE7
    lon_e7: LongitudeE7
    accuracy_mm: int
    platform: Platform
    datum: Datum
    age_ms: int
    provider: str | None = None
    mock: bool = False
    speed_mm_s: int | None = None


class Unusable(msgspec.Struct, frozen=True):
    """In the place of a fix that cannot be read as one: why."""

    reason: Reason


Taken = Fix | Unusable

MAX_FIXES = 20

Fixes = Annotated[tuple[Fix, ...], Meta(max_length=MAX_FIXES)]
"""The fixes of one check-in, as on the wire; a phone that has none may still check in, and place is inconclusive."""


class Site(msgspec.Struct, frozen=True):
    """The geofence: a circle around a position under a stated datum. `time_zone` (IANA) is for the words only."""

    lat_e7: LatitudeE7
    lon_e7: LongitudeE7
    datum: Datum
    radius_mm: Annotated[int, Meta(gt=0)]
    time_zone: str = "UTC"


class WindowVersion(msgspec.Struct, frozen=True):
    """The agreed arrival window of one version of the plan; both ends belong to it.

    `corrected`: it was written down wrongly and put right afterwards, so the phone had shown another one.
    """

    start: Micros
    end: Micros
    plan_version: int
    corrected: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a window ends before it starts")


class PreviousCheckIn(msgspec.Struct, frozen=True):
    """Where and when the same technician was before: from the judgement of that check-in (WGS-84)."""

    lat_e7: LatitudeE7
    lon_e7: LongitudeE7
    sigma_mm: int
    earliest: Micros
    latest: Micros


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an office asks of the evidence. The defaults and their reasons:

    - `inside_ppm` 900,000: a phone at the door with 20 m accuracy passes at a 150 m fence; one on its edge cannot.
    - `outside_ppm` 10,000: to say somebody was not there is an accusation, and phones understate their errors; so an
      error as large as would be needed must be rarer than 1 in 100.
    - `likely_ppm` 500,000: more likely inside than not.
    - `max_age_ms` two minutes: older fixes are what the platform last remembered, often from the road.
    - `max_speed_mm_s` 140 m/s between check-ins: faster than any train, and door to door faster than a flight.
    - `max_local_speed_mm_s` 60 m/s between the fixes of one check-in: faster than any car on a road.
    - `moving_mm_s` 1.4 m/s, a walk: how far a person may have gone since an old fix, when no higher speed was reported.
    - `least_accuracy_mm` 0.5 m: no phone does better; programs that set positions often claim it.
    - `least_sigma_mm` 2 m: below it the site's own position is no better known.
    - `wall_tolerance_us` 5 s: phones set by their network are off by this much without anybody's doing.
    """

    inside_ppm: Annotated[int, Meta(ge=500_000, lt=1_000_000)] = 900_000
    outside_ppm: Annotated[int, Meta(gt=0, lt=500_000)] = 10_000
    likely_ppm: Annotated[int, Meta(gt=0, lt=1_000_000)] = 500_000
    max_age_ms: Annotated[int, Meta(gt=0)] = 120_000
    max_speed_mm_s: Annotated[int, Meta(gt=0)] = 140_000
    max_local_speed_mm_s: Annotated[int, Meta(gt=0)] = 60_000
    moving_mm_s: Annotated[int, Meta(ge=0)] = 1_400
    least_accuracy_mm: Annotated[int, Meta(gt=0)] = 500
    least_sigma_mm: Annotated[int, Meta(gt=0)] = 2_000
    wall_tolerance_us: Annotated[int, Meta(ge=0)] = 5_000_000
