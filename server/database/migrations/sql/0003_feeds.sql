-- Feeds: each member carries its row's body, so that a delta is one range of one index; a change of crew works out again
-- what hangs on that visit, not everything the technician holds; removals are collected; a phone can compare its rows.

alter table sync_member add column body text;
update sync_member set body = sync_body(collection, row_id)::text where present;
alter table sync_member add constraint ck_sync_member_body check (present = (body is not null));
alter table sync_scope add column changed_at timestamptz not null default clock_timestamp();

drop index ix_sync_member_scope_id_rev;
create unique index ix_sync_member_scope_id_rev on sync_member (scope_id, rev);
create index ix_sync_member_removed on sync_member (changed_at) where not present;

-- The id of what an operation makes, or would have made had it not been parked: what builds on it is parked with it.
alter table operation add column creates uuid;
create index ix_operation_creates on operation (creates) where outcome = 'parked' and resolution is null;

-- Names ending in _tree, and 'person', are no collections: they stand for all rows that hang on a visit, a job, a site, a
-- customer or a person's name, and are looked up when the transaction ends.
create or replace function sync_touch_crew() returns trigger
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

-- The scopes that hold some rows. The view technician_scope says the same in one place and is what this is compared with;
-- here each collection has a small statement of its own, whose plan is kept and which costs what is touched.
drop function sync_holders(text, uuid);
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

-- What a phone compares when its checksum is off: a scope's rows in buckets by collection and last digit of the id.
create function sync_buckets(_scope bigint) returns table (bucket text, count bigint, checksum numeric)
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
