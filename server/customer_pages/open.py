"""What a link or a label opens. Raises `NoPage` for one that is wrong, was revoked or has run out: the same for all three, and nothing of the visit."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customer_pages.models import AssetLabel
from server.customers.models import Asset, Customer, Product, Site
from server.ground import clock
from server.ground.problems import NotFound
from server.jobs.models import Job, Visit, VisitEvent
from server.jobs.rules import ENDED, VisitState
from server.records.models import SealedRecord
from server.visit_links.give import lasts
from server.visit_links.models import VisitLink
from server.visit_links.rules import opens_until
from server.visit_links.token import LONGEST, token_sha256


class NoPage(NotFound):
    """This link opens no page"""

    code = "no_page"


class OfVisit(NamedTuple):
    """A visit's page: the link that opened it, and what it is about."""

    link: VisitLink
    visit: Visit
    job: Job
    customer: Customer
    site: Site


class OfAsset(NamedTuple):
    """An asset's page: the label that opened it, and what it is about."""

    label: AssetLabel
    asset: Asset
    product: Product
    site: Site
    customer: Customer


async def open_visit(session: AsyncSession, token: str, *, hold: bool = False) -> OfVisit:
    """The visit of a link; `hold` keeps other forms about it waiting, and desks that change it. Raises `NoPage`."""
    query: Select[VisitLink, Visit, Job, Customer, Site] = (
        select(VisitLink, Visit, Job, Customer, Site)
        .join(Visit, Visit.id == VisitLink.visit_id)
        .join(Job, Job.id == Visit.job_id)
        .join(Customer, Customer.id == Job.customer_id)
        .join(Site, Site.id == Job.site_id)
        .where(VisitLink.token_sha256 == token_sha256(token))
    )
    held = query.with_for_update(of=Visit, key_share=True) if hold else query
    found = (await session.execute(held)).first() if len(token) <= LONGEST else None
    opened = OfVisit(*found) if found else None
    if opened is None or opened.link.revoked_at is not None or not await _is_open(session, opened):
        raise NoPage("This link opens no page, or none any more. Ask the company for a new one.")
    return opened


async def open_asset(session: AsyncSession, token: str, *, hold: bool = False) -> OfAsset:
    """The asset of a label; `hold` keeps other forms about it waiting. Raises `NoPage`."""
    query: Select[AssetLabel, Asset, Product, Site, Customer] = (
        select(AssetLabel, Asset, Product, Site, Customer)
        .join(Asset, Asset.id == AssetLabel.asset_id)
        .join(Product, Product.id == Asset.product_id)
        .join(Site, Site.id == Asset.site_id)
        .join(Customer, Customer.id == Site.customer_id)
        .where(AssetLabel.token == token, AssetLabel.revoked_at.is_(None))
    )
    held = query.with_for_update(of=Asset, key_share=True) if hold else query
    found = (await session.execute(held)).first() if len(token) <= LONGEST else None
    if found is None:
        raise NoPage("This code opens no page, or none any more. Ask the company for a new one.")
    return OfAsset(*found)


async def _is_open(session: AsyncSession, opened: OfVisit) -> bool:
    """Whether a link's time is not over. Of a visit that goes on it never is."""
    now = clock.now()
    if now <= opened.link.expires_at or VisitState(opened.visit.state) not in ENDED:
        return True
    dispute = select(func.max(SealedRecord.answer_until)).where(SealedRecord.visit_id == opened.visit.id)
    ended = opened.visit.finished_at or await _ended_at(session, opened.visit)
    return now <= opens_until(opened.link.expires_at, ended, await session.scalar(dispute), lasts(session))


async def _ended_at(session: AsyncSession, visit: Visit) -> datetime | None:
    """When a visit ended that nobody finished: its history's last line of that."""
    ended = ("cancel", "cannot_complete", "finish")
    query = select(func.max(VisitEvent.recorded_at)).where(VisitEvent.visit_id == visit.id, VisitEvent.kind.in_(ended))
    return await session.scalar(query)
