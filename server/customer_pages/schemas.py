"""What comes from customers' pages, on the wire of desks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.ground.texts import Written
from server.visit_links.rules import LinkSide


class ChangeAnswerIn(Written):
    """What the desk says to a request for another time; the customer reads it on their page."""

    answer: Annotated[str, msgspec.Meta(min_length=1, max_length=2000, examples=["We come on Thursday at 14:00."])]


class WishedWindow(msgspec.Struct):
    """A time that would suit the customer."""

    start: datetime
    end: datetime


class ChangeRequestOut(msgspec.Struct):
    """A customer asks for another time of a visit, by a link of which `whose` is told, and what the desk said to it."""

    id: UUID
    visit_id: UUID
    whose: LinkSide
    wishes: str
    windows: list[WishedWindow]
    asked_at: datetime
    answer: str
    answered_by: UUID | None
    answered_at: datetime | None


class AssetLabelOut(msgspec.Struct):
    """The label of an asset: the address of its page, and the code of it to be printed, as SVG."""

    asset_id: UUID
    address: str
    svg: str
    made_at: datetime
