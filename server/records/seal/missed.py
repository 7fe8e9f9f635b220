"""Finds what is ready to be sealed or issued although nothing is under way for it, so that no report waits for ever for one event.

Every move, signature, photo and decision tells by itself (`server.database.events`). This looks at what is true instead: after a mistake
in what is told, a task that was lost with its queue, or a database that an older version left, the work begins all the same.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import CUSTODY_CHANGED, RECORD_LOGGED, REPORT_READY, emit
from server.jobs.rules import ENDED

MOST = 500
"""Of one look; the rest is found by the next one."""

# What is held waits for a person, and what is queued or under way needs nobody.
READY = text(f"""
with underway as (
  select entrypoint as task, convert_from(payload, 'UTF8') as subject from pgqueuer where status in ('queued', 'picked')
  union all
  select task, subject::text from task_fault where held and settled_at is null
), ready as (
  select distinct v.id from signature g
  join service_report r on r.id = g.report_id
  join visit v on v.id = r.visit_id
  where g.settled_at is null and v.state in ({", ".join(f"'{state}'" for state in sorted(ENDED))})
    and not exists (select from sealed_record k where k.report_id = r.id)
    and not exists (select from underway u where u.task = '{REPORT_READY}' and u.subject = r.id::text)
    and not exists (select from underway u where u.task = '{CUSTODY_CHANGED}' and u.subject = v.id::text)
    and not exists (
      select from photo p where p.visit_id = v.id and p.state <> 'verified' and not exists (
        select from photo_decision d where d.photo_id = p.id
          and d.kind = case p.state when 'kept' then 'damaged_kept' else 'never_arrived' end))
)
select '{CUSTODY_CHANGED}' as event, id from ready
union all
select '{RECORD_LOGGED}', k.id from sealed_record k
where k.state = 'logged'
  and not exists (select from underway u where u.task = '{RECORD_LOGGED}' and u.subject = k.id::text)
limit {MOST}
""")  # noqa: S608  constants


async def begin_what_was_missed(session: AsyncSession) -> int:
    """Emit the event of everything that is ready and has no task. Returns of how many things."""
    rows = (await session.execute(READY)).all()
    await emit(session, *((row.event, row.id) for row in rows))
    return len(rows)
