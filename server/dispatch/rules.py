"""When a card on the board turns red: lateness from the window, the state and the time."""

from datetime import datetime, timedelta
from enum import StrEnum

from server.jobs.rules import VisitState


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
