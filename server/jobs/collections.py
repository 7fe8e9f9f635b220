"""What phones hold of the work: visits, their jobs, and what was done on them.

Times are microseconds since the epoch, positions 1e-7 degrees, money minor units.
"""

import json
from typing import Any
from uuid import UUID

import msgspec

from server.field.collection import Collection, Crewed, Micros, Names, Of
from server.jobs import models
from server.jobs.rules import REQUIRED_SLOTS, VisitState


class CrewMember(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody who goes."""

    technician_id: UUID
    name: str
    lead: bool


class CrewState(msgspec.Struct, forbid_unknown_fields=True):
    """Where one of the crew is, and when they said so first (`finished_at`: last). What they have not said yet is left out."""

    technician_id: UUID
    state: VisitState
    accepted_at: Micros | None = None
    departed_at: Micros | None = None
    arrived_at: Micros | None = None
    started_at: Micros | None = None
    finished_at: Micros | None = None
    work_summary: str = ""


class Visit(msgspec.Struct, forbid_unknown_fields=True):
    """One trip with one agreed arrival window; `plan_version` goes back with the check-in.

    The window is what the customer was promised, `planned_start` and `minutes` are the office's plan. `state` follows from
    `crew_states`, which has those who declined, too (`visit_states.json`).
    """

    id: UUID
    job_id: UUID
    state: str
    window_start: Micros | None
    window_end: Micros | None
    plan_version: int
    planned_start: Micros | None
    minutes: int
    arrived_at: Micros | None
    started_at: Micros | None
    finished_at: Micros | None
    work_summary: str
    custody: dict[str, Any]
    crew: list[CrewMember]
    crew_states: list[CrewState]


class ToBring(msgspec.Struct, forbid_unknown_fields=True):
    """Something to take along: in words, or a part of the catalogue with thousandths of its unit, or both."""

    text: str
    part_id: UUID | None
    quantity_milli: int | None


class Job(msgspec.Struct, forbid_unknown_fields=True):
    """The work that a visit is for. `noticed_at` is when the customer told us: by that day the warranty is judged (`shapes/warranty.py`).

    `office_id` names the office whose reasons and settings (`office`) count.
    """

    id: UUID
    number: int
    customer_id: UUID
    contact_id: UUID | None
    site_id: UUID
    asset_id: UUID | None
    kind: str
    title: str
    description: str
    required_slots: list[str]
    office_id: UUID
    bring: list[ToBring]
    noticed_at: Micros


class ChecklistItem(msgspec.Struct, forbid_unknown_fields=True):
    """A line of the checklist; `answer` is {value, others}. `labels` has its text by language (`shapes/texts.py` says which is read)."""

    id: UUID
    visit_id: UUID
    position: int
    label: str
    kind: str
    required: bool
    answer: dict[str, Any] | None
    labels: dict[str, str]


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """Something written down."""

    id: UUID
    visit_id: UUID
    text: str
    author_id: UUID
    occurred_at: Micros


class PartUsed(msgspec.Struct, forbid_unknown_fields=True):
    """A part that went into the work: `quantity_milli` thousandths of its unit, and as `quantity` the next whole number up."""

    id: UUID
    visit_id: UUID
    part_id: UUID
    quantity: int
    charged: bool
    unit_price: int
    currency: str
    quantity_milli: int
    unit: str


class Expense(msgspec.Struct, forbid_unknown_fields=True):
    """Money spent on a visit."""

    id: UUID
    visit_id: UUID
    kind: str
    amount: int
    currency: str
    note: str


CREW = """(select coalesce(jsonb_agg(jsonb_build_object('technician_id', c.technician_id, 'name', u.name,
                 'lead', c.lead) order by c.technician_id), '[]')
               from visit_crew c join app_user u on u.id = c.technician_id
               where c.visit_id = r.id and c.removed_at is null)"""
CREW_STATES = """(select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('technician_id', c.technician_id, 'state', c.state,
                 'accepted_at', sync_micros(c.accepted_at), 'departed_at', sync_micros(c.departed_at),
                 'arrived_at', sync_micros(c.arrived_at), 'started_at', sync_micros(c.started_at),
                 'finished_at', sync_micros(c.finished_at), 'work_summary', nullif(c.work_summary, '')))
                 order by c.lead desc, c.technician_id), '[]')
               from visit_crew c where c.visit_id = r.id and (c.removed_at is null or c.state = 'declined'))"""
VISITS_OF_A_PERSON = """select c.visit_id from noted n join visit_crew c on c.technician_id = n.row_id and c.removed_at is null
        where n.collection = 'person'"""
"""A person's name is shown in the crew of each visit."""

VISIT = Collection(
    name="visit", row=Visit, table=models.Visit, parent=Crewed("technician_visit", "visit_id"),
    body={"crew": CREW, "crew_states": CREW_STATES}, since={"crew_states": 2, "planned_start": 2}, touched=False,
    through={"person": VISITS_OF_A_PERSON},
)  # fmt: skip
SLOTS = " ".join(f"when '{kind}' then '{json.dumps(slots)}'::jsonb" for kind, slots in REQUIRED_SLOTS.items())
JOB = Collection(
    name="job", row=Job, table=models.Job, parent=Names("visit", "job_id"), body={"required_slots": f"case r.kind {SLOTS} end"},
    since={"required_slots": 2, "office_id": 2, "bring": 2, "noticed_at": 2}, touched=False,
)  # fmt: skip
COLLECTIONS = (
    VISIT,
    JOB,
    Collection(
        name="checklist_item",
        row=ChecklistItem,
        table=models.ChecklistItem,
        parent=Of("visit", "visit_id"),
        since={"labels": 2},
    ),
    Collection(name="note", row=Note, table=models.Note, parent=Of("visit", "visit_id")),
    Collection(
        name="part_used",
        row=PartUsed,
        table=models.PartUsed,
        parent=Of("visit", "visit_id"),
        body={"quantity_milli": "coalesce(r.quantity_milli, r.quantity * 1000)"},
        since={"quantity_milli": 2, "unit": 2},
    ),
    Collection(name="expense", row=Expense, table=models.Expense, parent=Of("visit", "visit_id")),
)
