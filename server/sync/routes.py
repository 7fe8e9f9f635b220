"""HTTP: the exchange, the stream of hints, and the inbox of parked operations."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.database.engine import Sessions, snapshot
from server.identity.models import Device
from server.identity.permissions import REVOKED_TOO, allow, device_of
from server.identity.rules import EVERYONE, Role
from server.identity.tokens import Actor, Tokens
from server.sync.models import Operation
from server.sync.parked import parked, resolve
from server.sync.pull import make_cursor, pull, read_cursor
from server.sync.push import Pushed, push
from server.sync.revocation import only_taken
from server.sync.schemas import ParkedOut, ResolveIn, SyncIn, SyncOut
from server.sync.stream import Tailer

Caller = Request[Actor, str, State]
TECHNICIANS = frozenset({Role.TECHNICIAN})


class Sync(Controller):
    """What a phone needs: one exchange, and hints when to make it."""

    path = "/v1/sync"
    tags = ("sync",)
    guards = (allow(TECHNICIANS),)

    @post(status_code=200, opt=REVOKED_TOO)
    async def exchange(
        self,
        data: JSONBody[SyncIn],
        request: Caller,
        sessions: NamedDependency[Sessions],
        tokens: NamedDependency[Tokens],
    ) -> SyncOut:
        """Operations up, outcomes and changes down. Transactions of its own: what was pushed stays pushed."""
        device_id, user_id = device_of(request.user), request.user.user_id
        positions = read_cursor(tokens, data.cursor, user_id)
        pushed = Pushed([], -1)
        if data.operations:
            pushed = await push(sessions, tokens, device_id, data.operations, data.contract_version)
            if pushed.refused:
                pushed.refused.facts["outcomes"] = msgspec.to_builtins(pushed.outcomes)
                raise pushed.refused
        async with snapshot(sessions) as session:
            if (answer := await only_taken(session, tokens, device_id, pushed.outcomes)) is not None:
                return answer
            page = await pull(session, user_id, positions)
            last_seq = (await session.get_one(Device, device_id)).last_seq
        moved = page.positions != positions
        return SyncOut(
            anchor=tokens.make("anchor", {"time": clock.micros(), "device": str(device_id)}),
            last_seq=last_seq,
            outcomes=pushed.outcomes,
            changes=page.changes,
            cursor=make_cursor(tokens, user_id, page.positions) if moved else None,
            scopes=page.scopes,
            resync=page.resync,
            more=page.more,
        )

    @get("/stream")
    async def stream(self, request: Caller, state: State) -> Stream:
        """Server-sent events: hints that a scope moved. They carry no data; the exchange fetches it."""
        tailer: Tailer = state.tailer
        return Stream(tailer.listen(request.user.user_id), media_type="text/event-stream")


class Parked(Controller):
    """Operations that could not take effect: for the desk all, for a technician their own."""

    path = "/v1/parked"
    tags = ("sync",)
    guards = (allow(EVERYONE),)

    @get()
    async def inbox(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        limit: Annotated[int, QueryParameter(ge=1, le=500, name="limit")] = 100,
    ) -> list[ParkedOut]:
        """What waits for a decision, oldest first."""
        return [_parked(row) for row in await parked(session, request.user, limit=limit)]

    @post("/{operation_id:uuid}", status_code=200)
    async def resolve(
        self,
        operation_id: FromPath[UUID],
        data: JSONBody[ResolveIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ParkedOut:
        """Decide: apply now, attach as evidence, or dismiss with a reason."""
        return _parked(await resolve(session, request.user, operation_id, data.resolution, data.reason))


def _parked(row: Operation) -> ParkedOut:
    return ParkedOut(
        row.id, row.user_id, row.device_id, row.seq, row.kind, row.visit_id, row.code or "", row.sentence or "",
        msgspec.Raw(row.raw), row.resolution,
    )  # fmt: skip
