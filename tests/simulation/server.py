"""The real application in this process, which can be killed between any two statements and started again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar
from sqlalchemy import text

from server.embedded.s3_address import S3Address
from server.identity.ended import Ended
from server.identity.rules import Role
from server.identity.tokens import Actor, Tokens
from server.media.storage import Storage
from server.process.app import connected, make_app
from server.records.keys import ServerKeys
from server.records.sealer import Sealer
from server.records.vault import Vault
from server.sync.down.admission import FirstSyncs
from tests.simulation.company import MEI, OFFICE
from tests.simulation.gate import ACTOR, GATE, Gate, Killed, Life

SECRET = "the secret of a simulated server"


class NoStorage(Storage):
    """Photos are promised in these histories and never uploaded: no history needs the storage."""

    async def prepare(self) -> None:
        return None


PARTS = (
    NoStorage(S3Address("http://127.0.0.1:1", "none", "none", "us-east-1"), "none"),
    Tokens(SECRET),
    Sealer(
        ServerKeys(ec.generate_private_key(ec.SECP256R1()), Ed25519PrivateKey.generate(), Vault([bytes(32)])),
        None,
        "",
        "",  # type: ignore[arg-type]
    ),
)


class NobodyEnds(Ended):
    """No session ends in these histories, and a look at the clock's will would be a step that no seed decides."""

    def begin(self) -> None:
        """Nothing is looked at."""

    def is_blind(self) -> bool:
        """What is not there to be seen is not missed."""
        return False


@lru_cache(maxsize=1)
def _app() -> Litestar:
    """Routes and middleware, made once: they hold nothing; what a process knows is made anew when it starts."""
    return make_app("", *PARTS, work=False)


class Server:
    """One server on one database; `tasks` are the requests under way."""

    def __init__(self, database_url: str, gate: Gate) -> None:
        self.database_url = database_url
        self.gate = gate
        self.tokens = Tokens(SECRET)
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.faults: list[str] = []
        self._log = _Faults(self.faults)

    async def start(self) -> None:
        """Connect; nothing of an earlier life is known."""
        self.app: Litestar = _app()
        self._stack = AsyncExitStack()
        self._life = Life(self.gate)
        with patch("server.process.app.Ended", NobodyEnds):
            await self._stack.enter_async_context(
                connected(
                    self.app, self.database_url, *PARTS, work=False, connection_class=self._life.connection_class()
                )
            )
        self.app.state.first_syncs = FirstSyncs(at_once=100)
        async with self.app.state.sessions() as session:
            # The first connection of an engine is made under a lock of its own, where no gate sees who waits.
            await session.execute(text("select 1"))
        logging.getLogger("fieldproof").addHandler(self._log)

    async def stop(self) -> None:
        """An orderly end; no request may be under way."""
        logging.getLogger("fieldproof").removeHandler(self._log)
        await self._stack.aclose()

    async def kill(self) -> None:
        """The end of the process: requests are forgotten where they stand, connections break."""
        logging.getLogger("fieldproof").removeHandler(self._log)
        tasks = list(self.tasks.values())
        self.tasks.clear()
        if not hasattr(self, "_life"):
            return  # it never started
        self._life.end()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        engine = self.app.state.sessions.kw["bind"]
        await engine.dispose(close=False)

    def serve(self, name: str, request: httpx.Request, reply: Callable[[httpx.Response | None], None]) -> None:
        """Take a request; `reply` is called with the response, or with None when the server was killed meanwhile."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)  # type: ignore[arg-type]
        life = self._life

        async def run() -> None:
            ACTOR.set(name)
            GATE.set(self.gate)
            response = None
            try:
                answered = await transport.handle_async_request(request)
                body = await answered.aread()
                kind = {"content-type": answered.headers.get("content-type", "")}
                response = httpx.Response(answered.status_code, headers=kind, content=body, request=request)
            except Killed:
                pass  # as if it had never been
            except Exception as error:  # noqa: BLE001  whatever it was, the history fails for it
                if life.over:
                    return  # it met the end of its own connections
                self.faults.append(f"{name}: {type(error).__name__} {error}")
            finally:
                self.tasks.pop(name, None)
                reply(None if life.over else response)  # a process that is no more answers nobody
                self.gate.rests(name)

        self.gate.moves(name)
        self.tasks[name] = asyncio.create_task(run())

    def desk_token(self) -> str:
        """The dispatcher's access token; signing in by password is not what is tested here."""
        return self.tokens.access(Actor(MEI, Role.DISPATCHER, OFFICE))


class _Faults(logging.Handler):
    """Keeps what the server logs as its own faults."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._faults.append(f"{record.getMessage()}: {type(error).__name__} {error}"[:600])


async def statements(connection: Any, actor: str, run: Callable[[Any], Awaitable[None]]) -> None:
    """Plain SQL of somebody who knows nothing of the application, one statement at the gate after the other."""
    ACTOR.set(actor)
    await run(connection)
