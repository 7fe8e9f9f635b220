-- Reports, signatures, sealed records, the log and what customers answer.

create table log_head (
  id bigint not null,
  size bigint not null,
  constraint pk_log_head primary key (id),
  constraint ck_log_head_single check (id = 1)
);

create table log_node (
  level bigint not null,
  "position" bigint not null,
  hash bytea not null,
  constraint pk_log_node primary key (level, "position")
);

create table service_report (
  id uuid not null,
  visit_id uuid not null,
  amends_id uuid,
  locale text not null,
  canonical bytea not null,
  sha256 text not null,
  operation_id uuid not null,
  author_id uuid not null,
  created_at timestamptz not null,
  constraint pk_service_report primary key (id),
  constraint uq_service_report_operation_id unique (operation_id),
  constraint fk_service_report_amends_id foreign key (amends_id) references service_report (id),
  constraint fk_service_report_author_id foreign key (author_id) references app_user (id),
  constraint fk_service_report_visit_id foreign key (visit_id) references visit (id)
);
create index ix_service_report_visit_id on service_report (visit_id);

create table sealed_record (
  id uuid not null,
  report_id uuid not null,
  visit_id uuid not null,
  record bytea not null,
  leaf_index bigint not null,
  proof jsonb not null,
  pdf_key text not null,
  pdf_sha256 text not null,
  link_sha256 bytea not null,
  sealed_at timestamptz not null,
  answer_until timestamptz not null,
  constraint pk_sealed_record primary key (id),
  constraint uq_sealed_record_leaf_index unique (leaf_index),
  constraint uq_sealed_record_link_sha256 unique (link_sha256),
  constraint uq_sealed_record_report_id unique (report_id),
  constraint fk_sealed_record_report_id foreign key (report_id) references service_report (id),
  constraint fk_sealed_record_visit_id foreign key (visit_id) references visit (id)
);
create index ix_sealed_record_visit_id on sealed_record (visit_id);

create table customer_answer (
  id uuid not null,
  record_id uuid not null,
  kind text not null,
  reason text not null,
  statement bytea not null,
  leaf_index bigint not null,
  proof jsonb not null,
  answered_at timestamptz not null,
  constraint pk_customer_answer primary key (id),
  constraint uq_customer_answer_leaf_index unique (leaf_index),
  constraint uq_customer_answer_record_id_kind unique (record_id, kind),
  constraint fk_customer_answer_record_id foreign key (record_id) references sealed_record (id),
  constraint ck_customer_answer_kind check (kind in ('confirmed', 'disputed'))
);

create table signature (
  id uuid not null,
  report_id uuid not null,
  outcome text not null,
  signer jsonb,
  reason text not null,
  consent jsonb not null,
  shown_sha256 text not null,
  strokes_sha256 text,
  operation_id uuid not null,
  created_at timestamptz not null,
  constraint pk_signature primary key (id),
  constraint uq_signature_operation_id unique (operation_id),
  constraint uq_signature_report_id unique (report_id),
  constraint fk_signature_report_id foreign key (report_id) references service_report (id),
  constraint ck_signature_outcome check (outcome in ('signed', 'refused', 'customer_absent'))
);

create function customer_answer_stays() returns trigger language plpgsql as $$
        begin
          raise exception 'a customer''s answer is never changed or removed' using errcode = 'restrict_violation';
        end $$;
create trigger stays before delete or update on customer_answer for each row execute function customer_answer_stays();

insert into log_head (id, size) values (1, 0);
