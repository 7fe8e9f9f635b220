"""What phones hold of requests from the field: each with its answer, once there is one."""

from uuid import UUID

import msgspec

from server.field.collection import Collection, Micros, Of
from server.field_requests import models


class FieldRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A question (`help`) or a finding (`further_work`) from a visit; without `answered_at` it waits for the desk."""

    id: UUID
    visit_id: UUID
    kind: str
    text: str
    asset_id: UUID | None
    urgent: bool
    asked_by: UUID
    asked_at: Micros
    answer: str
    job_id: UUID | None
    answered_at: Micros | None


COLLECTIONS = (
    Collection(
        name="field_request", row=FieldRequest, table=models.FieldRequest, parent=Of("visit", "visit_id"), came=2
    ),
)  # fmt: skip
