-- Offices, people, phones and their sessions.

create table office (
  id uuid not null,
  name text not null,
  time_zone text not null,
  arrival_thresholds jsonb,
  constraint pk_office primary key (id),
  constraint uq_office_name unique (name)
);

create table app_user (
  id uuid not null,
  login text not null,
  name text not null,
  role text not null,
  locale text not null,
  office_id uuid not null,
  password_hash text not null,
  active boolean not null,
  created_at timestamptz not null,
  constraint pk_app_user primary key (id),
  constraint uq_app_user_login unique (login),
  constraint fk_app_user_office_id foreign key (office_id) references office (id),
  constraint ck_app_user_role check (role in ('technician', 'dispatcher', 'manager', 'admin'))
);
create index ix_app_user_office_id on app_user (office_id);

create table device (
  id uuid not null,
  user_id uuid not null,
  label text not null,
  platform text not null,
  public_key bytea not null,
  attestation text not null,
  enrolled_at timestamptz not null,
  revoked_at timestamptz,
  last_seq bigint not null,
  last_hash text,
  last_heard_at timestamptz,
  contract_version bigint,
  revoked_by uuid,
  constraint pk_device primary key (id),
  constraint fk_device_revoked_by foreign key (revoked_by) references app_user (id),
  constraint fk_device_user_id foreign key (user_id) references app_user (id)
);
create index ix_device_user_id on device (user_id);

create table enrolment_code (
  sha256 bytea not null,
  user_id uuid not null,
  made_by uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint pk_enrolment_code primary key (sha256),
  constraint fk_enrolment_code_made_by foreign key (made_by) references app_user (id),
  constraint fk_enrolment_code_user_id foreign key (user_id) references app_user (id)
);
create index ix_enrolment_code_user_id on enrolment_code (user_id);

create table refresh_token (
  sha256 bytea not null,
  family uuid not null,
  user_id uuid not null,
  device_id uuid,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  constraint pk_refresh_token primary key (sha256),
  constraint fk_refresh_token_user_id foreign key (user_id) references app_user (id)
);
create index ix_refresh_token_family on refresh_token (family);
create index ix_refresh_token_user_id on refresh_token (user_id);
