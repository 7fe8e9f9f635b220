"""The link that the phones of a visit show: given with the order, taken back with it, renewed at the desk."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground import clock
from server.jobs.models import Visit
from server.visit_links.models import VisitLink
from server.visit_links.rules import USUAL_DAYS, LinkSide
from server.visit_links.token import new_token, token_sha256


def lasts(session: AsyncSession) -> timedelta:
    """How long links open after the visit's end, as it is set for this server."""
    return timedelta(days=session.info.get("link_days", USUAL_DAYS))


def promised_until(session: AsyncSession, visit: Visit) -> datetime:
    """Until when a link that is made now opens at least: its days after the visit as it is planned, or from now where that is over."""
    planned = visit.window_end or visit.planned_start
    return max([clock.now(), *([planned] if planned else [])]) + lasts(session)


async def give_phone_link(session: AsyncSession, visit: Visit, by: UUID) -> None:
    """See to it that the phones of a visit have a link to show. One that they have stays, also when others are sent: whoever did the work
    before their phone knew of that has shown it to the customer already."""
    row = await phone_link(session, visit.id)
    until = promised_until(session, visit)
    if row is None:
        token = new_token()
        session.add(
            VisitLink(
                visit_id=visit.id, whose=LinkSide.PHONE, token=token, token_sha256=token_sha256(token), expires_at=until,
                made_by=by,
            )
        )  # fmt: skip
    elif row.expires_at < until:
        row.expires_at = until


async def take_phone_link(session: AsyncSession, visit_id: UUID) -> VisitLink | None:
    """Revoke the link of a visit's phones; returns it, where there was one."""
    row = await phone_link(session, visit_id)
    if row is not None:
        row.revoked_at, row.token = clock.now(), None
        await session.flush()
    return row


async def phone_link(session: AsyncSession, visit_id: UUID) -> VisitLink | None:
    """The link that a visit's phones show."""
    return await session.scalar(select(VisitLink).where(VisitLink.phone_visit_id == visit_id))
