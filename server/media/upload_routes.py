"""HTTP: a large photo in parts. A phone that was killed begins again and is told which parts are there already."""

from uuid import UUID

from litestar import Controller, Request, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.identity.audience import REVOKED_TOO, STAFF
from server.identity.tokens import Actor
from server.media import uploads
from server.media.access import find_photo
from server.media.complete import complete_beside_others
from server.media.custody import photo_out
from server.media.models import MediaUpload, Photo
from server.media.rules import PhotoState, part_sizes
from server.media.schemas import ArrivedPart, MultipartOut, PartsIn, PhotoOut, SignedPartsOut
from server.media.storage import UPLOAD_SECONDS, Storage

Caller = Request[Actor, str, State]


class Multipart(Controller):
    """Uploads in parts."""

    path = "/v1/photos/{photo_id:uuid}/multipart"
    tags = ("media",)
    guards = (STAFF,)

    @post(status_code=200, opt=REVOKED_TOO)
    async def begin_multipart(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> MultipartOut:
        """Begin, or go on: `arrived` has what needs not be sent again. A photo in state `verified` needs nothing."""
        async with sessions() as session:
            photo = await find_photo(session, request.user, photo_id)
        return _out(photo, *await uploads.begin(sessions, storage, photo))

    @get(opt=REVOKED_TOO)
    async def list_multipart_parts(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> MultipartOut:
        """What has arrived."""
        async with sessions() as session:
            photo = await find_photo(session, request.user, photo_id)
            upload = await uploads.must_find(session, photo.id)
        return _out(photo, upload, await uploads.there(storage, upload, photo))

    @post("/parts", status_code=200, opt=REVOKED_TOO)
    async def sign_multipart_parts(
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
    async def complete_multipart(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> PhotoOut:
        """Join the parts and verify the whole. 409 `parts_missing` names what is to be sent (again)."""
        async with sessions() as session:
            photo = await find_photo(session, request.user, photo_id)
        problem = await complete_beside_others(sessions, storage, photo)
        if problem is not None:
            raise problem
        return await _photo(sessions, photo)

    @delete(opt=REVOKED_TOO)
    async def abort_multipart(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> None:
        """Drop the upload and its parts; the promise stays."""
        async with sessions() as session:
            photo = await find_photo(session, request.user, photo_id)
        await uploads.drop(sessions, storage, photo)


async def _photo(sessions: Sessions, photo: Photo) -> PhotoOut:
    async with sessions() as session:
        return await photo_out(session, await session.get_one(Photo, photo.id))


def _out(photo: Photo, upload: MediaUpload, arrived: list[ArrivedPart]) -> MultipartOut:
    count = len(part_sizes(photo.size, upload.part_size))
    return MultipartOut(upload.id, upload.part_size, count, arrived, PhotoState(photo.state))
