"""Reads everything on the arrival at a visit, in a fixed number of queries, and the figures of many visits in one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.evidence import Place, Thresholds, TimeVerdict, Verdict
from server.arrival.figure import ExemptionReason, Figure, figure, share_ppm
from server.arrival.models import ArrivalExemption, ArrivalVerdict, CheckIn, OfficeThreshold, WindowCorrection
from server.arrival.schemas import (
    ArrivalOut,
    CheckInOut,
    CorrectionOut,
    ExemptionOut,
    FiguresOut,
    ThresholdsOut,
    VerdictOut,
)
from server.ground import clock
from server.ground.clock import from_micros
from server.ground.moments import must_be_moment
from server.ground.problems import Invalid, NotFound
from server.http.listing import MOST, Listing
from server.identity.models import User
from server.jobs.models import Visit

THRESHOLDS = Listing(
    "arrival-thresholds",
    ThresholdsOut,
    key=OfficeThreshold.id,
    sorts={"created_at": OfficeThreshold.created_at},
    default="-created_at",
    usual=MOST,
)

# The first check-in is the arrival, of a technician their own first one, and its newest verdict counts. Visits whose window is
# still to come say nothing yet.
FIGURES = text("""
select verdict.place, verdict.time, exempted.yes as exempt, count(*) as visits
from visit v
join job j on j.id = v.job_id
left join lateral (
  select c.id from check_in c
  where c.visit_id = v.id and (cast(:technician_id as uuid) is null or c.technician_id = :technician_id)
  order by c.earliest, c.id limit 1) first on true
left join lateral (
  select a.place, a.time from arrival_verdict a where a.check_in_id = first.id
  order by a.judged_at desc, a.id desc limit 1) verdict on true
cross join lateral (
  select exists (
    select from arrival_exemption e
    where e.visit_id = v.id and e.withdraws_id is null
      and not exists (select from arrival_exemption back where back.withdraws_id = e.id)) as yes) exempted
where v.window_start >= :start and v.window_start < :end and v.window_end < :now
  and v.state not in ('unscheduled', 'scheduled', 'declined', 'cancelled')
  and (cast(:office_id as uuid) is null or j.office_id = :office_id)
  and (cast(:technician_id as uuid) is null or exists (
    select from visit_crew crew
    where crew.visit_id = v.id and crew.technician_id = :technician_id and crew.removed_at is null))
