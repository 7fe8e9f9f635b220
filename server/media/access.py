"""Who may see what belongs to a visit: the desk every visit (its own office's, where it is narrowed), a technician the visits they are or were on."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import NotFound
from server.identity.offices import sees_only
from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.jobs.models import Job, Visit, VisitCrew
from server.media.models import Photo, PhotoAlias


async def must_see_visit(session: AsyncSession, actor: Actor, visit_id: UUID) -> None:
    """Raises `NotFound` unless the actor may see the visit."""
    if actor.role in DESK:
        if (office_id := sees_only(actor)) is None:
            return
        seen = (
            select(Visit.id).join(Job, Job.id == Visit.job_id).where(Visit.id == visit_id, Job.office_id == office_id)
        )
    else:
        seen = select(VisitCrew.visit_id).where(
            VisitCrew.visit_id == visit_id, VisitCrew.technician_id == actor.user_id
        )
    if (await session.execute(seen)).first() is None:
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
