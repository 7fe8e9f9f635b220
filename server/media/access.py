"""Who may see what belongs to a visit: the desk every visit (its own office's, where it is narrowed), a technician the visits they are or were on."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import NotFound
from server.identity.offices import sees_only
from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.media.models import Photo, PhotoAlias

# Crews and jobs belong to a room above this one.
ON_CREW = text("select 1 from visit_crew where visit_id = :visit_id and technician_id = :user_id")
OF_OFFICE = text(
    "select 1 from visit v join job j on j.id = v.job_id where v.id = :visit_id and j.office_id = :office_id"
)


async def must_see_visit(session: AsyncSession, actor: Actor, visit_id: UUID) -> None:
    """Raises `NotFound` unless the actor may see the visit."""
    if actor.role in DESK:
        if (office_id := sees_only(actor)) is None:
            return
        seen = await session.execute(OF_OFFICE, {"visit_id": visit_id, "office_id": office_id})
    else:
        seen = await session.execute(ON_CREW, {"visit_id": visit_id, "user_id": actor.user_id})
    if seen.first() is None:
        raise NotFound("There is no such visit of yours.")


async def find_photo(session: AsyncSession, actor: Actor, photo_id: UUID) -> Photo:
    """A photo by its id, or by another id under which the same photo was promised. Raises `NotFound`."""
    row = await session.get(Photo, photo_id)
    if row is None and (alias := await session.get(PhotoAlias, photo_id)) is not None:
        row = await session.get(Photo, alias.photo_id)
    if row is None:
        raise NotFound("There is no such photo of yours. Send its manifest operation first.")
    await must_see_visit(session, actor, row.visit_id)
    return row
