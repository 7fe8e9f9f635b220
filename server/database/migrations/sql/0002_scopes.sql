-- What a phone may hold, and what each row looks like there. `technician_scope` is the one definition of who sees what;
-- the membership kept in sync_member is compared with it.

create function sync_micros(moment timestamptz) returns bigint
language sql immutable parallel safe return (extract(epoch from moment) * 1000000)::bigint;

-- A visit is on its crew's phones from dispatch until it is retired.
create function sync_held(state text, retired_at timestamptz) returns boolean
language sql immutable parallel safe
return retired_at is null and state not in ('unscheduled', 'scheduled', 'declined', 'cancelled');

create view technician_visit as
select crew.technician_id, visit.id as visit_id, visit.job_id
from visit_crew crew
join visit on visit.id = crew.visit_id
where crew.removed_at is null and sync_held(visit.state, visit.retired_at);

create view technician_scope (technician_id, collection, row_id) as
select technician_id, 'visit', visit_id from technician_visit
union select technician_id, 'job', job_id from technician_visit
union select h.technician_id, 'site', j.site_id from technician_visit h join job j on j.id = h.job_id
union select h.technician_id, 'customer', j.customer_id from technician_visit h join job j on j.id = h.job_id
union select h.technician_id, 'contact', c.id
      from technician_visit h join job j on j.id = h.job_id join contact c on c.customer_id = j.customer_id
union select h.technician_id, 'asset', a.id
      from technician_visit h join job j on j.id = h.job_id join asset a on a.site_id = j.site_id
union select h.technician_id, 'checklist_item', r.id from technician_visit h join checklist_item r using (visit_id)
union select h.technician_id, 'note', r.id from technician_visit h join note r using (visit_id)
union select h.technician_id, 'photo', r.id from technician_visit h join photo r using (visit_id)
union select h.technician_id, 'part_used', r.id from technician_visit h join part_used r using (visit_id)
union select h.technician_id, 'expense', r.id from technician_visit h join expense r using (visit_id)
union select h.technician_id, 'check_in', r.id from technician_visit h join check_in r using (visit_id)
union select h.technician_id, 'report', r.id from technician_visit h join service_report r using (visit_id)
union select o.user_id, 'operation', o.id from operation o where o.outcome = 'parked' and o.resolution is null;

create view catalogue_scope (collection, row_id) as
select 'product', id from product
union all select 'part', id from part;

-- Both kinds of scope under their ids; what sync_member must say.
create view sync_desired (scope_id, collection, row_id) as
select scope.id, held.collection, held.row_id
from sync_scope scope
cross join lateral (  -- `offset 0` keeps the technician's id as a condition inside the view's branches
  select collection, row_id from technician_scope where technician_id = scope.technician_id offset 0) held
union all
select scope.id, held.collection, held.row_id
from catalogue_scope held join sync_scope scope on scope.key = 'catalogue';

-- The scopes that hold one row. In plpgsql so that the plan is kept and only the collection's own branch runs.
create function sync_holders(_collection text, _row_id uuid) returns setof bigint
language plpgsql stable as $$
begin
  if _collection in ('product', 'part') then
    return query select scope.id from sync_scope scope
      where scope.key = 'catalogue'
        and exists (select from catalogue_scope held where held.collection = _collection and held.row_id = _row_id);
  else
    return query select scope.id from technician_scope held
      join sync_scope scope using (technician_id)
      where held.collection = _collection and held.row_id = _row_id;
  end if;
end $$;

