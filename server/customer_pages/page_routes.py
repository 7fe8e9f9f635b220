"""HTTP: the customer's pages behind links and labels. GET changes nothing, because scanners and messengers fetch what they see; forms
are answered by the way to a page, so that loading it again sends nothing twice.
"""

from typing import Any
from uuid import UUID

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from server.customer_pages.page import plain_page, policy
from server.customer_pages.show import (
    Asked,
    Went,
    held_record,
    send_change,
    send_fault,
    send_request,
    show_asset,
    show_visit,
)
from server.database.engine import Sessions
from server.http.door.pace import per_address
from server.identity.audience import LINK_HOLDERS
from server.media.storage import Storage
from server.records.customer import html
from server.records.customer.answering import answer_file, confirm_by_link, dispute_by_link, given_answer, show
from server.records.customer.html import Form
from server.records.customer.pdf import BY_LINK, pdf_answer
from server.records.sealer import Sealer

MAX_FORM = 64 * 1024
"""A field of 4,000 Chinese characters is 36 kB in a form."""
HEADERS = html.HEADERS | {"content-security-policy": policy()}
SENDING = per_address("customer_form", 20)
"""Forms that make something; a person sends a handful."""
Caller = Request[Any, Any, State]


def _html(text: str, status: int = 200) -> Response[str]:
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


def _asked(request: Caller, token: str) -> Asked:
    sealer: Sealer = request.app.state.sealer
    accepted = request.headers.get("accept-language", "")
    return Asked(token, request.query_params.get("lang"), accepted, sealer.company, sealer.company_phone)


def _went(went: Went) -> Response[Any]:
    return _html(*went.shown) if went.shown else Redirect(went.to, status_code=303, headers=HEADERS)


def _plain(request: Caller, missing: bool, status: int) -> Response[str]:
    reader, path = _asked(request, "").reader(""), "/".join(request.url.path.split("/")[:3])
    say = reader.words.say
    if missing:
        told = say("visit_page.no_page"), say("visit_page.no_page_more", company=reader.company)
    else:
        told = say("visit_page.not_now"), say("visit_page.not_now_more")
    return _html(plain_page(path, reader, *told), status)


class VisitPages(Controller):
    """The page of a visit, from its dispatch to its report. Open to whoever holds a link of the desk or of the phone."""

    path = "/v"
    guards = (LINK_HOLDERS,)
    include_in_schema = False
    exception_handlers = html.as_pages(_plain)
    middleware = (BY_LINK,)
    request_max_body_size = MAX_FORM

    @get("/{token:str}")
    async def visit_page(
        self, token: FromPath[str], request: Caller, session: NamedDependency[AsyncSession]
    ) -> Response[str]:
        """The page of a visit."""
        return _html(*await show_visit(session, _asked(request, token), request.query_params.get("sent")))

    @get(["/{token:str}/change", "/{token:str}/request"])
    async def visit_form(self, token: FromPath[str]) -> Redirect:
        """Where a form was sent to is loaded again: back to the page."""
        return Redirect(f"/v/{token}", status_code=303, headers=HEADERS)

    @post("/{token:str}/change", middleware=[SENDING])
    async def ask_change(
        self, token: FromPath[str], request: Caller, session: NamedDependency[AsyncSession], data: Form
    ) -> Response[Any]:
        """Ask for another time. Sending it again changes nothing."""
        return _went(await send_change(session, _asked(request, token), data))

    @post("/{token:str}/request", middleware=[SENDING])
    async def request_help(
        self, token: FromPath[str], request: Caller, session: NamedDependency[AsyncSession], data: Form
    ) -> Response[Any]:
        """Report a fault, ask or complain: a ticket. Sending it again makes no other."""
        return _went(await send_request(session, _asked(request, token), data))

    @get("/{token:str}/reports/{record_id:uuid}")
    async def report_page(
        self, token: FromPath[str], record_id: FromPath[UUID], session: NamedDependency[AsyncSession]
    ) -> Response[str]:
        """A sealed report of the visit."""
        return html.html_answer(*await show(session, await held_record(session, token, record_id)))

    @get("/{token:str}/reports/{record_id:uuid}/report.pdf")
    async def report_pdf(
        self,
        token: FromPath[str],
        record_id: FromPath[UUID],
        state: State,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> Response[bytes]:
        """The sealed PDF."""
        async with sessions() as session:  # closed before the storage is asked
            held = await held_record(session, token, record_id)
        return await pdf_answer(storage, state.sealer, held.row)

    @get("/{token:str}/reports/{record_id:uuid}/answers/{kind:str}")
    async def answer_statement(
        self,
        token: FromPath[str],
        record_id: FromPath[UUID],
        kind: FromPath[str],
        session: NamedDependency[AsyncSession],
    ) -> Response[bytes]:
        """The customer's own copy of their answer, for `fieldproof verify`."""
        held = await held_record(session, token, record_id)
        given = await given_answer(session, held.row, kind)
        headers = {
            "content-disposition": f'attachment; filename="answer-{given.kind}.json"',
            "cache-control": "no-store",
        }
        return Response(answer_file(given), media_type="application/json", headers=headers)

    @post("/{token:str}/reports/{record_id:uuid}/confirm")
    async def confirm_report(
        self,
        token: FromPath[str],
        record_id: FromPath[UUID],
        state: State,
        session: NamedDependency[AsyncSession],
        data: Form,
    ) -> Response[Any]:
        """Confirm the report. Sending it again changes nothing."""
        held = await held_record(session, token, record_id, hold=True)
        refused = await confirm_by_link(session, state.sealer.keys, held, has_read=data.get("read") == "yes")
        return html.html_answer(*refused) if refused else Redirect(held.path, status_code=303, headers=html.HEADERS)

    @post("/{token:str}/reports/{record_id:uuid}/dispute")
    async def dispute_report(
        self,
        token: FromPath[str],
        record_id: FromPath[UUID],
        state: State,
        session: NamedDependency[AsyncSession],
        data: Form,
    ) -> Response[Any]:
        """Dispute the report with a reason. Sending it again changes nothing."""
        held = await held_record(session, token, record_id, hold=True)
        refused = await dispute_by_link(session, state.sealer.keys, held, data.get("reason", ""))
        return html.html_answer(*refused) if refused else Redirect(held.path, status_code=303, headers=html.HEADERS)


class AssetPages(Controller):
    """The page of an asset, behind the code on the machine: report a fault, see when it was last served."""

    path = "/a"
    guards = (LINK_HOLDERS,)
    include_in_schema = False
    exception_handlers = html.as_pages(_plain)
    middleware = (BY_LINK,)
    request_max_body_size = MAX_FORM

    @get("/{token:str}")
    async def asset_page(
        self, token: FromPath[str], request: Caller, session: NamedDependency[AsyncSession]
    ) -> Response[str]:
        """The page of an asset."""
        return _html(*await show_asset(session, _asked(request, token), request.query_params.get("sent")))

    @get("/{token:str}/request")
    async def asset_form(self, token: FromPath[str]) -> Redirect:
        """Where the form was sent to is loaded again: back to the page."""
        return Redirect(f"/a/{token}", status_code=303, headers=HEADERS)

    @post("/{token:str}/request", middleware=[SENDING])
    async def report_fault(
        self, token: FromPath[str], request: Caller, session: NamedDependency[AsyncSession], data: Form
    ) -> Response[Any]:
        """Report a fault: a ticket. Sending it again makes no other."""
        return _went(await send_fault(session, _asked(request, token), data))
