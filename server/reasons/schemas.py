"""Reasons on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.ground.by_language import Labels
from server.ground.texts import Written
from server.reasons.rules import ReasonFor

Position = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class ReasonIn(Written):
    """A new reason: of one office, or of the whole company. Lists are shown by `position`, then by code."""

    given_for: ReasonFor
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=60, examples=["waiting_for_parts"])]
    labels: Labels
    office_id: UUID | None = None
    position: Position = 100


class ReasonChange(Written):
    """Its texts, in place of those of before, and its place in the list. What it is for and its code stay: what was said means the same."""

    labels: Labels | None = None
    position: Position | None = None


class ReasonOut(msgspec.Struct):
    """A reason. With `retired_at` it is not offered any more."""

    id: UUID
    given_for: ReasonFor
    code: str
    office_id: UUID | None
    labels: dict[str, str]
    position: int
    retired_at: datetime | None
