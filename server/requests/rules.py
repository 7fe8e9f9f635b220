"""Reply clocks: how soon somebody must have answered."""

from datetime import datetime, timedelta
from enum import StrEnum


class TicketKind(StrEnum):
    """What the customer wants."""

    REPAIR = "repair"
    MAINTENANCE = "maintenance"
    INSTALLATION = "installation"
    INQUIRY = "inquiry"
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"
    TRAINING = "training"


class Channel(StrEnum):
    """How they told us."""

    PHONE = "phone"
    LETTER = "letter"
    EMAIL = "email"
    WEB = "web"
    IN_PERSON = "in_person"


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    RESPONDED = "responded"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"


class ClockState(StrEnum):
    """A clock is met or breached once and for good by when the response came."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"


REPAIR_RESPONSE = timedelta(hours=1)
OTHER_RESPONSE = timedelta(hours=24)
"""The service plan: reply within 1 hour of a repair notice, within 24 hours of any other service information."""


def respond_by(kind: TicketKind, received_at: datetime) -> datetime:
    """When the first response is due."""
    return received_at + (REPAIR_RESPONSE if kind is TicketKind.REPAIR else OTHER_RESPONSE)


def clock_state(due_at: datetime, responded_at: datetime | None, now: datetime) -> ClockState:
    """What the clock says at `now`; a response at the very moment it is due is in time."""
    if responded_at is not None:
        return ClockState.MET if responded_at <= due_at else ClockState.BREACHED
    return ClockState.RUNNING if now <= due_at else ClockState.BREACHED
