"""HTTP: a large photo in parts. A phone that was killed begins again and is told which parts are there already."""

from uuid import UUID

from litestar import Controller, Request, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.identity.permissions import REVOKED_TOO, allow
from server.identity.rules import EVERYONE
from server.identity.tokens import Actor
from server.media import uploads
from server.media.access import find_photo
from server.media.custody import photo_out, verify
from server.media.models import Photo
from server.media.rules import PART_SIZE, part_sizes
from server.media.schemas import MultipartOut, PartsIn, PhotoOut, SignedPartsOut
from server.media.storage import UPLOAD_SECONDS, Storage

Caller = Request[Actor, str, State]


class Multipart(Controller):
    """Uploads in parts."""

    path = "/v1/photos/{photo_id:uuid}/multipart"
    tags = ("media",)
    guards = (allow(EVERYONE),)

    @post(status_code=200, opt=REVOKED_TOO)
    async def begin(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        session: NamedDependency[AsyncSession],
        storage: NamedDependency[Storage],
    ) -> MultipartOut:
        """Begin, or go on: `arrived` has what needs not be sent again. A photo in state `verified` needs nothing."""
        photo = await find_photo(session, request.user, photo_id)
        upload, arrived = await uploads.begin(session, storage, photo)
        return MultipartOut(upload.id, PART_SIZE, len(part_sizes(photo.size)), arrived, photo.state)

    @get(opt=REVOKED_TOO)
    async def arrived(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        session: NamedDependency[AsyncSession],
        storage: NamedDependency[Storage],
    ) -> MultipartOut:
        """What has arrived."""
        photo = await find_photo(session, request.user, photo_id)
        upload = await uploads.must_find(session, photo.id)
        there = await uploads.arrived(storage, upload)
        return MultipartOut(upload.id, PART_SIZE, len(part_sizes(photo.size)), there, photo.state)

    @post("/parts", status_code=200, opt=REVOKED_TOO)
    async def sign(
        self,
        photo_id: FromPath[UUID],
        data: JSONBody[PartsIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
        storage: NamedDependency[Storage],
    ) -> SignedPartsOut:
        """An address for each part. Its checksum is signed too, so the storage refuses other bytes."""
        photo = await find_photo(session, request.user, photo_id)
        wanted = {part.number: part.sha256 for part in data.parts}
        return SignedPartsOut(await uploads.sign_parts(session, storage, photo, wanted), UPLOAD_SECONDS)

    @post("/complete", status_code=200, opt=REVOKED_TOO)
    async def complete(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> PhotoOut:
        """Join the parts and verify the whole. 409 `parts_missing` names what is to be sent (again)."""
        async with sessions() as session:
            photo = await find_photo(session, request.user, photo_id)
            if photo.state == "verified":
                return photo_out(photo)
            key = await uploads.assemble(session, storage, photo)
        problem = await verify(sessions, storage, photo, key)
        await _done(sessions, storage, photo)
        if problem is not None:
            raise problem
        async with sessions() as session:
            return photo_out(await session.get_one(Photo, photo.id))

    @delete()
    async def abort(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        session: NamedDependency[AsyncSession],
        storage: NamedDependency[Storage],
    ) -> None:
        """Drop the upload and its parts; the promise stays."""
        photo = await find_photo(session, request.user, photo_id)
        await uploads.abort(session, storage, await uploads.must_find(session, photo.id))


async def _done(sessions: Sessions, storage: Storage, photo: Photo) -> None:
    async with sessions.begin() as session:
        upload = await uploads.find(session, photo.id)
        if upload is not None:
            await storage.delete(uploads.incoming_key(upload))
            await uploads.forget(session, upload)
