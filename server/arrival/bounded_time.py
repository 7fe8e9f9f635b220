"""Bounded time: the interval in which a tap truly happened, whatever the phone's wall clock says.

Real time is the server's clock. A bound is trusted for a stated reason (`Basis`): the server's own anchor and receipt
need no trust in the phone; `MONOTONIC` trusts that the phone reported its monotonic clock honestly and that it runs
within the drift bound; `ORDER` trusts the signed chain; `CO_WITNESS` trusts neither. All bounds are integers, rounded
outward, so that the microsecond of the tap is in the closed interval.
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from server.arrival.evidence import Micros

DRIFT_PPM = 100
"""How far a phone's monotonic clock may run fast or slow: about 3 s in 8 hours; crystals in phones keep within 50."""

_MILLION = 1_000_000


class Basis(StrEnum):
    """What holds one end of an interval."""

    ENROLMENT = "enrolment"
    ANCHOR = "anchor"
    MONOTONIC = "monotonic"
    ORDER = "order"
    CO_WITNESS = "co_witness"
    RECEIPT = "receipt"
    RECORD = "record"  # read back from where only the bounds were kept


class TimeFault(StrEnum):
    """Evidence about the time that an honest phone does not produce. What it touches is left out of the interval."""

    FOREIGN_ANCHOR = "foreign_anchor"
    ANCHOR_AFTER_RECEIPT = "anchor_after_receipt"
    MONOTONIC_BACKWARDS = "monotonic_backwards"
    MONOTONIC_DISAGREES = "monotonic_disagrees"
    ORDER_DISAGREES = "order_disagrees"
    CO_WITNESS_DISAGREES = "co_witness_disagrees"


class AnchorClaim(Struct, frozen=True):
    """An anchor as the phone sends it: the server's token and when, on the phone's clock, the reply arrived."""

    token: str
    monotonic: int
    boot_id: str
    round_trip: int


class Clock(Struct, frozen=True):
    """The clock of an operation as on the wire. `sleeps` says that the monotonic clock may stop while asleep."""

    wall: Micros
    monotonic: int
    boot_id: str
    sleeps: bool = False
    anchor: AnchorClaim | None = None


class Issued(Struct, frozen=True):
    """What a valid anchor token says: when the server issued it and to which device."""

    server_time: Micros
    device_id: str


class Interval(Struct, frozen=True):
    """The tap happened within these closed bounds, each held by its basis."""

    earliest: Micros
    latest: Micros
    earliest_basis: Basis = Basis.RECORD
    latest_basis: Basis = Basis.RECORD
    faults: tuple[TimeFault, ...] = ()

    @property
    def width(self) -> Micros:
        return self.latest - self.earliest


class Shown(Struct, frozen=True):
    """A point to display; `clock_disagrees` when the phone's wall clock lies outside the interval."""

    point: Micros
    clock_disagrees: bool


def interval_of(
    clock: Clock,
    issued: Issued | None,
    device_id: str,
    enrolled_at: Micros,
    received_at: Micros,
    drift_ppm: int = DRIFT_PPM,
) -> Interval:
    """The interval of one operation by itself.

    `issued` is the decoded token of `clock.anchor` (None when there is none, or its signature is wrong); `enrolled_at`
    is when the device's key was enrolled, before which nothing of it can count; `received_at` is when the server first
    had the operation. In the anchor's boot the monotonic difference gives both ends: the reply arrived between the
    server's time and that plus the round trip (however the delay was shared), and the tap came the difference later.
    A clock that may stop in sleep only gives the earlier end; another boot only says 'after the anchor was issued'.
    """
    plain = Interval(min(enrolled_at, received_at), received_at, Basis.ENROLMENT, Basis.RECEIPT)
    anchor = clock.anchor
    if anchor is None or issued is None:
        return plain
    if issued.device_id != device_id:
        return _with(plain, TimeFault.FOREIGN_ANCHOR)
    if issued.server_time > received_at:
        return _with(plain, TimeFault.ANCHOR_AFTER_RECEIPT)
    plain = _cut(plain, issued.server_time, None, Basis.ANCHOR)
    if anchor.boot_id != clock.boot_id:
        return plain
    passed = clock.monotonic - anchor.monotonic
    if passed < 0 or anchor.round_trip < 0:
        return _with(plain, TimeFault.MONOTONIC_BACKWARDS)
    earliest = issued.server_time + _at_least(passed, drift_ppm)
    latest = issued.server_time + _at_most(anchor.round_trip, drift_ppm) + _at_most(passed, drift_ppm)
    if earliest > received_at or (latest < plain.earliest and not clock.sleeps):
        return _with(plain, TimeFault.MONOTONIC_DISAGREES)
    return _cut(plain, earliest, None if clock.sleeps else latest, Basis.MONOTONIC)


