"""Tables of what comes after the work: the customer's answers to the satisfaction survey."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Made, Table


class SurveyResponse(Table):
    """Satisfaction 1 to 5 and likelihood to recommend 0 to 10, given on the phone or by the customer's link."""

    __tablename__ = "survey_response"
    __table_args__ = (
        CheckConstraint("satisfaction between 1 and 5", name="satisfaction"),
        CheckConstraint("recommend between 0 and 10", name="recommend"),
    )
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    satisfaction: Mapped[int]
    recommend: Mapped[int | None]
    comment: Mapped[str] = mapped_column(default="")
    operation_id: Mapped[UUID | None] = mapped_column(unique=True)
    created_at: Mapped[Made]
