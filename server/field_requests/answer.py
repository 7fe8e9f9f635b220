"""Answering what was asked from the field; the answer goes down to the phones of the visit."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb
from server.field_requests.models import FieldRequest
from server.field_requests.schemas import AnswerIn
from server.ground import clock
from server.ground.problems import Conflict, Invalid, NotFound
from server.identity.tokens import Actor
from server.jobs.history import record
from server.jobs.models import Job, Visit
from server.jobs.offices import the_visit


async def answer_field_request(session: AsyncSession, request_id: UUID, wanted: AnswerIn, by: Actor) -> FieldRequest:
    """Say what becomes of it. Raises `NotFound`, `Conflict` where it has an answer, `Invalid` for a job of another customer."""
    row = await session.get(FieldRequest, request_id, with_for_update=True)
    if row is None:
        raise NotFound(f"No request from the field has the id {request_id}.")
    if row.answered_at is not None:
        raise Conflict("It was answered before. The answer is on the phones; say more in a note or a call.")
    if wanted.job_id is not None:
        visit = await session.get_one(Visit, row.visit_id)
        own, job = await session.get_one(Job, visit.job_id), await session.get(Job, wanted.job_id)
        if job is None or job.customer_id != own.customer_id:
            raise Invalid("job_id names no job of this customer. Make the job first, or leave it out.", field="job_id")
    row.answer, row.job_id = wanted.answer, wanted.job_id
    row.answered_by, row.answered_at = by.user_id, clock.now()
    record(
        session, row.visit_id, "field_request_answered", actor_id=by.user_id, facts={"field_request_id": str(row.id)}
    )
    of = await the_visit(session, row.visit_id)
    after = {"field_request_id": row.id, "answer": wanted.answer, "job_id": wanted.job_id}
    log_action(session, by.user_id, Verb.ANSWER_FIELD_REQUEST, of, after=after)
    await session.flush()
    return row
