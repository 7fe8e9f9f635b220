"""What a job says is changed: its words, whom to ask for, and what the technician is to take along."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.customers.belongs import must_be_theirs
from server.customers.models import Part
from server.database.tables import Json
from server.ground.problems import Invalid, NotFound
from server.ground.texts import is_blank
from server.identity.tokens import Actor
from server.jobs.models import Job
from server.jobs.schemas import BringLine, JobChange


async def change_job(session: AsyncSession, job_id: UUID, change: JobChange, actor: Actor) -> Job:
    """Change what is given. Raises `NotFound`, and `Invalid` for another customer's contact or a part that there is not."""
    job = await session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotFound(f"No job has the id {job_id}.")
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
    await must_be_theirs(session, job.customer_id, contact_id=change.contact_id)
    if change.bring is not None:
        given["bring"] = await lines_to_bring(session, change.bring)
    before = {name: getattr(job, name) for name in given}
    if given != before:
        for name, value in given.items():
            setattr(job, name, value)
        log_action(
            session, actor.user_id, Verb.CHANGE_JOB, Of(Thing.JOB, job.id, job.office_id), before=before, after=given
        )
    await session.flush()
    return job


async def lines_to_bring(session: AsyncSession, lines: Sequence[BringLine]) -> list[Json]:
    """The list as a job keeps it. Raises `Invalid` for a line that names nothing, or a part that there is not."""
    for place, line in enumerate(lines):
        if line.part_id is None and is_blank(line.text):
            raise Invalid(
                "A line of what to bring names a part, or says in words what it is.", field=f"bring[{place}].text"
            )
        if line.quantity_milli is not None and line.part_id is None:
            raise Invalid(
                "A quantity is of a part. Name the part, or write the number into the text.",
                field=f"bring[{place}].quantity_milli",
            )
    wanted = {line.part_id for line in lines if line.part_id is not None}
    known = set(await session.scalars(select(Part.id).where(Part.id.in_(wanted)))) if wanted else set()
    if missing := sorted(str(one) for one in wanted - known):
        raise Invalid(f"No part has the id {missing[0]}.", field="bring")
    return [msgspec.to_builtins(line) for line in lines]
