-- Technicians.

create table technician (
  id uuid not null,
  skills jsonb not null,
  home_latitude float8,
  home_longitude float8,
  working_hours jsonb not null,
  phone text not null,
  constraint pk_technician primary key (id),
  constraint fk_technician_id foreign key (id) references app_user (id)
);
