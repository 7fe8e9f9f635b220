"""What clocks look like on the wire: with all that their due time was worked out from."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.clocks.rules import ClockKind, ClockStanding


class PauseReading(msgspec.Struct):
    """Time that does not count; `until` is null while the pause lasts."""

    since: datetime
    until: datetime | None


class ClockReading(msgspec.Struct):
    """A clock as it stands now: `due_at` is `within_s` seconds after `started_at`, pauses left out.

    `remaining_s` is what is left, or was when it was met or stopped; below 0 it is over by so much. While it is paused, `due_at` is the earliest
    that it can be.
    """

    kind: ClockKind
    policy: str
    within_s: int
    started_at: datetime
    due_at: datetime
    state: ClockStanding
    remaining_s: int
    pauses: list[PauseReading]
    met_at: datetime | None
    met_by: UUID | None
    stopped_at: datetime | None
