-- The database's side of the feeds as it is today. Written by `python -m server.contract`; do not edit.
-- A migrated database has exactly this, which a test compares; the migrations are how it came about.

-- How a write reaches the feeds, whoever makes it: triggers note what a statement touched, and one deferred trigger turns that into
-- revisions as the last thing before commit. A scope's row is locked from there to the commit, so its revisions have no
-- gaps and become visible in order.

create or replace function sync_micros(moment timestamptz) returns bigint
language sql immutable parallel safe return (extract(epoch from moment) * 1000000)::bigint;

-- The flag spares the later rows of a large transaction a search through what the first flush has deleted.
create or replace function sync_note(_collection text, _row_id uuid) returns void
language plpgsql as $$
begin
  insert into sync_touched (collection, row_id) values (_collection, _row_id) on conflict do nothing;
  perform set_config('fieldproof.touched', '1', true);
end $$;

-- For a table whose rows are part of one collection's row: arguments are the collection and the column with its id.
create or replace function sync_touch() returns trigger
language plpgsql as $$
begin
  if tg_op <> 'DELETE' then
    perform sync_note(tg_argv[0], (to_jsonb(new) ->> tg_argv[1])::uuid);
  end if;
  if tg_op = 'DELETE' or (tg_op = 'UPDATE' and to_jsonb(old) ->> tg_argv[1] <> to_jsonb(new) ->> tg_argv[1]) then
    perform sync_note(tg_argv[0], (to_jsonb(old) ->> tg_argv[1])::uuid);
  end if;
  return null;
end $$;

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

-- What a technician's phones may hold: the one definition of who sees what.
create or replace view technician_scope (technician_id, collection, row_id) as
select h.technician_id, 'visit', h.visit_id from technician_visit h
union select h.technician_id, 'job', h.job_id from technician_visit h
union select h.technician_id, 'checklist_item', checklist_item.id from technician_visit h join checklist_item on checklist_item.visit_id = h.visit_id
union select h.technician_id, 'note', note.id from technician_visit h join note on note.visit_id = h.visit_id
union select h.technician_id, 'part_used', part_used.id from technician_visit h join part_used on part_used.visit_id = h.visit_id
union select h.technician_id, 'expense', expense.id from technician_visit h join expense on expense.visit_id = h.visit_id
union select h.technician_id, 'site', job.site_id from technician_visit h join job on job.id = h.job_id
union select h.technician_id, 'customer', job.customer_id from technician_visit h join job on job.id = h.job_id
union select h.technician_id, 'contact', contact.id from technician_visit h join job on job.id = h.job_id join contact on contact.customer_id = job.customer_id
union select h.technician_id, 'asset', asset.id from technician_visit h join job on job.id = h.job_id join asset on asset.site_id = job.site_id
union select h.technician_id, 'meter_reading', meter_reading.id from technician_visit h join job on job.id = h.job_id join asset on asset.site_id = job.site_id join meter_reading on meter_reading.asset_id = asset.id
union select h.technician_id, 'photo', photo.id from technician_visit h join photo on photo.visit_id = h.visit_id
union select h.technician_id, 'photo_impossible', photo_impossible.id from technician_visit h join photo_impossible on photo_impossible.visit_id = h.visit_id
union select h.technician_id, 'check_in', check_in.id from technician_visit h join check_in on check_in.visit_id = h.visit_id
union select h.technician_id, 'field_request', field_request.id from technician_visit h join field_request on field_request.visit_id = h.visit_id
union select h.technician_id, 'report', service_report.id from technician_visit h join service_report on service_report.visit_id = h.visit_id
union select h.technician_id, 'visit_link', visit_link.id from technician_visit h join visit_link on visit_link.phone_visit_id = h.visit_id
union select r.user_id, 'operation', r.id from operation r where r.outcome = 'parked' and r.resolution is null;

create or replace view catalogue_scope (collection, row_id) as
select 'product', id from product
union all select 'part', id from part
union all select 'fault_word', id from fault_word
union all select 'reason', id from reason
union all select 'office', id from office
union all select 'consent_text', id from consent_text;

-- The scopes that hold some rows. The view technician_scope says the same in one place, and this is compared with it:
-- here each collection has a small statement of its own, whose plan is kept and which costs what is touched.
create or replace function sync_holders(_collections text[], _ids uuid[])
returns table (scope_id bigint, collection text, row_id uuid)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
  _one text;
  _some uuid[];
