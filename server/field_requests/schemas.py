"""What is asked from the field, on the wire of desks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.field_requests.rules import FieldRequestKind
from server.ground.texts import Written


class AnswerIn(Written):
    """What the desk says to a request from the field; `job_id` names the job that was made of it."""

    answer: Annotated[str, msgspec.Meta(min_length=1, max_length=4000, examples=["Turn S3 to 2 and restart."])]
    job_id: UUID | None = None


class FieldRequestOut(msgspec.Struct):
    """A question or a finding from a visit, and what the desk said to it."""

    id: UUID
    visit_id: UUID
    kind: FieldRequestKind
    text: str
    asset_id: UUID | None
    urgent: bool
    asked_by: UUID
    asked_at: datetime
    received_at: datetime
    answer: str
    job_id: UUID | None
    answered_by: UUID | None
    answered_at: datetime | None
