-- How a write reaches the feeds, whoever makes it: row triggers note what was touched, and one deferred trigger turns
-- that into revisions as the last thing before commit. A scope's row is locked from there to the commit, so its
-- revisions have no gaps and become visible in order.

create unlogged table sync_touched (
  txid xid8 not null default pg_current_xact_id(),
  collection text not null,
  row_id uuid not null,
  primary key (txid, collection, row_id)
);

-- The flag spares the later rows of a large transaction a search through what the first flush has deleted.
create function sync_note(_collection text, _row_id uuid) returns void
language plpgsql as $$
begin
  insert into sync_touched (collection, row_id) values (_collection, _row_id) on conflict do nothing;
  perform set_config('fieldproof.touched', '1', true);
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

-- 'technician' is no collection: it asks for that technician's whole scope to be worked out again.
create function sync_touch_crew() returns trigger
language plpgsql as $$
begin
  if tg_op <> 'DELETE' then
    perform sync_note('technician', new.technician_id), sync_note('visit', new.visit_id);
  end if;
  if tg_op <> 'INSERT' then
    perform sync_note('technician', old.technician_id), sync_note('visit', old.visit_id);
  end if;
  return null;
end $$;

create function sync_touch_visit() returns trigger
language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.job_id <> new.job_id
      or sync_held(old.state, old.retired_at) <> sync_held(new.state, new.retired_at)) then
    perform sync_note('technician', technician_id) from visit_crew where visit_id = new.id and removed_at is null;
  end if;
  perform sync_note('visit', coalesce(new.id, old.id));
  return null;
end $$;

create function sync_touch_job() returns trigger
language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.site_id <> new.site_id or old.customer_id <> new.customer_id) then
    perform sync_note('technician', technician_id) from technician_visit where job_id = new.id;
  end if;
  perform sync_note('job', coalesce(new.id, old.id));
  return null;
end $$;

-- A person's name is shown in the crew of each visit.
create function sync_touch_user() returns trigger
language plpgsql as $$
begin
  perform sync_note('visit', visit_id) from technician_visit where technician_id = new.id;
  return null;
end $$;

create function sync_open_scope() returns trigger
language plpgsql as $$
begin
  insert into sync_scope (key, technician_id, rev, count, checksum, min_rev, epoch)
  values ('technician:' || new.id, new.id, 0, 0, 0, 0, 1) on conflict do nothing;
  perform sync_note('technician', new.id);
  return null;
end $$;

