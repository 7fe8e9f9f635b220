-- What a phone holds: views of scopes, bodies, membership, and the triggers that keep it. 0018 replaces it by what is generated.

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

-- The flag spares the later rows of a large transaction a search through what the first flush has deleted.
create function sync_note(_collection text, _row_id uuid) returns void
language plpgsql as $$
begin
  insert into sync_touched (collection, row_id) values (_collection, _row_id) on conflict do nothing;
  perform set_config('fieldproof.touched', '1', true);
end $$;

-- The rows that a transaction has touched, with every tree replaced by what hangs on it now.
create function sync_rows(_txid xid8) returns table (collection text, row_id uuid)
language sql volatile rows 100 set plan_cache_mode = force_generic_plan as $$
  with noted as materialized (
    select t.collection, t.row_id from sync_touched t where t.txid = _txid
  ), visits as (
    select n.row_id as id from noted n where n.collection = 'visit_tree'
  ), jobs as (
    select n.row_id as id from noted n where n.collection = 'job_tree'
    union select v.job_id from visit v join visits using (id)
  ), sites as (
    select n.row_id as id from noted n where n.collection = 'site_tree'
    union select j.site_id from job j join jobs using (id)
  ), customers as (
    select n.row_id as id from noted n where n.collection = 'customer_tree'
    union select j.customer_id from job j join jobs using (id)
  )
  select n.collection, n.row_id from noted n
  where n.collection not in ('technician', 'person', 'visit_tree', 'job_tree', 'site_tree', 'customer_tree')
  union select 'visit', id from visits
  union select 'job', id from jobs
  union select 'site', id from sites
  union select 'customer', id from customers
  union select 'asset', a.id from asset a join sites s on s.id = a.site_id
  union select 'contact', c.id from contact c join customers k on k.id = c.customer_id
  union select 'checklist_item', r.id from checklist_item r join visits v on v.id = r.visit_id
  union select 'note', r.id from note r join visits v on v.id = r.visit_id
  union select 'photo', r.id from photo r join visits v on v.id = r.visit_id
  union select 'part_used', r.id from part_used r join visits v on v.id = r.visit_id
  union select 'expense', r.id from expense r join visits v on v.id = r.visit_id
  union select 'check_in', r.id from check_in r join visits v on v.id = r.visit_id
  union select 'report', r.id from service_report r join visits v on v.id = r.visit_id
  union select 'visit', c.visit_id from noted n join visit_crew c on c.technician_id = n.row_id and c.removed_at is null
        where n.collection = 'person'
  union select held.collection, held.row_id from noted n
        cross join lateral (select s.collection, s.row_id from technician_scope s where s.technician_id = n.row_id) held
        where n.collection = 'technician'
$$;

-- The scopes that hold one row. In plpgsql so that the plan is kept and only the collection's own branch runs.
create function sync_holders(_collections text[], _ids uuid[])
returns table (scope_id bigint, collection text, row_id uuid)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
  _one text;
  _some uuid[];
