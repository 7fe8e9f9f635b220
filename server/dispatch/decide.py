"""Deciding about a photo that does not come, or came damaged, so that its visit's record need not wait for it for ever."""

import unicodedata
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb
from server.database.engine import Sessions
from server.database.events import CUSTODY_CHANGED, emit
from server.ground import clock
from server.ground.problems import Conflict, Duplicate, Invalid
from server.ground.texts import is_blank
from server.identity.tokens import Actor
from server.jobs.history import lock_visit, record
from server.jobs.offices import office_of_visit, the_visit
from server.media.access import find_photo
from server.media.complete import look_again
from server.media.models import Photo, PhotoAlias, PhotoDecision
from server.media.rules import Decision
from server.media.storage import Storage

DECIDED = "photo_decided"
"""The line of the visit's history."""


class NotAsItStands(Conflict):
    """The photo does not stand as the decision says"""

    code = "photo_stands_otherwise"


class DecidedAlready(Duplicate):
    """This was decided of the photo before"""

    code = "already_decided"


async def decide(
    sessions: Sessions, storage: Storage, actor: Actor, photo_id: UUID, kind: Decision, reason: str
) -> Photo:
    """Decide that a photo never arrived, or arrived damaged and is kept. The storage is looked through first.

    Bytes that come later are still taken and shown; the decision stays, and so does a record that was sealed by it.
    """
    said = _in_words(reason)
    async with sessions() as session:
        photo = await find_photo(session, actor, photo_id)
    await look_again(sessions, storage, photo.id)
    async with sessions.begin() as session:
        # Two at once are two in a row. Bytes that are settled meanwhile overtake what is decided, whichever comes first.
        await lock_visit(session, photo.visit_id)
        photo = await session.get_one(Photo, photo.id)
        _must_stand_so(photo, kind)
        if await session.get(PhotoDecision, (photo.id, kind.value)) is not None:
            raise DecidedAlready("It stands in the visit's history, with its reason. Nothing is to be done.")
        _keep(session, photo, kind, said, actor)
        after = {"photo_id": photo.id, "decision": kind, "reason": said}
        log_action(session, actor.user_id, Verb.DECIDE_PHOTO, await the_visit(session, photo.visit_id), after=after)
        await emit(session, (CUSTODY_CHANGED, photo.visit_id))
        return photo


def _in_words(reason: str) -> str:
    """The reason in one line. Raises `Invalid` when it says nothing."""
    line = " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in reason).split())
    if is_blank(line):
        raise Invalid("Say in reason why the photo does not come, or why it is kept as it is. The customer reads it.")
    return line


def _must_stand_so(photo: Photo, kind: Decision) -> None:
    if photo.state == "verified":
        raise NotAsItStands("The photo has arrived and is verified. There is nothing to decide.", state=photo.state)
    if photo.state == "kept" and kind is Decision.NEVER_ARRIVED:
        raise NotAsItStands(
            f"Its bytes have arrived and are kept, but {photo.finding}. Decide `damaged_kept`, or have it taken again.",
            state=photo.state,
        )
    if photo.state != "kept" and kind is Decision.DAMAGED_KEPT:
        raise NotAsItStands(
            "Its bytes have not arrived, so there is nothing to keep. Wait for the phone, or decide `never_arrived`.",
            state=photo.state,
        )


def _keep(session: AsyncSession, photo: Photo, kind: Decision, reason: str, actor: Actor) -> None:
    finding = photo.finding if kind is Decision.DAMAGED_KEPT else ""
    session.add(
        PhotoDecision(
            photo_id=photo.id, kind=kind.value, reason=reason, finding=finding, decided_by=actor.user_id,
            decided_at=clock.now(),
        )
    )  # fmt: skip
    facts = {"photo_id": str(photo.id), "slot": photo.slot, "sha256": photo.sha256, "decision": kind.value}
    facts |= {"reason": reason} | ({"finding": finding} if finding else {})
    record(session, photo.visit_id, DECIDED, actor_id=actor.user_id, facts=facts)


async def office_of_photo(session: AsyncSession, photo_id: UUID) -> UUID | None:
    """The office of a photo's visit, also by another id under which the photo was promised."""
    named = select(Photo.visit_id).where(Photo.id == photo_id)
    again = select(Photo.visit_id).join(PhotoAlias, PhotoAlias.photo_id == Photo.id).where(PhotoAlias.id == photo_id)
    visit_id = await session.scalar(named) or await session.scalar(again)
    return await office_of_visit(session, visit_id) if visit_id else None
