"""HTTP: what the desk decides about photos that hold up a record."""

from uuid import UUID

from litestar import Controller, Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.database.engine import Sessions
from server.dispatch.decide import decide, office_of_photo
from server.identity.audience import DESKS
from server.identity.tokens import Actor
from server.media.custody import photo_out
from server.media.schemas import DecisionIn, PhotoOut
from server.media.storage import Storage

Caller = Request[Actor, str, State]


class PhotoDecisions(Controller):
    """Photos that will not be verified."""

    path = "/v1/photos/{photo_id:uuid}/decision"
    tags = ("dispatch",)
    guards = (DESKS.of("photo_id", office_of_photo),)

    @post(status_code=200)
    async def decide_photo(
        self,
        photo_id: FromPath[UUID],
        data: JSONBody[DecisionIn],
        request: Caller,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> PhotoOut:
        """Let the record go on without a photo: `never_arrived` while its bytes are not there, `damaged_kept` once they are
        and cannot be shown.

        The storage is looked through first: 409 `photo_stands_otherwise` when the photo is there after all. The record
        names the decision, its reason and who made it.
        """
        photo = await decide(sessions, storage, request.user, photo_id, data.kind, data.reason)
        async with sessions() as session:
            return await photo_out(session, photo)
