-- Photos, the objects they are, and uploads in parts.

create table media_object (
  sha256 text not null,
  size bigint not null,
  content_type text not null,
  width bigint not null,
  height bigint not null,
  verified_at timestamptz not null,
  thumbnail_key text,
  finding text default '' not null,
  copy_key text,
  constraint pk_media_object primary key (sha256)
);

create table photo (
  id uuid not null,
  visit_id uuid not null,
  slot text not null,
  sha256 text not null,
  size bigint not null,
  content_type text not null,
  taken jsonb,
  operation_id uuid,
  promised_by uuid not null,
  promised_at timestamptz not null,
  state text not null,
  verified_at timestamptz,
  finding text not null,
  constraint pk_photo primary key (id),
  constraint fk_photo_promised_by foreign key (promised_by) references app_user (id),
  constraint fk_photo_visit_id foreign key (visit_id) references visit (id),
  constraint ck_photo_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint ck_photo_state check (state in ('promised', 'verified', 'quarantined'))
);
create index ix_photo_outstanding on photo (visit_id) where (state <> 'verified');
create index ix_photo_sha256 on photo (sha256);
create index ix_photo_visit_id on photo (visit_id);
create unique index uq_photo_visit_slot_sha256 on photo (visit_id, slot, sha256);

create table media_upload (
  id uuid not null,
  photo_id uuid not null,
  upload_id text not null,
  part_size bigint not null,
  begun_at timestamptz not null,
  touched_at timestamptz not null,
  constraint pk_media_upload primary key (id),
  constraint uq_media_upload_photo_id unique (photo_id),
  constraint fk_media_upload_photo_id foreign key (photo_id) references photo (id)
);
create index ix_media_upload_touched_at on media_upload (touched_at);

create table media_part (
  media_upload_id uuid not null,
  number bigint not null,
  sha256 text not null,
  constraint pk_media_part primary key (media_upload_id, number),
  constraint fk_media_part_media_upload_id foreign key (media_upload_id) references media_upload (id) on delete cascade
);

create table photo_alert (
  photo_id uuid not null,
  alerted_at timestamptz not null,
  constraint pk_photo_alert primary key (photo_id),
  constraint fk_photo_alert_photo_id foreign key (photo_id) references photo (id)
);

create table photo_alias (
  id uuid not null,
  photo_id uuid not null,
  constraint pk_photo_alias primary key (id),
  constraint fk_photo_alias_photo_id foreign key (photo_id) references photo (id)
);
create index ix_photo_alias_photo_id on photo_alias (photo_id);
