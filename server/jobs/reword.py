"""The text of a checklist's line is changed, such as when it is to be read in one more language. What was signed keeps the text that was shown."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb
from server.ground.by_language import kept
from server.ground.problems import NotFound
from server.identity.tokens import Actor
from server.jobs.models import ChecklistItem
from server.jobs.offices import the_visit
from server.jobs.schemas import LineChange


async def change_checklist_line(
    session: AsyncSession, visit_id: UUID, item_id: UUID, change: LineChange, actor: Actor
) -> ChecklistItem:
    """Change what is given. Raises `NotFound` for a line that is none of the visit's."""
    query = select(ChecklistItem).where(ChecklistItem.id == item_id, ChecklistItem.visit_id == visit_id)
    row = await session.scalar(query)
    if row is None:
        raise NotFound(f"The checklist of visit {visit_id} has no line with the id {item_id}.")
    before = {"label": row.label, "labels": row.labels}
    label = row.label if change.label is None else change.label
    labels = row.labels if change.labels is None else kept(change.labels)
    if (after := {"label": label, "labels": labels}) != before:
        row.label, row.labels = label, labels
        told = {"checklist_item_id": item_id}
        of = await the_visit(session, visit_id)
        log_action(session, actor.user_id, Verb.CHANGE_CHECKLIST_LINE, of, before=before, after=told | after)
    return row
