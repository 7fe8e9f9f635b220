"""The server's clock was set back by much: an incident of every chain that has a time from before, since its order rests on it."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.clock import from_micros
from server.ground.problems import Conflict
from server.identity.models import Device
from server.records.models import SealedRecord
from server.records.seal.steps import ClockStep
from server.sync.incidents import incidents


class ClockSteppedBack(Conflict):
    """The server's clock was set back"""

    code = "clock_stepped_back"


async def note(session: AsyncSession, device: Device, step: ClockStep, visit_id: UUID | None = None) -> None:
    """Keep that the clock was set back between two times of a device's chain, or between one and the sealing of a visit."""
    said = (
        f"The server's clock had shown {from_micros(step.since):%Y-%m-%d %H:%M:%S} UTC when this phone was heard of, and then "
        f"{from_micros(step.to):%Y-%m-%d %H:%M:%S} UTC. One of the two was wrong. Later times follow the clock as it is now; records that "
        "hold times of both say so. See that the server's clock is set by the network."
    )
    evidence = msgspec.json.encode(step.named())
    await incidents.keep(session, device.id, ClockSteppedBack.code, said, evidence, visit_id=visit_id)


async def note_of_record(session: AsyncSession, record_id: UUID) -> None:
    """The same for each device of a record that was sealed after the clock was set back."""
    row = await session.get_one(SealedRecord, record_id)
    record = msgspec.json.decode(row.record)
    steps = [ClockStep(named["from"], named["to"]) for named in record.get("clock_steps", ())]
    for step in steps:
        if step.to == record["sealed_at"]:  # the others were noted when the operations came in
            for one in record["devices"]:
                await note(session, await session.get_one(Device, UUID(one["device_id"])), step, row.visit_id)
