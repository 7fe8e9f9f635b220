"""HTTP: the log, open to anyone, so that whoever keeps an old checkpoint can see that nothing was taken out of it."""

from typing import Annotated

from litestar import Controller, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.identity.audience import ANYONE
from server.records.log.log import Consistency, Inclusion, checkpoint, consistency, inclusion
from server.records.sealer import Sealer

LARGEST = 2**62
Origin = Annotated[str | None, QueryParameter(name="origin", max_length=200)]
Size = Annotated[int | None, QueryParameter(ge=0, le=LARGEST, name="size")]


class Log(Controller):
    """The append-only log of records and customers' answers. Every answer reads a few dozen nodes, never the log."""

    path = "/v1/log"
    tags = ("records",)
    guards = (ANYONE,)

    @get("/checkpoint", media_type="text/plain")
    async def get_checkpoint(
        self, state: State, session: NamedDependency[AsyncSession], size: Size = None, origin: Origin = None
    ) -> str:
        """The signed checkpoint (C2SP tlog-checkpoint): now, or when the log had `size` leaves; of an older log by its name."""
        sealer: Sealer = state.sealer
        return await checkpoint(session, sealer.keys, size, origin)

    @get("/inclusion/{leaf_index:int}")
    async def get_inclusion(
        self,
        leaf_index: FromPath[int],
        session: NamedDependency[AsyncSession],
        size: Size = None,
        origin: Origin = None,
    ) -> Inclusion:
        """The path from a leaf to the root: now, or when the log had `size` leaves."""
        return await inclusion(session, min(max(leaf_index, -1), LARGEST), size, origin)

    @get("/consistency")
    async def get_consistency(
        self,
        session: NamedDependency[AsyncSession],
        old: Annotated[int, QueryParameter(ge=1, le=LARGEST, name="old")],
        new: Annotated[int | None, QueryParameter(ge=1, le=LARGEST, name="new")] = None,
        origin: Origin = None,
    ) -> Consistency:
        """Proof that the log of `old` leaves is a beginning of the log of `new` leaves (default: now)."""
        return await consistency(session, old, new, origin)
