"""A gate before every statement: tasks stop there, and the simulation lets one at a time go on.

So the order of statements of all requests is the seed's, whatever the machine does. A statement that waits for another
transaction's lock is found by asking PostgreSQL who blocks it; others go on meanwhile, as on a real server.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

import asyncpg

ACTOR: ContextVar[str] = ContextVar("actor", default="")
"""Whose statements these are; statements of nobody pass."""

GATE: ContextVar["Gate"] = ContextVar("gate")
"""Where they stop."""

BLOCKED = "select pid from unnest($1::int[]) pid where cardinality(pg_blocking_pids(pid)) > 0"
PLAIN = (";", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
"""Statements at which nothing can meet anything: they need no gate."""
PATIENCE = 20.0


class Killed(Exception):
    """The server's process is gone; nothing more reaches the database."""


class Stuck(Exception):
    """Nothing moves any more."""


class Gate:
    """Who waits where. `settle` returns when everybody has come to rest."""

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[str, asyncio.Future[None]]] = {}
        self.running: dict[str, int] = {}
        self.moving: set[str] = set()
        self.blocked: set[str] = set()
        self.unlocked = False
        self.committed = False
        self.deadlocks = 0
        self._progress = asyncio.Event()

    def moves(self, actor: str) -> None:
        """An actor's code runs from now on, until it comes to a statement or ends."""
        self.moving.add(actor)

    def rests(self, actor: str) -> None:
        """An actor has ended, or waits for something that is no statement."""
        self.moving.discard(actor)
        self._progress.set()

    async def through(self, life: "Life", label: str, pid: int, call: Callable[[], Awaitable[Any]]) -> Any:
        """Run a statement when it is let through. Raises `Killed` when the process that wants it is gone."""
        actor = ACTOR.get()
        if life.over:
            raise Killed
        if label.startswith(("COMMIT", "ROLLBACK")):
            self.unlocked = True
        if not actor or label.startswith(PLAIN):
            return await call()
        await self._arrive(life, actor, label)
        self.moving.discard(actor)
        self.running[actor] = pid
        try:
            result = await call()
        except asyncpg.DeadlockDetectedError:
            self.deadlocks += 1
            raise
        finally:
            self.running.pop(actor, None)
            self.blocked.discard(actor)
            self.moving.add(actor)
            self._progress.set()
        if label.startswith("COMMIT"):
            self.committed = True
            await self._arrive(life, actor, "committed")
        return result

    async def _arrive(self, life: "Life", actor: str, label: str) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[actor] = (label, future)
        life.gates.add(future)
        self.rests(actor)
        try:
            await future
        finally:
            life.gates.discard(future)
            self.waiting.pop(actor, None)
        self.moving.add(actor)

    def release(self, actor: str) -> str:
        """Let one go on; returns what it is about to run."""
        label, future = self.waiting.pop(actor)
        self.moving.add(actor)
        future.set_result(None)
        return label

    async def settle(self, observer: Any) -> None:
        """Until every actor stands at a gate, has ended, or waits for a lock that another one holds.

        Who was seen to wait for a lock is looked at again only after a transaction has ended.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while self.moving or self.running.keys() - self.blocked or (self.running and self.unlocked):
            self._progress.clear()
            try:
                async with asyncio.timeout(0.008):
                    await self._progress.wait()
                continue
            except TimeoutError:
                pass  # nobody moved for a moment: asked below whether they wait for locks
            if not self.moving and self.running:
                self.unlocked = False
                pids = {row["pid"] for row in await observer.fetch(BLOCKED, list(self.running.values()))}
                self.blocked = {actor for actor, pid in self.running.items() if pid in pids}
            if loop.time() > end:
                raise Stuck(f"moving {sorted(self.moving)}, running {sorted(self.running)}")
        self.unlocked = False


class Life:
    """One life of a process: its connections, and the gates where its statements wait."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.over = False
        self.gates: set[asyncio.Future[None]] = set()
        self.connections: WeakSet[Any] = WeakSet()

    def end(self) -> None:
        """Its connections break; whoever waits learns it, and nothing more gets through."""
        self.over = self.gate.unlocked = True
        for future in list(self.gates):
            if not future.done():
                future.set_exception(Killed())
        for connection in list(self.connections):
            if not connection.is_closed():
                connection.terminate()

    def connection_class(self) -> type[asyncpg.Connection]:
        """Connections of this life, which stop at the gate."""
        life = self

        class Gated(asyncpg.Connection):  # type: ignore[misc]
            __slots__ = ()

            def __init__(self, protocol: Any, *args: Any, **kwargs: Any) -> None:
                super().__init__(_Protocol(protocol, life), *args, **kwargs)
                life.connections.add(self)

        return Gated


class _Protocol:
    """asyncpg's protocol with a gate before what executes."""

    def __init__(self, protocol: Any, life: Life) -> None:
        self._inner, self._life = protocol, life

    async def _through(self, label: str, call: Callable[[], Awaitable[Any]]) -> Any:
        return await self._life.gate.through(self._life, label, self._inner.get_server_pid(), call)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def query(self, query: str, *args: Any, **named: Any) -> Any:
        if query.startswith("COMMIT"):
            # What a commit does first (deferred triggers) and its end are two steps, so that others come in between.
            try:
                await self._through("flush", lambda: self._inner.query("SET CONSTRAINTS ALL IMMEDIATE", *args, **named))
            except asyncpg.PostgresError:
                await self._inner.query("ROLLBACK", *args, **named)  # as a commit that fails ends its transaction
                raise
        return await self._through(query, lambda: self._inner.query(query, *args, **named))

    async def bind_execute(self, state: Any, *args: Any, **named: Any) -> Any:
        call = lambda: self._inner.bind_execute(state, *args, **named)  # noqa: E731
        return await self._through(state.query, call)

    async def bind_execute_many(self, state: Any, *args: Any, **named: Any) -> Any:
        call = lambda: self._inner.bind_execute_many(state, *args, **named)  # noqa: E731
        return await self._through(state.query, call)
