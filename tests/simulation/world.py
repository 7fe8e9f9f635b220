"""One history: a server, four phones, a desk and plain SQL on one database, moved one step at a time."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from mobile_contract.phone import Phone, SyncRefused
from tests.simulation import check
from tests.simulation.chance import START, Time
from tests.simulation.check import Violation
from tests.simulation.company import DEVICES, PHONES, USERS, key_of
from tests.simulation.gate import Gate, Life, Stuck
from tests.simulation.network import Mail, Network
from tests.simulation.server import Server, statements

STEPS_AT_MOST = 5_000
SQL_WRITERS = 5
HEALED = "the network is well again"


class World:
    """Everything in a history. `say` writes the trace; the same seed writes the same one."""

    def __init__(self, database_url: str, admin: Any, folder: Path, time: Time, chance: random.Random) -> None:
        self.database_url, self.admin, self.folder, self.time = database_url, admin, folder, time
        self.chance = chance
        self.gate, self.mail, self.trace = Gate(), Mail(), list[str]()
        self.server = Server(database_url, self.gate)
        self.phones: dict[str, Phone] = {}
        self.networks: dict[str, Network] = {}
        self.clients: dict[str, asyncio.Task[None]] = {}
        self.taps: list[dict[str, Any]] = []
        self.answers: list[tuple[str, dict[str, Any]]] = []
        self.revisions = check.Revisions()
        self.faults: list[str] = []
        self.crews_by_sql: set[UUID] = set()
        self.backup: str | None = None
        self.restored = False
        self.operations = self.commits = 0
        self.boots = 0
        self.offsets: dict[str, int] = dict.fromkeys(PHONES, 0)

    def say(self, line: str) -> None:
        self.trace.append(line)

    async def begin(self) -> None:
        """Start the server and switch the phones on."""
        await self.connect()
        await self.server.start()
        for name in PHONES:
            self.switch_on(name)

    async def connect(self) -> None:
        """The connection of the simulation itself, that only looks; those that write plain SQL are made when needed."""
        self.observer = await asyncpg.connect(self.database_url, server_settings={"application_name": "observer"})
        self.sql: dict[int, Any] = {}
        self.revisions = check.Revisions()
        await self.revisions.look(self.observer)

    async def disconnect(self) -> None:
        await self.observer.close()
        for connection in self.sql.values():
            connection.terminate()

    async def end(self) -> None:
        """Leave nothing running, whatever state the history is in."""
        self.gate.resume()
        for task in self.clients.values():
            task.cancel()
        await self.server.kill()
        await asyncio.gather(*self.clients.values(), return_exceptions=True)
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await self.disconnect()

    def switch_on(self, name: str) -> None:
        """A phone starts from its disk: a new boot, a steady clock that begins anew, no access token."""
        self.boots += 1
        booted, boot = self.time.now, self.boots
        network = Network(self, name)
        http = httpx.AsyncClient(
            transport=network, base_url="http://fieldproof.test", headers={"accept-encoding": "identity"}
        )
        phone = Phone(
            http,
            disk=self.folder / f"{name}.json",
            micros=lambda: self.time.now + self.offsets[name],
            monotonic=lambda: self.time.now - booted,
            patience=0,
        )
        phone.boot_id = f"boot-{boot}"
        if phone.state["device_id"] is None:
            phone.key = key_of(name)
            phone.state |= {"device_id": str(DEVICES[name]), "key": phone.key.pem()}
        self.phones[name], self.networks[name] = phone, network

    async def kill_phone(self, name: str) -> None:
        """The app is killed where it stands; what it had asked the server for goes on there."""
        if task := self.clients.pop(name, None):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.switch_on(name)

    def start_sync(self, name: str, chance: random.Random | None, page_bytes: int) -> None:
        """The phone syncs, unless it is at it."""
        if name in self.clients:
            return
        self.networks[name].chance = chance
        phone, client = self.phones[name], f"client {name}"

        async def run() -> None:
            try:
                await phone.sync(batch=random.Random(page_bytes).choice((2, 5, 200)), page_bytes=page_bytes)
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                self.say(f"{name} gives up: {type(error).__name__}")
            except SyncRefused as refused:
                if refused.problem["status"] == 401:
                    self.say(f"{name} gives up: its new token expired on the way")
                    return
                self.faults.append(f"{name} was refused: {refused}")
            finally:
                self.clients.pop(name, None)
                self.gate.rests(client)

        self.gate.moves(client)
        self.clients[name] = asyncio.create_task(run())

    def serve(self, name: str, request: httpx.Request, reply: Callable[[httpx.Response | None], None]) -> None:
        """Hand a request to the server; its answer is looked at before anything else happens."""
        while name in self.server.tasks:
            name += "'"
        user = next((USERS[who] for phone, who in PHONES.items() if name.startswith(phone + " ")), None)

        def looked_at(response: httpx.Response | None) -> None:
            if response is not None:
                self.say(f"{name} -> {response.status_code}")
                if response.status_code == 500:
                    self.faults.append(f"{name} answered 500: {response.text[:300]}")
                if response.status_code == 200 and request.url.path == "/v1/sync" and user is not None:
                    self.answers.append((str(user), response.json()))
            reply(response)

        self.server.serve(name, request, looked_at)

    def desk(self, name: str, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        """The dispatcher calls the API; what it answers may be a refusal, never a fault."""
        headers = {"authorization": f"Bearer {self.server.desk_token()}"}
        request = httpx.Request(method, f"http://fieldproof.test{path}", json=body, headers=headers)
        request.read()
        self.serve(f"desk {name}", request, lambda _: None)

    def write_sql(self, name: str, run: Callable[[Any], Awaitable[None]]) -> None:
        """Plain SQL, by a writer who is free."""
        free = next((number for number in range(SQL_WRITERS) if f"sql {number}" not in self.clients), None)
        if free is None:
            return
        writer = f"sql {free}"

        async def guarded() -> None:
            try:
                if free not in self.sql:
                    gated = Life(self.gate).connection_class()
                    self.sql[free] = await asyncpg.connect(self.database_url, connection_class=gated)
                await statements(self.sql[free], f"{writer}: {name}", run)
            except (asyncpg.IntegrityConstraintViolationError, asyncpg.DeadlockDetectedError) as error:
                self.say(f"{writer}: {name}: {error}")
            finally:
                self.clients.pop(writer, None)
                self.gate.rests(f"{writer}: {name}")

        self.gate.moves(f"{writer}: {name}")
        self.clients[writer] = asyncio.create_task(guarded())

    async def step(self) -> bool:
        """Let one statement run or one delivery arrive. False when nothing is under way."""
        ready = self.gate.choices
        choices = ready + [f"mail {number}" for number in range(len(self.mail.items))]
        if not choices:
            if self.gate.asleep:
                raise Stuck(f"all wait for locks: {sorted(self.gate.asleep)}")
            return False
        chosen = self.chance.choice(choices)
        if chosen in ready:
            label = self.gate.release(chosen)
            self.say(f"{chosen}: {' '.join(label.split())[:70]}")
        else:
            label, deliver = self.mail.items.pop(int(chosen.removeprefix("mail ")))
            self.say(label)
            deliver()
        await self.rest()
        return True

    async def rest(self) -> None:
        """Everybody comes to rest; then what must hold is checked."""
        await self.gate.settle(self.observer)
        self.time.passes(0.05)
        if self.gate.committed:
            self.gate.committed = False
            self.commits += 1
            await check.after_commit(self.observer)
            await self.revisions.look(self.observer)
        for user, answer in self.answers:
            await check.no_leak(self.observer, user, answer)
            await check.acknowledged(self.observer, answer)
        self.answers.clear()
        if self.gate.deadlocks:
            raise Violation("two transactions met in a deadlock")
        if self.faults or self.server.faults:
            raise Violation("; ".join(self.faults + self.server.faults))

    async def drain(self) -> None:
        """Until nothing is under way any more."""
        for _ in range(STEPS_AT_MOST):
            if not await self.step():
                if not self.clients and not self.server.tasks:
                    return
                raise Stuck(f"clients {sorted(self.clients)} wait for nothing")
        raise Stuck("it goes on and on")

    async def kill_server(self) -> None:
        """kill -9: what was committed stays, what was not is gone; then it starts again."""
        await self.server.kill()
        await self._nobody_is_connected("fieldproof")
        await self.rest()
        await self.server.start()

    async def _nobody_is_connected(self, application: str) -> None:
        """A backend that waits for a lock does not notice that its client is gone; it is ended."""
        database = self.database_url.rpartition("/")[2]
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = $2 and wait_event_type = 'Lock'"
        left = "select count(*) from pg_stat_activity where datname = $1 and application_name = $2"
        while await self.admin.fetchval(left, database, application):
            await asyncio.sleep(0.002)
            await self.admin.fetch(ended, database, application)

    async def take_backup(self) -> None:
        """A copy of the database as it is now."""
        await self._copy(self.database_url.rpartition("/")[2], self.database_url.rpartition("/")[2] + "_backup")
        self.backup = self.database_url.rpartition("/")[2] + "_backup"

    async def restore(self) -> None:
        """The database goes back to the backup; commits since then are gone, as after a disaster."""
        if self.backup is None:
            return
        await self._copy(self.backup, self.database_url.rpartition("/")[2])
        self.restored = True

    async def _copy(self, source: str, target: str) -> None:
        await self.drain()
        await self.server.kill()
        await self.disconnect()
        await self.admin.execute(f"drop database if exists {target} with (force)")
        await self.admin.execute(f"create database {target} template {source}")
        await self.connect()
        if target == self.database_url.rpartition("/")[2]:
            from server.database.engine import make_engine, make_sessions
            from server.sync.down.upkeep import begin_epoch

            engine = make_engine(self.database_url, pool_size=1)
            async with make_sessions(engine).begin() as session:
                await begin_epoch(session)
            await engine.dispose()
        await self.server.start()

    async def heal(self) -> None:
        """The network is well again: everything under way ends, every phone syncs until nothing is left to say."""
        await self.drain()
        self.say(HEALED)
        await self.observer.execute("update app_user set active = true where not active")
        for _ in range(3):
            before = self._standing()
            for name in self.phones:
                self.start_sync(name, None, 1 << 20)
                await self.rest()
            await self.drain()
            if self._standing() == before:
                break
        await self._nothing_is_left_to_say()

    def _standing(self) -> list[Any]:
        kept = ("cursor", "rows", "outbox")
        return [[copy(phone.state[name]) for name in kept] for phone in self.phones.values()]

    async def _nothing_is_left_to_say(self) -> None:
        for name, phone in self.phones.items():
            before = (phone.state["cursor"], phone.state["rows"])
            self.start_sync(name, None, 1 << 20)
            await self.rest()
            await self.drain()
            if (phone.state["cursor"], phone.state["rows"]) != before:
                raise Violation(f"{name}: an exchange after quiescence was not empty")

    async def judge(self) -> None:
        """What must hold of everything at the end."""
        for name, phone in self.phones.items():
            await check.converged(self.observer, name, phone)
            await check.chain_holds(self.observer, name, phone)
        for tap in self.taps:
            outcome = self.phones[tap["phone"]].state["outcomes"].get(tap["id"])
            await check.landed(self.observer, tap, outcome, restored=self.restored)
        await check.quantities_add_up(self.observer, self.taps)
        await check.parked_left_nothing(self.observer)
        await check.visits_follow_their_crews(self.observer, self.crews_by_sql)

    @property
    def elapsed(self) -> float:
        """Seconds of the world since the history began."""
        return (self.time.now - START) / 1e6
