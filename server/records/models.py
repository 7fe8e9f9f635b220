"""Tables of the record: reports as shown, signatures, sealed records, and the Merkle log that holds them in order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table


class ServiceReport(Table):
    """A report exactly as it was shown; never changed. An edit is a new report that names the one it amends."""

    __tablename__ = "service_report"
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    amends_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_report.id"))
    locale: Mapped[str]
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str]
    operation_id: Mapped[UUID] = mapped_column(unique=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]


class Signature(Table):
    """What the customer did with the report that was shown: signed, refused, or was not there.

    The strokes themselves are the attachment of the operation that signed, encrypted, until they are erased.
    """

    __tablename__ = "signature"
    __table_args__ = (CheckConstraint("outcome in ('signed','refused','customer_absent')", name="outcome"),)
    id: Mapped[Id]
    report_id: Mapped[UUID] = mapped_column(ForeignKey("service_report.id"), unique=True)
    outcome: Mapped[str]
    signer: Mapped[Json | None]
    reason: Mapped[str] = mapped_column(default="")
    consent: Mapped[Json]
    shown_sha256: Mapped[str]
    strokes_sha256: Mapped[str | None]
    operation_id: Mapped[UUID] = mapped_column(unique=True)
    created_at: Mapped[Made]


class SealedRecord(Table):
    """The sealed record of one report: its canonical bytes, its leaf in the log, and where its PDF is stored."""

    __tablename__ = "sealed_record"
    id: Mapped[Id]
    report_id: Mapped[UUID] = mapped_column(ForeignKey("service_report.id"), unique=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_index: Mapped[int] = mapped_column(unique=True)
    proof: Mapped[Json]
    pdf_key: Mapped[str]
    pdf_sha256: Mapped[str]
    link_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sealed_at: Mapped[datetime]
    answer_until: Mapped[datetime]


class CustomerAnswer(Table):
    """What the customer said of a sealed record by their link: confirmed it, disputed it. A trigger keeps rows as they are.

    `statement` is the canonical text that the company signed and wrote into the log; `proof` shows that it did.
    """

    __tablename__ = "customer_answer"
    __table_args__ = (
        CheckConstraint("kind in ('confirmed','disputed')", name="kind"),
        UniqueConstraint("record_id", "kind"),
    )
    id: Mapped[Id]
    record_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_index: Mapped[int] = mapped_column(unique=True)
    proof: Mapped[Json]
    answered_at: Mapped[datetime]


class LogHead(Table):
    """The one row that orders the log: how many leaves there are. Locked by whoever appends."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]


class LogNode(Table):
    """A node of the Merkle tree (RFC 6962) that is complete and so never changes: level 0 are the leaves."""

    __tablename__ = "log_node"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
