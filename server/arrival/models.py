"""Tables of arrival: what the phone measured, the verdicts on it (each new one beside the old), and what corrects them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from server.arrival.evidence import Place, TimeVerdict, Verdict
from server.arrival.figure import ExemptionReason
from server.database.tables import Id, Json, Made, Table, one_of


class CheckIn(Table):
    """A technician's claim to have arrived: the raw fixes, the clocks and the typed code never change.

    `clock` is {clock, interval}: the interval is what the chain says of the time, narrowed when a later operation allows
    it. `earliest` and `latest` are what the newest verdict rests on, the code included.
    """

    __tablename__ = "check_in"
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    operation_id: Mapped[UUID] = mapped_column(unique=True)
    fixes: Mapped[Json]
    clock: Mapped[Json]
    witness_code: Mapped[str | None]
    earliest: Mapped[datetime]
    latest: Mapped[datetime]
    plan_version_held: Mapped[int]
    received_at: Mapped[datetime]


class ArrivalVerdict(Table):
    """A judgement of one check-in against the site and window known at the time; the newest counts."""

    __tablename__ = "arrival_verdict"
    __table_args__ = (one_of("verdict", Verdict), one_of("place", Place), one_of("time", TimeVerdict))
    id: Mapped[Id]
    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_in.id"), index=True)
    verdict: Mapped[str]
    place: Mapped[str]
    time: Mapped[str]
    probability_ppm: Mapped[int | None]
    because: Mapped[str]
    inputs: Mapped[Json]
    words: Mapped[Json]
    judged_at: Mapped[Made]


class ArrivalExemption(Table):
    """A recorded reason why a late arrival does not count against the technician; it never changes the verdict.

    Only ever appended to: a row with `withdraws_id` takes an earlier one back.
    """

    __tablename__ = "arrival_exemption"
    __table_args__ = (one_of("reason", ExemptionReason),)
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    withdraws_id: Mapped[UUID | None] = mapped_column(ForeignKey("arrival_exemption.id"), unique=True)
    created_at: Mapped[Made]


class WindowCorrection(Table):
    """The window that was truly agreed, where a plan version was written down wrongly. Only ever appended to."""

    __tablename__ = "window_correction"
    __table_args__ = (
        CheckConstraint("window_start < window_end", name="window"),
        ForeignKeyConstraint(["visit_id", "plan_version"], ["visit_plan.visit_id", "visit_plan.plan_version"]),
    )
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(index=True)
    plan_version: Mapped[int]
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    reason: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]


class OfficeThreshold(Table):
    """What an office asked of the evidence from a moment on, and why. Only ever appended to."""

    __tablename__ = "office_threshold"
    id: Mapped[Id]
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), index=True)
    thresholds: Mapped[Json]
    reason: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]


class SiteCode(Table):
    """The secret behind a site's changing code. No phone ever gets it; a retired one still judges its own time."""

    __tablename__ = "site_code"
    __table_args__ = (Index("uq_site_code_live", "site_id", unique=True, postgresql_where="retired_at is null"),)
    id: Mapped[Id]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]
    retired_at: Mapped[datetime | None]


class CodeLink(Table):
    """A customer's link to the page that shows the site's code while a visit is due; only its hash is kept."""

    __tablename__ = "code_link"
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]
    revoked_at: Mapped[datetime | None]
