"""Keeps why a task failed, says whether it is tried again, and tries what was held again.

What is away comes back: it is waited for, for weeks if need be, and never counted. A fault of ours is tried a few times more,
because some mend themselves, and then held for somebody to look at; a problem that the data itself has is held at once.
"""

import logging
import traceback
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import is_outage
from server.database.events import emit
from server.faults.models import TaskFault
from server.ground import clock
from server.ground.problems import Busy, NotFound, Problem, Unavailable

log = logging.getLogger("fieldproof.worker")

AGAIN = timedelta(seconds=5)
MOST = timedelta(minutes=5)
"""When something was away: how soon a task is tried again at first, and at the longest."""
FAULT_DELAYS = (timedelta(seconds=10), timedelta(minutes=1))
"""After each failure of ours but the last."""
LONGEST = 2000
"""Characters of a sentence and of a trace's end that are kept."""


class ServerFault(Problem):
    """The server failed over this; the fault is ours"""

    code = "server_fault"


def is_away(error: Exception) -> bool:
    """Whether something that a task needs does not answer, so that waiting mends it."""
    if isinstance(error, Problem):
        return isinstance(error, Unavailable | Busy) and not error.needs_somebody
    if isinstance(error, DBAPIError):
        return is_outage(error)
    return isinstance(error, PoolTimeout | OSError)


def waiting_time(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubled each time, five minutes at most."""
    return min(AGAIN * (1 << min(attempts, 10)), MOST)


async def keep_fault(
    session: AsyncSession, task: str, subject: UUID, error: Exception, *, attempts: int = 0
) -> timedelta | None:
    """Keep why a task failed, after so many attempts. Returns how long to wait before it is tried again; None when it is held for somebody."""
    away = is_away(error)
    problem = error if isinstance(error, Problem) else None
    moment = clock.now()
    row: dict[str, Any] = {
        "task": task, "subject": subject, "code": problem.code if problem else ("unavailable" if away else ServerFault.code),
        "sentence": _sentence(error, away=away), "trace": "" if problem and away else _trace(error),
        "tries": 0 if away else 1, "held": False, "since": moment, "last_at": moment, "settled_at": None,
    }  # fmt: skip
    anew = TaskFault.settled_at.is_not(None)
    statement = insert(TaskFault).values(row)
    tries: int = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=[TaskFault.task, TaskFault.subject],
            set_={
                **{
                    name: statement.excluded[name]
                    for name in ("code", "sentence", "trace", "last_at", "settled_at", "held")
                },
                "tries": case((anew, 0), else_=TaskFault.tries) + row["tries"],
                "since": case((anew, statement.excluded.since), else_=TaskFault.since),
            },
        ).returning(TaskFault.tries)
    )  # type: ignore[assignment]
    if away:
        return waiting_time(attempts)
    final = problem is not None and problem.status < 500
    if final or tries > len(FAULT_DELAYS):
        await session.execute(update(TaskFault).where(*_one(task, subject)).values(held=True))
        return None
    return FAULT_DELAYS[tries - 1]


async def settle(session: AsyncSession, task: str, subject: UUID) -> None:
    """The task was done: what was kept of it is history."""
    await session.execute(
        update(TaskFault)
        .where(*_one(task, subject), TaskFault.settled_at.is_(None))
        .values(settled_at=clock.now(), held=False)
    )


def select_open_faults() -> Select[TaskFault]:
    """What is not done."""
    return select(TaskFault).where(TaskFault.settled_at.is_(None))


async def try_again(session: AsyncSession, task: str, subject: UUID) -> None:
    """Have a task done again now, with all its tries. Raises `NotFound`."""
    found = await session.scalar(
        update(TaskFault)
        .where(*_one(task, subject), TaskFault.settled_at.is_(None))
        .values(held=False, tries=0)
        .returning(TaskFault.subject)
    )
    if found is None:
        raise NotFound("Nothing of this kind waits for another try. It may have been done meanwhile.")
    await emit(session, (task, subject))


async def try_held_again(session: AsyncSession) -> int:
    """Try everything once more that is held: a program that has just been started may be one that was mended."""
    held = await session.execute(
        update(TaskFault)
        .where(TaskFault.settled_at.is_(None), TaskFault.held)
        .values(held=False, tries=func.least(TaskFault.tries, len(FAULT_DELAYS)))
        .returning(TaskFault.task, TaskFault.subject)
    )
    rows = held.all()
    await emit(session, *((row.task, row.subject) for row in rows))
    return len(rows)


def _one(task: str, subject: UUID) -> tuple[Any, Any]:
    return TaskFault.task == task, TaskFault.subject == subject


def _sentence(error: Exception, *, away: bool) -> str:
    if isinstance(error, Problem):
        return error.detail[:LONGEST].replace("\0", "\ufffd")
    if away:
        return "A part of the system does not answer. It is tried again by itself."
    return "The server failed over this. It is kept, and was logged for whoever runs the server."


def _trace(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-LONGEST:].replace("\0", "\ufffd")
