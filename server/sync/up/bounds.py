"""When a tap happened: its bounds from the phone's clocks, its anchor, its receipt and the operation before it."""

from datetime import datetime

import msgspec

from server.arrival.bounded_time import Clock, Interval, Issued, interval_of, narrow_by_order, shown
from server.arrival.evidence import Thresholds
from server.field.models import Operation
from server.ground.clock import STEP, Micros, from_micros, to_micros
from server.ground.problems import Unauthenticated
from server.identity.models import Device
from server.identity.tokens import Tokens
from server.sync.unread import clock_of


class Bounds(msgspec.Struct, frozen=True):
    """When the tap happened, at the earliest and latest, and the time to show."""

    interval: Interval
    display: datetime
    clock_disagrees: bool

    @property
    def earliest(self) -> datetime:
        return from_micros(self.interval.earliest)

    @property
    def latest(self) -> datetime:
        return from_micros(self.interval.latest)


def bounds_within(phone: Clock, interval: Interval) -> Bounds:
    """The bounds of an operation whose interval is known, with the time to show for it."""
    point = shown(phone.wall, interval, Thresholds().wall_tolerance_us)
    return Bounds(interval, from_micros(point.point), point.clock_disagrees)


class Timeline:
    """Bounds for one device's operations, one after the other. An anchor that is not signed by us counts as none."""

    def __init__(self, tokens: Tokens, device: Device, received: datetime, before: Operation | None) -> None:
        self._tokens = tokens
        self._device_id, self._received = str(device.id), to_micros(received)
        enrolled = to_micros(device.enrolled_at)
        # Enrolled before the clock was set back: that time is none of this clock, and nothing else says how early it was.
        self._enrolled = enrolled if enrolled <= self._received + STEP else 0
        self._issued: dict[str, Issued | None] = {}
        self._before: tuple[Clock, Interval] | None = None
        if before is not None:
            clock_before = clock_of(before.raw, before.sha256)
            self._before = clock_before, Interval(to_micros(before.earliest), to_micros(before.latest))

    def next(self, phone: Clock) -> Bounds:
        """The bounds of the operation that follows in the chain."""
        issued = self._read(phone.anchor.token) if phone.anchor is not None else None
        found = interval_of(phone, issued, self._device_id, self._enrolled, self._received)
        if self._before is not None:
            found = narrow_by_order([self._before, (phone, found)])[1]
        self._before = phone, found
        return bounds_within(phone, found)

    def _read(self, token: str) -> Issued | None:
        # Most operations of a batch carry the same anchor.
        if token not in self._issued:
            try:
                claims = self._tokens.read("anchor", token)
                self._issued[token] = Issued(_micros(claims["time"]), str(claims["device"]))
            except (Unauthenticated, KeyError, TypeError):
                self._issued[token] = None
        return self._issued[token]


def _micros(value: object) -> Micros:
    if not isinstance(value, int):
        raise TypeError("an anchor's time is an integer")
    return value
