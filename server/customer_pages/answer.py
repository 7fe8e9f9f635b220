"""Answering a customer who asked for another time; the answer shows on their page."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb
from server.customer_pages.models import ChangeRequest
from server.ground import clock
from server.ground.problems import Conflict, NotFound
from server.identity.tokens import Actor
from server.jobs.history import record
from server.jobs.offices import the_visit
from server.visit_links.models import VisitLink


async def answer_change_request(
    session: AsyncSession, request_id: UUID, answer: str, by: Actor
) -> tuple[ChangeRequest, str]:
    """Say what becomes of it; returns it with whose link it came by. Raises `NotFound`, `Conflict` where it has an answer."""
    row = await session.get(ChangeRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound(f"No request for another time has the id {request_id}.")
    if row.answered_at is not None:
        raise Conflict("It was answered before, and the customer reads that. Call them to say more.")
    row.answer, row.answered_by, row.answered_at = answer, by.user_id, clock.now()
    facts = {"change_request_id": str(row.id)}
    record(session, row.visit_id, "change_answered", actor_id=by.user_id, facts=facts)
    of = await the_visit(session, row.visit_id)
    after = {"change_request_id": row.id, "answer": answer}
    log_action(session, by.user_id, Verb.ANSWER_CHANGE_REQUEST, of, after=after)
    await session.flush()
    return row, (await session.get_one(VisitLink, row.link_id)).whose
