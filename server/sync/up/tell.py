"""Other systems are told that what a phone sent is parked: once a day for each phone and reason, because a phone may send a thousand alike."""

from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of
from server.actions.rules import Thing
from server.field.models import Operation
from server.identity.models import User
from server.notifications.render import Facts
from server.notifications.rules import NotificationKind
from server.notifications.tell import tell


async def tell_parked(session: AsyncSession, operation_id: UUID) -> None:
    """Tell of an operation that is still parked."""
    query = (
        select(Operation.device_id, Operation.code, Operation.received_at, User.office_id)
        .join(User, User.id == Operation.user_id)
        .where(Operation.id == operation_id, Operation.outcome == "parked", Operation.resolution.is_(None))
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return
    occasion_id = uuid5(found.device_id, f"{found.code} on {found.received_at:%Y-%m-%d}")
    of = Of(Thing.OPERATION, operation_id, found.office_id)
    await tell(session, NotificationKind.OPERATION_PARKED, of, occasion_id, Facts(detail=found.code or ""))
