"""HTTP: the evidence of arrival for the desk, what people add to it, and the site's code for desk and customer."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.code_page import HEADERS, code_page
from server.arrival.code_sheet import find_sheet, make_sheet
from server.arrival.codes import make_link, showing
from server.arrival.corrections import correct_window, exempt, set_thresholds, withdraw
from server.arrival.evidence import Thresholds
from server.arrival.models import OfficeThreshold
from server.arrival.readout import THRESHOLDS, arrival_of, figures_out, thresholds_out
from server.arrival.schemas import (
    ArrivalOut,
    ExemptionIn,
    FiguresOut,
    LinkOut,
    SecretOut,
    ThresholdsIn,
    ThresholdsOut,
    WindowIn,
    WithdrawIn,
)
from server.customers.offices import office_of_site
from server.ground import clock
from server.ground.problems import Busy, NotFound
from server.http.door.pace import per_address
from server.http.list_pages import each, listed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS, LEADERS, LINK_HOLDERS
from server.identity.models import Office
from server.identity.offices import itself, seen_office
from server.identity.tokens import Actor
from server.jobs.offices import office_of_visit

Caller = Request[Actor, str, State]


class Arrivals(Controller):
    """What the evidence says of each arrival."""

    path = "/v1"
    tags = ("arrival",)
    guards = (DESKS,)

    @get("/visits/{visit_id:uuid}/arrival", guards=[DESKS.of("visit_id", office_of_visit)])
    async def get_arrival(self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> ArrivalOut:
        """Every check-in, every verdict on it with the arithmetic in words, corrections, exemptions, how it counts."""
        return await arrival_of(session, visit_id)

    @post("/visits/{visit_id:uuid}/arrival/exemptions", guards=[DESKS.of("visit_id", office_of_visit)])
    async def add_arrival_exemption(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[ExemptionIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ArrivalOut:
        """Record why a late arrival does not count. It changes the figure and never the verdict."""
        await exempt(session, visit_id, data, request.user.user_id)
        return await arrival_of(session, visit_id)

    @post(
        "/visits/{visit_id:uuid}/arrival/exemptions/{exemption_id:uuid}/withdraw",
        guards=[DESKS.of("visit_id", office_of_visit)],
        status_code=200,
    )
    async def withdraw_arrival_exemption(
        self,
        visit_id: FromPath[UUID],
        exemption_id: FromPath[UUID],
        data: JSONBody[WithdrawIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ArrivalOut:
        """Take an exemption back; both stay on record."""
        await withdraw(session, visit_id, exemption_id, data.note, request.user.user_id)
        return await arrival_of(session, visit_id)

    @post("/visits/{visit_id:uuid}/arrival/window-corrections", guards=[LEADERS.of("visit_id", office_of_visit)])
    async def correct_arrival_window(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[WindowIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ArrivalOut:
        """Put right a window that was written down wrongly. Check-ins are judged again, beside the verdicts before."""
        await correct_window(session, visit_id, data, request.user.user_id)
        return await arrival_of(session, visit_id)

    @get("/arrivals/figures")
    async def get_arrival_figures(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        start: FromQuery[datetime],
        end: FromQuery[datetime],
        office_id: FromQuery[UUID | None] = None,
        technician_id: FromQuery[UUID | None] = None,
    ) -> FiguresOut:
        """How the visits whose window began in [start, end) and is over count."""
        return await figures_out(session, start, end, seen_office(request.user, office_id), technician_id)

    @get(
        "/offices/{office_id:uuid}/arrival-thresholds", guards=[DESKS.of("office_id", itself)], **listed_by(THRESHOLDS)
    )
    async def list_arrival_thresholds(
        self, office_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[ThresholdsOut]:
        """What an office asks of the evidence, the newest first: that is what counts now."""
        office = await session.get(Office, office_id)
        if office is None:
            raise NotFound(f"No office has the id {office_id}.")
        query = select(OfficeThreshold).where(OfficeThreshold.office_id == office_id)
        usual = ThresholdsOut(office_id, msgspec.convert(office.arrival_thresholds or {}, Thresholds))
        return await listed(asked, session, query, each(thresholds_out), when_empty=[usual])

    @put("/offices/{office_id:uuid}/arrival-thresholds", guards=[LEADERS.of("office_id", itself)])
    async def set_arrival_thresholds(
        self,
        office_id: FromPath[UUID],
        data: JSONBody[ThresholdsIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ThresholdsOut:
        """Set what an office asks from now on. Judgements that were made stay."""
        asked = await set_thresholds(session, office_id, data, request.user.user_id)
        return ThresholdsOut(office_id, asked, data.reason, request.user.user_id, clock.now())


class Codes(Controller):
    """A site's changing code: for the customer's authenticator, and as a page behind a link."""

    path = "/v1"
    tags = ("arrival",)
    guards = (DESKS,)

    @post("/sites/{site_id:uuid}/code", guards=[DESKS.of("site_id", office_of_site)])
    async def make_site_code(
        self, site_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> SecretOut:
        """Make a site's secret, or another one: the one before stops fitting what is typed in from now on."""
        return await make_sheet(session, site_id, request.user.user_id, request.app.state.sealer.company)

    @get("/sites/{site_id:uuid}/code", guards=[DESKS.of("site_id", office_of_site)])
    async def get_site_code(
        self, site_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> SecretOut:
        """The sheet for the customer's authenticator."""
        return await find_sheet(session, site_id, request.app.state.sealer.company)

    @post("/visits/{visit_id:uuid}/code-link", guards=[DESKS.of("visit_id", office_of_visit)])
    async def make_code_link(
        self, visit_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> LinkOut:
        """A link for the customer to the page with the code; links made before stop working."""
        token = await make_link(session, visit_id, request.user.user_id)
        return LinkOut(f"{request.app.state.sealer.public_url}/code/{token}")


def _on_busy(request: Request[Any, Any, Any], error: Busy) -> Response[str]:
    """A page instead of a problem document: people read it."""
    wait = int(error.facts["retry_after"])
    headers = {**HEADERS, "retry-after": str(wait)}
    page = code_page(None, request.query_params.get("lang"), busy_for=wait)
    return Response(page, status_code=error.status, media_type="text/html", headers=headers)


@get(
    "/code/{token:str}", guards=[LINK_HOLDERS], media_type="text/html", tags=["arrival"], middleware=[per_address("code", 60)],
    exception_handlers={Busy: _on_busy},
)  # fmt: skip
async def show_customer_code(
    token: FromPath[str], session: NamedDependency[AsyncSession], lang: FromQuery[str | None] = None
) -> Response[str]:
    """The customer's page with the code of the moment. Open to whoever has the link; it can be guessed by nobody."""
    found = await showing(session, token)
    return Response(
        code_page(found, lang), status_code=200 if found else 404, media_type="text/html", headers=dict(HEADERS)
    )
