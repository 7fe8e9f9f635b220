-- What of the work reaches phones: which visits they hold, and what a change of crew, state, job or name touches.

-- A visit is on its crew's phones from dispatch until it is retired.
create or replace function sync_held(state text, retired_at timestamptz) returns boolean
language sql immutable parallel safe
return retired_at is null and state not in ('unscheduled', 'scheduled', 'declined', 'cancelled');

create or replace view technician_visit as
select crew.technician_id, visit.id as visit_id, visit.job_id
from visit_crew crew
join visit on visit.id = crew.visit_id
where crew.removed_at is null and sync_held(visit.state, visit.retired_at);

-- Names ending in _tree, and 'person', are no collections: they stand for all rows that hang on a visit, a job, a site, a
-- customer or a person's name, and are looked up when the transaction ends.
create or replace function sync_touch_crew() returns trigger
language plpgsql as $$
begin
  -- Where a member is on a visit stands in the visit's row, and moves nothing from phone to phone.
  if tg_op = 'UPDATE' and (old.visit_id, old.technician_id, old.removed_at is null)
      = (new.visit_id, new.technician_id, new.removed_at is null) then
    perform sync_note('visit', new.visit_id);
    return null;
  end if;
  if tg_op <> 'DELETE' then
    perform sync_note('visit_tree', new.visit_id);
  end if;
  if tg_op <> 'INSERT' then
    perform sync_note('visit_tree', old.visit_id);
    perform sync_note('job_tree', job_id) from visit where id = old.visit_id;
  end if;
  return null;
end $$;

create or replace function sync_touch_visit() returns trigger
language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    perform sync_note('visit', old.id), sync_note('job_tree', old.job_id);
  elsif tg_op = 'UPDATE' and (old.job_id <> new.job_id
      or sync_held(old.state, old.retired_at) <> sync_held(new.state, new.retired_at)) then
    perform sync_note('visit_tree', new.id);
    if old.job_id <> new.job_id then
      perform sync_note('job_tree', old.job_id);
    end if;
  else
    perform sync_note('visit', new.id);
  end if;
  return null;
end $$;

create or replace function sync_touch_job() returns trigger
language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.site_id <> new.site_id or old.customer_id <> new.customer_id) then
    perform sync_note('job_tree', new.id), sync_note('site_tree', old.site_id),
            sync_note('customer_tree', old.customer_id);
  end if;
  perform sync_note('job', coalesce(new.id, old.id));
  return null;
end $$;

create or replace function sync_touch_user() returns trigger
language plpgsql as $$
begin
  perform sync_note('person', new.id);
  return null;
end $$;

create or replace trigger sync_touch after insert or update or delete on visit
for each row execute function sync_touch_visit();
create or replace trigger sync_touch after insert or update or delete on visit_crew
for each row execute function sync_touch_crew();
create or replace trigger sync_touch after insert or update or delete on job
for each row execute function sync_touch_job();
create or replace trigger sync_touch after update of name on app_user
for each row when (old.name <> new.name) execute function sync_touch_user();