-- A row as the phone gets it: integers for time (microseconds), degrees and minor units as documented in the schemas.
create function sync_body(_collection text, _row_id uuid) returns jsonb
language plpgsql stable as $$
begin
  case _collection
    when 'visit' then return (select jsonb_build_object(
      'id', v.id, 'job_id', v.job_id, 'state', v.state, 'window_start', sync_micros(v.window_start),
      'window_end', sync_micros(v.window_end), 'plan_version', v.plan_version, 'minutes', v.minutes,
      'arrived_at', sync_micros(v.arrived_at), 'started_at', sync_micros(v.started_at),
      'finished_at', sync_micros(v.finished_at), 'work_summary', v.work_summary, 'custody', v.custody,
      'crew', (select coalesce(jsonb_agg(jsonb_build_object('technician_id', c.technician_id, 'name', u.name,
                 'lead', c.lead) order by c.technician_id), '[]')
               from visit_crew c join app_user u on u.id = c.technician_id
               where c.visit_id = v.id and c.removed_at is null)) from visit v where v.id = _row_id);
    when 'job' then return (select jsonb_build_object(
      'id', j.id, 'number', j.number, 'customer_id', j.customer_id, 'contact_id', j.contact_id, 'site_id', j.site_id,
      'asset_id', j.asset_id, 'kind', j.kind, 'title', j.title, 'description', j.description)
      from job j where j.id = _row_id);
    when 'site' then return (select jsonb_build_object(
      'id', s.id, 'customer_id', s.customer_id, 'name', s.name, 'address', s.address,
      'latitude_e7', round(s.latitude * 1e7)::bigint, 'longitude_e7', round(s.longitude * 1e7)::bigint,
      'datum', s.datum, 'geofence_radius_m', s.geofence_radius_m, 'time_zone', s.time_zone,
      'access_note', s.access_note) from site s where s.id = _row_id);
    when 'customer' then return (select jsonb_build_object(
      'id', c.id, 'name', c.name, 'tier', c.tier, 'locale', c.locale) from customer c where c.id = _row_id);
    when 'contact' then return (select jsonb_build_object(
      'id', c.id, 'customer_id', c.customer_id, 'name', c.name, 'phone', c.phone, 'email', c.email, 'role', c.role)
      from contact c where c.id = _row_id);
    when 'asset' then return (select jsonb_build_object(
      'id', a.id, 'site_id', a.site_id, 'product_id', a.product_id, 'serial', a.serial,
      'arrival_date', a.arrival_date) from asset a where a.id = _row_id);
    when 'checklist_item' then return (select jsonb_build_object(
      'id', r.id, 'visit_id', r.visit_id, 'position', r.position, 'label', r.label, 'kind', r.kind,
      'required', r.required, 'answer', r.answer) from checklist_item r where r.id = _row_id);
    when 'note' then return (select jsonb_build_object(
      'id', r.id, 'visit_id', r.visit_id, 'text', r.text, 'author_id', r.author_id,
      'occurred_at', sync_micros(r.occurred_at)) from note r where r.id = _row_id);
    when 'photo' then return (select jsonb_build_object(
      'id', r.id, 'visit_id', r.visit_id, 'slot', r.slot, 'sha256', r.sha256, 'size', r.size,
      'content_type', r.content_type, 'state', r.state, 'finding', r.finding) from photo r where r.id = _row_id);
    when 'part_used' then return (select jsonb_build_object(
      'id', r.id, 'visit_id', r.visit_id, 'part_id', r.part_id, 'quantity', r.quantity, 'charged', r.charged,
      'unit_price', r.unit_price, 'currency', r.currency) from part_used r where r.id = _row_id);
    when 'expense' then return (select jsonb_build_object(
      'id', r.id, 'visit_id', r.visit_id, 'kind', r.kind, 'amount', r.amount, 'currency', r.currency, 'note', r.note)
      from expense r where r.id = _row_id);
    when 'check_in' then return (select jsonb_build_object(
      'id', r.id, 'visit_id', r.visit_id, 'technician_id', r.technician_id,
      'earliest', sync_micros(r.earliest), 'latest', sync_micros(r.latest),
      'verdict', (select jsonb_build_object('verdict', a.verdict, 'place', a.place, 'time', a.time, 'words', a.words)
                  from arrival_verdict a where a.check_in_id = r.id order by a.judged_at desc, a.id desc limit 1))
      from check_in r where r.id = _row_id);
    when 'report' then return (select jsonb_build_object(
      'id', r.id, 'visit_id', r.visit_id, 'amends_id', r.amends_id, 'locale', r.locale, 'sha256', r.sha256,
      'signature', (select s.outcome from signature s where s.report_id = r.id),
      'sealed_at', (select sync_micros(k.sealed_at) from sealed_record k where k.report_id = r.id))
      from service_report r where r.id = _row_id);
    when 'operation' then return (select jsonb_build_object(
      'id', o.id, 'kind', o.kind, 'subject', jsonb_build_object('type', o.subject_type, 'id', o.subject_id),
      'visit_id', o.visit_id, 'code', o.code, 'sentence', o.sentence, 'received_at', sync_micros(o.received_at))
      from operation o where o.id = _row_id);
    when 'product' then return (select jsonb_build_object(
      'id', p.id, 'code', p.code, 'name', p.name, 'warranty_months', p.warranty_months)
      from product p where p.id = _row_id);
    when 'part' then return (select jsonb_build_object(
      'id', p.id, 'number', p.number, 'name', p.name, 'unit_price', p.unit_price, 'currency', p.currency)
      from part p where p.id = _row_id);
    else raise exception 'no such collection: %', _collection;
  end case;
end $$;

-- 64 bits of content; jsonb text has one order of keys, so equal rows have equal hashes.
create function sync_hash(_collection text, _row_id uuid) returns bytea
language sql stable return substr(sha256(convert_to(sync_body(_collection, _row_id)::text, 'UTF8')), 1, 8);

-- One member's share of the scope's checksum: 64 bits of SHA-256 over collection, id, revision and content, as 0..2^64-1.
create function sync_share(_collection text, _row_id uuid, _rev bigint, _hash bytea) returns numeric
language sql immutable parallel safe
return mod((('x' || substr(encode(sha256(convert_to(
  _collection || ':' || _row_id || ':' || _rev || ':' || encode(_hash, 'hex'), 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint
  )::numeric + 18446744073709551616, 18446744073709551616);
