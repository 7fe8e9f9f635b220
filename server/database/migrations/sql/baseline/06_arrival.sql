-- Check-ins, verdicts, codes at the site and what corrects them.

create table arrival_exemption (
  id uuid not null,
  visit_id uuid not null,
  reason text not null,
  note text not null,
  author_id uuid not null,
  created_at timestamptz not null,
  withdraws_id uuid,
  constraint pk_arrival_exemption primary key (id),
  constraint uq_arrival_exemption_withdraws_id unique (withdraws_id),
  constraint fk_arrival_exemption_author_id foreign key (author_id) references app_user (id),
  constraint fk_arrival_exemption_visit_id foreign key (visit_id) references visit (id),
  constraint fk_arrival_exemption_withdraws_id foreign key (withdraws_id) references arrival_exemption (id)
);
create index ix_arrival_exemption_visit_id on arrival_exemption (visit_id);

create table check_in (
  id uuid not null,
  visit_id uuid not null,
  technician_id uuid not null,
  operation_id uuid not null,
  fixes jsonb not null,
  clock jsonb not null,
  earliest timestamptz not null,
  latest timestamptz not null,
  plan_version_held bigint not null,
  received_at timestamptz not null,
  witness_code text,
  constraint pk_check_in primary key (id),
  constraint uq_check_in_operation_id unique (operation_id),
  constraint fk_check_in_technician_id foreign key (technician_id) references app_user (id),
  constraint fk_check_in_visit_id foreign key (visit_id) references visit (id)
);
create index ix_check_in_technician_id on check_in (technician_id);
create index ix_check_in_visit_id on check_in (visit_id);

create table arrival_verdict (
  id uuid not null,
  check_in_id uuid not null,
  verdict text not null,
  place text not null,
  "time" text not null,
  probability_ppm bigint,
  because text not null,
  inputs jsonb not null,
  words jsonb not null,
  judged_at timestamptz not null,
  constraint pk_arrival_verdict primary key (id),
  constraint fk_arrival_verdict_check_in_id foreign key (check_in_id) references check_in (id)
);
create index ix_arrival_verdict_check_in_id on arrival_verdict (check_in_id);

create table code_link (
  id uuid not null,
  visit_id uuid not null,
  sha256 bytea not null,
  made_by uuid not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  constraint pk_code_link primary key (id),
  constraint uq_code_link_sha256 unique (sha256),
  constraint fk_code_link_made_by foreign key (made_by) references app_user (id),
  constraint fk_code_link_visit_id foreign key (visit_id) references visit (id)
);
create index ix_code_link_visit_id on code_link (visit_id);

create table office_threshold (
  id uuid not null,
  office_id uuid not null,
  thresholds jsonb not null,
  reason text not null,
  author_id uuid not null,
  created_at timestamptz not null,
  constraint pk_office_threshold primary key (id),
  constraint fk_office_threshold_author_id foreign key (author_id) references app_user (id),
  constraint fk_office_threshold_office_id foreign key (office_id) references office (id)
);
create index ix_office_threshold_office_id on office_threshold (office_id);

create table site_code (
  id uuid not null,
  site_id uuid not null,
  secret bytea not null,
  made_by uuid not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  constraint pk_site_code primary key (id),
  constraint fk_site_code_made_by foreign key (made_by) references app_user (id),
  constraint fk_site_code_site_id foreign key (site_id) references site (id)
);
create index ix_site_code_site_id on site_code (site_id);
create unique index uq_site_code_live on site_code (site_id) where (retired_at is null);

create table window_correction (
  id uuid not null,
  visit_id uuid not null,
  plan_version bigint not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  reason text not null,
  author_id uuid not null,
  created_at timestamptz not null,
  constraint pk_window_correction primary key (id),
  constraint fk_window_correction_author_id foreign key (author_id) references app_user (id),
  constraint fk_window_correction_visit_id foreign key (visit_id, plan_version) references visit_plan (visit_id, plan_version),
  constraint ck_window_correction_window check (window_start < window_end)
);
create index ix_window_correction_visit_id on window_correction (visit_id);
