-- Operations of phones, incidents, and the membership of what each phone holds.

create unlogged table sync_touched (
  txid xid8 default pg_current_xact_id() not null,
  collection text not null,
  row_id uuid not null,
  constraint sync_touched_pkey primary key (txid, collection, row_id)
);

create table incident (
  id uuid not null,
  device_id uuid not null,
  code text not null,
  seq bigint,
  detail text not null,
  evidence bytea not null,
  created_at timestamptz not null,
  visit_id uuid,
  operation_id uuid,
  signature bytea,
  signed_by_device boolean,
  expected_seq bigint,
  fingerprint text not null,
  times bigint not null,
  last_at timestamptz not null,
  constraint pk_incident primary key (id),
  constraint uq_incident_device_id unique (device_id, code, fingerprint),
  constraint fk_incident_device_id foreign key (device_id) references device (id)
);
create index ix_incident_visit_id on incident (visit_id);

create table incident_acknowledgement (
  id uuid not null,
  incident_id uuid not null,
  author_id uuid not null,
  note text not null,
  created_at timestamptz not null,
  constraint pk_incident_acknowledgement primary key (id),
  constraint fk_incident_acknowledgement_author_id foreign key (author_id) references app_user (id),
  constraint fk_incident_acknowledgement_incident_id foreign key (incident_id) references incident (id)
);
create index ix_incident_acknowledgement_incident_id on incident_acknowledgement (incident_id);

create table operation (
  id uuid not null,
  device_id uuid not null,
  user_id uuid not null,
  seq bigint not null,
  kind text not null,
  subject_type text not null,
  subject_id uuid not null,
  visit_id uuid,
  raw bytea not null,
  signature bytea not null,
  attachment bytea,
  sha256 text not null,
  outcome text not null,
  code text,
  sentence text,
  flags jsonb not null,
  earliest timestamptz not null,
  latest timestamptz not null,
  received_at timestamptz not null,
  resolution text,
  resolved_by uuid,
  resolved_at timestamptz,
  resolution_reason text,
  creates uuid,
  constraint pk_operation primary key (id),
  constraint uq_operation_device_id_seq unique (device_id, seq),
  constraint fk_operation_device_id foreign key (device_id) references device (id),
  constraint fk_operation_resolved_by foreign key (resolved_by) references app_user (id),
  constraint fk_operation_user_id foreign key (user_id) references app_user (id),
  constraint ck_operation_outcome check (outcome in ('applied', 'merged', 'parked')),
  constraint ck_operation_resolution check (resolution in ('applied', 'attached', 'dismissed'))
);
create index ix_operation_creates on operation (creates) where ((outcome = 'parked') and (resolution is null));
create index ix_operation_parked on operation (user_id) where ((outcome = 'parked') and (resolution is null));
create index ix_operation_subject on operation (subject_id);
create index ix_operation_visit_id on operation (visit_id);

create table sync_scope (
  id bigserial not null,
  key text not null,
  technician_id uuid,
  rev bigint not null,
  count bigint not null,
  checksum numeric(20,0) not null,
  min_rev bigint not null,
  epoch bigint not null,
  changed_at timestamptz default clock_timestamp() not null,
  constraint pk_sync_scope primary key (id),
  constraint uq_sync_scope_key unique (key),
  constraint uq_sync_scope_technician_id unique (technician_id)
);

create table sync_member (
  scope_id bigint not null,
  collection text not null,
  row_id uuid not null,
  rev bigint not null,
  present boolean not null,
  hash bytea not null,
  changed_at timestamptz not null,
  body text,
  constraint pk_sync_member primary key (scope_id, collection, row_id),
  constraint fk_sync_member_scope_id foreign key (scope_id) references sync_scope (id),
  constraint ck_sync_member_body check (present = (body IS not null))
);
create index ix_sync_member_removed on sync_member (changed_at) where (NOT present);
create index ix_sync_member_row on sync_member (collection, row_id);
create unique index ix_sync_member_scope_id_rev on sync_member (scope_id, rev);

insert into sync_scope (key, rev, count, checksum, min_rev, epoch) values ('catalogue', 0, 0, 0, 0, 1);