begin
  for _one, _some in select t.c, array_agg(t.i) from unnest(_collections, _ids) t (c, i) group by t.c loop
    case _one
      when 'visit' then return query select scope.id, _one, h.visit_id from unnest(_some) t (id)
        join technician_visit h on h.visit_id = t.id join sync_scope scope on scope.technician_id = h.technician_id;
      when 'job' then return query select distinct scope.id, _one, h.job_id from unnest(_some) t (id)
        join technician_visit h on h.job_id = t.id join sync_scope scope on scope.technician_id = h.technician_id;
      when 'site' then return query select distinct scope.id, _one, j.site_id from unnest(_some) t (id)
        join job j on j.site_id = t.id join technician_visit h on h.job_id = j.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'customer' then return query select distinct scope.id, _one, j.customer_id from unnest(_some) t (id)
        join job j on j.customer_id = t.id join technician_visit h on h.job_id = j.id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'contact' then return query select distinct scope.id, _one, c.id from unnest(_some) t (id)
        join contact c using (id) join job j on j.customer_id = c.customer_id
        join technician_visit h on h.job_id = j.id join sync_scope scope on scope.technician_id = h.technician_id;
      when 'asset' then return query select distinct scope.id, _one, a.id from unnest(_some) t (id)
        join asset a using (id) join job j on j.site_id = a.site_id
        join technician_visit h on h.job_id = j.id join sync_scope scope on scope.technician_id = h.technician_id;
      when 'checklist_item' then return query select scope.id, _one, r.id from unnest(_some) t (id)
        join checklist_item r using (id) join technician_visit h on h.visit_id = r.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'note' then return query select scope.id, _one, r.id from unnest(_some) t (id)
        join note r using (id) join technician_visit h on h.visit_id = r.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'photo' then return query select scope.id, _one, r.id from unnest(_some) t (id)
        join photo r using (id) join technician_visit h on h.visit_id = r.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'part_used' then return query select scope.id, _one, r.id from unnest(_some) t (id)
        join part_used r using (id) join technician_visit h on h.visit_id = r.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'expense' then return query select scope.id, _one, r.id from unnest(_some) t (id)
        join expense r using (id) join technician_visit h on h.visit_id = r.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'check_in' then return query select scope.id, _one, r.id from unnest(_some) t (id)
        join check_in r using (id) join technician_visit h on h.visit_id = r.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'report' then return query select scope.id, _one, r.id from unnest(_some) t (id)
        join service_report r using (id) join technician_visit h on h.visit_id = r.visit_id
        join sync_scope scope on scope.technician_id = h.technician_id;
      when 'operation' then return query select scope.id, _one, o.id from unnest(_some) t (id)
        join operation o using (id) join sync_scope scope on scope.technician_id = o.user_id
        where o.outcome = 'parked' and o.resolution is null;
      when 'product' then return query select scope.id, _one, p.id from unnest(_some) t (id)
        join product p using (id) join sync_scope scope on scope.key = 'catalogue';
      when 'part' then return query select scope.id, _one, p.id from unnest(_some) t (id)
        join part p using (id) join sync_scope scope on scope.key = 'catalogue';
      else raise exception 'no such collection: %', _one;
    end case;
  end loop;
end $$;

create function sync_flush() returns void
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
             and collection in ('technician', 'person', 'visit_tree', 'job_tree', 'site_tree', 'customer_tree')) then
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
    select d.collection, d.row_id, sync_body(d.collection, d.row_id)::text as body
    from (select distinct collection, row_id from desired) d
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

create function sync_flush_once() returns trigger
language plpgsql as $$
begin
  if current_setting('fieldproof.touched', true) = '1' then
    perform sync_flush();
  end if;
  return null;
end $$;

-- What a phone compares when its checksum is off: a scope's rows in buckets by collection and last digit of the id.
create function sync_buckets(_scope bigint) returns table (bucket text, count bigint, checksum numeric)
language sql stable as $$
  select m.collection || '/' || right(m.row_id::text, 1), count(*),
         mod(sum(sync_share(m.collection, m.row_id, m.rev, m.hash)), 18446744073709551616)
  from sync_member m where m.scope_id = _scope and m.present group by 1
$$;

-- Removals older than this are forgotten; a phone whose cursor is older than the newest of them is told to resync.
create function sync_collect(_age interval) returns bigint
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

create function sync_open_scope() returns trigger
language plpgsql as $$
begin
  insert into sync_scope (key, technician_id, rev, count, checksum, min_rev, epoch)
  values ('technician:' || new.id, new.id, 0, 0, 0, 0, 1) on conflict do nothing;
  perform sync_note('technician', new.id);
  return null;
end $$;

-- For a table whose rows are part of one collection's row: arguments are the collection and the column with its id.
create function sync_touch() returns trigger
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

create function sync_touch_by_check_in_id() returns trigger language plpgsql as $$
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

create function sync_touch_by_id() returns trigger language plpgsql as $$
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

create function sync_touch_by_report_id() returns trigger language plpgsql as $$
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

-- Names ending in _tree, and 'person', are no collections: they stand for all rows that hang on a visit, a job, a site, a
-- customer or a person's name, and are looked up when the transaction ends.
create function sync_touch_crew() returns trigger
language plpgsql as $$
begin
  if tg_op <> 'DELETE' then
    perform sync_note('visit_tree', new.visit_id);
  end if;
  if tg_op <> 'INSERT' then
    perform sync_note('visit_tree', old.visit_id);
    perform sync_note('job_tree', job_id) from visit where id = old.visit_id;
  end if;
  return null;
