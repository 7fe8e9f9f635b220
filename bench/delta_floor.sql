-- The floor of a delta: what the wire carries, built by one statement without the product's functions. $1 is the
-- technician, $2 and $3 the revisions that the phone has of its own scope and of the catalogue.
-- The same rows in the same form as `changes` of an exchange; bench/sync_delta.py compares the two before it measures.
select '[' || coalesce(string_agg(
  '{"collection":"' || m.collection || '","id":"' || m.row_id || '","rev":' || m.rev || ',"scope":"' || s.key
  || '","hash":"' || encode(m.hash, 'hex') || '","body":' || b.body || '}', ',' order by s.id, m.rev), '') || ']'
from sync_scope s
join sync_member m on m.scope_id = s.id and m.rev > case s.key when 'catalogue' then $3::bigint else $2::bigint end
cross join lateral (select case m.collection
  when 'visit' then (select jsonb_build_object(
    'id', v.id, 'job_id', v.job_id, 'state', v.state,
    'window_start', (extract(epoch from v.window_start) * 1000000)::bigint,
    'window_end', (extract(epoch from v.window_end) * 1000000)::bigint,
    'plan_version', v.plan_version, 'minutes', v.minutes,
    'arrived_at', (extract(epoch from v.arrived_at) * 1000000)::bigint,
    'started_at', (extract(epoch from v.started_at) * 1000000)::bigint,
    'finished_at', (extract(epoch from v.finished_at) * 1000000)::bigint,
    'work_summary', v.work_summary, 'custody', v.custody,
    'crew', (select coalesce(jsonb_agg(jsonb_build_object('technician_id', c.technician_id, 'name', u.name,
               'lead', c.lead) order by c.technician_id), '[]')
             from visit_crew c join app_user u on u.id = c.technician_id
             where c.visit_id = v.id and c.removed_at is null)) from visit v where v.id = m.row_id)
  when 'job' then (select jsonb_build_object(
    'id', j.id, 'number', j.number, 'customer_id', j.customer_id, 'contact_id', j.contact_id, 'site_id', j.site_id,
    'asset_id', j.asset_id, 'kind', j.kind, 'title', j.title, 'description', j.description)
    from job j where j.id = m.row_id)
  when 'site' then (select jsonb_build_object(
    'id', r.id, 'customer_id', r.customer_id, 'name', r.name, 'address', r.address,
    'latitude_e7', round(r.latitude * 1e7)::bigint, 'longitude_e7', round(r.longitude * 1e7)::bigint,
    'datum', r.datum, 'geofence_radius_m', r.geofence_radius_m, 'time_zone', r.time_zone,
    'access_note', r.access_note) from site r where r.id = m.row_id)
  when 'customer' then (select jsonb_build_object(
    'id', c.id, 'name', c.name, 'tier', c.tier, 'locale', c.locale) from customer c where c.id = m.row_id)
  when 'contact' then (select jsonb_build_object(
    'id', c.id, 'customer_id', c.customer_id, 'name', c.name, 'phone', c.phone, 'email', c.email, 'role', c.role)
    from contact c where c.id = m.row_id)
  when 'asset' then (select jsonb_build_object(
    'id', a.id, 'site_id', a.site_id, 'product_id', a.product_id, 'serial', a.serial,
    'arrival_date', a.arrival_date) from asset a where a.id = m.row_id)
  when 'checklist_item' then (select jsonb_build_object(
    'id', r.id, 'visit_id', r.visit_id, 'position', r.position, 'label', r.label, 'kind', r.kind,
    'required', r.required, 'answer', r.answer) from checklist_item r where r.id = m.row_id)
  when 'note' then (select jsonb_build_object(
    'id', r.id, 'visit_id', r.visit_id, 'text', r.text, 'author_id', r.author_id,
    'occurred_at', (extract(epoch from r.occurred_at) * 1000000)::bigint) from note r where r.id = m.row_id)
  when 'photo' then (select jsonb_build_object(
    'id', r.id, 'visit_id', r.visit_id, 'slot', r.slot, 'sha256', r.sha256, 'size', r.size,
    'content_type', r.content_type, 'state', r.state, 'finding', r.finding) from photo r where r.id = m.row_id)
  when 'part_used' then (select jsonb_build_object(
    'id', r.id, 'visit_id', r.visit_id, 'part_id', r.part_id, 'quantity', r.quantity, 'charged', r.charged,
    'unit_price', r.unit_price, 'currency', r.currency) from part_used r where r.id = m.row_id)
  when 'expense' then (select jsonb_build_object(
    'id', r.id, 'visit_id', r.visit_id, 'kind', r.kind, 'amount', r.amount, 'currency', r.currency, 'note', r.note)
    from expense r where r.id = m.row_id)
  when 'check_in' then (select jsonb_build_object(
    'id', r.id, 'visit_id', r.visit_id, 'technician_id', r.technician_id,
    'earliest', (extract(epoch from r.earliest) * 1000000)::bigint,
    'latest', (extract(epoch from r.latest) * 1000000)::bigint,
    'verdict', (select jsonb_build_object('verdict', a.verdict, 'place', a.place, 'time', a.time, 'words', a.words)
                from arrival_verdict a where a.check_in_id = r.id order by a.judged_at desc, a.id desc limit 1))
    from check_in r where r.id = m.row_id)
  when 'report' then (select jsonb_build_object(
    'id', r.id, 'visit_id', r.visit_id, 'amends_id', r.amends_id, 'locale', r.locale, 'sha256', r.sha256,
    'signature', (select g.outcome from signature g where g.report_id = r.id),
    'sealed_at', (select (extract(epoch from k.sealed_at) * 1000000)::bigint from sealed_record k
                  where k.report_id = r.id)) from service_report r where r.id = m.row_id)
  when 'product' then (select jsonb_build_object(
    'id', p.id, 'code', p.code, 'name', p.name, 'warranty_months', p.warranty_months)
    from product p where p.id = m.row_id)
  when 'part' then (select jsonb_build_object(
    'id', p.id, 'number', p.number, 'name', p.name, 'unit_price', p.unit_price, 'currency', p.currency)
    from part p where p.id = m.row_id)
  end::text as body offset 0) b
where (s.technician_id = $1 or s.key = 'catalogue') and m.present
