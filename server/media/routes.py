"""HTTP: presigned uploads, their completion, and downloads for those who may see the visit."""

from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.events import PHOTO_VERIFIED, emit
from server.identity.permissions import REVOKED_TOO, allow
from server.identity.rules import EVERYONE
from server.identity.tokens import Actor
from server.media.access import must_see_visit
from server.media.custody import complete, thumbnail_key
from server.media.models import MediaObject, Photo
from server.media.storage import Storage, object_key
from server.problems import NotFound

Caller = Request[Actor, str, State]


class UploadOut(msgspec.Struct):
    """Where to PUT the bytes, and the headers that must go with them; sign again for each attempt."""

    url: str
    headers: dict[str, str]
    state: str


class PhotoOut(msgspec.Struct):
    """A photo of a visit."""

    id: UUID
    visit_id: UUID
    slot: str
    sha256: str
    size: int
    content_type: str
    state: str
    finding: str


class DownloadOut(msgspec.Struct):
    """An address that can be read for 5 minutes."""

    url: str


class Photos(Controller):
    """Photos, from promise to verified."""

    path = "/v1"
    tags = ("media",)
    guards = (allow(EVERYONE),)

    @get("/visits/{visit_id:uuid}/photos")
    async def photos(
        self, visit_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> list[PhotoOut]:
        """The custody manifest of a visit."""
        await must_see_visit(session, request.user, visit_id)
        rows = await session.scalars(select(Photo).where(Photo.visit_id == visit_id).order_by(Photo.promised_at))
        return [_photo(row) for row in rows]

    @post("/photos/{photo_id:uuid}/upload", status_code=200, opt=REVOKED_TOO)
    async def upload(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        session: NamedDependency[AsyncSession],
        storage: NamedDependency[Storage],
    ) -> UploadOut:
        """An address for the promised bytes. A 412 from it means that they are there: complete then."""
        row = await _find(session, request.user, photo_id)
        url, headers = storage.presign_put(row.sha256, row.size, row.content_type)
        return UploadOut(url, headers, row.state)

    @post("/photos/{photo_id:uuid}/complete", status_code=200, opt=REVOKED_TOO)
    async def complete(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> PhotoOut:
        """Have the server verify what was uploaded. Quarantine is kept although the answer is an error."""
        async with sessions.begin() as session:
            row = await _find(session, request.user, photo_id)
            problem = await complete(session, storage, row)
            if problem is None:
                await emit(session, (PHOTO_VERIFIED, row.id))
            await session.refresh(row)
        if problem is not None:
            raise problem
        return _photo(row)

    @get("/photos/{photo_id:uuid}/download")
    async def download(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        session: NamedDependency[AsyncSession],
        storage: NamedDependency[Storage],
        thumbnail: FromQuery[bool] = False,
    ) -> DownloadOut:
        """A short-lived address of the original, or of its thumbnail."""
        row = await _find(session, request.user, photo_id)
        stored = await session.get(MediaObject, row.sha256)
        if row.state != "verified" or stored is None or (thumbnail and stored.thumbnail_key is None):
            raise NotFound("The photo has not arrived yet, or its thumbnail is still to be made. Ask again soon.")
        key = thumbnail_key(row.sha256) if thumbnail else object_key(row.sha256)
        return DownloadOut(storage.presign_get(key, f"{row.slot}-{row.sha256[:12]}.jpg"))


async def _find(session: AsyncSession, actor: Actor, photo_id: UUID) -> Photo:
    row = await session.get(Photo, photo_id)
    if row is None:
        raise NotFound("There is no such photo of yours. Send its manifest operation first.")
    await must_see_visit(session, actor, row.visit_id)
    return row


def _photo(row: Photo) -> PhotoOut:
    return PhotoOut(row.id, row.visit_id, row.slot, row.sha256, row.size, row.content_type, row.state, row.finding)
