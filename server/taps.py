"""The value that a domain gets when a phone's operation reaches it: what was tapped, by whom, and when at most and least."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class Anchor(msgspec.Struct, frozen=True):
    """A server's time as the phone received it: the signed token, and the phone's monotonic clock at that moment."""

    token: str
    monotonic: int
    boot_id: str
    round_trip: int


class PhoneClock(msgspec.Struct, frozen=True):
    """The phone's clocks at the tap, in microseconds; `sleeps` when the monotonic clock may stop in sleep."""

    wall: int
    monotonic: int
    boot_id: str
    anchor: Anchor | None = None
    sleeps: bool = False


class Tap(msgspec.Struct, frozen=True):
    """One operation on a visit. The tap happened within [earliest, latest]; `occurred_at` is the time to show."""

    operation_id: UUID
    kind: str
    user_id: UUID
    device_id: UUID
    visit_id: UUID
    occurred_at: datetime
    earliest: datetime
    latest: datetime
    received_at: datetime
    clock: dict[str, Any]
    late: bool
    """The visit was reassigned or cancelled before this came in: a late contribution."""
    attachment: str | None = None
    platform: str = "android"
