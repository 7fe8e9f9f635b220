"""HTTP: the past of an asset, for a phone that asks for more than the three visits that it holds, and for desks."""

from uuid import UUID

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.offices import office_of_asset
from server.http.list_pages import listed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import STAFF
from server.identity.tokens import Actor
from server.jobs.past.queries import PAST_VISITS, past_visits_out, select_past_visits
from server.jobs.past.schemas import PastVisit

Caller = Request[Actor, str, State]
HISTORY = "/v1/assets/{asset_id:uuid}/visits"


@get(HISTORY, tags=["jobs"], guards=[STAFF.of("asset_id", office_of_asset)], **listed_by(PAST_VISITS))
async def list_past_visits(
    asset_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession], asked: AsAsked
) -> Listed[PastVisit]:
    """The visits to an asset that have ended, newest first. Phones hold the last three in the asset's row (`last_visits`), and ask here
    for more; a technician may ask about what stands where they are or were sent."""
    query = await select_past_visits(session, asset_id, request.user)
    return await listed(asked, session, query, past_visits_out)
