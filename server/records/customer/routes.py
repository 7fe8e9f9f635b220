"""HTTP: the customer's page behind the link that is printed on a sealed PDF, where they confirm or dispute it.

The link's token is the only key; it is long, only its hash is stored, and a wrong one gets the same page as any other.
"""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.identity.audience import LINK_HOLDERS
from server.media.storage import Storage
from server.records.customer.answering import (
    Shown,
    answer_file,
    by_printed_link,
    confirm_by_link,
    dispute_by_link,
    given_answer,
    show,
)
from server.records.customer.answers import record_of_link
from server.records.customer.html import HEADERS, MAX_FORM, Asking, Form, as_pages, html_answer
from server.records.customer.page import plain_page
from server.records.customer.pdf import BY_LINK, pdf_answer
from server.records.print.labels import Wording
from server.records.sealer import Sealer


def _plain(request: Asking, missing: bool, status: int) -> Response[str]:
    language = request.headers.get("accept-language", "")
    what, words = "no_report" if missing else "not_now", Wording(language)
    return html_answer(plain_page(language, words.label(what), words.label(f"{what}_more")), status)


class Customer(Controller):
    """The report, and what its customer says of it. Open to whoever holds the link."""

    path = "/r"
    guards = (LINK_HOLDERS,)
    include_in_schema = False
    exception_handlers = as_pages(_plain)
    middleware = (BY_LINK,)
    request_max_body_size = MAX_FORM

    @get("/{token:str}")
    async def page(self, token: FromPath[str], session: NamedDependency[AsyncSession]) -> Response[str]:
        """The page of a record."""
        return html_answer(*await show(session, await by_printed_link(session, token)))

    @get("/{token:str}/report.pdf")
    async def pdf(
        self,
        token: FromPath[str],
        state: State,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> Response[bytes]:
        """The sealed PDF."""
        async with sessions() as session:  # closed before the storage is asked
            row = await record_of_link(session, token)
        return await pdf_answer(storage, state.sealer, row)

    @get("/{token:str}/answers/{kind:str}")
    async def statement(
        self, token: FromPath[str], kind: FromPath[str], session: NamedDependency[AsyncSession]
    ) -> Response[bytes]:
        """The customer's own copy of their answer: the signed statement and its proof, for `fieldproof verify`."""
        given = await given_answer(session, await record_of_link(session, token), kind)
        headers = {"content-disposition": f'attachment; filename="answer-{given.kind}.json"'}
        return Response(
            answer_file(given), media_type="application/json", headers=headers | {"cache-control": "no-store"}
        )

    @post("/{token:str}/confirm")
    async def confirm(
        self, token: FromPath[str], state: State, session: NamedDependency[AsyncSession], data: Form
    ) -> Response[Any]:
        """Confirm the report. Sending it again changes nothing."""
        sealer: Sealer = state.sealer
        held = await by_printed_link(session, token, hold=True)
        refused = await confirm_by_link(session, sealer.keys, held, has_read=data.get("read") == "yes")
        return _answered(token, refused)

    @post("/{token:str}/dispute")
    async def dispute(
        self, token: FromPath[str], state: State, session: NamedDependency[AsyncSession], data: Form
    ) -> Response[Any]:
        """Dispute the report with a reason. Sending it again changes nothing."""
        sealer: Sealer = state.sealer
        held = await by_printed_link(session, token, hold=True)
        return _answered(token, await dispute_by_link(session, sealer.keys, held, data.get("reason", "")))


def _answered(token: str, refused: Shown | None) -> Response[Any]:
    return Redirect(f"/r/{token}", status_code=303, headers=HEADERS) if refused is None else html_answer(*refused)
