"""What a clock says: a policy gives so much time from a moment on, pauses do not count, and something done by then meets it.

A clock is worked out from what happened (when it started, pauses, when it was met or stopped) and from now, and from nothing else. What
is stored of it is worked out here too, and `queries.py` asks the database by the same rule. Time in which a calendar is closed would be
pauses as well: they are walked one by one, and no further than until the time is used up.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class ClockSubject(StrEnum):
    """What kind of thing a clock is about."""

    TICKET = "ticket"


class ClockKind(StrEnum):
    """What must be done by then; a thing has at most one clock of each kind."""

    REPLY = "reply"
    CONTACT = "contact"


class ClockStanding(StrEnum):
    """Where a clock stands. It is met in time or late once and for good, and a stopped one asks for nothing any more."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET_IN_TIME = "met_in_time"
    MET_LATE = "met_late"
    STOPPED = "stopped"


class Policy(NamedTuple):
    """How much time there is, and whether the clock may be paused. The service plan's own promises may not."""

    name: str
    kind: ClockKind
    within: timedelta
    pausable: bool = False


class Pause(NamedTuple):
    """Time that does not count. One that lasts has no end."""

    since: datetime
    until: datetime | None


class Reading(NamedTuple):
    """What a clock says. Of a paused one `due` is when it would be due if it went on at once, the earliest that can be.

    `remaining` is the time that is left, or was when it was met or stopped; below zero it is how long it was over.
    """

    due: datetime
    remaining: timedelta
    standing: ClockStanding


def read(
    policy: Policy,
    started: datetime,
    pauses: Iterable[Pause],
    met: datetime | None,
    now: datetime,
    stopped: datetime | None = None,
) -> Reading:
    """What a clock says at `now`. Pauses are in order, apart from each other, after the start, and only the last may last."""
    pauses = tuple(pauses)
    due = due_at(policy.within, started, pauses)
    paused = pauses[-1].since if pauses and pauses[-1].until is None else None
    remaining = policy.within - counted(started, pauses, met or stopped or now)
    return Reading(due, remaining, stands(due, paused, met, stopped, now))


def due_at(within: timedelta, started: datetime, pauses: Iterable[Pause]) -> datetime:
    """When the time since the start, pauses left out, is used up."""
    at, left = started, within
    for since, until in pauses:
        if until is None or since - at >= left:
            break
        at, left = until, left - (since - at)
    return at + left


def counted(started: datetime, pauses: Iterable[Pause], end: datetime) -> timedelta:
    """How much time there was from the start to the end, pauses left out."""
    total = max(end - started, timedelta())
    for since, until in pauses:
        total -= max(min(until or end, end) - since, timedelta())
    return total


def stands(
    due: datetime, paused: datetime | None, met: datetime | None, stopped: datetime | None, now: datetime
) -> ClockStanding:
    """Where a clock stands at `now`; `paused` is since when. What is done at the very moment that it is due is done in time.

    `server/clocks/queries.py` has this as SQL: change both.
    """
    if stopped is not None:
        return ClockStanding.STOPPED
    if met is not None:
        return ClockStanding.MET_IN_TIME if met <= due else ClockStanding.MET_LATE
    if paused is not None and paused < due:
        return ClockStanding.PAUSED
    return ClockStanding.RUNNING if now <= due else ClockStanding.OVERDUE
