"""HTTP: links to the customer's page of a visit, for the desk to send, revoke and make again."""

from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from server.http.list_pages import each, listed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS
from server.identity.tokens import Actor
from server.jobs.offices import office_of_visit
from server.visit_links.make import make_link, message, revoke_link
from server.visit_links.queries import LINKS, link_out, select_links
from server.visit_links.schemas import VisitLinkIn, VisitLinkMade, VisitLinkOut

Caller = Request[Actor, str, State]


class VisitLinks(Controller):
    """Who may open the customer's page of a visit."""

    path = "/v1/visits/{visit_id:uuid}/links"
    tags = ("customer-pages",)
    guards = (DESKS.of("visit_id", office_of_visit),)

    @get(**listed_by(LINKS))
    async def list_visit_links(
        self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[VisitLinkOut]:
        """The links of a visit, newest first; those that were revoked too."""
        return await listed(asked, session, select_links(visit_id), each(link_out))

    @post()
    async def make_visit_link(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[VisitLinkIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> VisitLinkMade:
        """A link to the customer's page, and a message to copy for WeChat or SMS in the customer's language. The address is shown this once."""
        row, token = await make_link(session, visit_id, data.whose, request.user)
        if token is None:
            return VisitLinkMade(link_out(row), None, None)
        sealer = request.app.state.sealer
        address = f"{sealer.public_url}/v/{token}"
        return VisitLinkMade(link_out(row), address, await message(session, visit_id, sealer.company, address))

    @post("/{link_id:uuid}/revoke", status_code=200)
    async def revoke_visit_link(
        self, visit_id: FromPath[UUID], link_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> VisitLinkOut:
        """Make a link open nothing any more."""
        return link_out(await revoke_link(session, visit_id, link_id, request.user))
