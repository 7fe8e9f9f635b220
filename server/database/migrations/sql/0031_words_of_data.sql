create or replace view catalogue_scope (collection, row_id) as
select 'product', id from product
union all select 'part', id from part
union all select 'fault_word', id from fault_word;

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
      when 'photo' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join photo on photo.id = t.id
        join technician_visit h on h.visit_id = photo.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'check_in' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join check_in on check_in.id = t.id
        join technician_visit h on h.visit_id = check_in.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'report' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join service_report on service_report.id = t.id
        join technician_visit h on h.visit_id = service_report.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'operation' then return query select scope.id, _one, t.id from unnest(_some) t (id)
        join operation r on r.id = t.id
        join sync_scope scope on scope.technician_id = r.user_id where r.outcome = 'parked' and r.resolution is null;
      else raise exception 'no such collection: %', _one;
    end case;
  end loop;
end $$;

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
      'description', r.description)
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
      'arrival_date', r.arrival_date)
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
    when 'photo' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'slot', r.slot,
      'sha256', r.sha256,
      'size', r.size,
      'content_type', r.content_type,
      'state', r.state,
      'finding', r.finding)
      from photo r where r.id = any (_ids);
    when 'check_in' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'technician_id', r.technician_id,
      'earliest', sync_micros(r.earliest),
      'latest', sync_micros(r.latest),
      'verdict', (select jsonb_build_object('verdict', a.verdict, 'place', a.place, 'time', a.time, 'words', a.words)
                  from arrival_verdict a where a.check_in_id = r.id order by a.judged_at desc, a.id desc limit 1))
      from check_in r where r.id = any (_ids);
    when 'report' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'visit_id', r.visit_id,
      'amends_id', r.amends_id,
      'locale', r.locale,
      'sha256', r.sha256,
      'signature', (select s.outcome from signature s where s.report_id = r.id),
      'sealed_at', (select sync_micros(k.sealed_at) from sealed_record k where k.report_id = r.id))
      from service_report r where r.id = any (_ids);
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

create or replace trigger sync_touch_added after insert on fault_word referencing new table as added
for each statement execute function sync_touch_by_id('fault_word');

create or replace trigger sync_touch_changed after update on fault_word referencing new table as added old table as removed
for each statement execute function sync_touch_by_id('fault_word');

create or replace trigger sync_touch_removed after delete on fault_word referencing old table as removed
for each statement execute function sync_touch_by_id('fault_word');
