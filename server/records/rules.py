"""The closed sets of the record: what a customer did and said, how a record stands, and what the desk may decide."""

from enum import StrEnum


class SignatureOutcome(StrEnum):
    """What the customer did with the report that was shown."""

    SIGNED = "signed"
    REFUSED = "refused"
    CUSTOMER_ABSENT = "customer_absent"


class RecordState(StrEnum):
    """How far a sealed record is: in the log, or with its PDF stored."""

    LOGGED = "logged"
    ISSUED = "issued"


class SealingChoice(StrEnum):
    """What the desk can decide over a visit whose report is not sealed."""

    TRY_AGAIN = "try_again"
    NEW_REPORT = "new_report"
    WITHOUT_REPORT = "without_report"
    FINISH = "finish"


class Standing(StrEnum):
    """How a customer stands to a sealed report: what counts of the answers that came by its link."""

    NOT_ANSWERED = "not_answered"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class WhyUnsealed(StrEnum):
    """Why something that was signed or completed is not sealed."""

    PHOTOS = "photos"
    VISIT_OPEN = "visit_open"
    NEEDS_DECISION = "needs_decision"
    NO_REPORT = "no_report"
    NOT_SIGNED = "not_signed"
    WAITING = "waiting"
    LOGGED = "logged"
    FAULT = "fault"


class CameBy(StrEnum):
    """By which link an answer came: the one that is printed on the sealed PDF, one that the desk sent, or the one that the phone showed."""

    PRINTED = "printed"
    DESK = "desk"
    PHONE = "phone"


ATTRIBUTES = frozenset({CameBy.PRINTED, CameBy.DESK})
"""Links that the technician never held, so that an answer by them tells more of who gave it than the signature on the phone does."""


class AnswerKind(StrEnum):
    """What a customer can say of a sealed report by its link."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