create function sync_flush() returns void
language plpgsql as $$
declare
  this constant xid8 := pg_current_xact_id();
  assignment constant bigint := 720481;
  refreshed bigint[];
  scopes bigint[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'writes that reach phones must run at READ COMMITTED, not %', current_setting('transaction_isolation')
      using errcode = 'feature_not_supported';
  end if;
  -- Who is on which visit decides what everybody else's rows mean, so a change of crew waits for writers of rows that
  -- are still to commit, and they for it; each statement after the lock sees what the other side committed.
  if exists (select from sync_touched where txid = this and collection = 'technician') then
    perform pg_advisory_xact_lock(assignment);
  else
    perform pg_advisory_xact_lock_shared(assignment);
  end if;

  refreshed := array(select scope.id from sync_touched t join sync_scope scope on scope.technician_id = t.row_id
                     where t.txid = this and t.collection = 'technician');
  scopes := array(
    select unnest(refreshed)
    union select m.scope_id from sync_touched t join sync_member m using (collection, row_id)
          where t.txid = this and m.present
    union select h from sync_touched t cross join lateral sync_holders(t.collection, t.row_id) h
          where t.txid = this and t.collection <> 'technician');
  perform from sync_scope where id = any (scopes) order by id for update;

  with touched as materialized (
    select collection, row_id from sync_touched where txid = this and collection <> 'technician'
  ), desired as (
    select scope_id, collection, row_id from sync_desired where scope_id = any (refreshed)
    union select h, t.collection, t.row_id from touched t cross join lateral sync_holders(t.collection, t.row_id) h
  ), known as (
    select scope_id, collection, row_id, rev, present, hash from sync_member where scope_id = any (refreshed)
    union select m.scope_id, m.collection, m.row_id, m.rev, m.present, m.hash
          from touched join sync_member m using (collection, row_id)
  ), compared as (
    select scope_id, collection, row_id, d.scope_id is not null as present, coalesce(k.present, false) as was_present,
           k.rev as old_rev, k.hash as old_hash,
           case when d.scope_id is null then ''::bytea
                when k.present and not exists (select from touched t
                     where t.collection = k.collection and t.row_id = k.row_id) then k.hash
                else sync_hash(collection, row_id) end as hash
    from desired d full join known k using (scope_id, collection, row_id)
  ), change as (
    select c.*, scope.rev + row_number() over (partition by c.scope_id order by c.collection, c.row_id) as rev
    from compared c join sync_scope scope on scope.id = c.scope_id
    where c.present <> c.was_present or c.hash <> c.old_hash and c.present
  ), stored as (
    insert into sync_member (scope_id, collection, row_id, rev, present, hash, changed_at)
    select scope_id, collection, row_id, rev, present, hash, clock_timestamp() from change
    on conflict (scope_id, collection, row_id) do update
    set rev = excluded.rev, present = excluded.present, hash = excluded.hash, changed_at = excluded.changed_at
  ), total as (
    select scope_id, max(rev) as rev, sum(present::int - was_present::int) as count,
           sum(case when present then sync_share(collection, row_id, rev, hash) else 0 end
             - case when was_present then sync_share(collection, row_id, old_rev, old_hash) else 0 end) as checksum
    from change group by scope_id
  )
  update sync_scope scope
  set rev = total.rev, count = scope.count + total.count,
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

create constraint trigger sync_flush after insert on sync_touched
deferrable initially deferred for each row execute function sync_flush_once();

create index ix_sync_member_row on sync_member (collection, row_id);

do $$
declare
  pair text[];
begin
  foreach pair slice 1 in array array[
    ['site', 'site', 'id'], ['customer', 'customer', 'id'], ['contact', 'contact', 'id'], ['asset', 'asset', 'id'],
    ['checklist_item', 'checklist_item', 'id'], ['note', 'note', 'id'], ['photo', 'photo', 'id'],
    ['part_used', 'part_used', 'id'], ['expense', 'expense', 'id'], ['check_in', 'check_in', 'id'],
    ['arrival_verdict', 'check_in', 'check_in_id'], ['service_report', 'report', 'id'],
    ['signature', 'report', 'report_id'], ['sealed_record', 'report', 'report_id'],
    ['product', 'product', 'id'], ['part', 'part', 'id']]
  loop
    execute format('create trigger sync_touch after insert or update or delete on %I
                    for each row execute function sync_touch(%L, %L)', pair[1], pair[2], pair[3]);
  end loop;
end $$;

-- Operations are many and only the parked ones are shown to phones.
create trigger sync_touch_new after insert on operation
for each row when (new.outcome = 'parked') execute function sync_touch('operation', 'id');
create trigger sync_touch_changed after update on operation
for each row when (old.outcome = 'parked' or new.outcome = 'parked') execute function sync_touch('operation', 'id');
create trigger sync_touch after insert or update or delete on visit
for each row execute function sync_touch_visit();
create trigger sync_touch after insert or update or delete on visit_crew
for each row execute function sync_touch_crew();
create trigger sync_touch after insert or update or delete on job
for each row execute function sync_touch_job();
create trigger sync_touch after update of name on app_user
for each row when (old.name <> new.name) execute function sync_touch_user();
create trigger sync_open_scope after insert on technician
for each row execute function sync_open_scope();

-- What a recomputation from the view says differs from what is kept; empty when all is well. Run nightly and by tests.
create view sync_discrepancy as
select coalesce(m.scope_id, d.scope_id) as scope_id, coalesce(m.collection, d.collection) as collection,
       coalesce(m.row_id, d.row_id) as row_id, m.scope_id is null as missing, d.scope_id is null as surplus
from (select * from sync_member where present) m
full join sync_desired d on d.scope_id = m.scope_id and d.collection = m.collection and d.row_id = m.row_id
where m.scope_id is null or d.scope_id is null or m.hash <> sync_hash(m.collection, m.row_id);

insert into sync_scope (key, rev, count, checksum, min_rev, epoch) values ('catalogue', 0, 0, 0, 0, 1);
insert into log_head (id, size) values (1, 0);