def narrow_by_order(chain: Sequence[tuple[Clock, Interval]], drift_ppm: int = DRIFT_PPM) -> list[Interval]:
    """Tighter intervals for operations of one device in the order of its chain (gaps in `seq` do not matter).

    Between two neighbours at least 0 and, in one boot, about the monotonic difference has passed. One sweep forward and
    one back give the tightest bounds that these differences allow; so an anchor that arrived late in a boot also dates
    what was tapped before it. Where two neighbours cannot both be true the link is not used, and both say so.
    """
    found = [interval for _, interval in chain]
    gaps = [_gap(before[0], after[0], drift_ppm) for before, after in pairwise(chain)]
    broken: set[int] = set()
    for index, (least, most) in enumerate(gaps):
        before, after = found[index], found[index + 1]
        earliest = before.earliest + least
        latest = None if most is None else before.latest + most
        if earliest > after.latest or (latest is not None and latest < after.earliest):
            broken.add(index)
            found[index] = _with(before, TimeFault.ORDER_DISAGREES)
            found[index + 1] = _with(after, TimeFault.ORDER_DISAGREES)
        else:
            found[index + 1] = _cut(after, earliest, latest, Basis.ORDER)
    for index in reversed(range(len(gaps))):
        if index not in broken:
            least, most = gaps[index]
            after = found[index + 1]
            floor = None if most is None else after.earliest - most
            found[index] = _cut(found[index], floor, after.latest - least, Basis.ORDER)
    return found


def narrow_by_neighbour(interval: Interval, earliest: Micros, latest: Micros) -> Interval:
    """The part of an interval that bounds found later, through the chain, still allow; what held it is kept."""
    return _cut(interval, earliest, latest, Basis.ORDER)


def narrow_by_witness(interval: Interval, earliest: Micros, latest: Micros) -> Interval:
    """The part of an interval that a co-witness allows; if there is none the interval stays, with a fault."""
    if earliest > interval.latest or latest < interval.earliest:
        return _with(interval, TimeFault.CO_WITNESS_DISAGREES)
    return _cut(interval, earliest, latest, Basis.CO_WITNESS)


def shown(wall: Micros, interval: Interval, tolerance: Micros) -> Shown:
    """The point to display: the wall clock held within the interval, or the middle when it lies beyond the tolerance.

    The tolerance only keeps ordinary phones unmarked: an interval may be 50 ms wide and a phone's clock 1 s off.
    """
    if interval.earliest - tolerance <= wall <= interval.latest + tolerance:
        return Shown(min(max(wall, interval.earliest), interval.latest), clock_disagrees=False)
    return Shown((interval.earliest + interval.latest) // 2, clock_disagrees=True)


def _gap(before: Clock, after: Clock, drift_ppm: int) -> tuple[int, int | None]:
    """The least and most real time between two neighbours; None means that nothing is known."""
    passed = after.monotonic - before.monotonic
    if before.boot_id != after.boot_id or passed < 0:
        return 0, None
    asleep = before.sleeps or after.sleeps
    return _at_least(passed, drift_ppm), None if asleep else _at_most(passed, drift_ppm)


def _at_least(passed: int, drift_ppm: int) -> int:
    """The least real time behind a monotonic difference: the clock ran fast, and both readings were cut to 1 us."""
    return max(0, (passed - 1) * _MILLION // (_MILLION + drift_ppm))


def _at_most(passed: int, drift_ppm: int) -> int:
    """The most real time behind a monotonic difference: the clock ran slow, and both readings were cut to 1 us."""
    return -(-(passed + 1) * _MILLION // (_MILLION - drift_ppm))


def _cut(interval: Interval, earliest: Micros | None, latest: Micros | None, basis: Basis) -> Interval:
    """The interval with what lies beyond the new bounds removed, the basis named where a bound moved."""
    if earliest is not None and earliest > interval.earliest:
        interval = replace(interval, earliest=earliest, earliest_basis=basis)
    if latest is not None and latest < interval.latest:
        interval = replace(interval, latest=latest, latest_basis=basis)
    return interval


def _with(interval: Interval, fault: TimeFault) -> Interval:
    if fault in interval.faults:
        return interval
    return replace(interval, faults=(*interval.faults, fault))
