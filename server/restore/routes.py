"""HTTP: whether everything that a restored backup must not undo has arrived in the storage."""

from litestar import Controller, get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.identity.audience import DESKS
from server.restore.copies import Waiting, copies_waiting


class Copies(Controller):
    """Revocations, records and customers' answers are also kept in the storage."""

    path = "/v1/copies"
    tags = ("operations",)
    guards = (DESKS,)

    @get()
    async def get_copies(self, session: NamedDependency[AsyncSession]) -> Waiting:
        """How many copies have not arrived in the storage yet, and since when the oldest waits."""
        return await copies_waiting(session)
