"""HTTP: presigned uploads, their completion, and downloads for those who may see the visit."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.http.list_pages import listed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import REVOKED_TOO, STAFF
from server.identity.tokens import Actor
from server.media.access import find_photo, must_see_visit
from server.media.complete import complete_whole
from server.media.custody import PHOTOS, photo_out, photos_out
from server.media.download import Form, address_to_read, open_original
from server.media.models import Photo
from server.media.possession import address_of
from server.media.rules import MULTIPART_ABOVE, PART_SIZE, PhotoState
from server.media.schemas import DownloadOut, PhotoOut, UploadOut
from server.media.storage import UPLOAD_SECONDS, Storage

Caller = Request[Actor, str, State]
After = Annotated[
    UUID | None,
    QueryParameter(name="after", description="Only ids behind this one; what pages were asked for by before `cursor`."),
]
NOT_A_PAGE = {
    "x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, max-age=300",
}  # fmt: skip
"""With these a browser takes a file for what we say it is, and runs nothing in it."""


class Photos(Controller):
    """Photos, from promise to verified."""

    path = "/v1"
    tags = ("media",)
    guards = (STAFF,)

    @get("/visits/{visit_id:uuid}/photos", **listed_by(PHOTOS))
    async def list_photos(
        self,
        visit_id: FromPath[UUID],
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        after: After = None,
    ) -> Listed[PhotoOut]:
        """The custody manifest of a visit by photo id, which is the order of taking."""
        await must_see_visit(session, request.user, visit_id)
        query = select(Photo).where(Photo.visit_id == visit_id)
        return await listed(asked, session, query if after is None else query.where(Photo.id > after), photos_out)

    @post("/photos/{photo_id:uuid}/upload", status_code=200, opt=REVOKED_TOO)
    async def upload_photo(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        session: NamedDependency[AsyncSession],
        storage: NamedDependency[Storage],
    ) -> UploadOut:
        """An address for the promised bytes. A 412 from it means that they are there: complete then. 403: sign again."""
        row = await find_photo(session, request.user, photo_id)
        url, headers = storage.presign_put(address_of(row), row.sha256, row.size, row.content_type)
        part_size = PART_SIZE if row.size > MULTIPART_ABOVE else None
        return UploadOut(url, headers, PhotoState(row.state), UPLOAD_SECONDS, part_size)

    @post("/photos/{photo_id:uuid}/complete", status_code=200, opt=REVOKED_TOO)
    async def complete_photo(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> PhotoOut:
        """Have the server verify what was uploaded. What it found is kept although the answer may be an error."""
        async with sessions() as session:
            row = await find_photo(session, request.user, photo_id)
        problem = await complete_whole(sessions, storage, row)
        if problem is not None:
            raise problem
        async with sessions() as session:
            return await photo_out(session, await session.get_one(Photo, row.id))

    @get("/photos/{photo_id:uuid}/download")
    async def download_photo(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
        thumbnail: FromQuery[bool] = False,
        copy: FromQuery[bool] = False,
    ) -> DownloadOut:
        """A short-lived address of the original, of its thumbnail, or of a copy to give away: smaller, no EXIF, no position.

        An original with something behind the image has no such address: GET /v1/photos/{id}/original has the bytes.
        """
        form = Form.THUMBNAIL if thumbnail else Form.COPY if copy else Form.ORIGINAL
        return DownloadOut(await address_to_read(sessions, storage, request.user, photo_id, form))

    @get("/photos/{photo_id:uuid}/original")
    async def get_photo_original(
        self,
        photo_id: FromPath[UUID],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> Stream:
        """The original, byte for byte, as a file to keep; never as anything that a browser would open as a page.

        The desk also gets bytes that are only `kept`, as data of no kind.
        """
        given = await open_original(sessions, storage, request.user, photo_id)
        headers = {**NOT_A_PAGE, "content-disposition": f'attachment; filename="{given.filename}"'}
        if given.size is not None:
            headers["content-length"] = str(given.size)
        return Stream(given.body, media_type=given.media_type, headers=headers)
