"""Known bugs, to be planted one by one: a simulation that does not find them proves nothing."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import asyncpg
from sqlalchemy import text

from server.sync.down import pull
from server.sync.up import push
from tests.simulation.gate import ACTOR, GATE, Killed


class Bug:
    """A bug in the database (`sql` changes functions, `run` statements), in the server (`patches`), or both."""

    def __init__(
        self,
        name: str,
        *,
        function: str = "sync_flush()",
        replace: tuple[tuple[str, str], ...] = (),
        statements: tuple[str, ...] = (),
        patches: tuple[tuple[str, Any], ...] = (),
    ) -> None:
        self.name, self.function, self.replace = name, function, replace
        self.statements, self.patches = statements, patches

    async def plant(self, database_url: str) -> None:
        """Put it into a database."""
        connection = await asyncpg.connect(database_url)
        try:
            for statement in self.statements:
                await connection.execute(statement)
            if self.replace:
                text = await connection.fetchval(f"select pg_get_functiondef('{self.function}'::regprocedure)")
                for old, new in self.replace:
                    if old not in text:
                        raise AssertionError(f"{self.name}: {old!r} is not in {self.function} any more")
                    text = text.replace(old, new)
                await connection.execute(text)
        finally:
            await connection.close()

    @contextmanager
    def active(self) -> Iterator[None]:
        """Put it into the server for a while."""
        patched = [patch(target, new) for target, new in self.patches]
        for one in patched:
            one.start()
        try:
            yield
        finally:
            for one in patched:
                one.stop()


async def _answer_first(sessions: Any, tokens: Any, device_id: Any, links: Any, contract_version: int, way: Any) -> Any:
    """Says that a batch is applied, and commits it afterwards in a task of its own."""
    session = sessions()
    await session.begin()
    try:
        done = await push._run(session, tokens, device_id, links, contract_version, way)
    except BaseException:
        await session.close()
        raise
    gate, actor = GATE.get(), f"{ACTOR.get()} commits late {next(_numbers)}"
    gate.moves(actor)

    async def later() -> None:
        ACTOR.set(actor)
        try:
            for _ in range(SLOW):
                await session.execute(text("select 1"))
            await session.commit()
            await session.close()
        except Killed:
            await session.invalidate()  # then it is lost, which is the bug
        finally:
            gate.rests(actor)

    task = asyncio.get_running_loop().create_task(later())
    _kept.add(task)
    task.add_done_callback(_kept.discard)
    return done


SLOW = 12
"""Statements that others get in before the late commit."""
_kept: set[asyncio.Task[None]] = set()
_numbers = itertools.count()


def _last(crew: Any) -> str:
    """The state of whoever stands last, whatever the others do."""
    return str(list(crew)[-1])


class _NoSavepoint:
    """A session's `begin_nested` that begins nothing."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return lambda: nullcontext()


NUMBERED = "scope.rev + row_number() over (partition by c.scope_id order by c.collection, c.row_id) as rev"
LOCK = "perform from sync_scope where id = any (scopes) order by id for update;"

EITHER_WAY = """perform nextval('every_flush');
perform from sync_scope where id = any (scopes)
  order by case when mod(currval('every_flush'), 2) = 0 then id else -id end for update;"""

UNLOCKED_PAGE = pull.PAGE.replace(
    "select scope.id, scope.key, scope.rev, scope.count, scope.checksum,",
    """select scope.id, scope.key, (select coalesce(max(m.rev), 0) from sync_member m where m.scope_id = scope.id) as rev,
      (select count(*) from sync_member m where m.scope_id = scope.id and m.present) as count,
      (select mod(coalesce(sum(sync_share(m.collection, m.row_id, m.rev, m.hash)), 0), 18446744073709551616)
       from sync_member m where m.scope_id = scope.id and m.present) as checksum,""",
).replace("position.rev <= scope.rev", "true")
"""The page of a server whose cursor is the newest number that it has seen."""

BUGS = (
    Bug(
        "global sequence as cursor",
        statements=(
            "create sequence every_revision start 1000",
            "drop index ix_sync_member_scope_id_rev",
            "create or replace view sync_sum_discrepancy as select id as scope_id, count, checksum, count as real_count, "
            "checksum::numeric as real_checksum, rev, rev as real_rev from sync_scope where false",
        ),
        replace=(
            (LOCK, ""),
            (NUMBERED, "nextval('every_revision') as rev"),
            ("where total.scope_id = scope.id;", "where false;"),
        ),
        patches=(("server.sync.down.pull.PAGE", UNLOCKED_PAGE),),
    ),
    Bug(
        "no scope lock at flush",
        statements=("drop index ix_sync_member_scope_id_rev",),
        replace=((LOCK, ""),),
    ),
    Bug(
        "locks out of order",
        statements=("create sequence every_flush",),
        replace=((LOCK, EITHER_WAY),),
    ),
    Bug(
        "acknowledgement before commit",
        patches=(("server.sync.up.push._transaction", _answer_first),),
    ),
    Bug("no savepoint", patches=(("sqlalchemy.ext.asyncio.AsyncSession.begin_nested", _NoSavepoint()),)),
    Bug("who tapped last says where the visit is", patches=(("mobile_contract.shapes.visits.state_of", _last),)),
    Bug("forgotten membership trigger", statements=("drop trigger sync_touch on visit_crew",)),
    Bug(
        "removal collected too early",
        function="sync_collect(interval)",
        replace=(("update sync_scope set min_rev = greatest(min_rev, newest) where id = scope and newest is not null;", ""),),
    ),
    Bug("crew changes do not wait for other writers", replace=(("perform pg_advisory_xact_lock(assignment);", ""),)),
)  # fmt: skip
