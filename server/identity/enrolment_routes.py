"""HTTP: codes that enrol a phone, their confirmation by a second person, and a phone that has told its technician."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.http.list_pages import each, listed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity import enrolment
from server.identity.audience import DESKS, TECHNICIANS
from server.identity.caller import device_of
from server.identity.enrolment import office_of_code
from server.identity.offices import office_of_user, seen_office
from server.identity.rules import Delivery
from server.identity.schemas import EnrolmentCodeOut, OpenCodeOut
from server.identity.tokens import Actor

Caller = Request[Actor, str, State]
HandedOver = Annotated[
    Delivery,
    QueryParameter(
        name="delivery", description="How the code is handed over, as its author says; it is kept with the phone."
    ),
]


class Enrolment(Controller):
    """Phones: enrolment by a one-time code."""

    path = "/v1"
    tags = ("identity",)

    @post("/users/{user_id:uuid}/enrolment-codes", guards=[DESKS.of("user_id", office_of_user)])
    async def make_enrolment_code(
        self,
        user_id: FromPath[UUID],
        request: Caller,
        state: State,
        session: NamedDependency[AsyncSession],
        delivery: HandedOver = Delivery.SHOWN,
    ) -> EnrolmentCodeOut:
        """A one-time code for a technician's phone. Its author and how it was handed over stand in each record of that phone.

        With `needs_confirmation` it counts only after POST /v1/enrolment-codes/{id}/confirm by somebody else at the desk.
        """
        code, row = await enrolment.make_code(session, user_id, request.user.user_id, delivery)
        return EnrolmentCodeOut(code, row.expires_at, row.id, delivery, state.enrolment_people > 1)

    @get("/enrolment-codes", guards=[DESKS], **listed_by(enrolment.OPEN_CODES))
    async def list_enrolment_codes(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        technician_id: FromQuery[UUID | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[OpenCodeOut]:
        """The codes that can still be used, newest first; never the codes themselves."""
        query = enrolment.select_open_codes(seen_office(request.user, office_id), technician_id)
        return await listed(asked, session, query, each(enrolment.open_code_out))

    @post("/enrolment-codes/{code_id:uuid}/confirm", guards=[DESKS.of("code_id", office_of_code)], status_code=204)
    async def confirm_enrolment_code(
        self, code_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> None:
        """Stand for a code that somebody else made: who, and when, stands in each record of the phone that uses it."""
        await enrolment.confirm(session, code_id, request.user)

    @post("/devices/told", guards=[TECHNICIANS], status_code=204)
    async def acknowledge_new_phones(self, request: Caller, session: NamedDependency[AsyncSession]) -> None:
        """The phone has shown its technician the `new_phones` of an exchange: they are not told again."""
        await enrolment.was_told(session, device_of(request.user))
