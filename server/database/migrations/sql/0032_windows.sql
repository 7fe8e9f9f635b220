-- Until now an order had one pair of times, which were promise and plan in one: it becomes both. Who agreed to it nobody wrote down.
-- The rows go to phones with the new form of their visits, which revision 0033 brings, so nothing is touched here.
alter table visit disable trigger user;
update visit set planned_start = window_start
where plan_version > 0 and state not in ('unscheduled', 'scheduled', 'declined');
alter table visit enable trigger user;

update visit_plan p set planned_start = p.window_start, minutes = v.minutes from visit v where v.id = p.visit_id;

insert into window_agreement (id, visit_id, window_start, window_end, agreed_with, note, recorded_by, recorded_at)
select gen_random_uuid(), p.visit_id, p.window_start, p.window_end, '', p.reason, p.ordered_by, p.ordered_at
from (
  select *, lag(window_start) over orders as start_before, lag(window_end) over orders as end_before
  from visit_plan window orders as (partition by visit_id order by plan_version)
) p
where (p.window_start, p.window_end) is distinct from (p.start_before, p.end_before);
