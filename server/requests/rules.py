"""Tickets: what customers want, and how soon somebody must have answered them."""

from datetime import timedelta
from enum import StrEnum

from server.clocks.rules import ClockKind, ClockStanding, Policy


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


REPAIR_REPLY = Policy("repair_reply", ClockKind.REPLY, timedelta(hours=1))
USUAL_REPLY = Policy("usual_reply", ClockKind.REPLY, timedelta(hours=24))
"""The service plan: reply within 1 hour of a repair notice (clause 19), within 24 hours of anything else (5), at all hours, never paused."""
COMPLAINT_CONTACT = Policy("complaint_contact", ClockKind.CONTACT, timedelta(hours=1))
"""Clause 44: who complains is contacted at once; the answer may take as long as any other."""

PROMISED: dict[TicketKind, tuple[Policy, ...]] = dict.fromkeys(TicketKind, (USUAL_REPLY,)) | {
    TicketKind.REPAIR: (REPAIR_REPLY,),
    TicketKind.COMPLAINT: (USUAL_REPLY, COMPLAINT_CONTACT),
}
"""The clocks that begin with a ticket, by what the customer wants. The first is that of the reply, which each ticket has."""

TOLD = {
    ClockStanding.RUNNING: ClockState.RUNNING,
    ClockStanding.PAUSED: ClockState.PAUSED,
    ClockStanding.OVERDUE: ClockState.BREACHED,
    ClockStanding.MET_IN_TIME: ClockState.MET,
    ClockStanding.MET_LATE: ClockState.BREACHED,
    ClockStanding.STOPPED: ClockState.PAUSED,
}
"""How a ticket tells where its reply clock stands. Nobody waits for one that was stopped, so it is told as one that does not run."""