end $$;

create function sync_touch_job() returns trigger
language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.site_id <> new.site_id or old.customer_id <> new.customer_id) then
    perform sync_note('job_tree', new.id), sync_note('site_tree', old.site_id),
            sync_note('customer_tree', old.customer_id);
  end if;
  perform sync_note('job', coalesce(new.id, old.id));
  return null;
end $$;

-- A person's name is shown in the crew of each visit.
create function sync_touch_user() returns trigger
language plpgsql as $$
begin
  perform sync_note('person', new.id);
  return null;
end $$;

create function sync_touch_visit() returns trigger
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

-- What a recomputation says differs from what is kept; both are empty when all is well. Looked at nightly and by tests.
create view sync_discrepancy as
select coalesce(m.scope_id, d.scope_id) as scope_id, coalesce(m.collection, d.collection) as collection,
       coalesce(m.row_id, d.row_id) as row_id, m.scope_id is null as missing, d.scope_id is null as surplus
from (select * from sync_member where present) m
full join sync_desired d on d.scope_id = m.scope_id and d.collection = m.collection and d.row_id = m.row_id
where m.scope_id is null or d.scope_id is null or m.hash <> sync_hash(m.collection, m.row_id)
   or m.body <> sync_body(m.collection, m.row_id)::text;

create view sync_sum_discrepancy as
select scope.id as scope_id, scope.count, scope.checksum, sums.count as real_count, sums.checksum as real_checksum,
       scope.rev, sums.rev as real_rev
from sync_scope scope
cross join lateral (
  select count(*) filter (where m.present) as count, coalesce(max(m.rev), 0) as rev,
         mod(coalesce(sum(sync_share(m.collection, m.row_id, m.rev, m.hash)) filter (where m.present), 0),
             18446744073709551616) as checksum
  from sync_member m where m.scope_id = scope.id) sums
where scope.count <> sums.count or scope.checksum <> sums.checksum or scope.rev < sums.rev;

create trigger sync_touch after update of name on app_user for each row when ((old.name <> new.name)) execute function sync_touch_user();
create trigger sync_touch_added after insert on arrival_verdict referencing new table as added
  for each statement execute function sync_touch_by_check_in_id('check_in');
create trigger sync_touch_changed after update on arrival_verdict referencing old table as removed new table as added
  for each statement execute function sync_touch_by_check_in_id('check_in');
create trigger sync_touch_removed after delete on arrival_verdict referencing old table as removed
  for each statement execute function sync_touch_by_check_in_id('check_in');
create trigger sync_touch_added after insert on asset referencing new table as added for each statement execute function sync_touch_by_id('asset');
create trigger sync_touch_changed after update on asset referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('asset');
create trigger sync_touch_removed after delete on asset referencing old table as removed
  for each statement execute function sync_touch_by_id('asset');
create trigger sync_touch_added after insert on check_in referencing new table as added
  for each statement execute function sync_touch_by_id('check_in');
create trigger sync_touch_changed after update on check_in referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('check_in');
create trigger sync_touch_removed after delete on check_in referencing old table as removed
  for each statement execute function sync_touch_by_id('check_in');
create trigger sync_touch_added after insert on checklist_item referencing new table as added
  for each statement execute function sync_touch_by_id('checklist_item');
create trigger sync_touch_changed after update on checklist_item referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('checklist_item');
create trigger sync_touch_removed after delete on checklist_item referencing old table as removed
  for each statement execute function sync_touch_by_id('checklist_item');
create trigger sync_touch_added after insert on contact referencing new table as added
  for each statement execute function sync_touch_by_id('contact');
create trigger sync_touch_changed after update on contact referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('contact');
create trigger sync_touch_removed after delete on contact referencing old table as removed
  for each statement execute function sync_touch_by_id('contact');
create trigger sync_touch_added after insert on customer referencing new table as added
  for each statement execute function sync_touch_by_id('customer');
