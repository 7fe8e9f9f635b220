"""HTTP: what desks do about customers' pages: answer who asks for another time, and print labels of assets."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.customer_pages.answer import answer_change_request
from server.customer_pages.labels import find_label, label_out, label_png, make_label
from server.customer_pages.models import ChangeRequest
from server.customer_pages.queries import (
    CHANGE_REQUESTS,
    change_request_out,
    office_of_change_request,
    select_change_requests,
)
from server.customer_pages.schemas import AssetLabelOut, ChangeAnswerIn, ChangeRequestOut
from server.customers.offices import office_of_asset
from server.http.list_pages import each, listed, narrowed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS
from server.identity.offices import seen_office
from server.identity.tokens import Actor

Caller = Request[Actor, str, State]


class ChangeRequests(Controller):
    """Customers who ask for another time."""

    path = "/v1/change-requests"
    tags = ("customer-pages",)
    guards = (DESKS,)

    @get(**listed_by(CHANGE_REQUESTS))
    async def list_change_requests(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        visit_id: FromQuery[UUID | None] = None,
        waiting: FromQuery[bool | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[ChangeRequestOut]:
        """What customers ask for on the page of a visit, the oldest first; with `waiting=true` what has no answer yet."""
        query = select_change_requests(seen_office(request.user, office_id), waiting)
        return await listed(
            asked, session, narrowed(query, (ChangeRequest.visit_id, visit_id)), each(change_request_out)
        )

    @post("/{request_id:uuid}/answer", guards=[DESKS.of("request_id", office_of_change_request)], status_code=200)
    async def answer_change_request(
        self,
        request_id: FromPath[UUID],
        data: JSONBody[ChangeAnswerIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ChangeRequestOut:
        """Answer it; the customer reads the answer on their page. Another window is agreed by itself: POST /v1/visits/{id}/windows."""
        return change_request_out(*await answer_change_request(session, request_id, data.answer, request.user))


class AssetLabels(Controller):
    """Codes to be stuck on machines, which open the asset's page."""

    path = "/v1/assets/{asset_id:uuid}"
    tags = ("customer-pages",)
    guards = (DESKS.of("asset_id", office_of_asset),)

    @post("/label")
    async def make_asset_label(
        self, asset_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> AssetLabelOut:
        """Make an asset's label, or another one: the one before opens nothing from then on."""
        row = await make_label(session, asset_id, request.user)
        return label_out(row, request.app.state.sealer.public_url)

    @get("/label")
    async def get_asset_label(
        self, asset_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> AssetLabelOut:
        """The label that an asset has."""
        return label_out(await find_label(session, asset_id), request.app.state.sealer.public_url)

    @get("/label.png", media_type="image/png")
    async def get_asset_label_picture(
        self, asset_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> Response[bytes]:
        """The label's code as a picture, for programs that print no SVG."""
        picture = label_png(await find_label(session, asset_id), request.app.state.sealer.public_url)
        return Response(picture, media_type="image/png", headers={"cache-control": "private, no-store"})
