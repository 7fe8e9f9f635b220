"""When a card on the board turns red: lateness from the window, the state and the time."""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.jobs.rules import VisitState
from server.local_time import differ, local, offset


class Lateness(StrEnum):
    """How a visit stands against its window."""

    IN_TIME = "in_time"
    AT_RISK = "at_risk"
    LATE = "late"


WARNING = timedelta(minutes=30)
"""Not on the way this long before the window ends is a visit at risk."""

TRAVELLING = frozenset({VisitState.DISPATCHED, VisitState.ACCEPTED, VisitState.EN_ROUTE})


def lateness(state: VisitState, window_end: datetime | None, now: datetime) -> Lateness:
    """Late: nobody has arrived and the window is over. At risk: it ends soon and nobody is on the way."""
    if window_end is None or state not in TRAVELLING:
        return Lateness.IN_TIME
    if now > window_end:
        return Lateness.LATE
    if state is not VisitState.EN_ROUTE and now > window_end - WARNING:
        return Lateness.AT_RISK
    return Lateness.IN_TIME


def photo_words(promised: int, verified: int, heard_at: datetime | None, now: datetime, zone: str) -> str:
    """What is missing of a visit's photos, in one line with the site's local time."""
    if heard_at is None:
        return f"{verified} of {promised} photos, phone never heard"
    heard, today = local(heard_at, ZoneInfo(zone)), local(now, ZoneInfo(zone))
    day = "" if heard.date() == today.date() else f"{heard:%Y-%m-%d} "
    clock = f"{day}{heard:%H:%M}" + (f" ({offset(heard)})" if differ([heard, today]) else "")
    return f"{verified} of {promised} photos, phone last heard {clock}"
