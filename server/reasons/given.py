"""A reason out of a list, as an operation gives it beside its words."""

from uuid import UUID

from server.field.taps import Tap
from server.ground.problems import Invalid, NotFound
from server.reasons.models import Reason
from server.reasons.rules import ReasonFor

READS = {"reason_id": Reason}
"""What a kind declares that takes a reason out of a list."""


def given(tap: Tap, given_for: ReasonFor | str, reason_id: UUID | None) -> dict[str, str]:
    """What the history keeps of it: nothing where only words were given. One that was retired since counts as any other.

    Raises `NotFound` for one that there is not, and `Invalid` for one of another list.
    """
    if reason_id is None:
        return {}
    row = tap.row(Reason, reason_id)
    if row is None:
        raise NotFound("No reason has this id. Sync, and choose another.")
    if row.given_for != given_for:
        raise Invalid(
            f"{row.code} is a reason for '{row.given_for}', not for '{given_for}'. Choose another.", field="reason_id"
        )
    return {"reason_id": str(row.id)}
