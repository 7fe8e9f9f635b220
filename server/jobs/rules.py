"""The states of a visit, and how the desk moves it; and the closed sets of the work."""

from enum import StrEnum

from mobile_contract.shapes import visits


class VisitState(StrEnum):
    """Where a visit is, and where each of its crew is on it."""

    UNSCHEDULED = "unscheduled"
    SCHEDULED = "scheduled"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANNOT_COMPLETE = "cannot_complete"
    CANCELLED = "cancelled"


S = VisitState

OPEN = frozenset(VisitState(one) for one in visits.OPEN)
"""States in which a technician is still to do something."""

NOT_SENT = frozenset({S.UNSCHEDULED, S.SCHEDULED, S.DECLINED})
"""States of a visit that nobody is on the way to: it was not given to anybody yet, or was taken or given back."""

ENDED = frozenset({S.COMPLETED, S.CLOSED, S.CANNOT_COMPLETE, S.CANCELLED})
"""States in which a signed report is sealed. A visit that could not be completed, or was cancelled while the phone was dark,
may have been worked on and signed for all the same: what was signed is sealed, whatever became of the visit."""

MOVES: dict[str, tuple[frozenset[VisitState], VisitState]] = {
    "plan": (NOT_SENT | OPEN, S.DISPATCHED),
    "agree": (frozenset({S.UNSCHEDULED}), S.SCHEDULED),
    "unassign": (frozenset({S.DECLINED, *OPEN}), S.SCHEDULED),
    "unschedule": (frozenset({S.SCHEDULED, S.DECLINED, *OPEN}), S.UNSCHEDULED),
    "cancel": (NOT_SENT | OPEN, S.CANCELLED),
    "close": (frozenset({S.COMPLETED}), S.CLOSED),
    "finish": (NOT_SENT | OPEN, S.COMPLETED),
}
"""What the desk may do: from which states, and to which it leads. What its crew taps moves a visit by `crew.py`."""


def move(state: VisitState, step: str) -> VisitState | None:
    """Where a step of the desk leads from a state, or None when it is not possible there. The same step twice changes nothing."""
    allowed, target = MOVES[step]
    return target if state is target or state in allowed else None


class JobKind(StrEnum):
    """What a job may be; a ticket of another kind leads to a repair when nothing else is said."""

    REPAIR = "repair"
    MAINTENANCE = "maintenance"
    INSTALLATION = "installation"
    TRAINING = "training"


KINDS = tuple(JobKind)


class Cause(StrEnum):
    """Why a visit could not be completed."""

    PART_MISSING = "part_missing"
    NO_ACCESS = "no_access"
    CUSTOMER_ABSENT = "customer_absent"
    NOT_SAFE = "not_safe"
    OTHER_SKILL = "other_skill"
    OTHER = "other"


class ComesNext(StrEnum):
    """What is to come after a visit that could not be completed."""

    ANOTHER_VISIT = "another_visit"
    PARTS = "parts"
    CUSTOMER_DECIDES = "customer_decides"
    HEADQUARTERS = "headquarters"
    NOTHING = "nothing"


class ExpenseKind(StrEnum):
    """What a technician spent money on."""

    TRAVEL = "travel"
    PARKING = "parking"
    LODGING = "lodging"
    MEAL = "meal"
    MATERIAL = "material"
    OTHER = "other"


REQUIRED_SLOTS: dict[str, tuple[str, ...]] = {
    JobKind.REPAIR: ("nameplate", "after"),
    JobKind.MAINTENANCE: ("after",),
    JobKind.INSTALLATION: ("nameplate", "after"),
    JobKind.TRAINING: (),
}
"""Of what a visit of each kind is to have a photo. A phone asks for them, and blocks nothing without."""
