"""What an office is called, where it is called, and what it wants of its phones is changed."""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.ground.problems import Duplicate, NotFound
from server.identity.models import Office
from server.identity.schemas import OfficeChange


async def change_office(session: AsyncSession, office_id: UUID, change: OfficeChange, by: UUID) -> Office:
    """Change what is given. Raises `NotFound`, and `Duplicate` for another office's name."""
    office = await session.get(Office, office_id, with_for_update=True)
    if office is None:
        raise NotFound(f"No office has the id {office_id}.")
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
    if change.name is not None:
        other = await session.scalar(select(Office.id).where(Office.name == change.name, Office.id != office_id))
        if other is not None:
            raise Duplicate("Another office has this name already. Choose another.", existing_id=other)
    before = {name: getattr(office, name) for name in given}
    if given != before:
        for name, value in given.items():
            setattr(office, name, value)
        log_action(session, by, Verb.CHANGE_OFFICE, Of(Thing.OFFICE, office.id, office.id), before=before, after=given)
    await session.flush()
    return office
