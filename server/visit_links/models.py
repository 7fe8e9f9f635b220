"""The table of links to the customer's page of a visit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Made, Table, one_of
from server.visit_links.rules import LinkSide


class VisitLink(Table):
    """A link to a visit's page. It is known by the hash of its token; the token itself is kept only of the link that the phones of the
    visit show, while that opens, because it goes down to them. `expires_at` is what was promised when the link was made; it may open longer.
    """

    __tablename__ = "visit_link"
    __table_args__ = (
        one_of("whose", LinkSide),
        CheckConstraint("(whose = 'phone' and revoked_at is null) = (token is not null)", name="token"),
    )
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    whose: Mapped[str]
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token: Mapped[str | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]
    phone_visit_id: Mapped[UUID | None] = mapped_column(
        Computed("case when token is not null then visit_id end", persisted=True), unique=True
    )
    """The visit whose phones hold it; of a link of the desk, or one that was revoked, there is none."""
