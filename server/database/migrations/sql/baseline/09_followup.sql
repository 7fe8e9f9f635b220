-- Survey answers.

create table survey_response (
  id uuid not null,
  visit_id uuid not null,
  satisfaction bigint not null,
  recommend bigint,
  comment text not null,
  operation_id uuid,
  created_at timestamptz not null,
  constraint pk_survey_response primary key (id),
  constraint uq_survey_response_operation_id unique (operation_id),
  constraint fk_survey_response_visit_id foreign key (visit_id) references visit (id),
  constraint ck_survey_response_recommend check ((recommend >= 0) and (recommend <= 10)),
  constraint ck_survey_response_satisfaction check ((satisfaction >= 1) and (satisfaction <= 5))
);
create index ix_survey_response_visit_id on survey_response (visit_id);
