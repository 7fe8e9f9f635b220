"""What records send and take on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.ground.words import Language
from server.records.rules import AnswerKind, CameBy, RecordState, Standing


class StandingOut(msgspec.Struct):
    """How the customer stands to a record by its links. `came_by`: which one the answer came by, where that is known. `attributed`: it tells
    more of who answered than the signature on the phone does, which an answer by the link that the phone showed never does."""

    standing: Standing
    answered_at: datetime | None
    answer_until: datetime
    came_by: CameBy | None = None
    attributed: bool = False


class RecordOut(msgspec.Struct):
    """A sealed record. While it is `logged`, its PDF is still being made; then it is `issued`.

    Its leaf is known by `origin`, the log's name, and `leaf_index`.
    """

    id: UUID
    visit_id: UUID
    report_id: UUID
    amends_id: UUID | None
    locale: Language
    origin: str
    leaf_index: int
    state: RecordState
    pdf_sha256: str | None
    sealed_at: datetime
    customer: StandingOut


class AnswerOut(msgspec.Struct):
    """A customer's answer as evidence: the statement's canonical text, and the proof that it is in the log. `came_by` stands beside it."""

    kind: AnswerKind
    reason: str
    answered_at: datetime
    statement: str
    proof: dict[str, Any]
    came_by: CameBy | None = None


class DisputeOut(msgspec.Struct):
    """A report that its customer disputes; `amended_by` is the record of the report that corrects it, once sealed."""

    record_id: UUID
    visit_id: UUID
    reason: str
    disputed_at: datetime
    amended_by: UUID | None
    came_by: CameBy | None = None


class ClaimOut(msgspec.Struct):
    """One line of a verification."""

    id: str
    ok: bool | None
    statement: str
    detail: str


class VerificationOut(msgspec.Struct):
    """Every claim of a sealed report, whether all of them hold, and what its customer said since (None: not of here)."""

    ok: bool
    claims: list[ClaimOut]
    customer: StandingOut | None
