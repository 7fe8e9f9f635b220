"""The value that a domain gets when a phone's operation reaches it: what was tapped, by whom, and when at most and least."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


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
    """The phone's clocks as they were sent."""
    interval: dict[str, Any]
    """The bounds with what holds each of them; see `server.arrival.bounded_time.Interval`."""
    late: bool
    """The visit was reassigned or cancelled before this came in: a late contribution."""
    attachment: str | None = None
    platform: str = "android"