group by 1, 2, 3
""")


def thresholds_out(row: OfficeThreshold) -> ThresholdsOut:
    """What an office asked of the evidence from a moment on, on the wire."""
    asked = msgspec.convert(row.thresholds, Thresholds)
    return ThresholdsOut(row.office_id, asked, row.reason, row.author_id, row.created_at)


async def figures_out(
    session: AsyncSession, start: datetime, end: datetime, office_id: UUID | None, technician_id: UUID | None
) -> FiguresOut:
    """The figures of a stretch of time as of now, with the share that was kept. Raises `Invalid` for one that ends before it begins."""
    if must_be_moment(start, "start") >= must_be_moment(end, "end"):
        raise Invalid("end is not later than start. Send an end that is.")
    counts = await figures(session, start, end, clock.now(), office_id, technician_id)
    return FiguresOut(
        counts[Figure.KEPT], counts[Figure.MISSED], counts[Figure.EXEMPT], counts[Figure.OPEN],
        counts[Figure.NO_CHECK_IN], share_ppm(counts),
    )  # fmt: skip


async def figures(
    session: AsyncSession,
    start: datetime,
    end: datetime,
    now: datetime,
    office_id: UUID | None,
    technician_id: UUID | None,
) -> dict[Figure, int]:
    """How the visits whose window begins in [start, end) and is over count."""
    counts = dict.fromkeys(Figure, 0)
    values = {"start": start, "end": end, "now": now, "office_id": office_id, "technician_id": technician_id}
    for row in await session.execute(FIGURES, values):
        place = Place(row.place) if row.place else None
        time = TimeVerdict(row.time) if row.time else None
        counts[figure(place, time, exempt=row.exempt)] += row.visits
    return counts


async def arrival_of(session: AsyncSession, visit_id: UUID) -> ArrivalOut:
    """Every check-in with every verdict, and what people added. Five queries. Raises `NotFound`."""
    if await session.scalar(select(Visit.id).where(Visit.id == visit_id)) is None:
        raise NotFound(f"No visit has the id {visit_id}.")
    check_ins = (
        await session.execute(
            select(CheckIn, User.name)
            .join(User, User.id == CheckIn.technician_id)
            .where(CheckIn.visit_id == visit_id)
            .order_by(CheckIn.earliest, CheckIn.id)
        )
    ).all()
    verdicts: dict[UUID, list[ArrivalVerdict]] = {row.id: [] for row, _ in check_ins}
    for verdict in await session.scalars(
        select(ArrivalVerdict)
        .where(ArrivalVerdict.check_in_id.in_(verdicts))
        .order_by(ArrivalVerdict.judged_at.desc(), ArrivalVerdict.id.desc())
    ):
        verdicts[verdict.check_in_id].append(verdict)
    exemptions = await exemptions_of(session, visit_id)
    corrections = await session.execute(
        select(WindowCorrection, User.name)
        .join(User, User.id == WindowCorrection.author_id)
        .where(WindowCorrection.visit_id == visit_id)
        .order_by(WindowCorrection.created_at, WindowCorrection.id)
    )
    found = [_check_in(row, name, verdicts[row.id]) for row, name in check_ins]
    first = found[0].verdicts[0] if found and found[0].verdicts else None
    return ArrivalOut(
        visit_id=visit_id,
        figure=figure(
            first.place if first else None, first.time if first else None, exempt=any(map(_stands, exemptions))
        ),
        check_ins=found,
        window_corrections=[
            CorrectionOut(r.plan_version, r.window_start, r.window_end, r.reason, r.author_id, name, r.created_at)
            for r, name in corrections
        ],
        exemptions=exemptions,
    )


async def exemptions_of(session: AsyncSession, visit_id: UUID) -> list[ExemptionOut]:
    """The exemptions of a visit and what took them back, oldest first."""
    rows = (
        await session.execute(
            select(ArrivalExemption, User.name)
            .join(User, User.id == ArrivalExemption.author_id)
            .where(ArrivalExemption.visit_id == visit_id)
            .order_by(ArrivalExemption.created_at, ArrivalExemption.id)
        )
    ).all()
    back = {row.withdraws_id for row, _ in rows}
    return [
        ExemptionOut(
            r.id, ExemptionReason(r.reason), r.note, r.author_id, name, r.created_at, r.withdraws_id, r.id in back
        )
        for r, name in rows
    ]


def _stands(one: ExemptionOut) -> bool:
    return one.withdraws_id is None and not one.withdrawn


def _check_in(row: CheckIn, technician: str, verdicts: Sequence[ArrivalVerdict]) -> CheckInOut:
    return CheckInOut(
        id=row.id, technician_id=row.technician_id, technician=technician, operation_id=row.operation_id,
        received_at=row.received_at, plan_version_held=row.plan_version_held, witness_code=row.witness_code,
        fixes=row.fixes["fixes"], clock=row.clock["clock"],
        verdicts=[_verdict(one, counts=number == 0) for number, one in enumerate(verdicts)],
    )  # fmt: skip


def _verdict(row: ArrivalVerdict, *, counts: bool) -> VerdictOut:
    inputs: dict[str, Any] = row.inputs
    return VerdictOut(
        id=row.id, counts=counts, verdict=Verdict(row.verdict), place=Place(row.place), time=TimeVerdict(row.time),
        time_by_latest=TimeVerdict(inputs["time_by_latest"]), probability_ppm=row.probability_ppm,
        distance_mm=inputs["distance_mm"], earliest=from_micros(inputs["interval"]["earliest"]),
        latest=from_micros(inputs["interval"]["latest"]), because=row.because, judged_at=row.judged_at,
        reasons=inputs["reasons"], flags=inputs["flags"], words=row.words, inputs=inputs,
    )  # fmt: skip
