"""What follow-up does with a phone's operations: the satisfaction survey, answered on the technician's phone."""

from typing import Annotated
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.field.kind import Kind
from server.field.taps import Tap
from server.followup.models import SurveyResponse


class SurveyBody(msgspec.Struct):
    """Satisfaction 1 to 5, likelihood to recommend 0 to 10."""

    survey_id: UUID
    satisfaction: Annotated[int, msgspec.Meta(ge=1, le=5)]
    recommend: Annotated[int, msgspec.Meta(ge=0, le=10)] | None = None
    comment: Annotated[str, msgspec.Meta(max_length=4000)] = ""


async def survey(_: AsyncSession, tap: Tap, body: SurveyBody) -> None:
    """An answer is only ever added."""
    tap.add(
        SurveyResponse, id=body.survey_id, visit_id=tap.visit_id, satisfaction=body.satisfaction, recommend=body.recommend,
        comment=body.comment, operation_id=tap.operation_id,
    )  # fmt: skip


KINDS = (Kind("survey", SurveyBody, survey, creates="survey_id"),)
