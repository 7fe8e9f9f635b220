"""Tables of the work: a job, its visits and their crew, everything that happened, and what the technician recorded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from server.customers.rules import Unit
from server.database.tables import Id, Json, Made, Table, one_of
from server.jobs.rules import ExpenseKind, JobKind, VisitState
from server.requests.rules import Channel


class Job(Table):
    """The work to be done for a customer at a site; a job may need several visits.

    `bring` is what to take along: lines of {text, part_id, quantity_milli}. `noticed_at` is when the customer told us, by which the
    warranty is judged.
    """

    __tablename__ = "job"
    __table_args__ = (one_of("kind", JobKind),)
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(Identity(start=5001), unique=True)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset.id"), index=True)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    bring: Mapped[list[Json]] = mapped_column(JSONB, default=list, server_default="[]")
    noticed_at: Mapped[Made]
    skills: Mapped[Json] = mapped_column(default=dict)
    created_at: Mapped[Made]


class Visit(Table):
    """One trip. Its window is what was agreed with the customer (`window_agreement`); when somebody is to be there (`planned_start`,
    `minutes`) and who goes is the office's plan. `plan_version` counts what was dispatched; see `visit_plan`.
    """

    __tablename__ = "visit"
    __table_args__ = (
        one_of("state", VisitState),
        CheckConstraint("window_start < window_end", name="window"),
        CheckConstraint("(window_start is null) = (window_end is null)", name="window_whole"),
        Index("ix_visit_window", "window_start"),
        Index("ix_visit_completed", "finished_at", postgresql_where="state = 'completed'"),
        Index("ix_visit_waiting", "window_start", postgresql_where="state not in ('completed','closed','cancelled')"),
        Index("ix_visit_window_range", text("tstzrange(window_start, window_end)"), postgresql_using="gist"),
        Index("ix_visit_planned_start", "planned_start"),
    )
    id: Mapped[Id]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("job.id"), index=True)
    state: Mapped[str] = mapped_column(default=VisitState.UNSCHEDULED)
    window_start: Mapped[datetime | None]
    window_end: Mapped[datetime | None]
    plan_version: Mapped[int] = mapped_column(default=0)
    planned_start: Mapped[datetime | None]
    minutes: Mapped[int] = mapped_column(default=60)
    arrived_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    work_summary: Mapped[str] = mapped_column(default="")
    skipped: Mapped[Json] = mapped_column(default=dict)
    custody: Mapped[Json] = mapped_column(default=dict)
    after_reassignment: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None]
    created_at: Mapped[Made]


class WindowAgreement(Table):
    """What was agreed with the customer about when somebody comes: who agreed, when and by which channel. Only ever appended to; the
    newest counts. Without a window it is to be agreed. `agreed_at` is null where nobody said that the customer agreed.
    """

    __tablename__ = "window_agreement"
    __table_args__ = (
        CheckConstraint("window_start < window_end", name="window"),
        CheckConstraint("(window_start is null) = (window_end is null)", name="window_whole"),
        one_of("channel", Channel),
        Index("ix_window_agreement_visit_id", "visit_id", "id"),
    )
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))
    window_start: Mapped[datetime | None]
    window_end: Mapped[datetime | None]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    agreed_with: Mapped[str] = mapped_column(default="")
    channel: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[Made]


class VisitPlan(Table):
    """One plan version of a visit (派单记录): plan, crew and agreed window as they were sent out. Only ever appended to."""

    __tablename__ = "visit_plan"
    __table_args__ = (CheckConstraint("(window_start is null) = (window_end is null)", name="window_whole"),)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    plan_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    window_start: Mapped[datetime | None]
    window_end: Mapped[datetime | None]
    planned_start: Mapped[datetime]
    minutes: Mapped[int]
    crew: Mapped[Json]
    reason: Mapped[str] = mapped_column(default="")
    ordered_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    ordered_at: Mapped[Made]


class VisitWithdrawal(Table):
    """An order that was taken back, beside the order itself: since then nobody is to go by it."""

    __tablename__ = "visit_withdrawal"
    __table_args__ = (
        ForeignKeyConstraint(["visit_id", "plan_version"], ["visit_plan.visit_id", "visit_plan.plan_version"]),
    )
    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]
    withdrawn_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    withdrawn_at: Mapped[Made]


class VisitCrew(Table):
    """Who goes, and where they are. A row that ended keeps its `removed_at`, so that work done before the phone could know is credited.

    Each member has an acceptance, departure, arrival, start and end of their own; the visit's state follows from theirs (`crew.py`).
    """

    __tablename__ = "visit_crew"
    __table_args__ = (one_of("state", VisitState),)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), primary_key=True, index=True)
    lead: Mapped[bool] = mapped_column(default=True)
    assigned_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default=VisitState.DISPATCHED, server_default=VisitState.DISPATCHED)
    accepted_at: Mapped[datetime | None]
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    work_summary: Mapped[str] = mapped_column(default="", server_default="")


class VisitEvent(Table):
    """The history of a visit: who did what when. Only ever appended to."""

    __tablename__ = "visit_event"
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    operation_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Made]
    facts: Mapped[Json] = mapped_column(default=dict)


class ChecklistItem(Table):
    """One line of a visit's checklist and its latest answer. `labels` has its text by language, `label` what is read where that has nothing better."""

    __tablename__ = "checklist_item"
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    position: Mapped[int]
    label: Mapped[str]
    labels: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    kind: Mapped[str] = mapped_column(default="yes_no")
    required: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[Json | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))


class PartUsed(Table):
    """A part that went into the work; quantities are deltas, so two phones add up.

    `quantity_milli` is in thousandths of the unit, and null where phones only ever said `quantity`, which is the next whole number up.
    """

    __tablename__ = "part_used"
    __table_args__ = (one_of("unit", Unit),)
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    part_id: Mapped[UUID] = mapped_column(ForeignKey("part.id"))
    quantity: Mapped[int]
    quantity_milli: Mapped[int | None]
    unit: Mapped[str] = mapped_column(default=Unit.PIECE, server_default=Unit.PIECE)
    charged: Mapped[bool] = mapped_column(default=True)
    unit_price: Mapped[int]
    currency: Mapped[str]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]


class Expense(Table):
    """Money a technician spent on a visit, in minor units."""

    __tablename__ = "expense"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"), one_of("kind", ExpenseKind))
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    added_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]


class Note(Table):
    """Something written down about a visit."""

    __tablename__ = "note"
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    text: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    occurred_at: Mapped[datetime]
    created_at: Mapped[Made]
