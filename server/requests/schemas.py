"""What tickets look like on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.ground.texts import Written
from server.requests.rules import Channel, ClockState, TicketKind, TicketState


class TicketIn(Written):
    """A request as the desk takes it; `received_at` when it came before it was written down."""

    customer_id: UUID
    kind: TicketKind
    channel: Channel
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=300, examples=["Chiller shows E42 and stops"])]
    description: Annotated[str, msgspec.Meta(max_length=8000)] = ""
    contact_id: UUID | None = None
    site_id: UUID | None = None
    asset_id: UUID | None = None
    received_at: datetime | None = None


class ClockOut(msgspec.Struct):
    """The first-response clock."""

    due_at: datetime
    responded_at: datetime | None
    state: ClockState


class TicketOut(msgspec.Struct):
    """A ticket and its clock."""

    id: UUID
    number: int
    customer_id: UUID
    contact_id: UUID | None
    site_id: UUID | None
    asset_id: UUID | None
    office_id: UUID
    kind: TicketKind
    channel: Channel
    subject: str
    description: str
    state: TicketState
    received_at: datetime
    first_response: ClockOut