create trigger sync_touch_changed after update on customer referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('customer');
create trigger sync_touch_removed after delete on customer referencing old table as removed
  for each statement execute function sync_touch_by_id('customer');
create trigger sync_touch_added after insert on expense referencing new table as added
  for each statement execute function sync_touch_by_id('expense');
create trigger sync_touch_changed after update on expense referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('expense');
create trigger sync_touch_removed after delete on expense referencing old table as removed
  for each statement execute function sync_touch_by_id('expense');
create trigger sync_touch after insert or delete or update on job for each row execute function sync_touch_job();
create trigger sync_touch_added after insert on note referencing new table as added for each statement execute function sync_touch_by_id('note');
create trigger sync_touch_changed after update on note referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('note');
create trigger sync_touch_removed after delete on note referencing old table as removed for each statement execute function sync_touch_by_id('note');
create trigger sync_touch_changed after update on operation
  for each row when (((old.outcome = 'parked') or (new.outcome = 'parked'))) execute function sync_touch('operation', 'id');
create trigger sync_touch_new after insert on operation for each row when ((new.outcome = 'parked')) execute function sync_touch('operation', 'id');
create trigger sync_touch_added after insert on part referencing new table as added for each statement execute function sync_touch_by_id('part');
create trigger sync_touch_changed after update on part referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('part');
create trigger sync_touch_removed after delete on part referencing old table as removed for each statement execute function sync_touch_by_id('part');
create trigger sync_touch_added after insert on part_used referencing new table as added
  for each statement execute function sync_touch_by_id('part_used');
create trigger sync_touch_changed after update on part_used referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('part_used');
create trigger sync_touch_removed after delete on part_used referencing old table as removed
  for each statement execute function sync_touch_by_id('part_used');
create trigger sync_touch_added after insert on photo referencing new table as added for each statement execute function sync_touch_by_id('photo');
create trigger sync_touch_changed after update on photo referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('photo');
create trigger sync_touch_removed after delete on photo referencing old table as removed
  for each statement execute function sync_touch_by_id('photo');
create trigger sync_touch_added after insert on product referencing new table as added
  for each statement execute function sync_touch_by_id('product');
create trigger sync_touch_changed after update on product referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('product');
create trigger sync_touch_removed after delete on product referencing old table as removed
  for each statement execute function sync_touch_by_id('product');
create trigger sync_touch_added after insert on sealed_record referencing new table as added
  for each statement execute function sync_touch_by_report_id('report');
create trigger sync_touch_changed after update on sealed_record referencing old table as removed new table as added
  for each statement execute function sync_touch_by_report_id('report');
create trigger sync_touch_removed after delete on sealed_record referencing old table as removed
  for each statement execute function sync_touch_by_report_id('report');
create trigger sync_touch_added after insert on service_report referencing new table as added
  for each statement execute function sync_touch_by_id('report');
create trigger sync_touch_changed after update on service_report referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('report');
create trigger sync_touch_removed after delete on service_report referencing old table as removed
  for each statement execute function sync_touch_by_id('report');
create trigger sync_touch_added after insert on signature referencing new table as added
  for each statement execute function sync_touch_by_report_id('report');
create trigger sync_touch_changed after update on signature referencing old table as removed new table as added
  for each statement execute function sync_touch_by_report_id('report');
create trigger sync_touch_removed after delete on signature referencing old table as removed
  for each statement execute function sync_touch_by_report_id('report');
create trigger sync_touch_added after insert on site referencing new table as added for each statement execute function sync_touch_by_id('site');
create trigger sync_touch_changed after update on site referencing old table as removed new table as added
  for each statement execute function sync_touch_by_id('site');
create trigger sync_touch_removed after delete on site referencing old table as removed for each statement execute function sync_touch_by_id('site');
create constraint trigger sync_flush after insert on sync_touched deferrable initially deferred
  for each row when ((current_setting('fieldproof.touched', true) is distinct from '1')) execute function sync_flush_once();
create trigger sync_open_scope after insert on technician for each row execute function sync_open_scope();
create trigger sync_touch after insert or delete or update on visit for each row execute function sync_touch_visit();
create trigger sync_touch after insert or delete or update on visit_crew for each row execute function sync_touch_crew();
