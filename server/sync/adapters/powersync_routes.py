"""HTTP as the PowerSync client speaks it; addresses and shapes are the client's, who may call and what they see is ours."""

from typing import Annotated

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from server.identity.audience import TECHNICIANS
from server.identity.caller import device_of
from server.identity.tokens import Actor, Tokens
from server.sync.adapters.powersync import BucketIn, held, written
from server.sync.adapters.powersync_stream import Streams

Caller = Request[Actor, str, State]


class StreamIn(msgspec.Struct):
    """What a client sends to open a stream; what else it sends is of no meaning here."""

    buckets: Annotated[list[BucketIn], msgspec.Meta(max_length=100)] = []


class WriteCheckpoint(msgspec.Struct):
    """A number in text; the stream has everything that was written before when its checkpoint has reached it."""

    write_checkpoint: str


class WriteCheckpointOut(msgspec.Struct):
    """The wrapping that the client expects."""

    data: WriteCheckpoint


class PowerSync(Controller):
    """A technician's phone with the PowerSync SDK: rows down; operations go up through the exchange."""

    path = "/"
    tags = ("sync",)
    guards = (TECHNICIANS,)

    @post("/sync/stream", status_code=200)
    async def stream_powersync(
        self, data: JSONBody[StreamIn], request: Caller, state: State, tokens: NamedDependency[Tokens]
    ) -> Stream:
        """ND-JSON for the PowerSync SDK: checkpoints and the rows that lead to them, until the token expires."""
        device_of(request.user)  # refused here, before there is a stream
        streams: Streams = state.powersync
        streams.admit()
        expires = tokens.read("access", request.auth)["exp"]
        lines = streams.stream(request.user, held(data.buckets), expires)
        return Stream(lines, media_type="application/x-ndjson")

    @get("/write-checkpoint2.json")
    async def get_write_checkpoint(
        self, request: Caller, state: State, session: NamedDependency[AsyncSession]
    ) -> WriteCheckpointOut:
        """Asked by the PowerSync SDK after an upload: the checkpoint that will hold the effects."""
        number = await written(session, request.user.user_id)
        streams: Streams = state.powersync
        streams.wake(request.user.user_id)
        return WriteCheckpointOut(WriteCheckpoint(str(number)))
