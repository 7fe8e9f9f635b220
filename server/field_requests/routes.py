"""HTTP: what technicians ask for from the field, for the desk to answer."""

from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.field_requests.answer import answer_field_request
from server.field_requests.models import FieldRequest
from server.field_requests.queries import (
    FIELD_REQUESTS,
    field_request_out,
    office_of_field_request,
    select_field_requests,
)
from server.field_requests.rules import FieldRequestKind
from server.field_requests.schemas import AnswerIn, FieldRequestOut
from server.http.list_pages import each, listed, narrowed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS
from server.identity.offices import seen_office
from server.identity.tokens import Actor

Caller = Request[Actor, str, State]


class FieldRequests(Controller):
    """Questions and findings from visits."""

    path = "/v1/field-requests"
    tags = ("dispatch",)
    guards = (DESKS,)

    @get(**listed_by(FIELD_REQUESTS))
    async def list_field_requests(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        kind: FromQuery[FieldRequestKind | None] = None,
        visit_id: FromQuery[UUID | None] = None,
        waiting: FromQuery[bool | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[FieldRequestOut]:
        """What technicians ask for, the oldest first; with `waiting=true` what has no answer yet."""
        query = select_field_requests(seen_office(request.user, office_id), waiting)
        query = narrowed(query, (FieldRequest.kind, kind), (FieldRequest.visit_id, visit_id))
        return await listed(asked, session, query, each(field_request_out))

    @post("/{request_id:uuid}/answer", guards=[DESKS.of("request_id", office_of_field_request)], status_code=200)
    async def answer_field_request(
        self,
        request_id: FromPath[UUID],
        data: JSONBody[AnswerIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> FieldRequestOut:
        """Answer it; the phones of the visit get the answer."""
        return field_request_out(await answer_field_request(session, request_id, data, request.user))
