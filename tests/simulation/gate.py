"""A gate before every statement: tasks stop there, and the simulation lets one at a time go on.

So the order of statements of all requests is the seed's, whatever the machine does. A statement that waits for another
transaction's lock is found by asking PostgreSQL who blocks it; others go on meanwhile, as on a real server. When a
transaction ends, all who waited for it would run at once, and the machine would say in what order. So a backend that waits
is stopped by a signal, and goes on when the seed chooses it: never two statements run at the same time.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import asyncpg

ACTOR: ContextVar[str] = ContextVar("actor", default="")
"""Whose statements these are; statements of nobody pass."""

GATE: ContextVar["Gate"] = ContextVar("gate")
"""Where they stop."""

BLOCKERS = "select pid, pg_blocking_pids(pid) as blockers from unnest($1::int[]) pid"
WAITED = "has the lock that it waited for"
PLAIN = (";", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
"""Statements at which nothing can meet anything: they need no gate."""
PATIENCE = 20.0
GLANCE = 0.004
"""Seconds in which nobody moved, before PostgreSQL is asked whether they wait for locks."""


class Killed(Exception):
    """The server's process is gone; nothing more reaches the database."""


class Stuck(Exception):
    """Nothing moves any more."""


class Gate:
    """Who waits where. `settle` returns when everybody has come to rest.

    `waiting` stand before a statement, `running` are in PostgreSQL, `asleep` wait there for a lock, `woken` have got
    it meanwhile and have not gone on yet.
    """

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[str, asyncio.Future[None]]] = {}
        self.running: dict[str, int] = {}
        self.asleep: dict[str, int] = {}
        self.woken: dict[str, int] = {}
        self.moving: set[str] = set()
        self.committed = False
        self.deadlocks = 0
        self._stopped: set[int] = set()
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
            for place in (self.running, self.asleep, self.woken):
                place.pop(actor, None)
            self.moving.add(actor)
            self._progress.set()
        if label.startswith("COMMIT"):
            self.committed = True
            await self._arrive(life, actor, "committed")
        return result

    async def _arrive(self, life: "Life", actor: str, label: str) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[actor] = (label, future)
        life.gates[future] = None
        self.rests(actor)
        try:
            await future
        finally:
            life.gates.pop(future, None)
            self.waiting.pop(actor, None)
        self.moving.add(actor)

    @property
    def choices(self) -> list[str]:
        """Who could go on now."""
        return sorted(self.waiting | self.woken)

    def release(self, actor: str) -> str:
        """Let one go on; returns what it is about to run."""
        if pid := self.woken.pop(actor, None):
            self.running[actor] = pid
            self.resume([pid])
            return WAITED
        label, future = self.waiting.pop(actor)
        self.moving.add(actor)
        future.set_result(None)
        return label

    async def settle(self, observer: Any) -> None:
        """Until every actor stands at a gate, has ended, or waits for a lock that another one holds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while self.moving or self.running:
            self._progress.clear()
            try:
                async with asyncio.timeout(GLANCE):
                    await self._progress.wait()
                continue
            except TimeoutError:
                pass  # nobody moved for a moment: asked below whether they wait for locks
            if not self.moving:
                await self._look(observer)
            if loop.time() > end:
                raise Stuck(f"moving {sorted(self.moving)}, running {sorted(self.running)}")
        if self.asleep:
            await self._look(observer)

    async def _look(self, observer: Any) -> None:
        """Ask PostgreSQL who waits for whom. A circle is left to it: it ends a deadlock, or lets one pass in a queue."""
        inside = self.running | self.asleep
        rows = await observer.fetch(BLOCKERS, list(inside.values()))
        blockers = {row["pid"]: set(row["blockers"]) for row in rows}
        circle = {pid for pid in blockers if pid in _reached(blockers, pid)}
        for actor, pid in inside.items():
            # Whoever waits is asleep in PostgreSQL, and holds nothing there that another backend needs to go on.
            if blockers[pid] and pid not in circle and actor in self.running:
                self.asleep[actor] = self.running.pop(actor)
                self._signal(pid, signal.SIGSTOP)
            elif not blockers[pid] and actor in self.asleep:
                self.woken[actor] = self.asleep.pop(actor)
            elif pid in circle and actor in self.asleep:
                self.running[actor] = self.asleep.pop(actor)
                self.resume([pid])

    def resume(self, pids: Iterable[int] | None = None) -> None:
        """Stopped backends go on: these, or all."""
        for pid in self._stopped & set(self._stopped if pids is None else pids):
            self._signal(pid, signal.SIGCONT)

    def _signal(self, pid: int, what: signal.Signals) -> None:
        """Stop a backend or let it go on; one that was ended meanwhile is neither."""
        (self._stopped.add if what is signal.SIGSTOP else self._stopped.discard)(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def _reached(edges: Mapping[int, set[int]], start: int) -> set[int]:
    """Whom `start` waits for, and whom those wait for."""
    reached: set[int] = set()
    ahead = set(edges[start])
    while ahead:
        one = ahead.pop()
        if one not in reached:
            reached.add(one)
            ahead |= edges.get(one, set())
    return reached


class Life:
    """One life of a process: its connections, and the gates where its statements wait."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.over = False
        self.gates: dict[asyncio.Future[None], None] = {}
        self.connections: list[Any] = []

    def end(self) -> None:
        """Its connections break; whoever waits learns it, always in the same order, and nothing more gets through."""
        self.over = True
        for future in list(self.gates):
            if not future.done():
                future.set_exception(Killed())
        for connection in self.connections:
            if not connection.is_closed():
                pid = connection.get_server_pid()
                connection.terminate()
                self.gate.resume([pid])

    def connection_class(self) -> type[asyncpg.Connection]:
        """Connections of this life, which stop at the gate."""
        life = self

        class Gated(asyncpg.Connection):  # type: ignore[misc]
            __slots__ = ()

            def __init__(self, protocol: Any, *args: Any, **kwargs: Any) -> None:
                super().__init__(_Protocol(protocol, life), *args, **kwargs)
                life.connections.append(self)

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
