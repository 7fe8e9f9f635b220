"""What the schedule registers, for tests that run a part of it themselves."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from litestar import Litestar
from pgqueuer import PgQueuer
from pgqueuer.models import Schedule

from server.media.rules import USUAL
from server.media.storage import Storage
from server.process.schedule import schedules
from server.records.sealer import Sealer

Run = Callable[[Schedule], Awaitable[None]]


class Registered:
    """Keeps what is registered, by its name and when it is due."""

    def __init__(self, app: Litestar, storage: Storage, sealer: Sealer) -> None:
        self._runs: dict[tuple[str, str], Run] = {}
        schedules(cast(PgQueuer, self), app.state.sessions, storage, sealer, USUAL)

    def schedule(self, name: str, when: str) -> Callable[[Run], None]:
        return lambda run: self._runs.__setitem__((name, when), run)

    async def run(self, name: str, when: str) -> None:
        """Do what is due then."""
        await self._runs[name, when](cast(Any, None))
