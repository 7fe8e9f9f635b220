"""The visit's state machine: what a tap makes of who taps, and what its crew makes of the visit.

Each member of a crew goes their own way, and the visit's state follows from where they are. So it is the same in whatever order
their phones are heard, but for contradicting ends, of which the first counts. The rules stand here once for server, phones and
the published `visit_states.json`; `vectors/visits.json` has cases for every client.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

FORWARD = ("dispatched", "accepted", "en_route", "on_site", "in_progress")
"""The road a technician takes; a tap may skip stations, and the record then says which."""

OPEN = (*FORWARD, "on_hold")
"""Where somebody is who still has something to do, and the visit of somebody like that."""

DECLINED = "declined"
COMPLETED = "completed"
CANNOT_COMPLETE = "cannot_complete"
ENDED = (COMPLETED, CANNOT_COMPLETE, "closed")
"""States of a visit that others ended: taps that come after are facts, and move it no more."""

CONTRADICTS = {COMPLETED: "cannot_complete", "closed": "cannot_complete", CANNOT_COMPLETE: "complete"}
"""The tap that says the opposite of a visit's end; somebody has to decide who is right."""

STAMPS = {"accept": "accepted_at", "depart": "departed_at", "check_in": "arrived_at", "start": "started_at"}
"""Where a member's row says when they said it first. `finished_at` has the last of their ends."""


class Step(NamedTuple):
    """Where a tap takes a member to, and from which of their own states.

    `overtaken`: where it is said too late, and changes nothing. `in_crew`: from where it is possible besides for one of several,
    whose mates may have tapped the stations before.
    """

    to: str
    origins: tuple[str, ...]
    overtaken: tuple[str, ...] = ()
    in_crew: tuple[str, ...] = ()


def _station(to: str, *ends: str) -> Step:
    at = FORWARD.index(to)
    return Step(to, FORWARD[:at], (*FORWARD[at + 1 :], "on_hold", *ends))


STEPS: dict[str, Step] = {
    "accept": _station("accepted", COMPLETED, CANNOT_COMPLETE),
    "decline": Step(DECLINED, ("dispatched", "accepted")),
    "depart": _station("en_route", COMPLETED, CANNOT_COMPLETE),
    "check_in": _station("on_site", COMPLETED, CANNOT_COMPLETE),
    "start": _station("in_progress"),
    "hold": Step("on_hold", ("in_progress",), in_crew=OPEN),
    "resume": Step("in_progress", ("on_hold",), in_crew=OPEN),
    "complete": Step(COMPLETED, ("on_site", "in_progress", "on_hold"), in_crew=OPEN),
    "cannot_complete": Step(CANNOT_COMPLETE, OPEN),
}
"""Every tap that moves a visit."""


class Moved(NamedTuple):
    """Where a member is after a tap, and the visit."""

    member: str
    visit: str


def moved(visit: str, crew: Mapping[str, str], who: str, tap: str) -> Moved | None:
    """What a tap makes of a visit and of who tapped; None where it is not possible.

    `crew` has the state of everybody who was sent, those who declined since too.
    """
    step, own = STEPS[tap], crew[who]
    possible = step.origins + (step.in_crew if len(crew) > 1 else ())
    after = step.to if own in possible else own if own == step.to or own in step.overtaken else None
    if after is None or CONTRADICTS.get(visit) == tap:
        return None
    return Moved(after, visit if visit in ENDED else state_of({**crew, who: after}.values()))


def state_of(crew: Iterable[str]) -> str:
    """The state of a visit whose crew is in these states: an end, else work, else a pause, else the furthest station."""
    states = set(crew)
    for one in (COMPLETED, CANNOT_COMPLETE, "in_progress", "on_hold", *reversed(FORWARD)):
        if one in states:
            return one
    return DECLINED


def skipped(crew: Iterable[Mapping[str, Any]]) -> list[str]:
    """The stations that nobody of a crew tapped though somebody has passed them; of rows with `STAMPS`."""
    rows = list(crew)
    tapped = [any(row.get(stamp) is not None for row in rows) for stamp in STAMPS.values()]
    furthest = max((at for at, yes in enumerate(tapped) if yes), default=0)
    return [FORWARD[at + 1] for at in range(furthest) if not tapped[at]]
