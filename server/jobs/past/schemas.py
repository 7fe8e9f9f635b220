"""An asset's past visits on the wire."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.customers.rules import Unit
from server.jobs.rules import JobKind, VisitState


class PastPart(msgspec.Struct):
    """A part that went in, in thousandths of its unit."""

    part_id: UUID
    number: str
    name: str
    quantity_milli: int
    unit: Unit


class PastVisit(msgspec.Struct):
    """A visit to an asset, with what was said to be wrong (the field's codes), what was done and what went in."""

    visit_id: UUID
    job_number: int
    kind: JobKind
    title: str
    state: VisitState
    started_at: datetime | None
    finished_at: datetime | None
    work_summary: str
    fault: dict[str, str]
    technicians: list[str]
    parts: list[PastPart]
