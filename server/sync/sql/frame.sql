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

-- (declared)

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