begin
  for _one, _some in select t.c, array_agg(t.i) from unnest(_collections, _ids) t (c, i) group by t.c loop
    case _one
      when 'visit' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join technician_visit h on h.visit_id = t.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'job' then return query select distinct scope.id, _one, t.id from unnest(_some) t (id)
        join technician_visit h on h.job_id = t.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'checklist_item' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join checklist_item on checklist_item.id = t.id
        join technician_visit h on h.visit_id = checklist_item.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'note' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join note on note.id = t.id
        join technician_visit h on h.visit_id = note.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'part_used' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join part_used on part_used.id = t.id
        join technician_visit h on h.visit_id = part_used.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'expense' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join expense on expense.id = t.id
        join technician_visit h on h.visit_id = expense.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'site' then return query select distinct scope.id, _one, t.id from unnest(_some) t (id)
        join job on job.site_id = t.id
        join technician_visit h on h.job_id = job.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'customer' then return query select distinct scope.id, _one, t.id from unnest(_some) t (id)
        join job on job.customer_id = t.id
        join technician_visit h on h.job_id = job.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'contact' then return query select distinct scope.id, _one, t.id from unnest(_some) t (id)
        join contact on contact.id = t.id
        join job on job.customer_id = contact.customer_id
        join technician_visit h on h.job_id = job.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'asset' then return query select distinct scope.id, _one, t.id from unnest(_some) t (id)
        join asset on asset.id = t.id
        join job on job.site_id = asset.site_id
        join technician_visit h on h.job_id = job.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'product' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join product on product.id = t.id
        join sync_scope scope on scope.key = 'catalogue';
      when 'part' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join part on part.id = t.id
        join sync_scope scope on scope.key = 'catalogue';
      when 'fault_word' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join fault_word on fault_word.id = t.id
        join sync_scope scope on scope.key = 'catalogue';
      when 'meter_reading' then return query select distinct scope.id, _one, t.id from unnest(_some) t (id)
        join meter_reading on meter_reading.id = t.id
        join asset on asset.id = meter_reading.asset_id
        join job on job.site_id = asset.site_id
        join technician_visit h on h.job_id = job.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'reason' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join reason on reason.id = t.id
        join sync_scope scope on scope.key = 'catalogue';
      when 'office' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join office on office.id = t.id
        join sync_scope scope on scope.key = 'catalogue';
      when 'photo' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join photo on photo.id = t.id
        join technician_visit h on h.visit_id = photo.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'photo_impossible' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join photo_impossible on photo_impossible.id = t.id
        join technician_visit h on h.visit_id = photo_impossible.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'check_in' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join check_in on check_in.id = t.id
        join technician_visit h on h.visit_id = check_in.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'field_request' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join field_request on field_request.id = t.id
        join technician_visit h on h.visit_id = field_request.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'consent_text' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join consent_text on consent_text.id = t.id
        join sync_scope scope on scope.key = 'catalogue';
      when 'report' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join service_report on service_report.id = t.id
        join technician_visit h on h.visit_id = service_report.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'visit_link' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join visit_link on visit_link.id = t.id
        join technician_visit h on h.visit_id = visit_link.phone_visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'operation' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join operation r on r.id = t.id
        join sync_scope scope on scope.technician_id = r.user_id where r.outcome = 'parked' and r.resolution is null;
      else raise exception 'no such collection: %', _one;
    end case;
  end loop;
end $$;

-- Names ending in _tree are no collections: they stand for all rows that hang on one, and are looked up when the transaction ends.
create or replace function sync_trees() returns text[]
language sql immutable parallel safe return array['technician', 'person', 'visit_tree', 'job_tree', 'site_tree', 'customer_tree', 'asset_tree'];

-- The rows that a transaction has touched, with every tree replaced by what hangs on it now.
create or replace function sync_rows(_txid xid8) returns table (collection text, row_id uuid)
language sql volatile rows 100 set plan_cache_mode = force_generic_plan as $$
  with noted as materialized (
    select t.collection, t.row_id from sync_touched t where t.txid = _txid
  ), visits as (
    select n.row_id as id from noted n where n.collection = 'visit_tree'
  ), jobs as (
    select n.row_id as id from noted n where n.collection = 'job_tree'
    union select r.job_id from visit r join visits above on above.id = r.id
  ), sites as (
    select n.row_id as id from noted n where n.collection = 'site_tree'
    union select r.site_id from job r join jobs above on above.id = r.id
  ), customers as (
    select n.row_id as id from noted n where n.collection = 'customer_tree'
    union select r.customer_id from job r join jobs above on above.id = r.id
  ), assets as (
    select n.row_id as id from noted n where n.collection = 'asset_tree'
    union select r.id from asset r join sites above on above.id = r.site_id
  )
  select n.collection, n.row_id from noted n where n.collection <> all (sync_trees())
  union select 'visit', id from visits
  union select 'job', id from jobs
  union select 'site', id from sites
  union select 'customer', id from customers
  union select 'asset', id from assets
  union select 'checklist_item', r.id from checklist_item r join visits above on above.id = r.visit_id
  union select 'note', r.id from note r join visits above on above.id = r.visit_id
  union select 'part_used', r.id from part_used r join visits above on above.id = r.visit_id
  union select 'expense', r.id from expense r join visits above on above.id = r.visit_id
  union select 'contact', r.id from contact r join customers above on above.id = r.customer_id
  union select 'meter_reading', r.id from meter_reading r join assets above on above.id = r.asset_id
  union select 'photo', r.id from photo r join visits above on above.id = r.visit_id
  union select 'photo_impossible', r.id from photo_impossible r join visits above on above.id = r.visit_id
  union select 'check_in', r.id from check_in r join visits above on above.id = r.visit_id
  union select 'field_request', r.id from field_request r join visits above on above.id = r.visit_id
  union select 'report', r.id from service_report r join visits above on above.id = r.visit_id
  union select 'visit_link', r.id from visit_link r join visits above on above.id = r.phone_visit_id
  union select 'visit', c.visit_id from noted n join visit_crew c on c.technician_id = n.row_id and c.removed_at is null
        where n.collection = 'person'
  union select held.collection, held.row_id from noted n
        cross join lateral (select s.collection, s.row_id from technician_scope s where s.technician_id = n.row_id) held
        where n.collection = 'technician'
