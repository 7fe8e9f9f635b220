"""The changing code of a site: its secret, the links to the customer's page, and what a typed code says of a check-in.

The secret lives here and on the customer's authenticator; no phone of ours ever gets it. Made anew, the old one retires
and goes on judging only the time in which it was in use.
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.arrival.bounded_time import Interval
from server.arrival.models import CodeLink, SiteCode
from server.arrival.witness import DEFAULT_PLAN, Reading, code_at, read
from server.customers.models import Customer, Site
from server.customers.offices import office_of_site
from server.ground import clock
from server.ground.clock import from_micros, to_micros
from server.ground.problems import NotFound
from server.jobs.models import Job, Visit
from server.jobs.offices import the_visit
from server.jobs.rules import VisitState

SECRET_BYTES = 20
"""The length that RFC 4226 section 4 asks for."""

SHOWN_AFTER = timedelta(days=1)
"""How long after the window's end the page still shows a code: a visit may run late or be put off to the next day."""

OVER = frozenset({VisitState.COMPLETED, VisitState.CLOSED, VisitState.CANNOT_COMPLETE, VisitState.CANCELLED})


class Showing(msgspec.Struct, frozen=True):
    """What the customer's page shows: the code now (None when the visit is over), and how long it stays."""

    site: str
    locale: str
    code: str | None
    seconds_left: int
    seconds: int


async def make_secret(session: AsyncSession, site_id: UUID, made_by: UUID) -> SiteCode:
    """A new secret for a site; the one before it is retired. Raises `NotFound`."""
    row = await _new_secret(session, site_id, made_by)
    of = Of(Thing.SITE, site_id, await office_of_site(session, site_id))
    log_action(session, made_by, Verb.MAKE_SITE_CODE, of)
    return row


async def _new_secret(session: AsyncSession, site_id: UUID, made_by: UUID) -> SiteCode:
    site = await session.get(Site, site_id, with_for_update=True)
    if site is None:
        raise NotFound(f"No site has the id {site_id}.")
    moment = clock.now()
    await session.execute(
        update(SiteCode).where(SiteCode.site_id == site_id, SiteCode.retired_at.is_(None)).values(retired_at=moment)
    )
    row = SiteCode(
        site_id=site_id, secret=secrets.token_bytes(SECRET_BYTES), made_by=made_by, created_at=moment, retired_at=None
    )
    session.add(row)
    await session.flush()
    return row


async def live_secret(session: AsyncSession, site_id: UUID) -> SiteCode | None:
    """The secret that a site's code is made of now."""
    found: SiteCode | None = await session.scalar(
        select(SiteCode).where(SiteCode.site_id == site_id, SiteCode.retired_at.is_(None))
    )
    return found


async def make_link(session: AsyncSession, visit_id: UUID, made_by: UUID) -> str:
    """A new link's token for a visit; those before it stop working. The site gets a secret if it has none.

    Raises `NotFound`.
    """
    visit = await session.get(Visit, visit_id, with_for_update=True)
    if visit is None:
        raise NotFound(f"No visit has the id {visit_id}.")
    site_id = (await session.get_one(Job, visit.job_id)).site_id
    without = await live_secret(session, site_id) is None
    if without:
        await _new_secret(session, site_id, made_by)
    await session.execute(
        update(CodeLink)
        .where(CodeLink.visit_id == visit_id, CodeLink.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    token = secrets.token_urlsafe(24)
    session.add(CodeLink(visit_id=visit_id, sha256=_digest(token), made_by=made_by, revoked_at=None))
    of = await the_visit(session, visit_id)
    log_action(session, made_by, Verb.MAKE_CODE_LINK, of, after={"site_id": site_id, "site_code_made": without})
    await session.flush()
    return token


async def showing(session: AsyncSession, token: str) -> Showing | None:
    """What the page behind a link shows now; None for a link that is none, or that was replaced."""
    found = (
        await session.execute(
            select(Visit, Site, Customer.locale, SiteCode.secret)
            .join(CodeLink, CodeLink.visit_id == Visit.id)
            .join(Job, Job.id == Visit.job_id)
            .join(Site, Site.id == Job.site_id)
            .join(Customer, Customer.id == Site.customer_id)
            .join(SiteCode, (SiteCode.site_id == Site.id) & SiteCode.retired_at.is_(None))
            .where(CodeLink.sha256 == _digest(token), CodeLink.revoked_at.is_(None))
        )
    ).first()
    if found is None:
        return None
    visit, site, locale, secret = found
    now, step = clock.micros(), DEFAULT_PLAN.step
    late = visit.window_end is not None and from_micros(now) > visit.window_end + SHOWN_AFTER
    code = None if late or visit.state in OVER else code_at(secret, now)
    return Showing(site.name, locale, code, -(-(step - now % step) // 1_000_000), step // 1_000_000)


async def read_code(session: AsyncSession, site_id: UUID, code: str | None, within: Interval) -> Reading | None:
    """What a code that was typed in at a site says, by every secret in use within the interval. None without a code."""
    if code is None:
        return None
    margin = DEFAULT_PLAN.skew + DEFAULT_PLAN.entry
    rows = await session.scalars(select(SiteCode).where(SiteCode.site_id == site_id).order_by(SiteCode.created_at))
    in_use = [
        row.secret
        for row in rows
        if to_micros(row.created_at) <= within.latest + margin
        and (row.retired_at is None or to_micros(row.retired_at) >= within.earliest - margin)
    ]
    return read(in_use, code, within)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
