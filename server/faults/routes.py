"""HTTP: background work that is not done, for the desk, and another try."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.faults.keep import open_faults, try_again
from server.identity.audience import DESKS


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


class Faults(Controller):
    """Background work that failed."""

    path = "/v1/faults"
    tags = ("operations",)
    guards = (DESKS,)

    @get()
    async def list_faults(
        self,
        session: NamedDependency[AsyncSession],
        limit: Annotated[int, QueryParameter(ge=1, le=500, name="limit")] = 100,
    ) -> list[TaskFaultOut]:
        """What is not done and why, oldest first. What the server failed over is in its log, too."""
        return [
            TaskFaultOut(f.task, f.subject, f.code, f.sentence, f.tries, f.held, f.since, f.last_at)
            for f in await open_faults(session, limit=limit)
        ]

    @post("/{task:str}/{subject:uuid}/again", status_code=202)
    async def retry_fault(
        self, task: FromPath[str], subject: FromPath[UUID], session: NamedDependency[AsyncSession]
    ) -> None:
        """Have it done again now. Nothing else changes when it fails again."""
        await try_again(session, task, subject)
