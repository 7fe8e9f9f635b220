"""HTTP: the lists of reasons. Leads keep their office's, administrators the company's, and phones hold them all."""

from uuid import UUID

from litestar import Controller, Request, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.http.list_pages import each, listed, narrowed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import LEADERS, STAFF
from server.identity.tokens import Actor
from server.reasons import keep
from server.reasons.models import Reason
from server.reasons.queries import REASONS, office_of_reason, reason_out, select_reasons
from server.reasons.rules import ReasonFor
from server.reasons.schemas import ReasonChange, ReasonIn, ReasonOut

Caller = Request[Actor, str, State]


class Reasons(Controller):
    """Why something was declined, held up, not completed, not photographed or not signed."""

    path = "/v1/reasons"
    tags = ("jobs",)

    @get(guards=[STAFF], **listed_by(REASONS))
    async def list_reasons(
        self,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        given_for: FromQuery[ReasonFor | None] = None,
        office_id: FromQuery[UUID | None] = None,
        retired: FromQuery[bool | None] = None,
    ) -> Listed[ReasonOut]:
        """Reasons in the order in which they are offered; with an office those that it offers, the company's among them."""
        query = narrowed(select_reasons(office_id, retired), (Reason.given_for, given_for))
        return await listed(asked, session, query, each(reason_out))

    @post(guards=[LEADERS])
    async def add_reason(
        self, data: JSONBody[ReasonIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> ReasonOut:
        """Add a reason to a list. Phones have it with their next exchange."""
        return reason_out(await keep.add_reason(session, data, request.user))

    @patch("/{reason_id:uuid}", guards=[LEADERS.of("reason_id", office_of_reason)])
    async def change_reason(
        self,
        reason_id: FromPath[UUID],
        data: JSONBody[ReasonChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ReasonOut:
        """Replace the texts of a reason, or move it in its list."""
        return reason_out(await keep.change_reason(session, reason_id, data, request.user))

    @post("/{reason_id:uuid}/retire", guards=[LEADERS.of("reason_id", office_of_reason)], status_code=200)
    async def retire_reason(
        self, reason_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> ReasonOut:
        """Offer a reason no more. It stays where it was said."""
        return reason_out(await keep.retire_reason(session, reason_id, request.user))

    @post("/{reason_id:uuid}/reinstate", guards=[LEADERS.of("reason_id", office_of_reason)], status_code=200)
    async def reinstate_reason(
        self, reason_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> ReasonOut:
        """Offer a retired reason again."""
        return reason_out(await keep.reinstate_reason(session, reason_id, request.user))
