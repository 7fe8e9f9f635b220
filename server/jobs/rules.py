"""The visit's state machine: who may move it, from where to where, and which taps were skipped on the way."""

from enum import StrEnum
from typing import NamedTuple


class VisitState(StrEnum):
    """Where a visit is."""

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

FORWARD = (S.DISPATCHED, S.ACCEPTED, S.EN_ROUTE, S.ON_SITE, S.IN_PROGRESS)
"""The road a technician takes; a tap may skip stations, and the record then says which."""

OPEN = frozenset({*FORWARD, S.ON_HOLD})
"""States in which a technician is still to do something."""

NOT_SENT = frozenset({S.UNSCHEDULED, S.SCHEDULED, S.DECLINED})
"""States of a visit that nobody is on the way to: it was not given to anybody yet, or was taken or given back."""

ENDED = frozenset({S.COMPLETED, S.CLOSED, S.CANNOT_COMPLETE, S.CANCELLED})
"""States in which a signed report is sealed. A visit that could not be completed, or was cancelled while the phone was dark,
may have been worked on and signed for all the same: what was signed is sealed, whatever became of the visit."""

MOVES: dict[str, tuple[frozenset[VisitState], VisitState]] = {
    "accept": (frozenset({S.DISPATCHED}), S.ACCEPTED),
    "decline": (frozenset({S.DISPATCHED, S.ACCEPTED}), S.DECLINED),
    "depart": (frozenset({S.DISPATCHED, S.ACCEPTED}), S.EN_ROUTE),
    "check_in": (frozenset({S.DISPATCHED, S.ACCEPTED, S.EN_ROUTE}), S.ON_SITE),
    "start": (frozenset({S.DISPATCHED, S.ACCEPTED, S.EN_ROUTE, S.ON_SITE}), S.IN_PROGRESS),
    "hold": (frozenset({S.IN_PROGRESS}), S.ON_HOLD),
    "resume": (frozenset({S.ON_HOLD}), S.IN_PROGRESS),
    "complete": (frozenset({S.ON_SITE, S.IN_PROGRESS, S.ON_HOLD}), S.COMPLETED),
    "cannot_complete": (OPEN, S.CANNOT_COMPLETE),
    "plan": (NOT_SENT | OPEN, S.DISPATCHED),
    "unassign": (frozenset({S.DECLINED, *OPEN}), S.SCHEDULED),
    "unschedule": (frozenset({S.SCHEDULED, S.DECLINED, *OPEN}), S.UNSCHEDULED),
    "cancel": (NOT_SENT | OPEN, S.CANCELLED),
    "close": (frozenset({S.COMPLETED}), S.CLOSED),
    "finish": (NOT_SENT | OPEN, S.COMPLETED),
}
"""What may happen: from which states, and to which it leads."""


class Move(NamedTuple):
    """The state after a tap, and the stations between that nobody tapped."""

    state: VisitState
    skipped: tuple[VisitState, ...]


def move(state: VisitState, tap: str) -> Move | None:
    """Where a tap leads from a state, or None when it is not possible there. The same tap twice changes nothing."""
    allowed, target = MOVES[tap]
    if state is target:
        return Move(state, ())
    if state not in allowed:
        return None
    if state in FORWARD and target in FORWARD:
        return Move(target, FORWARD[FORWARD.index(state) + 1 : FORWARD.index(target)])
    return Move(target, ())


class JobKind(StrEnum):
    """What a job may be; a ticket of another kind leads to a repair when nothing else is said."""

    REPAIR = "repair"
    MAINTENANCE = "maintenance"
    INSTALLATION = "installation"
    TRAINING = "training"


KINDS = tuple(JobKind)


class ExpenseKind(StrEnum):
    """What a technician spent money on."""

    TRAVEL = "travel"
    PARKING = "parking"
    LODGING = "lodging"
    MEAL = "meal"
    MATERIAL = "material"
    OTHER = "other"


CHECKLISTS: dict[str, tuple[str, ...]] = {
    "repair": (
        "Power isolated before work",
        "Fault reproduced",
        "Function tested after repair",
        "Work area left clean",
    ),
    "maintenance": ("Filters and seals checked", "Lubrication done", "Readings within limits", "Work area left clean"),
    "installation": ("Foundation and supply checked", "Equipment levelled", "Trial run done", "Operator instructed"),
}
"""What a visit of each kind has on its checklist when nothing else is given."""


SEPARATOR = "\n\n"


def merge_text(now: str, was: str, wanted: str) -> tuple[str, bool]:
    """Free text after a change that was made over `was`, and whether it met another's change.

    Nobody else touched it: the wanted text. Somebody did: both are kept, the earlier first, and nothing twice.
    """
    if now in (was, wanted):
        return wanted, False
    if wanted in ("", was) or f"{SEPARATOR}{wanted}{SEPARATOR}" in f"{SEPARATOR}{now}{SEPARATOR}":
        return now, True
    return f"{now}{SEPARATOR}{wanted}", True
