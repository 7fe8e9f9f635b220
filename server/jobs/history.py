"""Moving a visit by the desk, and writing down what happened to it and who did it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import CUSTODY_CHANGED, Event, emit
from server.database.tables import Json
from server.field.taps import Tap
from server.ground import clock
from server.ground.problems import Conflict, NotFound
from server.jobs.models import Visit, VisitEvent
from server.jobs.rules import ENDED, VisitState, move


class NotPossibleNow(Conflict):
    """The visit is in a state where this cannot happen"""

    code = "state_not_possible"


async def lock_visit(session: AsyncSession, visit_id: UUID) -> Visit:
    """The visit, held until the transaction ends. Raises `NotFound`."""
    visit = await session.scalar(select(Visit).where(Visit.id == visit_id).with_for_update())
    if visit is None:
        raise NotFound(f"No visit has the id {visit_id}.")
    return visit


async def advance(
    session: AsyncSession, visit: Visit, step: str, *, actor_id: UUID | None, facts: Json | None = None
) -> None:
    """Make a move of the desk, append it to the history and tell what follows. Raises `NotPossibleNow`."""
    told = step_on(visit, step)
    record(session, visit.id, step, actor_id=actor_id, facts=facts)
    await emit(session, *told)


def step_on(visit: Visit, step: str) -> list[Event]:
    """Make a move of the desk. Returns what it makes happen, for the caller to emit. Raises `NotPossibleNow`.

    Whoever moves a visit to where signed reports are sealed has it looked at, whichever move that is.
    """
    state = move(VisitState(visit.state), step)
    if state is None:
        raise NotPossibleNow(f"The visit is {visit.state}; '{step}' cannot happen there.", state=visit.state)
    visit.state = state
    return [(CUSTODY_CHANGED, visit.id)] if state in ENDED else []


def record(
    session: AsyncSession,
    visit_id: UUID,
    kind: str,
    *,
    actor_id: UUID | None,
    occurred_at: datetime | None = None,
    operation_id: UUID | None = None,
    facts: Json | None = None,
) -> None:
    """Append a line to the visit's history."""
    moment = clock.now()
    session.add(
        VisitEvent(
            visit_id=visit_id, kind=kind, actor_id=actor_id, operation_id=operation_id,
            occurred_at=occurred_at or moment, recorded_at=moment, facts=facts or {},
        )
    )  # fmt: skip


def record_tap(tap: Tap, facts: Json | None = None) -> None:
    """Append the line of what a phone sent; a late contribution says so."""
    tap.add(
        VisitEvent, visit_id=tap.visit_id, kind=tap.kind, actor_id=tap.user_id, operation_id=tap.operation_id,
        occurred_at=tap.occurred_at, recorded_at=clock.now(), facts=(facts or {}) | ({"after_reassignment": True} if tap.late else {}),
    )  # fmt: skip
