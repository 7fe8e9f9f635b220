"""Photos that a phone promised and that are late: who is asked for them, and a line in the visit's history, once each."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, Uuid, column, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.dispatch.schemas import MissingOut
from server.ground import clock
from server.http.list_pages import Query, narrowed, select_text
from server.http.listing import Listing
from server.jobs.history import record

# The decision of the desk that says how a photo `p` stands now, if there is one: see `IN_FORCE` of the media's models.
DECISION = """photo_decision d on d.photo_id = p.id
          and d.kind = case when p.state = 'kept' then 'damaged_kept' when p.state <> 'verified' then 'never_arrived' end"""

# Of one visit `v`: what was promised, what came, and what is late. A promise is late when it, and the end of the visit
# (while that goes on: the last sign of the phone that made it), lie before :late_before, and the desk has not decided to
# go on without it; one that is kept and cannot be shown waits for the desk at once. Counted by phone, so that ten thousand photos cost one look at each phone and not one each.
PHOTOS = """
left join lateral (
  select coalesce(sum(promised), 0)::bigint as promised, coalesce(sum(verified), 0)::bigint as verified,
         coalesce(sum(quarantined), 0)::bigint as quarantined, coalesce(sum(kept), 0)::bigint as kept,
         coalesce(sum(decided), 0)::bigint as decided, max(heard_at) as heard_at,
         (coalesce(sum(old) filter (where coalesce(v.finished_at, heard_at, '-infinity') < :late_before), 0)
          + coalesce(sum(kept), 0))::bigint as late
  from (select promised_by, count(*) as promised, count(*) filter (where state = 'verified') as verified,
               count(*) filter (where state = 'quarantined') as quarantined,
               count(*) filter (where state = 'kept' and d.kind is null) as kept, count(d.kind) as decided,
               count(*) filter (where state not in ('verified', 'kept') and d.kind is null and promised_at < :late_before)
                 as old
        from photo p left join -- decision
        where visit_id = v.id group by promised_by) by_phone
  left join lateral (
    select max(last_heard_at) as heard_at from device where user_id = by_phone.promised_by) phone on true) photos on true
""".replace("-- decision", DECISION)

MISSING_VISITS = text(
    """
select v.id as visit_id, j.number as job_number, j.title, c.name as customer, s.name as site, s.time_zone, v.state,
       v.finished_at, photos.promised, photos.verified, photos.quarantined, photos.kept, photos.decided, photos.late,
       photos.heard_at, j.office_id, j.customer_id, coalesce(v.finished_at, photos.heard_at, timestamptz 'epoch') as since
from (select distinct visit_id from photo where state <> 'verified') outstanding
join visit v on v.id = outstanding.visit_id
join job j on j.id = v.job_id
join customer c on c.id = j.customer_id
join site s on s.id = j.site_id
-- photos
where photos.late > 0
  and (cast(:after as uuid) is null
       or (coalesce(v.finished_at, photos.heard_at, timestamptz 'epoch'), v.id)
        > (select coalesce(v.finished_at, photos.heard_at, timestamptz 'epoch'), v.id from visit v -- photos
           where v.id = cast(:after as uuid)))
""".replace("-- photos", PHOTOS)
)
VISIT_ID, SINCE = column("visit_id", Uuid), column("since", DateTime(timezone=True))
OFFICE_ID, CUSTOMER_ID = column("office_id", Uuid), column("customer_id", Uuid)
COLUMNS = (
    VISIT_ID, SINCE, OFFICE_ID, CUSTOMER_ID,
    *map(column, ["job_number", "title", "customer", "site", "time_zone", "state", "finished_at", "promised", "verified", "quarantined", "kept", "decided", "late", "heard_at"]),
)  # fmt: skip
MISSING = Listing(
    "missing-photos", MissingOut, key=VISIT_ID, sorts={"since": SINCE}, default="since", usual=200, most=1000
)

# Whoever inserts the alert says it, so that two workers never say it twice. By visit: each line of history locks its
# visit a little, and pushes lock theirs in this order too.
ALERT = text(
    """
with late as (
  select p.id, p.visit_id
  from photo p join visit v on v.id = p.visit_id
  left join -- decision
  left join lateral (select max(last_heard_at) as heard_at from device where user_id = p.promised_by) phone on true
  where p.state <> 'verified' and d.kind is null and p.promised_at < :late_before
    and coalesce(v.finished_at, phone.heard_at, '-infinity') < :late_before
    and not exists (select from photo_alert a where a.photo_id = p.id)
  limit 5000
), said as (
  insert into photo_alert (photo_id, alerted_at) select id, :now from late on conflict do nothing returning photo_id
)
select v.id as visit_id, said_now.late, photos.promised, photos.verified, photos.heard_at
from (select late.visit_id, count(*) as late from said join late on late.id = said.photo_id group by late.visit_id) said_now
join visit v on v.id = said_now.visit_id
-- photos
order by v.id
""".replace("-- photos", PHOTOS).replace("-- decision", DECISION)
)


def select_missing(
    late_after: timedelta, *, office_id: UUID | None, customer_id: UUID | None, after: UUID | None
) -> Query:
    """The visits with late photos, `since` when each has waited; with `after` those behind the place of that visit."""
    asked = MISSING_VISITS.bindparams(late_before=clock.now() - late_after, after=after)
    return narrowed(select_text(asked, *COLUMNS), (OFFICE_ID, office_id), (CUSTOMER_ID, customer_id))


async def alert_missing(session: AsyncSession, late_after: timedelta) -> int:
    """Write into the history of each visit that photos became late; each photo is said once. Returns how many visits."""
    now = clock.now()
    rows = (await session.execute(ALERT, {"late_before": now - late_after, "now": now})).all()
    for row in rows:
        facts = {
            "promised": row.promised, "verified": row.verified, "late": row.late,
            "phone_last_heard_at": _iso(row.heard_at),
        }  # fmt: skip
        record(session, row.visit_id, "photos_missing", actor_id=None, facts=facts)
    return len(rows)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
