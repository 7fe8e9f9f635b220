"""An asset's last visits, as phones hold them: written anew from the visits themselves whenever one of them ends or changes after that."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.models import Asset
from server.jobs.models import Job, Visit

LAST = 3
"""So many visits are on phones; `GET /v1/assets/{asset_id}/visits` has the others."""
SUMMARY = 500
"""Characters of what was done: as much as one reads on the way in."""

REMEMBER = text("""
with past as (
  select v.id, v.state, v.finished_at, v.work_summary, j.kind from visit v join job j on j.id = v.job_id
  where j.asset_id = :asset and v.state in ('completed', 'closed', 'cannot_complete') and v.finished_at is not null
  order by v.finished_at desc, v.id desc limit :last
)
insert into asset_history (asset_id, last_visits)
select :asset, coalesce(jsonb_agg(jsonb_build_object(
  'visit_id', v.id, 'kind', v.kind, 'finished_at', sync_micros(v.finished_at), 'done', (v.state <> 'cannot_complete'),
  'summary', left(v.work_summary, :summary),
  'fault', coalesce((select e.facts -> 'fault' from visit_event e where e.visit_id = v.id and e.kind = 'complete'
                     and jsonb_typeof(e.facts -> 'fault') = 'object' order by e.recorded_at desc, e.id desc limit 1), '{}'),
  'parts', (select coalesce(jsonb_agg(jsonb_build_object('part_id', p.part_id, 'quantity_milli', p.milli) order by p.part_id), '[]')
            from (select u.part_id, sum(coalesce(u.quantity_milli, u.quantity * 1000))::bigint as milli from part_used u
                  where u.visit_id = v.id group by u.part_id) p where p.milli > 0)
) order by v.finished_at desc, v.id desc), '[]') from past v
on conflict (asset_id) do update set last_visits = excluded.last_visits
where asset_history.last_visits is distinct from excluded.last_visits""")


async def remember_visit(session: AsyncSession, visit_id: UUID) -> None:
    """Write down the last visits of the asset that a visit was for; a visit for none is nobody's past.

    The asset is held meanwhile: two that write at once would each miss what the other has seen.
    """
    of = select(Job.asset_id).join(Visit, Visit.job_id == Job.id).where(Visit.id == visit_id)
    held = select(Asset.id).where(Asset.id == of.scalar_subquery()).with_for_update()
    if (asset_id := await session.scalar(held)) is not None:
        await session.execute(REMEMBER, {"asset": asset_id, "last": LAST, "summary": SUMMARY})
