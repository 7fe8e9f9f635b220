"""HTTP: background work that is not done, for the desk, and another try."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from server.faults.keep import select_open_faults
from server.faults.models import TaskFault
from server.faults.retry import retry
from server.http.list_pages import each, listed, narrowed
from server.http.listing import AsAsked, Listed, Listing, listed_by
from server.identity.audience import DESKS
from server.identity.tokens import Actor

Caller = Request[Actor, str, State]


class TaskFaultOut(msgspec.Struct):
    """A task that is not done, and why. `held`: it waits for somebody; else it is tried again by itself."""

    task: str
    subject: UUID
    code: str
    sentence: str
    tries: int
    held: bool
    since: datetime
    last_at: datetime


FAULTS = Listing(
    "faults",
    TaskFaultOut,
    key=(TaskFault.task, TaskFault.subject),
    sorts={"since": TaskFault.since, "last_at": TaskFault.last_at},
    default="since",
)


class Faults(Controller):
    """Background work that failed."""

    path = "/v1/faults"
    tags = ("operations",)
    guards = (DESKS,)

    @get(**listed_by(FAULTS))
    async def list_faults(
        self,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        held: FromQuery[bool | None] = None,
    ) -> Listed[TaskFaultOut]:
        """What is not done and why, in the whole company, oldest first. What the server failed over is in its log, too."""
        return await listed(asked, session, narrowed(select_open_faults(), (TaskFault.held, held)), each(_fault))

    @post("/{task:str}/{subject:uuid}/again", status_code=202)
    async def retry_fault(
        self, task: FromPath[str], subject: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> None:
        """Have it done again now. Nothing else changes when it fails again."""
        await retry(session, task, subject, request.user)


def _fault(row: TaskFault) -> TaskFaultOut:
    return TaskFaultOut(row.task, row.subject, row.code, row.sentence, row.tries, row.held, row.since, row.last_at)
