"""What arrival sends and takes on the wire, for the desk."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from server.arrival.evidence import Place, Thresholds, TimeVerdict, Verdict
from server.arrival.figure import ExemptionReason, Figure
from server.ground.texts import Written

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Note = Annotated[str, msgspec.Meta(max_length=2000)]


class WindowIn(Written):
    """The window that was truly agreed in a plan version, and how the mistake came about."""

    plan_version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    window_start: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T10:00:00+08:00"])]
    window_end: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T12:00:00+08:00"])]
    reason: Annotated[Reason, msgspec.Meta(examples=["The customer's mail says 10 to 12"])]


class ExemptionIn(Written):
    """Why an arrival does not count; the verdict stays what it is."""

    reason: ExemptionReason
    note: Annotated[Note, msgspec.Meta(examples=["Accident on the Yan'an elevated road, police report 0417"])] = ""


class WithdrawIn(Written):
    """Why an exemption is taken back."""

    note: Reason


class ThresholdsIn(Written):
    """What an office asks of the evidence from now on, and why. What is left out has its default."""

    thresholds: Thresholds
    reason: Reason


class ThresholdsOut(msgspec.Struct):
    """What an office asks, since when, and why; without an author they are the defaults."""

    office_id: UUID
    thresholds: Thresholds
    reason: str = ""
    author_id: UUID | None = None
    created_at: datetime | None = None


class ExemptionOut(msgspec.Struct):
    """An exemption; `withdrawn` says that a later one, with `withdraws_id`, took it back."""

    id: UUID
    reason: ExemptionReason
    note: str
    author_id: UUID
    author: str
    created_at: datetime
    withdraws_id: UUID | None
    withdrawn: bool


class VerdictOut(msgspec.Struct):
    """One judgement of a check-in. `words` are sentences to read out, by language: `en`, `zh` and the customer's; `inputs` is all of it."""

    id: UUID
    counts: bool
    verdict: Verdict
    place: Place
    time: TimeVerdict
    time_by_latest: TimeVerdict
    probability_ppm: int | None
    distance_mm: int | None
    earliest: datetime
    latest: datetime
    because: str
    judged_at: datetime
    reasons: list[str]
    flags: list[str]
    words: dict[str, str]
    inputs: dict[str, Any]


class CheckInOut(msgspec.Struct):
    """What a phone sent, and every judgement of it, the newest first: that one counts."""

    id: UUID
    technician_id: UUID
    technician: str
    operation_id: UUID
    received_at: datetime
    plan_version_held: int
    witness_code: str | None
    fixes: list[dict[str, Any]]
    clock: dict[str, Any]
    verdicts: list[VerdictOut]


class CorrectionOut(msgspec.Struct):
    """A window that was put right afterwards."""

    plan_version: int
    window_start: datetime
    window_end: datetime
    reason: str
    author_id: UUID
    author: str
    created_at: datetime


class ArrivalOut(msgspec.Struct):
    """Everything on the arrival at a visit. `figure` is how it counts: the first check-in, and any exemption."""

    visit_id: UUID
    figure: Figure
    check_ins: list[CheckInOut]
    window_corrections: list[CorrectionOut]
    exemptions: list[ExemptionOut]


class FiguresOut(msgspec.Struct):
    """How many visits count as what, and the share of windows that were kept (None when nothing counts)."""

    kept: int
    missed: int
    exempt: int
    open: int
    no_check_in: int
    kept_ppm: int | None


class SecretOut(msgspec.Struct):
    """A site's code for an authenticator: the address in the QR code, and the QR code as SVG.

    Whoever has it can make every code: give it to the customer, never to a technician, and do not hang it up.
    """

    site_id: UUID
    otpauth: str
    svg: str
    created_at: datetime


class LinkOut(msgspec.Struct):
    """The customer's link to the page with the code. It is shown once; only its hash is kept."""

    url: str
