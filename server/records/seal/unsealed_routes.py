"""HTTP: what is not sealed, why and since when, and the desk's decision over it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.texts import Written
from server.http.list_pages import each, listed
from server.http.listing import AsAsked, Listed, Listing, listed_by
from server.identity.audience import DESKS
from server.identity.offices import seen_office
from server.identity.tokens import Actor
from server.jobs.offices import office_of_visit
from server.jobs.rules import VisitState
from server.records.models import SealingDecision
from server.records.rules import SealingChoice, WhyUnsealed
from server.records.seal.unsealed import (
    ID,
    SINCE,
    decide,
    select_closed_without,
    select_waiting,
    unsealed,
    why,
    with_reasons,
)

Caller = Request[Actor, str, State]


class UnsealedOut(msgspec.Struct):
    """A signed report without a sealed PDF, or (without a report) a completed visit that nobody signed for.

    `held`: it waits for somebody. `asked_at`: when the technician was asked for a new report.
    """

    visit_id: UUID
    report_id: UUID | None
    job_number: int
    title: str
    customer: str
    site: str
    time_zone: str
    state: VisitState
    why: WhyUnsealed
    sentence: str
    since: datetime
    held: bool
    asked_at: datetime | None


class SealingDecisionIn(Written):
    """`try_again` needs no reason; `new_report`, `without_report` and `finish` do."""

    decision: SealingChoice
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class ClosedWithoutOut(msgspec.Struct):
    """A visit that ended without a sealed report, by whose decision and why."""

    visit_id: UUID
    job_number: int
    customer: str
    reason: str
    decided_by: str
    decided_at: datetime


UNSEALED = Listing("unsealed", UnsealedOut, key=ID, sorts={"since": SINCE}, default="since")
CLOSED_WITHOUT = Listing(
    "closed-without",
    ClosedWithoutOut,
    key=SealingDecision.id,
    sorts={"decided_at": SealingDecision.decided_at},
    default="-decided_at",
)


class Unsealed(Controller):
    """What is not sealed."""

    path = "/v1/unsealed"
    tags = ("records",)
    guards = (DESKS,)

    @get(**listed_by(UNSEALED))
    async def list_unsealed(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        customer_id: FromQuery[UUID | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[UnsealedOut]:
        """What is not sealed, why and since when; the oldest first."""
        query = select_waiting(office_id=seen_office(request.user, office_id), customer_id=customer_id)
        return await listed(asked, session, query, _unsealed)

    @get("/closed-without", **listed_by(CLOSED_WITHOUT))
    async def list_closed_without(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        customer_id: FromQuery[UUID | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[ClosedWithoutOut]:
        """Visits that ended without a sealed report, newest first."""
        query = select_closed_without(seen_office(request.user, office_id), customer_id)
        return await listed(asked, session, query, each(ClosedWithoutOut))

    @post("/{visit_id:uuid}", guards=[DESKS.of("visit_id", office_of_visit)], status_code=200)
    async def decide_unsealed(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[SealingDecisionIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> list[UnsealedOut]:
        """Decide over a visit: try again, ask for a new report, finish it, or let it end without one. Answers what still waits."""
        await decide(session, request.user, visit_id, data.decision, data.reason)
        return [_out(row) for row in await unsealed(session, visit_id)]


async def _unsealed(session: AsyncSession, waiting: Sequence[object]) -> list[UnsealedOut]:
    return [_out(row) for row in await with_reasons(session, waiting)]


def _out(row: object) -> UnsealedOut:
    code, sentence = why(row)
    names = set(UnsealedOut.__struct_fields__) - {"why", "sentence"}
    return UnsealedOut(**{name: getattr(row, name) for name in names}, why=code, sentence=sentence)
