"""What a page tells of a visit or an asset: read for the page, and nothing that is not shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customer_pages.models import ChangeRequest
from server.customer_pages.open import OfAsset, OfVisit
from server.customer_pages.rules import PageState, page_state
from server.identity.models import User
from server.jobs.models import Job, Visit, VisitCrew, VisitEvent
from server.jobs.rules import ENDED, ComesNext, JobKind, VisitState
from server.records.customer.answers import corrections
from server.records.models import SealedRecord, ServiceReport, Signature


class Report(NamedTuple):
    """A sealed report of the visit, and whether a newer one corrects it."""

    record: SealedRecord
    corrected: bool


class Told(NamedTuple):
    """What the page of a visit tells beside the visit itself."""

    state: PageState
    since: datetime | None
    crew: Sequence[str]
    reports: Sequence[Report]
    comes_next: ComesNext | None
    next_visit: Visit | None
    asked: Sequence[ChangeRequest]


class Served(NamedTuple):
    """The last service of an asset: when, and of what kind. Who was there and what was found is its customer's."""

    at: datetime
    kind: JobKind


async def told_of(session: AsyncSession, opened: OfVisit) -> Told:
    """What the page of a visit tells."""
    visit = opened.visit
    reports = await _reports(session, visit)
    state = page_state(
        VisitState(visit.state), has_record=bool(reports), is_signed=not reports and await _is_signed(session, visit)
    )
    query = select(User.name, VisitCrew).join(User, User.id == VisitCrew.technician_id)
    query = query.where(VisitCrew.visit_id == visit.id, VisitCrew.removed_at.is_(None))
    crew = (await session.execute(query.order_by(VisitCrew.lead.desc(), User.name))).all()
    asked = select(ChangeRequest).where(ChangeRequest.visit_id == visit.id).order_by(ChangeRequest.id.desc())
    over = state in (PageState.NOT_COMPLETED, PageState.CANCELLED)
    return Told(
        state, _since(state, [member for _, member in crew]), [name for name, _ in crew], reports,
        await _comes_next(session, visit) if state is PageState.NOT_COMPLETED else None,
        await _next_visit(session, visit) if over else None,
        (await session.scalars(asked)).all(),
    )  # fmt: skip


async def last_service(session: AsyncSession, opened: OfAsset) -> Served | None:
    """The newest visit to an asset that was completed."""
    query = (
        select(Visit.finished_at, Job.kind)
        .join(Job, Job.id == Visit.job_id)
        .where(
            Job.asset_id == opened.asset.id,
            Visit.state.in_([VisitState.COMPLETED, VisitState.CLOSED]),
            Visit.finished_at.is_not(None),
        )
    )
    row = (await session.execute(query.order_by(Visit.finished_at.desc()).limit(1))).first()
    return Served(row[0], JobKind(row[1])) if row and row[0] else None


def _since(state: PageState, crew: Sequence[VisitCrew]) -> datetime | None:
    """Since when it is so: by the first of the crew."""
    stamps: dict[PageState, list[datetime | None]] = {
        PageState.ON_THE_WAY: [one.departed_at for one in crew],
        PageState.HERE: [one.arrived_at for one in crew],
        PageState.WORKING: [one.started_at for one in crew],
    }
    return min((at for at in stamps.get(state, ()) if at is not None), default=None)


async def _reports(session: AsyncSession, visit: Visit) -> list[Report]:
    """The sealed reports of a visit, newest first."""
    query = select(SealedRecord).where(SealedRecord.visit_id == visit.id)
    rows = (await session.scalars(query.order_by(SealedRecord.origin_id.desc(), SealedRecord.leaf_index.desc()))).all()
    corrected = await corrections(session, [row.report_id for row in rows]) if rows else {}
    return [Report(row, row.report_id in corrected) for row in rows]


async def _is_signed(session: AsyncSession, visit: Visit) -> bool:
    query = select(Signature.id).join(ServiceReport, ServiceReport.id == Signature.report_id)
    return await session.scalar(query.where(ServiceReport.visit_id == visit.id).limit(1)) is not None


async def _comes_next(session: AsyncSession, visit: Visit) -> ComesNext | None:
    """What the technician said is to come after a visit that could not be completed."""
    query = select(VisitEvent.facts["comes_next"].as_string()).where(
        VisitEvent.visit_id == visit.id, VisitEvent.kind == "cannot_complete"
    )
    said = await session.scalar(query.order_by(VisitEvent.id.desc()).limit(1))
    return ComesNext(said) if said else None


async def _next_visit(session: AsyncSession, visit: Visit) -> Visit | None:
    """The job's visit that is still to come, the first one."""
    query = select(Visit).where(Visit.job_id == visit.job_id, Visit.id != visit.id, Visit.state.not_in(ENDED))
    return await session.scalar(query.order_by(func.coalesce(Visit.window_start, Visit.created_at)).limit(1))
