"""Who has shown that they hold a photo's bytes: a hash alone is a claim, and hashes stand in every report.

Bytes that arrived once serve every photo of the same visit, and of the same technician. Whoever else promises them brings
them too, to an address of that photo's own, and until then has a promised photo like any other: not verified, and not
to be downloaded. Nothing that a promise or its answer says tells whether the bytes are here already.
"""

from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import Conflict
from server.media.models import MediaObject, Photo
from server.media.storage import object_key


class NotUploaded(Conflict):
    """The photo's bytes are not in storage yet"""

    code = "not_uploaded"


def shown_key(photo: Photo) -> str:
    """Where the bytes of a photo that stands apart are shown; nobody chooses this name, and no upload in parts has it."""
    return f"incoming/{uuid5(photo.id, photo.sha256)}"


def address_of(photo: Photo) -> str:
    """Where the bytes of a photo are to be put: under their hash, or apart from those that others brought."""
    return shown_key(photo) if photo.apart else object_key(photo.sha256)


def of_one_hand(visit_id: UUID, technician_id: UUID) -> ColumnElement[bool]:
    """The photos of the same visit or of the same technician: what was shown for one of them holds for all."""
    return or_(Photo.visit_id == visit_id, Photo.promised_by == technician_id)


class Claim(NamedTuple):
    """What is known of a promise's bytes. `shown`: they arrived for the same visit, or for this technician on another.

    `apart`: they did not, and others have promised or brought them.
    """

    shown: bool
    apart: bool


async def claim(session: AsyncSession, visit_id: UUID, technician_id: UUID, sha256: str) -> Claim:
    """Look at what a technician promises for a visit, in one query."""
    alike, own = Photo.sha256 == sha256, of_one_hand(visit_id, technician_id)
    shown = select(Photo.id).where(alike, own, Photo.state == "verified").exists()
    theirs = select(Photo.id).where(alike, ~own).exists()
    here = select(MediaObject.sha256).where(MediaObject.sha256 == sha256).exists()
    found = (await session.execute(select(shown, or_(theirs, here)))).one()
    return Claim(found[0], found[1] and not found[0])


async def was_shown(session: AsyncSession, photo: Photo) -> bool:
    """Whether a photo's bytes arrived for its visit, or for its technician on another."""
    return (await claim(session, photo.visit_id, photo.promised_by, photo.sha256)).shown
