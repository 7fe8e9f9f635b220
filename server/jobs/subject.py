"""Visits as what operations are about: whoever is or was on the crew may tap there."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.rows import among
from server.field.subject import Decided, Subject
from server.ground.problems import Forbidden
from server.jobs.history import record, record_tap
from server.jobs.models import Visit, VisitCrew


class NotYourVisit(Forbidden):
    """The visit was never assigned to this technician"""

    code = "not_your_visit"


CREWS = (
    select(VisitCrew.visit_id, VisitCrew)
    .where(among(VisitCrew.visit_id, "subjects"))
    .order_by(VisitCrew.lead.desc(), VisitCrew.technician_id)
)


def _was_late(visit: Visit) -> None:
    if not visit.after_reassignment:
        visit.after_reassignment = True


def _decided(session: AsyncSession, one: Decided) -> None:
    facts = {"kind": one.kind, "reason": one.reason}
    kind = f"parked_{one.resolution}"
    record(session, one.subject_id, kind, actor_id=one.actor_id, operation_id=one.operation_id, facts=facts)


VISIT = Subject(
    name="visit", table=Visit, recorded=True, members=CREWS,
    not_yours=lambda: NotYourVisit("This visit was never assigned to you."),
    over=lambda visit: visit.state == "cancelled", was_late=_was_late, said_again=record_tap, decided=_decided,
)  # fmt: skip
