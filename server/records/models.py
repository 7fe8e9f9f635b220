"""Tables of the record: reports as shown, signatures, sealed records, and the Merkle log that holds them in order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table, one_of
from server.ground.words import Language
from server.records.rules import AnswerKind, CameBy, RecordState, SealingChoice, SignatureOutcome


class ServiceReport(Table):
    """A report exactly as it was shown; never changed. An edit is a new report that names the one it amends."""

    __tablename__ = "service_report"
    __table_args__ = (one_of("locale", Language),)
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

    The strokes themselves are the attachment of the operation that signed, encrypted, until they are erased. It is settled
    when its report's sealed PDF was issued, or was decided not to come; until then it is listed as not sealed.
    """

    __tablename__ = "signature"
    __table_args__ = (
        one_of("outcome", SignatureOutcome),
        Index("ix_signature_unsettled", "created_at", postgresql_where="settled_at is null"),
    )
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
    settled_at: Mapped[datetime | None]


class ConsentText(Table):
    """What customers agree to when they sign, by language. A text never changes; the newest that is not retired is shown."""

    __tablename__ = "consent_text"
    id: Mapped[Id]
    code: Mapped[str]
    code_key: Mapped[str] = mapped_column(unique=True)
    texts: Mapped[Json]
    retired_at: Mapped[datetime | None]
    created_at: Mapped[Made]


class SealedRecord(Table):
    """The sealed record of one report: its canonical bytes, its leaf in the log, and where its PDF is stored.

    `logged` while its PDF is not stored yet; `link` is the token of the customer's link meanwhile, encrypted. `issued` after that.

    Report and visit are no foreign keys: after a restored backup a record is taken in again before its phone has sent again
    what it was made of.
    """

    __tablename__ = "sealed_record"
    __table_args__ = (
        one_of("state", RecordState),
        CheckConstraint("state = 'logged' or (pdf_key is not null and pdf_sha256 is not null)", name="issued"),
        Index("ix_sealed_record_logged", "sealed_at", postgresql_where="state = 'logged'"),
        UniqueConstraint("origin_id", "leaf_index"),
    )
    id: Mapped[Id]
    report_id: Mapped[UUID] = mapped_column(unique=True)
    visit_id: Mapped[UUID] = mapped_column(index=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    origin_id: Mapped[int] = mapped_column(ForeignKey("log_origin.id"), default=1, server_default="1")
    leaf_index: Mapped[int]
    proof: Mapped[Json]
    state: Mapped[str] = mapped_column(default=RecordState.LOGGED)
    pdf_key: Mapped[str | None]
    pdf_sha256: Mapped[str | None]
    link_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    link: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]
    answer_until: Mapped[datetime]


class SealingDecision(Table):
    """What the desk decided over a visit whose report is not sealed. Only ever appended to; the newest counts.

    `new_report`: the technician is asked for one. `without_report`: the visit ends without a sealed report, and is counted so.
    `finish`: the desk finishes a visit that was signed for and never tapped as complete. `try_again`: sealing is tried again.
    """

    __tablename__ = "sealing_decision"
    __table_args__ = (
        one_of("kind", SealingChoice),
        Index("ix_sealing_decision_visit_id_decided_at", "visit_id", "decided_at"),
        Index("ix_sealing_decision_without_report", "decided_at", postgresql_where="kind = 'without_report'"),
    )
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[Made]


class CustomerAnswer(Table):
    """What the customer said of a sealed record by their link: confirmed it, disputed it. A trigger keeps rows as they are.

    `statement` is the canonical text that the company signed and wrote into the log; `proof` shows that it did. `came_by` is null where
    nobody knows it any more: of one that was taken in again after a restored backup.
    """

    __tablename__ = "customer_answer"
    __table_args__ = (
        one_of("kind", AnswerKind),
        one_of("came_by", CameBy),
        UniqueConstraint("record_id", "kind"),
        UniqueConstraint("origin_id", "leaf_index"),
    )
    id: Mapped[Id]
    record_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_record.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    origin_id: Mapped[int] = mapped_column(ForeignKey("log_origin.id"), default=1, server_default="1")
    leaf_index: Mapped[int]
    proof: Mapped[Json]
    answered_at: Mapped[datetime]
    came_by: Mapped[str | None]


class LogOrigin(Table):
    """A log by its name. There is one, until a backup is restored and leaves since then cannot all be had again.

    Then another follows it, whose first leaf is `statement`: which log it follows, and the last checkpoint that is known of it.
    `size` is how many leaves one had that was followed, as far as is known.
    """

    __tablename__ = "log_origin"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int | None]
    statement: Mapped[bytes | None] = mapped_column(LargeBinary)
    proof: Mapped[Json | None]


class LogHead(Table):
    """The one row that orders the log: which one goes on, and how many leaves it has. Locked by whoever appends."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin_id: Mapped[int] = mapped_column(ForeignKey("log_origin.id"), default=1, server_default="1")
    size: Mapped[int]


class LogNode(Table):
    """A node of the Merkle tree (RFC 6962) that is complete and so never changes: level 0 are the leaves."""

    __tablename__ = "log_node"
    origin_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1, server_default="1")
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
