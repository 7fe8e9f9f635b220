"""HTTP: what is not sealed, why and since when, and the desk's decision over it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.texts import Written
from server.identity.audience import DESKS
from server.identity.tokens import Actor
from server.jobs.offices import office_of_visit
from server.records.seal.unsealed import closed_without, decide, unsealed, why


class UnsealedOut(msgspec.Struct):
    """A signed report without a sealed PDF, or (without a report) a completed visit that nobody signed for.

    `why`: `photos`, `visit_open`, `needs_decision`, `no_report`, `not_signed`, `waiting`, `logged`, `fault`. `held`: it waits for
    somebody. `asked_at`: when the technician was asked for a new report.
    """

    visit_id: UUID
    report_id: UUID | None
    job_number: int
    title: str
    customer: str
    site: str
    time_zone: str
    state: str
    why: str
    sentence: str
    since: datetime
    held: bool
    asked_at: datetime | None


class SealingDecisionIn(Written):
    """`try_again` needs no reason; `new_report`, `without_report` and `finish` do."""

    decision: Annotated[str, msgspec.Meta(pattern="^(try_again|new_report|without_report|finish)$")]
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class ClosedWithoutOut(msgspec.Struct):
    """A visit that ended without a sealed report, by whose decision and why."""

    visit_id: UUID
    job_number: int
    customer: str
    reason: str
    decided_by: str
    decided_at: datetime


class Unsealed(Controller):
    """What is not sealed."""

    path = "/v1/unsealed"
    tags = ("records",)
    guards = (DESKS,)

    @get()
    async def list_unsealed(
        self,
        session: NamedDependency[AsyncSession],
        office_id: Annotated[UUID | None, QueryParameter(name="office_id")] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=500, name="limit")] = 100,
    ) -> list[UnsealedOut]:
        """What is not sealed, why and since when; the oldest first."""
        return [_out(row) for row in await unsealed(session, limit=limit, office_id=office_id)]

    @get("/closed-without")
    async def list_closed_without(
        self,
        session: NamedDependency[AsyncSession],
        limit: Annotated[int, QueryParameter(ge=1, le=500, name="limit")] = 100,
    ) -> list[ClosedWithoutOut]:
        """Visits that ended without a sealed report, newest first."""
        rows = await closed_without(session, limit=limit)
        return [ClosedWithoutOut(*row) for row in rows]

    @post("/{visit_id:uuid}", guards=[DESKS.of("visit_id", office_of_visit)], status_code=200)
    async def decide_unsealed(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[SealingDecisionIn],
        request: Request[Actor, str, State],
        session: NamedDependency[AsyncSession],
    ) -> list[UnsealedOut]:
        """Decide over a visit: try again, ask for a new report, finish it, or let it end without one. Answers what still waits."""
        await decide(session, request.user, visit_id, data.decision, data.reason)
        return [_out(row) for row in await unsealed(session, limit=100, visit_id=visit_id)]


def _out(row: object) -> UnsealedOut:
    code, sentence = why(row)
    names = set(UnsealedOut.__struct_fields__) - {"why", "sentence"}
    return UnsealedOut(**{name: getattr(row, name) for name in names}, why=code, sentence=sentence)
