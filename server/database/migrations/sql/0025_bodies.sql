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
               where c.visit_id = r.id and c.removed_at is null))
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
      'answer', r.answer)
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
      'currency', r.currency)
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
      'warranty_months', r.warranty_months)
      from product r where r.id = any (_ids);
    when 'part' then return query select r.id, jsonb_build_object(
      'id', r.id,
      'number', r.number,
      'name', r.name,
      'unit_price', r.unit_price,
      'currency', r.currency)
      from part r where r.id = any (_ids);
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

create or replace function sync_body(_collection text, _row_id uuid) returns jsonb
language sql stable return (select made.body from sync_bodies(_collection, array[_row_id]) made);

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
