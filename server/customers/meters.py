"""Meter readings: what a technician reads off an asset's counters, such as hours run or starts."""

from typing import Annotated
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.models import Asset, MeterReading
from server.field.collection import Collection, Micros, Of
from server.field.kind import Kind
from server.field.subject import Subject
from server.field.taps import Tap
from server.ground.problems import Invalid
from server.ground.texts import is_blank

ASSET = Subject(name="asset", table=Asset)
LARGEST = 10**15
"""Thousandths; JSON keeps integers exact to nine times as much."""


class MeterReadingBody(msgspec.Struct):
    """What a counter of the asset shows, in thousandths of its unit; it may name a photo of the counter."""

    meter_reading_id: UUID
    counter: Annotated[str, msgspec.Meta(min_length=1, max_length=60, examples=["hours run"])]
    value_milli: Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
    unit: Annotated[str, msgspec.Meta(min_length=1, max_length=20, examples=["h"])]
    photo_id: UUID | None = None


class MeterReadingRow(msgspec.Struct, forbid_unknown_fields=True):
    """What a counter of an asset showed, in thousandths of its unit."""

    id: UUID
    asset_id: UUID
    counter: str
    value_milli: int
    unit: str
    photo_id: UUID | None
    read_by: UUID
    read_at: Micros


async def meter_reading(_: AsyncSession, tap: Tap, body: MeterReadingBody) -> None:
    """Readings are only ever added: a counter that runs backwards was changed or misread, and both are worth knowing."""
    for name, text in (("counter", body.counter), ("unit", body.unit)):
        if is_blank(text):
            raise Invalid(f"{name} says nothing. Write what the counter is called, and in what it counts.", field=name)
    tap.add(
        MeterReading, id=body.meter_reading_id, asset_id=tap.subject_id, counter=body.counter, value_milli=body.value_milli,
        unit=body.unit, photo_id=body.photo_id, read_by=tap.user_id, read_at=tap.occurred_at, operation_id=tap.operation_id,
    )  # fmt: skip


KINDS = (
    Kind(
        "meter_reading",
        MeterReadingBody,
        meter_reading,
        subject="asset",
        creates="meter_reading_id",
        needs=("photo_id",),
    ),
)
COLLECTIONS = (
    Collection(
        name="meter_reading", row=MeterReadingRow, table=MeterReading, parent=Of("asset", "asset_id"), came=2
    ),
)  # fmt: skip
