"""When a card on the board turns red: lateness from the window, the state and the time. And when an office's day begins and ends."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.ground.local_time import differ, local, offset
from server.jobs.rules import VisitState


class Lateness(StrEnum):
    """How a visit stands against its window."""

    IN_TIME = "in_time"
    AT_RISK = "at_risk"
    LATE = "late"


WARNING = timedelta(minutes=30)
"""Not on the way this long before the window ends is a visit at risk."""

AWAITED = frozenset(
    {VisitState.SCHEDULED, VisitState.DISPATCHED, VisitState.ACCEPTED, VisitState.DECLINED, VisitState.EN_ROUTE}
)
"""States in which a window is agreed and nobody has arrived."""

TO_BE_DONE = frozenset(
    {VisitState.UNSCHEDULED, *AWAITED, VisitState.ON_SITE, VisitState.IN_PROGRESS, VisitState.ON_HOLD}
)
"""States in which somebody has to be sent or is at work."""


def lateness(state: VisitState, window_end: datetime | None, now: datetime) -> Lateness:
    """Late: nobody has arrived and the window is over. At risk: it ends soon and nobody is on the way."""
    if window_end is None or state not in AWAITED:
        return Lateness.IN_TIME
    if now > window_end:
        return Lateness.LATE
    if state is not VisitState.EN_ROUTE and now > window_end - WARNING:
        return Lateness.AT_RISK
    return Lateness.IN_TIME


def day_in(zone: str, day: date | None, now: datetime) -> tuple[datetime, datetime]:
    """The start of a local day and of the next one, in UTC; 23 or 25 hours where clocks change. The day of `now` when None."""
    place = ZoneInfo(zone)
    day = day or now.astimezone(place).date()
    first, last = (datetime.combine(one, time.min, place).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return first, last


def photo_words(
    promised: int, verified: int, kept: int, decided: int, heard_at: datetime | None, now: datetime, zone: str
) -> str:
    """What is missing of a visit's photos, in one line with the site's local time.

    `kept` of them cannot be shown and wait for the desk; `decided` ones are not waited for.
    """
    counted = f"{verified} of {promised} photos"
    counted += f", {kept} damaged" if kept else ""
    counted += f", {decided} decided" if decided else ""
    if verified + kept + decided >= promised:
        return counted
    if heard_at is None:
        return f"{counted}, phone never heard"
    heard, today = local(heard_at, ZoneInfo(zone)), local(now, ZoneInfo(zone))
    day = "" if heard.date() == today.date() else f"{heard:%Y-%m-%d} "
    clock = f"{day}{heard:%H:%M}" + (f" ({offset(heard)})" if differ([heard, today]) else "")
    return f"{counted}, phone last heard {clock}"