$$;

-- Rows as the phone gets them: integers for time (microseconds), degrees and minor units as documented in the schemas. Those of one
-- collection together: a statement for each was a tenth of the commit of 50 operations.
create or replace function sync_bodies(_collection text, _ids uuid[]) returns table (row_id uuid, body jsonb)
language plpgsql stable rows 20 as $$
begin
  case _collection
    when 'visit' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'job_id', r.job_id,
      'state', r.state,
      'window_start', sync_micros(r.window_start),
      'window_end', sync_micros(r.window_end),
      'plan_version', r.plan_version,
      'planned_start', sync_micros(r.planned_start),
      'minutes', r.minutes,
      'arrived_at', sync_micros(r.arrived_at),
      'started_at', sync_micros(r.started_at),
      'finished_at', sync_micros(r.finished_at),
      'work_summary', r.work_summary,
      'custody', r.custody,
      'crew', (select coalesce(jsonb_agg(jsonb_build_object('technician_id', c.technician_id, 'name', u.name,
                 'lead', c.lead) order by c.technician_id), '[]')
               from visit_crew c join app_user u on u.id = c.technician_id
               where c.visit_id = r.id and c.removed_at is null),
      'crew_states', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('technician_id', c.technician_id, 'state', c.state,
                 'accepted_at', sync_micros(c.accepted_at), 'departed_at', sync_micros(c.departed_at),
                 'arrived_at', sync_micros(c.arrived_at), 'started_at', sync_micros(c.started_at),
                 'finished_at', sync_micros(c.finished_at), 'work_summary', nullif(c.work_summary, '')))
                 order by c.lead desc, c.technician_id), '[]')
               from visit_crew c where c.visit_id = r.id and (c.removed_at is null or c.state = 'declined')))
      from visit r where r.id = any (_ids);
    when 'job' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'number', r.number,
      'customer_id', r.customer_id,
      'contact_id', r.contact_id,
      'site_id', r.site_id,
      'asset_id', r.asset_id,
      'kind', r.kind,
      'title', r.title,
      'description', r.description,
      'required_slots', case r.kind when 'repair' then '["nameplate", "after"]'::jsonb when 'maintenance' then '["after"]'::jsonb when 'installation' then '["nameplate", "after"]'::jsonb when 'training' then '[]'::jsonb end,
      'office_id', r.office_id,
      'bring', r.bring,
      'noticed_at', sync_micros(r.noticed_at))
      from job r where r.id = any (_ids);
    when 'checklist_item' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'position', r.position,
      'label', r.label,
      'kind', r.kind,
      'required', r.required,
      'answer', r.answer,
      'labels', r.labels)
      from checklist_item r where r.id = any (_ids);
    when 'note' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'text', r.text,
      'author_id', r.author_id,
      'occurred_at', sync_micros(r.occurred_at))
      from note r where r.id = any (_ids);
    when 'part_used' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'part_id', r.part_id,
      'quantity', r.quantity,
      'charged', r.charged,
      'unit_price', r.unit_price,
      'currency', r.currency,
      'quantity_milli', coalesce(r.quantity_milli, r.quantity * 1000),
      'unit', r.unit)
      from part_used r where r.id = any (_ids);
    when 'expense' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'kind', r.kind,
      'amount', r.amount,
      'currency', r.currency,
      'note', r.note)
      from expense r where r.id = any (_ids);
    when 'site' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'customer_id', r.customer_id,
      'name', r.name,
      'address', r.address,
      'latitude_e7', round(r.latitude * 1e7)::bigint,
      'longitude_e7', round(r.longitude * 1e7)::bigint,
      'datum', r.datum,
      'geofence_radius_m', r.geofence_radius_m,
      'time_zone', r.time_zone,
      'access_note', r.access_note)
      from site r where r.id = any (_ids);
    when 'customer' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'name', r.name,
      'tier', r.tier,
      'locale', r.locale)
      from customer r where r.id = any (_ids);
    when 'contact' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'customer_id', r.customer_id,
      'name', r.name,
      'phone', r.phone,
      'email', r.email,
      'role', r.role)
      from contact r where r.id = any (_ids);
    when 'asset' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'site_id', r.site_id,
      'product_id', r.product_id,
      'serial', r.serial,
      'arrival_date', r.arrival_date,
      'last_visits', coalesce((select h.last_visits from asset_history h where h.asset_id = r.id), '[]'))
      from asset r where r.id = any (_ids);
    when 'product' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'code', r.code,
      'name', r.name,
      'warranty_months', r.warranty_months,
      'names', r.names)
      from product r where r.id = any (_ids);
    when 'part' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'number', r.number,
      'name', r.name,
      'unit_price', r.unit_price,
      'currency', r.currency,
      'unit', r.unit,
      'names', r.names)
      from part r where r.id = any (_ids);
    when 'fault_word' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'code', r.code,
      'role', r.role,
      'product_id', r.product_id,
      'labels', r.labels,
      'retired_at', sync_micros(r.retired_at))
      from fault_word r where r.id = any (_ids);
    when 'meter_reading' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'asset_id', r.asset_id,
      'counter', r.counter,
      'value_milli', r.value_milli,
      'unit', r.unit,
      'photo_id', r.photo_id,
      'read_by', r.read_by,
      'read_at', sync_micros(r.read_at))
      from meter_reading r where r.id = any (_ids);
    when 'reason' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'given_for', r.given_for,
      'code', r.code,
      'office_id', r.office_id,
      'labels', r.labels,
      'position', r.position,
      'retired_at', sync_micros(r.retired_at))
      from reason r where r.id = any (_ids);
    when 'office' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'name', r.name,
      'time_zone', r.time_zone,
      'phone', r.phone,
      'expenses_in_report', r.expenses_in_report,
      'photo_long_edge', r.photo_long_edge,
      'keep_originals', r.keep_originals)
      from office r where r.id = any (_ids);
    when 'photo' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'slot', r.slot,
      'sha256', r.sha256,
      'size', r.size,
      'content_type', r.content_type,
      'state', r.state,
      'finding', r.finding,
      'promised_by', r.promised_by)
      from photo r where r.id = any (_ids);
    when 'photo_impossible' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'slot', r.slot,
      'reason', r.reason)
      from photo_impossible r where r.id = any (_ids);
    when 'check_in' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'technician_id', r.technician_id,
      'earliest', sync_micros(r.earliest),
      'latest', sync_micros(r.latest),
      'verdict', (select jsonb_build_object('verdict', a.verdict, 'place', a.place, 'time', a.time, 'words', a.words)
                  from arrival_verdict a where a.check_in_id = r.id order by a.judged_at desc, a.id desc limit 1))
      from check_in r where r.id = any (_ids);
    when 'field_request' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'kind', r.kind,
      'text', r.text,
      'asset_id', r.asset_id,
      'urgent', r.urgent,
      'asked_by', r.asked_by,
      'asked_at', sync_micros(r.asked_at),
      'answer', r.answer,
      'job_id', r.job_id,
      'answered_at', sync_micros(r.answered_at))
      from field_request r where r.id = any (_ids);
    when 'consent_text' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'code', r.code,
      'texts', r.texts,
      'retired_at', sync_micros(r.retired_at))
      from consent_text r where r.id = any (_ids);
    when 'report' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'amends_id', r.amends_id,
      'locale', r.locale,
      'sha256', r.sha256,
      'signature', (select s.outcome from signature s where s.report_id = r.id),
      'sealed_at', (select sync_micros(k.sealed_at) from sealed_record k where k.report_id = r.id))
      from service_report r where r.id = any (_ids);
    when 'visit_link' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'token', r.token,
      'expires_at', sync_micros(r.expires_at))
      from visit_link r where r.id = any (_ids);
    when 'operation' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'kind', r.kind,
      'subject', jsonb_build_object('type', r.subject_type, 'id', r.subject_id),
      'visit_id', r.visit_id,
      'code', r.code,
      'sentence', r.sentence,
      'received_at', sync_micros(r.received_at))
      from operation r where r.id = any (_ids);
    else raise exception 'no such collection: %', _collection;
  end case;
