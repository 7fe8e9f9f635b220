"""Judges a check-in against what the database knows of site and plan; again when the site's position is corrected."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.models import ArrivalVerdict, CheckIn
from server.arrival.rules import Fence, Fix, Judgement, Window, judge
from server.clock import to_micros
from server.customers.models import Site
from server.jobs.models import Job, Visit, VisitPlan


async def judge_check_in(session: AsyncSession, row: CheckIn, visit: Visit, *, because: str) -> Judgement:
    """A new verdict beside any older one."""
    site = await session.scalar(select(Site).join(Job, Job.site_id == Site.id).where(Job.id == visit.job_id))
    assert site is not None  # a job's site is a foreign key
    fence = Fence(site.latitude, site.longitude, site.datum, site.geofence_radius_m)
    held = await _window(session, visit.id, row.plan_version_held)
    newest = await _window(session, visit.id, visit.plan_version)
    fixes = msgspec.convert(row.fixes["fixes"], list[Fix])
    found = judge(fixes, fence, to_micros(row.earliest), to_micros(row.latest), held, newest)
    session.add(
        ArrivalVerdict(
            check_in_id=row.id, verdict=found.verdict, place=found.place, time=found.time,
            probability_ppm=found.probability_ppm, because=because, words=found.words,
            inputs=_inputs(found, fence, held, newest),
        )
    )  # fmt: skip
    await session.flush()
    return found


async def judge_site_again(session: AsyncSession, site_id: UUID, because: str) -> int:
    """Judge every check-in at a site again, after its position was corrected. Returns how many."""
    rows = await session.execute(
        select(CheckIn, Visit)
        .join(Visit, Visit.id == CheckIn.visit_id)
        .join(Job, Job.id == Visit.job_id)
        .where(Job.site_id == site_id)
    )
    count = 0
    for row, visit in rows.all():
        await judge_check_in(session, row, visit, because=because)
        count += 1
    return count


async def _window(session: AsyncSession, visit_id: UUID, plan_version: int) -> Window | None:
    order = await session.get(VisitPlan, (visit_id, plan_version))
    if order is None:
        return None
    return Window(to_micros(order.window_start), to_micros(order.window_end), plan_version)


def _inputs(found: Judgement, fence: Fence, held: Window | None, newest: Window | None) -> dict[str, Any]:
    """Integers only, because this goes into the sealed record."""
    return {
        "distance_mm": found.distance_mm,
        "reasons": found.reasons,
        "fence": {
            "lat_e7": round(fence.latitude * 1e7), "lon_e7": round(fence.longitude * 1e7), "datum": fence.datum,
            "radius_m": fence.radius_m,
        },
        "held": msgspec.to_builtins(held),
        "newest": msgspec.to_builtins(newest),
    }  # fmt: skip
