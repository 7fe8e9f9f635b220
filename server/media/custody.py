"""Custody of photos: settling what was found in storage, what is made of it, and what is still missing from a visit."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.database.events import PHOTO_VERIFIED, emit
from server.ground import clock
from server.ground.ids import uuid7
from server.ground.problems import Conflict, Invalid
from server.http.listing import Listing
from server.media.hold import hold_hash
from server.media.models import IN_FORCE, MediaObject, Photo, PhotoDecision
from server.media.possession import NotUploaded, of_one_hand, was_shown
from server.media.promises import WrongPromise
from server.media.rules import Decision, PhotoSlot, PhotoState, names_of, registered
from server.media.schemas import DecisionOut, PhotoOut
from server.media.storage import Storage, object_key
from server.media.verify import COPY, THUMBNAIL, Finding, examine_in_thread, shrink_in_thread

PHOTOS = Listing("photos", PhotoOut, key=Photo.id, sorts={"taken": Photo.id}, default="taken", usual=1000, most=1000)


class PhotoMismatch(Invalid):
    """The stored bytes are not the photo that was promised"""

    code = "photo_mismatch"


class PhotoUnreadable(Invalid):
    """The bytes are the promised ones, and no picture can be made of them"""

    code = "photo_unreadable"


class NotShrunk(Conflict):
    """No smaller copy of the photo can be made"""

    code = "not_shrunk"


def thumbnail_key(sha256: str) -> str:
    """Where the thumbnail of these bytes lives."""
    return f"thumbnails/{sha256}.jpg"


def copy_key(sha256: str) -> str:
    """Where the copy for customers lives."""
    return f"copies/{sha256}.jpg"


Refusal = PhotoMismatch | PhotoUnreadable | WrongPromise | NotUploaded
"""Why bytes do not make their photo verified. It is answered and not raised within, so that what was marked stays."""


async def verify(sessions: Sessions, storage: Storage, photo: Photo, key: str) -> Refusal | None:
    """Look at what is stored under `key` and mark the photo. No transaction is open while the bytes are read.

    Raises `NotUploaded` when nothing is there.
    """
    if photo.state == "verified":
        return None
    found = await examine_in_thread(storage, key, sha256=photo.sha256, size=photo.size, content_type=photo.content_type)
    if found is None:
        raise NotUploaded("Upload the bytes first, to the address that POST /v1/photos/{id}/upload gives.")
    return await settle_found(sessions, storage, photo, key, found)


async def settle_found(sessions: Sessions, storage: Storage, photo: Photo, key: str, found: Finding) -> Refusal | None:
    """`settle`, with its thumbnail and in a transaction of its own."""
    if not found.fault:  # whoever writes it writes the same
        await storage.write(thumbnail_key(photo.sha256), found.thumbnail, "image/jpeg")
    async with storage.settling, sessions.begin() as session:
        return await settle(session, storage, photo, key, found)


async def settle(session: AsyncSession, storage: Storage, looked_at: Photo, key: str, found: Finding) -> Refusal | None:
    """Mark a photo by what was found under `key`. Other bytes than the promised ones are set aside; those with the
    promised hash are kept, whether or not a picture can be made of them.

    Bytes that were sent in parts are brought from `key` to their address. Whoever settles holds the hash, and bytes are
    only moved while they are those that were looked at, so true bytes that came meanwhile stay where they are.
    """
    # Moving must be inside: setting aside is a copy and then a removal, and true bytes that another call brings to the
    # address between these two would be removed. `Storage.settling` bounds how many wait here for a slow storage.
    await hold_hash(session, looked_at.sha256)
    photo = await session.get(Photo, looked_at.id)
    if photo is None:
        return NotUploaded("The photo was taken back while it was looked at.")
    if photo.state == "verified":
        return None
    if (photo.size, photo.content_type) != (looked_at.size, looked_at.content_type):
        raise NotUploaded("The photo was promised again while it was looked at. Complete again.")
    stored = await session.get(MediaObject, photo.sha256)
    apart = key != object_key(photo.sha256)
    if not apart and stored and not await was_shown(session, photo):
        # They lie there because others brought them; who promised them as well has not shown that they have them.
        photo.apart = True
        await session.flush()
        return NotUploaded(
            "Upload the bytes to the address that POST /v1/photos/{id}/upload gives now, and complete then."
        )
    if found.poisonous:
        in_the_way = apart or stored is None
        if in_the_way and await storage.copy(key, f"quarantine/{photo.sha256}/{uuid7()}", found.etag):
            await storage.delete(key)
        if photo.state != "kept" or not apart:
            photo.state, photo.finding = "quarantined", found.fault
            await session.flush()
        return PhotoMismatch(f"The stored object was set aside: {found.fault}. Upload the right bytes again.")
    if apart and stored is None and not await storage.copy(key, object_key(photo.sha256), found.etag):
        raise NotUploaded("The bytes changed while they were looked at. Complete again.")
    if not found.fault:
        await _mark(session, photo, found)
        return None
    await _keep(session, photo, found)
    if found.mispromised:
        return WrongPromise(
            f"The bytes have the promised hash, but {found.fault}. Promise the photo again, in the same slot and with the "
            "right size and type, and complete then; what has arrived need not be sent again."
        )
    return PhotoUnreadable(
        f"The bytes have the promised hash and are kept, but {found.fault}. They need not be sent again; take the photo "
        "again where that can be done."
    )


async def _mark(session: AsyncSession, photo: Photo, found: Finding) -> None:
    """One object for every entry of one hand with this hash that promises the same size and type."""
    moment = clock.now()
    values = {
        "sha256": photo.sha256, "size": photo.size, "content_type": registered(photo.content_type), "width": found.width,
        "height": found.height, "verified_at": moment, "finding": found.remark,
        "thumbnail_key": thumbnail_key(photo.sha256), "copy_key": None,
    }  # fmt: skip
    await session.execute(insert(MediaObject).values(values).on_conflict_do_nothing())
    marked = await session.scalars(
        update(Photo)
        .where(_promised_alike(photo))
        .values(state="verified", verified_at=moment, finding=found.remark)
        .returning(Photo.id)
    )
    await emit(session, *((PHOTO_VERIFIED, photo_id) for photo_id in marked.all()))


async def _keep(session: AsyncSession, photo: Photo, found: Finding) -> None:
    """The bytes are there for every entry of one hand that promises them alike, and not one of them can be shown."""
    await session.execute(update(Photo).where(_promised_alike(photo)).values(state="kept", finding=found.fault))


def _promised_alike(photo: Photo) -> ColumnElement[bool]:
    return and_(
        Photo.sha256 == photo.sha256, Photo.state != "verified", Photo.size == photo.size,
        func.lower(Photo.content_type).in_(names_of(photo.content_type)), of_one_hand(photo.visit_id, photo.promised_by),
    )  # fmt: skip


async def make_thumbnail(session: AsyncSession, storage: Storage, photo_id: UUID) -> UUID | None:
    """Shrink a verified photo that has no thumbnail. Returns its visit; None when there is no such photo."""
    photo = await session.get(Photo, photo_id)
    if photo is None:
        return None
    stored = await session.get(MediaObject, photo.sha256, with_for_update=True)
    if stored is not None and stored.thumbnail_key is None:
        small = await _shrunk(storage, photo.sha256, side=THUMBNAIL)
        await storage.write(thumbnail_key(photo.sha256), small, "image/jpeg")
        stored.thumbnail_key = thumbnail_key(photo.sha256)
    return photo.visit_id


async def make_copy(storage: Storage, sha256: str) -> str:
    """Make the copy of a verified photo for customers: smaller, and with nothing but the picture. Returns its key."""
    await storage.write(copy_key(sha256), await _shrunk(storage, sha256, side=COPY, quality=88), "image/jpeg")
    return copy_key(sha256)


async def _shrunk(storage: Storage, sha256: str, *, side: int, quality: int = 80) -> bytes:
    small = await shrink_in_thread(storage, object_key(sha256), side=side, quality=quality)
    if small is None:
        raise NotUploaded("A verified photo is not in storage any more. Tell whoever runs the storage.")
    if small.fault:
        raise NotShrunk(f"The verified photo cannot be shrunk: {small.fault}. Only its original can be had.")
    return small.small


async def standing(session: AsyncSession, visit_id: UUID) -> dict[str, int]:
    """How a visit's photos stand: `promised`, all of them; of these `verified`, and with thumbnails `thumbnails`; and
    `decided`, those that will not be verified and of which the desk has decided that the record goes on without.

    `waiting` is the rest, and what a seal asks for: custody is complete when it is 0.
    """
    verified = Photo.state == "verified"
    row = (
        await session.execute(
            select(
                func.count(),
                func.count().filter(verified),
                func.count().filter(verified, MediaObject.thumbnail_key.is_not(None)),
                func.count(PhotoDecision.kind),
            )
            .select_from(Photo)
            .outerjoin(MediaObject, MediaObject.sha256 == Photo.sha256)
            .outerjoin(PhotoDecision, IN_FORCE)
            .where(Photo.visit_id == visit_id)
        )
    ).one()
    waiting = row[0] - row[2] - row[3]
    return {"promised": row[0], "verified": row[1], "thumbnails": row[2], "decided": row[3], "waiting": waiting}


async def decisions_of(session: AsyncSession, photo_ids: Iterable[UUID]) -> dict[UUID, list[DecisionOut]]:
    """What was decided of these photos, oldest first; also what later bytes have overtaken."""
    rows = await session.scalars(
        select(PhotoDecision)
        .where(PhotoDecision.photo_id.in_(list(photo_ids)))
        .order_by(PhotoDecision.decided_at, PhotoDecision.kind)
    )
    found: dict[UUID, list[DecisionOut]] = {}
    for row in rows:
        one = DecisionOut(Decision(row.kind), row.reason, row.finding, row.decided_by, row.decided_at)
        found.setdefault(row.photo_id, []).append(one)
    return found


async def photo_out(session: AsyncSession, row: Photo) -> PhotoOut:
    """A photo on the wire."""
    return (await photos_out(session, [row]))[0]


async def photos_out(session: AsyncSession, rows: Iterable[Photo]) -> list[PhotoOut]:
    """Photos on the wire."""
    photos = list(rows)
    decided = await decisions_of(session, [row.id for row in photos])
    return [
        PhotoOut(
            row.id, row.visit_id, PhotoSlot(row.slot), row.sha256, row.size, row.content_type, PhotoState(row.state),
            row.finding, decided.get(row.id, []),
        )
        for row in photos
    ]  # fmt: skip
