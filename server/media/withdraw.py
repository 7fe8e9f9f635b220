"""Photos that are taken back before the customer has decided, and slots that cannot be filled, each with its reason."""

from typing import Annotated
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import CUSTODY_CHANGED
from server.field.taps import Tap
from server.ground.problems import Conflict, Forbidden, Invalid, NotFound
from server.ground.texts import is_blank
from server.jobs.history import record_tap
from server.jobs.operations import Because
from server.media.models import MediaUpload, Photo, PhotoAlert, PhotoAlias, PhotoDecision, PhotoImpossible
from server.media.rules import PhotoSlot
from server.media.signed import is_decided_on
from server.reasons.given import given
from server.reasons.rules import ReasonFor

Reason = Annotated[str, msgspec.Meta(max_length=500)]


class CannotBeWithdrawn(Conflict):
    """The photo belongs to what was decided already"""

    code = "photo_cannot_be_withdrawn"


class PhotoWithdrawnBody(msgspec.Struct):
    """A photo that the phone had promised and is not to be shown: taken back before the customer has decided."""

    photo_id: UUID
    reason: Reason = ""


class PhotoImpossibleBody(Because, kw_only=True):
    """A slot of which no photo can be taken, and why: it frees one that the job requires."""

    photo_impossible_id: UUID
    slot: PhotoSlot


async def photo_withdrawn(session: AsyncSession, tap: Tap, body: PhotoWithdrawnBody) -> None:
    """Take a photo out of the manifest: custody waits for it no more. The promise stays in the chain, and what has arrived is collected."""
    alias = await session.get(PhotoAlias, body.photo_id)
    photo = await session.get(Photo, alias.photo_id if alias else body.photo_id, with_for_update=True)
    if photo is None or photo.visit_id != tap.visit_id:
        raise NotFound("This visit has no such photo.")
    if photo.promised_by != tap.user_id:
        raise Forbidden("Another of the crew took this photo. Whoever took it can take it back.")
    if await session.scalar(select(PhotoDecision.kind).where(PhotoDecision.photo_id == photo.id).limit(1)):
        raise CannotBeWithdrawn("The desk has decided about this photo, and the record will say so.")
    if await is_decided_on(session, tap.visit_id, photo.slot, photo.sha256):
        raise CannotBeWithdrawn(
            "The customer has decided on a report that shows this photo. Leave it out of an amendment."
        )
    facts = {"photo_id": str(photo.id), "slot": photo.slot, "sha256": photo.sha256, "reason": body.reason}
    for table in (
        PhotoAlias,
        PhotoAlert,
        MediaUpload,
    ):  # an upload in parts that nobody goes on with is aborted by the hour
        await session.execute(delete(table).where(table.photo_id == photo.id))
    await session.delete(photo)
    await session.flush()
    record_tap(tap, facts)
    tap.tell((CUSTODY_CHANGED, tap.visit_id))


async def photo_impossible(_: AsyncSession, tap: Tap, body: PhotoImpossibleBody) -> None:
    """Keep why a slot stays empty."""
    if is_blank(body.reason):
        raise Invalid("reason is blank. Write why no photo can be taken.", field="reason")
    tap.add(
        PhotoImpossible, id=body.photo_impossible_id, visit_id=tap.visit_id, slot=body.slot, reason=body.reason,
        said_by=tap.user_id, created_at=tap.received_at,
    )  # fmt: skip
    facts = given(tap, ReasonFor.PHOTO_IMPOSSIBLE, body.reason_id)
    record_tap(tap, {"slot": body.slot, "reason": body.reason} | facts)