end $$;

create or replace function sync_body(_collection text, _row_id uuid) returns jsonb
language sql stable return (select made.body from sync_bodies(_collection, array[_row_id]) made);

-- 64 bits of content; jsonb text has one order of keys, so equal rows have equal hashes.
create or replace function sync_hash(_collection text, _row_id uuid) returns bytea
language sql stable return substr(sha256(convert_to(sync_body(_collection, _row_id)::text, 'UTF8')), 1, 8);

-- One member's share of the scope's checksum: 64 bits of SHA-256 over collection, id, revision and content, as 0..2^64-1.
create or replace function sync_share(_collection text, _row_id uuid, _rev bigint, _hash bytea) returns numeric
language sql immutable parallel safe
return mod((('x' || substr(encode(sha256(convert_to(
  _collection || ':' || _row_id || ':' || _rev || ':' || encode(_hash, 'hex'), 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint
  )::numeric + 18446744073709551616, 18446744073709551616);

-- Both kinds of scope under their ids; what sync_member must say.
create or replace view sync_desired (scope_id, collection, row_id) as
select scope.id, held.collection, held.row_id
from sync_scope scope
cross join lateral (  -- `offset 0` keeps the technician's id as a condition inside the view's branches
  select collection, row_id from technician_scope where technician_id = scope.technician_id offset 0) held
union all
select scope.id, held.collection, held.row_id
from catalogue_scope held join sync_scope scope on scope.key = 'catalogue';

create or replace function sync_flush() returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  this constant xid8 := pg_current_xact_id();
  assignment constant bigint := 720481;
  touched_in text[];
  touched_id uuid[];
  held_by bigint[];
  held_in text[];
  held_id uuid[];
  scopes bigint[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'writes that reach phones must run at READ COMMITTED, not %', current_setting('transaction_isolation')
      using errcode = 'feature_not_supported';
  end if;
  -- Who is on which visit decides what everybody else's rows mean, so a change of crew waits for writers of rows that
  -- are still to commit, and they for it; each statement after the lock sees what the other side committed. So who
  -- holds what cannot change from here to the commit.
  if exists (select from sync_touched where txid = this
             and collection = any (sync_trees())) then
    perform pg_advisory_xact_lock(assignment);
    select array_agg(r.collection), array_agg(r.row_id) into touched_in, touched_id from sync_rows(this) r;
  else
    perform pg_advisory_xact_lock_shared(assignment);
    select array_agg(t.collection), array_agg(t.row_id) into touched_in, touched_id
    from sync_touched t where t.txid = this;
  end if;

  select array_agg(h.scope_id), array_agg(h.collection), array_agg(h.row_id) into held_by, held_in, held_id
  from sync_holders(touched_in, touched_id) h;
  scopes := array(
    select m.scope_id from unnest(touched_in, touched_id) t (collection, row_id)
           join sync_member m using (collection, row_id) where m.present
    union select unnest(held_by));
  perform from sync_scope where id = any (scopes) order by id for update;

  -- A new statement, so that bodies are those of every commit that held a scope before us.
  with touched as materialized (
    select collection, row_id from unnest(touched_in, touched_id) t (collection, row_id)
  ), desired as materialized (
    select scope_id, collection, row_id from unnest(held_by, held_in, held_id) h (scope_id, collection, row_id)
  ), fresh as materialized (
    select wanted.collection, made.row_id, made.body::text as body
    from (select d.collection, array_agg(distinct d.row_id) as ids from desired d group by d.collection) wanted
    cross join lateral sync_bodies(wanted.collection, wanted.ids) made
  ), known as materialized (
    select m.scope_id, m.collection, m.row_id, m.rev, m.present, m.hash, m.body
    from touched join sync_member m using (collection, row_id)
  ), compared as (
    select scope_id, collection, row_id, d.scope_id is not null as present, coalesce(k.present, false) as was_present,
           k.rev as old_rev, k.hash as old_hash, d.body,
           case when d.scope_id is null then ''::bytea
                else substr(sha256(convert_to(d.body, 'UTF8')), 1, 8) end as hash
    from (desired join fresh using (collection, row_id)) d
    full join known k using (scope_id, collection, row_id)
    where d.scope_id is null and k.present or d.scope_id is not null and k.body is distinct from d.body
  ), change as (
    select c.*, scope.rev + row_number() over (partition by c.scope_id order by c.collection, c.row_id) as rev
    from compared c join sync_scope scope on scope.id = c.scope_id
  ), stored as (
    insert into sync_member (scope_id, collection, row_id, rev, present, hash, body, changed_at)
    select scope_id, collection, row_id, rev, present, hash, body, clock_timestamp() from change
    on conflict (scope_id, collection, row_id) do update
    set rev = excluded.rev, present = excluded.present, hash = excluded.hash, body = excluded.body,
        changed_at = excluded.changed_at
  ), total as (
    select scope_id, max(rev) as rev, sum(present::int - was_present::int) as count,
           sum(case when present then sync_share(collection, row_id, rev, hash) else 0 end
             - case when was_present then sync_share(collection, row_id, old_rev, old_hash) else 0 end) as checksum
    from change group by scope_id
  )
  update sync_scope scope
  set rev = total.rev, count = scope.count + total.count, changed_at = clock_timestamp(),
      checksum = mod(mod(scope.checksum + total.checksum, 18446744073709551616) + 18446744073709551616,
                     18446744073709551616)
  from total where total.scope_id = scope.id;

  delete from sync_touched where txid = this;
  perform set_config('fieldproof.touched', '', true);
end $$;

create or replace function sync_flush_once() returns trigger
language plpgsql as $$
begin
  if current_setting('fieldproof.touched', true) = '1' then
    perform sync_flush();
  end if;
  return null;
end $$;

create or replace function sync_open_scope() returns trigger
language plpgsql as $$
begin
  insert into sync_scope (key, technician_id, rev, count, checksum, min_rev, epoch)
  values ('technician:' || new.id, new.id, 0, 0, 0, 0, 1) on conflict do nothing;
  perform sync_note('technician', new.id);
  return null;
end $$;

-- Removals older than this are forgotten; a phone whose cursor is older than the newest of them is told to resync.
create or replace function sync_collect(_age interval) returns bigint
language plpgsql as $$
declare
  scope bigint;
  newest bigint;
  collected bigint := 0;
  gone bigint;
begin
  for scope in select distinct scope_id from sync_member
               where not present and changed_at < clock_timestamp() - _age order by scope_id loop
    perform from sync_scope where id = scope for update;
    with deleted as (
      delete from sync_member
      where scope_id = scope and not present and changed_at < clock_timestamp() - _age returning rev
    ) select count(*), max(rev) into gone, newest from deleted;
    update sync_scope set min_rev = greatest(min_rev, newest) where id = scope and newest is not null;
    collected := collected + gone;
  end loop;
  return collected;
end $$;

-- What a phone compares when its checksum is off: a scope's rows in buckets by collection and last digit of the id.
create or replace function sync_buckets(_scope bigint) returns table (bucket text, count bigint, checksum numeric)
language sql stable as $$
  select m.collection || '/' || right(m.row_id::text, 1), count(*),
         mod(sum(sync_share(m.collection, m.row_id, m.rev, m.hash)), 18446744073709551616)
  from sync_member m where m.scope_id = _scope and m.present group by 1
$$;

-- What a recomputation says differs from what is kept; both are empty when all is well. Looked at nightly and by tests.
create or replace view sync_discrepancy as
select coalesce(m.scope_id, d.scope_id) as scope_id, coalesce(m.collection, d.collection) as collection,
       coalesce(m.row_id, d.row_id) as row_id, m.scope_id is null as missing, d.scope_id is null as surplus
from (select * from sync_member where present) m
full join sync_desired d on d.scope_id = m.scope_id and d.collection = m.collection and d.row_id = m.row_id
where m.scope_id is null or d.scope_id is null or m.hash <> sync_hash(m.collection, m.row_id)
   or m.body <> sync_body(m.collection, m.row_id)::text;

create or replace view sync_sum_discrepancy as
select scope.id as scope_id, scope.count, scope.checksum, sums.count as real_count, sums.checksum as real_checksum,
       scope.rev, sums.rev as real_rev
from sync_scope scope
cross join lateral (
  select count(*) filter (where m.present) as count, coalesce(max(m.rev), 0) as rev,
         mod(coalesce(sum(sync_share(m.collection, m.row_id, m.rev, m.hash)) filter (where m.present), 0),
             18446744073709551616) as checksum
  from sync_member m where m.scope_id = scope.id) sums
where scope.count <> sums.count or scope.checksum <> sums.checksum or scope.rev < sums.rev;

-- What waits to be flushed in this transaction would go with the trigger that is replaced.
set constraints all immediate;
drop trigger if exists sync_flush on sync_touched;
create constraint trigger sync_flush after insert on sync_touched
deferrable initially deferred for each row
when (current_setting('fieldproof.touched', true) is distinct from '1') execute function sync_flush_once();
set constraints all deferred;

-- Operations are many and only the parked ones are shown to phones.
create or replace trigger sync_touch_new after insert on operation
for each row when (new.outcome = 'parked') execute function sync_touch('operation', 'id');
create or replace trigger sync_touch_changed after update on operation
for each row when (old.outcome = 'parked' or new.outcome = 'parked') execute function sync_touch('operation', 'id');
create or replace trigger sync_open_scope after insert on technician
for each row execute function sync_open_scope();

-- For a table whose rows are part of one collection's row: the argument is the collection, the function's column names its row.
create or replace function sync_touch_by_id() returns trigger
language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into sync_touched (collection, row_id) select tg_argv[0], id from added on conflict do nothing;
  elsif tg_op = 'UPDATE' then
    insert into sync_touched (collection, row_id)
    select tg_argv[0], id from added union select tg_argv[0], id from removed on conflict do nothing;
  else
    insert into sync_touched (collection, row_id) select tg_argv[0], id from removed on conflict do nothing;
  end if;
  if found then
    perform set_config('fieldproof.touched', '1', true);
  end if;
  return null;
end $$;

-- For a table whose rows are part of one collection's row: the argument is the collection, the function's column names its row.
create or replace function sync_touch_by_asset_id() returns trigger
language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into sync_touched (collection, row_id) select tg_argv[0], asset_id from added on conflict do nothing;
  elsif tg_op = 'UPDATE' then
    insert into sync_touched (collection, row_id)
    select tg_argv[0], asset_id from added union select tg_argv[0], asset_id from removed on conflict do nothing;
  else
    insert into sync_touched (collection, row_id) select tg_argv[0], asset_id from removed on conflict do nothing;
  end if;
  if found then
    perform set_config('fieldproof.touched', '1', true);
  end if;
  return null;
end $$;

-- For a table whose rows are part of one collection's row: the argument is the collection, the function's column names its row.
create or replace function sync_touch_by_check_in_id() returns trigger
language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into sync_touched (collection, row_id) select tg_argv[0], check_in_id from added on conflict do nothing;
  elsif tg_op = 'UPDATE' then
    insert into sync_touched (collection, row_id)
    select tg_argv[0], check_in_id from added union select tg_argv[0], check_in_id from removed on conflict do nothing;
  else
    insert into sync_touched (collection, row_id) select tg_argv[0], check_in_id from removed on conflict do nothing;
  end if;
  if found then
    perform set_config('fieldproof.touched', '1', true);
  end if;
  return null;
end $$;

-- For a table whose rows are part of one collection's row: the argument is the collection, the function's column names its row.
create or replace function sync_touch_by_report_id() returns trigger
language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into sync_touched (collection, row_id) select tg_argv[0], report_id from added on conflict do nothing;
  elsif tg_op = 'UPDATE' then
    insert into sync_touched (collection, row_id)
    select tg_argv[0], report_id from added union select tg_argv[0], report_id from removed on conflict do nothing;
  else
    insert into sync_touched (collection, row_id) select tg_argv[0], report_id from removed on conflict do nothing;
  end if;
  if found then
    perform set_config('fieldproof.touched', '1', true);
  end if;
  return null;
end $$;

create or replace trigger sync_touch_added after insert on checklist_item referencing new table as added
for each statement execute function sync_touch_by_id('checklist_item');
create or replace trigger sync_touch_changed after update on checklist_item referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('checklist_item');
create or replace trigger sync_touch_removed after delete on checklist_item referencing old table as removed
for each statement execute function sync_touch_by_id('checklist_item');
create or replace trigger sync_touch_added after insert on note referencing new table as added
for each statement execute function sync_touch_by_id('note');
create or replace trigger sync_touch_changed after update on note referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('note');
create or replace trigger sync_touch_removed after delete on note referencing old table as removed
for each statement execute function sync_touch_by_id('note');
create or replace trigger sync_touch_added after insert on part_used referencing new table as added
for each statement execute function sync_touch_by_id('part_used');
create or replace trigger sync_touch_changed after update on part_used referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('part_used');
create or replace trigger sync_touch_removed after delete on part_used referencing old table as removed
for each statement execute function sync_touch_by_id('part_used');
create or replace trigger sync_touch_added after insert on expense referencing new table as added
for each statement execute function sync_touch_by_id('expense');
create or replace trigger sync_touch_changed after update on expense referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('expense');
create or replace trigger sync_touch_removed after delete on expense referencing old table as removed
for each statement execute function sync_touch_by_id('expense');
create or replace trigger sync_touch_added after insert on site referencing new table as added
for each statement execute function sync_touch_by_id('site');
create or replace trigger sync_touch_changed after update on site referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('site');
create or replace trigger sync_touch_removed after delete on site referencing old table as removed
for each statement execute function sync_touch_by_id('site');
create or replace trigger sync_touch_added after insert on customer referencing new table as added
for each statement execute function sync_touch_by_id('customer');
create or replace trigger sync_touch_changed after update on customer referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('customer');
create or replace trigger sync_touch_removed after delete on customer referencing old table as removed
for each statement execute function sync_touch_by_id('customer');
create or replace trigger sync_touch_added after insert on contact referencing new table as added
for each statement execute function sync_touch_by_id('contact');
create or replace trigger sync_touch_changed after update on contact referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('contact');
create or replace trigger sync_touch_removed after delete on contact referencing old table as removed
for each statement execute function sync_touch_by_id('contact');
create or replace trigger sync_touch_added after insert on asset referencing new table as added
for each statement execute function sync_touch_by_id('asset');
create or replace trigger sync_touch_changed after update on asset referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('asset_tree');
create or replace trigger sync_touch_removed after delete on asset referencing old table as removed
for each statement execute function sync_touch_by_id('asset');
create or replace trigger sync_touch_added after insert on asset_history referencing new table as added
for each statement execute function sync_touch_by_asset_id('asset');
create or replace trigger sync_touch_changed after update on asset_history referencing new table as added old table as removed
for each statement execute function sync_touch_by_asset_id('asset');
create or replace trigger sync_touch_removed after delete on asset_history referencing old table as removed
for each statement execute function sync_touch_by_asset_id('asset');
create or replace trigger sync_touch_added after insert on product referencing new table as added
for each statement execute function sync_touch_by_id('product');
create or replace trigger sync_touch_changed after update on product referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('product');
create or replace trigger sync_touch_removed after delete on product referencing old table as removed
for each statement execute function sync_touch_by_id('product');
create or replace trigger sync_touch_added after insert on part referencing new table as added
for each statement execute function sync_touch_by_id('part');
create or replace trigger sync_touch_changed after update on part referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('part');
create or replace trigger sync_touch_removed after delete on part referencing old table as removed
for each statement execute function sync_touch_by_id('part');
create or replace trigger sync_touch_added after insert on fault_word referencing new table as added
for each statement execute function sync_touch_by_id('fault_word');
create or replace trigger sync_touch_changed after update on fault_word referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('fault_word');
create or replace trigger sync_touch_removed after delete on fault_word referencing old table as removed
for each statement execute function sync_touch_by_id('fault_word');
create or replace trigger sync_touch_added after insert on meter_reading referencing new table as added
for each statement execute function sync_touch_by_id('meter_reading');
create or replace trigger sync_touch_changed after update on meter_reading referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('meter_reading');
create or replace trigger sync_touch_removed after delete on meter_reading referencing old table as removed
for each statement execute function sync_touch_by_id('meter_reading');
create or replace trigger sync_touch_added after insert on reason referencing new table as added
for each statement execute function sync_touch_by_id('reason');
create or replace trigger sync_touch_changed after update on reason referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('reason');
create or replace trigger sync_touch_removed after delete on reason referencing old table as removed
for each statement execute function sync_touch_by_id('reason');
create or replace trigger sync_touch_added after insert on office referencing new table as added
for each statement execute function sync_touch_by_id('office');
create or replace trigger sync_touch_changed after update on office referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('office');
create or replace trigger sync_touch_removed after delete on office referencing old table as removed
for each statement execute function sync_touch_by_id('office');
create or replace trigger sync_touch_added after insert on photo referencing new table as added
for each statement execute function sync_touch_by_id('photo');
create or replace trigger sync_touch_changed after update on photo referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('photo');
create or replace trigger sync_touch_removed after delete on photo referencing old table as removed
for each statement execute function sync_touch_by_id('photo');
create or replace trigger sync_touch_added after insert on photo_impossible referencing new table as added
for each statement execute function sync_touch_by_id('photo_impossible');
create or replace trigger sync_touch_changed after update on photo_impossible referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('photo_impossible');
create or replace trigger sync_touch_removed after delete on photo_impossible referencing old table as removed
for each statement execute function sync_touch_by_id('photo_impossible');
create or replace trigger sync_touch_added after insert on check_in referencing new table as added
for each statement execute function sync_touch_by_id('check_in');
create or replace trigger sync_touch_changed after update on check_in referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('check_in');
create or replace trigger sync_touch_removed after delete on check_in referencing old table as removed
for each statement execute function sync_touch_by_id('check_in');
create or replace trigger sync_touch_added after insert on arrival_verdict referencing new table as added
for each statement execute function sync_touch_by_check_in_id('check_in');
create or replace trigger sync_touch_changed after update on arrival_verdict referencing new table as added old table as removed
for each statement execute function sync_touch_by_check_in_id('check_in');
create or replace trigger sync_touch_removed after delete on arrival_verdict referencing old table as removed
for each statement execute function sync_touch_by_check_in_id('check_in');
create or replace trigger sync_touch_added after insert on field_request referencing new table as added
for each statement execute function sync_touch_by_id('field_request');
create or replace trigger sync_touch_changed after update on field_request referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('field_request');
create or replace trigger sync_touch_removed after delete on field_request referencing old table as removed
for each statement execute function sync_touch_by_id('field_request');
create or replace trigger sync_touch_added after insert on consent_text referencing new table as added
for each statement execute function sync_touch_by_id('consent_text');
create or replace trigger sync_touch_changed after update on consent_text referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('consent_text');
create or replace trigger sync_touch_removed after delete on consent_text referencing old table as removed
for each statement execute function sync_touch_by_id('consent_text');
create or replace trigger sync_touch_added after insert on service_report referencing new table as added
for each statement execute function sync_touch_by_id('report');
create or replace trigger sync_touch_changed after update on service_report referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('report');
create or replace trigger sync_touch_removed after delete on service_report referencing old table as removed
for each statement execute function sync_touch_by_id('report');
create or replace trigger sync_touch_added after insert on signature referencing new table as added
for each statement execute function sync_touch_by_report_id('report');
create or replace trigger sync_touch_changed after update on signature referencing new table as added old table as removed
for each statement execute function sync_touch_by_report_id('report');
create or replace trigger sync_touch_removed after delete on signature referencing old table as removed
for each statement execute function sync_touch_by_report_id('report');
create or replace trigger sync_touch_added after insert on sealed_record referencing new table as added
for each statement execute function sync_touch_by_report_id('report');
create or replace trigger sync_touch_changed after update on sealed_record referencing new table as added old table as removed
for each statement execute function sync_touch_by_report_id('report');
create or replace trigger sync_touch_removed after delete on sealed_record referencing old table as removed
for each statement execute function sync_touch_by_report_id('report');
create or replace trigger sync_touch_added after insert on visit_link referencing new table as added
for each statement execute function sync_touch_by_id('visit_link');
create or replace trigger sync_touch_changed after update on visit_link referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('visit_link');
create or replace trigger sync_touch_removed after delete on visit_link referencing old table as removed
for each statement execute function sync_touch_by_id('visit_link');
