"""Judges a check-in against what the database knows of site, plan and code; again when one of them is corrected."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.bounded_time import Interval
from server.arrival.codes import read_code
from server.arrival.evidence import PreviousCheckIn, Thresholds, WindowVersion
from server.arrival.evidence import Site as Fence
from server.arrival.fixes import read_fixes
from server.arrival.models import ArrivalVerdict, CheckIn, WindowCorrection
from server.arrival.verdict import Judgement, judge
from server.arrival.witness import narrowed
from server.arrival.words import as_text
from server.customers.models import Customer, Site
from server.customers.rules import Datum
from server.ground import clock
from server.ground.clock import from_micros, to_micros
from server.ground.words import Language
from server.identity.models import Office
from server.jobs.models import Job, Visit, VisitPlan


async def judge_check_in(
    session: AsyncSession, row: CheckIn, visit: Visit, *, because: str, newest: datetime | None = None
) -> Judgement:
    """A new verdict beside any older one.

    `newest` is when the last one before was made: this one is dated after it, whatever the server's clock did since.
    """
    site, office, locale = (
        await session.execute(
            select(Site, Office, Customer.locale)
            .join(Job, Job.site_id == Site.id)
            .join(Office, Office.id == Job.office_id)
            .join(Customer, Customer.id == Job.customer_id)
            .where(Job.id == visit.job_id)
        )
    ).one()
    fence, languages = fence_of(site), told_in(Language(locale))
    by_chain = msgspec.convert(row.clock["interval"], Interval)
    reading = await read_code(session, site.id, row.witness_code, by_chain)
    interval = narrowed(by_chain, reading)
    thresholds = msgspec.convert(office.arrival_thresholds or {}, Thresholds)
    found = judge(
        fixes=read_fixes(row.fixes["fixes"]),
        interval=interval,
        wall=row.clock["clock"]["wall"],
        site=fence,
        held=await _window(session, visit.id, row.plan_version_held),
        latest=await _window(session, visit.id, visit.plan_version),
        previous=await _previous(session, row),
        thresholds=thresholds,
        witness=reading,
        languages=languages,
    )
    row.earliest, row.latest = from_micros(interval.earliest), from_micros(interval.latest)
    session.add(
        ArrivalVerdict(
            check_in_id=row.id, verdict=found.verdict, place=found.place, time=found.time,
            probability_ppm=found.probability_ppm, because=because,
            words={one.primary: as_text(found.words[one.primary], one) for one in languages},
            inputs=_inputs(found, fence, thresholds),
            judged_at=max(clock.now(), newest + timedelta(microseconds=1)) if newest else clock.now(),
        )
    )  # fmt: skip
    await session.flush()
    return found


def told_in(customers: Language) -> tuple[Language, ...]:
    """The languages of a verdict: those of every one, and the customer's, who reads it in the report."""
    return tuple(dict.fromkeys((Language.EN, Language.ZH, customers)))


def fence_of(site: Site) -> Fence:
    """A site's circle in the units of the evidence."""
    return Fence(
        lat_e7=round(site.latitude * 1e7),
        lon_e7=round(site.longitude * 1e7),
        datum=Datum(site.datum),
        radius_mm=site.geofence_radius_m * 1000,
        time_zone=site.time_zone,
    )


async def _window(session: AsyncSession, visit_id: UUID, plan_version: int) -> WindowVersion | None:
    """The window of a plan version, as it was last corrected."""
    plan = await session.get(VisitPlan, (visit_id, plan_version))
    if plan is None:
        return None
    corrected = await session.scalar(
        select(WindowCorrection)
        .where(WindowCorrection.visit_id == visit_id, WindowCorrection.plan_version == plan_version)
        .order_by(WindowCorrection.created_at.desc(), WindowCorrection.id.desc())
        .limit(1)
    )
    start, end = (corrected or plan).window_start, (corrected or plan).window_end
    if start is None or end is None:  # it was still to be agreed when the order went out
        return None
    return WindowVersion(to_micros(start), to_micros(end), plan_version, corrected is not None)


async def _previous(session: AsyncSession, row: CheckIn) -> PreviousCheckIn | None:
    """Where the same technician was before, as the newest verdict on that check-in found."""
    before = (
        await session.execute(
            select(CheckIn, ArrivalVerdict)
            .join(ArrivalVerdict, ArrivalVerdict.check_in_id == CheckIn.id)
            .where(CheckIn.technician_id == row.technician_id, CheckIn.id != row.id, CheckIn.latest < row.earliest)
            .order_by(CheckIn.latest.desc(), ArrivalVerdict.judged_at.desc(), ArrivalVerdict.id.desc())
            .limit(1)
        )
    ).first()
    if before is None:
        return None
    check_in, verdict = before
    finding = verdict.inputs["finding"]
    if finding["lat_e7"] is None:
        return None
    return PreviousCheckIn(
        finding["lat_e7"], finding["lon_e7"], finding["sigma_mm"], to_micros(check_in.earliest),
        to_micros(check_in.latest),
    )  # fmt: skip


def _inputs(found: Judgement, fence: Fence, thresholds: Thresholds) -> dict[str, Any]:
    """All that the verdict rests on, integers and text only, because it goes into the sealed record."""
    judgement: dict[str, Any] = msgspec.to_builtins(found)
    del judgement["words"]
    return {**judgement, "fence": msgspec.to_builtins(fence), "thresholds": msgspec.to_builtins(thresholds)}
