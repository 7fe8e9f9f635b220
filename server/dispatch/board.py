"""The board's query: the visits of some hours, what is open and late from before, and what came in from the field."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.dispatch.missing import PHOTOS
from server.dispatch.rules import day_in
from server.ground import clock
from server.ground.moments import must_be_day, must_be_moment
from server.ground.problems import Invalid, NotFound
from server.identity.models import Office

# First the day's, then what is late or came back whatever its window, then what has neither a window nor a plan for these hours,
# so that a long backlog hides nothing of the day. A visit that could not be completed waits for the desk until the job has another one.
VISITS = text(
    """
with chosen as (
  select v.id, v.job_id, v.window_start,
         case when v.window_start is null then case when v.planned_start >= :start then 0 else 2 end
              when v.window_end <= :start or v.window_start >= :end then 1 else 0 end as place
  from visit v
  where v.state not in ('completed','closed','cancelled')
    and (v.window_start is null and (v.planned_start is null or v.planned_start < :end)
         or v.window_start < :end and v.window_end > :start
         or v.window_end <= least(:start, cast(:now as timestamptz))
            and (v.state <> 'cannot_complete' or not exists (another))
         or v.state = 'on_hold' or v.state = 'cannot_complete' and not exists (another))
  union all
  select v.id, v.job_id, v.window_start, 0 from visit v
  where v.state in ('completed','closed') and tstzrange(v.window_start, v.window_end) && tstzrange(:start, :end)
), shown as (
  select chosen.id, count(*) over () as total
  from chosen join job j on j.id = chosen.job_id
  where cast(:office_id as uuid) is null or j.office_id = :office_id
  order by chosen.place, chosen.window_start, chosen.id
  limit :limit
)
select v.id as visit_id, j.number as job_number, j.title, c.name as customer, s.name as site, v.state,
       v.window_start, v.window_end, v.planned_start, v.minutes, crew.technician_ids, crew.members, crew.heard_at, shown.total,
       v.state = 'on_hold' or v.state = 'cannot_complete' and not exists (another) as came_back,
       s.time_zone, photos.promised, photos.verified, photos.kept, photos.decided, photos.late,
       photos.heard_at as promiser_heard_at
from shown
join visit v on v.id = shown.id
join job j on j.id = v.job_id
join customer c on c.id = j.customer_id
join site s on s.id = j.site_id
left join lateral (
  select array_agg(vc.technician_id order by vc.lead desc, vc.technician_id) filter (where vc.removed_at is null) as technician_ids,
         json_agg(json_build_array(vc.technician_id, vc.state) order by vc.lead desc, vc.technician_id) as members,
         max(d.heard_at) filter (where vc.removed_at is null) as heard_at
  from visit_crew vc
  join app_user u on u.id = vc.technician_id
  left join lateral (select max(last_heard_at) as heard_at from device where user_id = vc.technician_id) d on true
  where vc.visit_id = v.id and (vc.removed_at is null or vc.state = 'declined')
    and (u.active or v.state in ('completed','closed','cannot_complete','cancelled'))) crew on true
-- photos
order by v.window_start nulls first, v.id
""".replace("-- photos", PHOTOS).replace(
        "another",
        "select from visit o where o.job_id = v.job_id and o.state <> 'cancelled'"
        " and (o.created_at, o.id) > (v.created_at, v.id)",
    )
)


# Reports are of a room above this one; `records/seal/unsealed.py` says why each waits.
WAITING = """
  select r.visit_id, r.id as report_id, g.created_at as since
  from signature g join service_report r on r.id = g.report_id where g.settled_at is null
  union all
  select v.id, null, coalesce(v.finished_at, v.created_at) from visit v
  where v.state = 'completed' and not exists (
    select from service_report r join signature g on g.report_id = r.id where r.visit_id = v.id)
"""
"""Reports that were signed and are neither issued nor decided, and completed visits that nobody signed for."""

NOT_SEALED = text(f"""
select w.visit_id, min(w.since) as since
from ({WAITING}) w join visit v on v.id = w.visit_id join job j on j.id = v.job_id
where cast(:office_id as uuid) is null or j.office_id = :office_id
group by w.visit_id
""")  # noqa: S608  constants


async def not_sealed(session: AsyncSession, office_id: UUID | None) -> dict[UUID, datetime]:
    """Since when each visit waits whose report is not sealed."""
    rows = await session.execute(NOT_SEALED, {"office_id": office_id})
    return {row.visit_id: row.since for row in rows}


async def hours_of(
    session: AsyncSession, office_id: UUID, day: date | None, start: datetime | None, hours: int | None
) -> tuple[datetime, datetime]:
    """From when to when a board goes: a day of the office, today when nothing is given, or some hours from a time.

    Raises `NotFound` for no office, and `Invalid` for a day or time that is none.
    """
    office = await session.get(Office, office_id)
    if office is None:
        raise NotFound(f"No office has the id {office_id}.")
    if day is not None and start is not None:
        raise Invalid("A board begins with a day or at a time. Send `day` or `start`, not both.")
    if start is not None:
        first = must_be_moment(start, "start")
        return first, first + timedelta(hours=hours or 24)
    first, last = day_in(office.time_zone, must_be_day(day, "day") if day else None, clock.now())
    return first, first + timedelta(hours=hours) if hours else last


async def visits_on(
    session: AsyncSession, start: datetime, end: datetime, office_id: UUID | None, late_after: timedelta, limit: int
) -> Sequence[Any]:
    """The visits whose window overlaps [start, end), what is open and late from before, and what has no window yet.

    Each row says in `total` how many there are, of which at most `limit` are given.
    """
    now = clock.now()
    values = {"start": start, "end": end, "office_id": office_id, "limit": limit, "now": now}
    rows = await session.execute(VISITS, values | {"late_before": now - late_after})
    return rows.all()
