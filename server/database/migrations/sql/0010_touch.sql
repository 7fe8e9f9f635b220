-- What a statement touched is noted once for all of its rows; only the first statement of a transaction asks for the flush.

drop trigger sync_flush on sync_touched;
create constraint trigger sync_flush after insert on sync_touched
deferrable initially deferred for each row
when (current_setting('fieldproof.touched', true) is distinct from '1') execute function sync_flush_once();

-- For a table whose rows are part of one collection's row: the argument is the collection, and each function is for the
-- column with the id of its row.
do $$
declare
  _column text;
begin
  foreach _column in array array['id', 'check_in_id', 'report_id'] loop
    execute format($body$
      create function sync_touch_by_%1$s() returns trigger language plpgsql as $function$
      begin
        if tg_op = 'INSERT' then
          insert into sync_touched (collection, row_id) select tg_argv[0], %1$I from added on conflict do nothing;
        elsif tg_op = 'UPDATE' then
          insert into sync_touched (collection, row_id)
          select tg_argv[0], %1$I from added union select tg_argv[0], %1$I from removed on conflict do nothing;
        else
          insert into sync_touched (collection, row_id) select tg_argv[0], %1$I from removed on conflict do nothing;
        end if;
        if found then
          perform set_config('fieldproof.touched', '1', true);
        end if;
        return null;
      end $function$
    $body$, _column);
  end loop;
end $$;

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
    execute format('drop trigger sync_touch on %I', pair[1]);
    execute format('create trigger sync_touch_added after insert on %I referencing new table as added
                    for each statement execute function sync_touch_by_%s(%L)', pair[1], pair[3], pair[2]);
    execute format('create trigger sync_touch_changed after update on %I referencing new table as added old table as removed
                    for each statement execute function sync_touch_by_%s(%L)', pair[1], pair[3], pair[2]);
    execute format('create trigger sync_touch_removed after delete on %I referencing old table as removed
                    for each statement execute function sync_touch_by_%s(%L)', pair[1], pair[3], pair[2]);
  end loop;
end $$;
