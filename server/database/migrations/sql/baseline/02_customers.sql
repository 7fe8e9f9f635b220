-- Customers, contacts, sites, assets, products and parts.

create table part (
  id uuid not null,
  number text not null,
  name text not null,
  unit_price bigint not null,
  currency text not null,
  constraint pk_part primary key (id),
  constraint uq_part_number unique (number),
  constraint ck_part_price check (unit_price >= 0)
);

create table product (
  id uuid not null,
  code text not null,
  name text not null,
  warranty_months bigint not null,
  constraint pk_product primary key (id),
  constraint uq_product_code unique (code)
);

create table customer (
  id uuid not null,
  name text not null,
  tier text not null,
  locale text not null,
  office_id uuid not null,
  note text not null,
  created_at timestamptz not null,
  constraint pk_customer primary key (id),
  constraint fk_customer_office_id foreign key (office_id) references office (id)
);
create index ix_customer_office_id on customer (office_id);

create table contact (
  id uuid not null,
  customer_id uuid not null,
  name text not null,
  phone text not null,
  email text not null,
  role text not null,
  constraint pk_contact primary key (id),
  constraint fk_contact_customer_id foreign key (customer_id) references customer (id)
);
create index ix_contact_customer_id on contact (customer_id);

create table site (
  id uuid not null,
  customer_id uuid not null,
  name text not null,
  address text not null,
  latitude float8 not null,
  longitude float8 not null,
  datum text not null,
  geofence_radius_m bigint not null,
  time_zone text not null,
  access_note text not null,
  constraint pk_site primary key (id),
  constraint fk_site_customer_id foreign key (customer_id) references customer (id),
  constraint ck_site_datum check (datum in ('wgs84', 'gcj02', 'bd09')),
  constraint ck_site_geofence_radius check ((geofence_radius_m >= 10) and (geofence_radius_m <= 5000)),
  constraint ck_site_position check (latitude between -90 and 90 and longitude between -180 and 180)
);
create index ix_site_customer_id on site (customer_id);

create table asset (
  id uuid not null,
  site_id uuid not null,
  product_id uuid not null,
  serial text not null,
  arrival_date date not null,
  constraint pk_asset primary key (id),
  constraint uq_asset_product_id_serial unique (product_id, serial),
  constraint fk_asset_product_id foreign key (product_id) references product (id),
  constraint fk_asset_site_id foreign key (site_id) references site (id)
);
create index ix_asset_product_id on asset (product_id);
create index ix_asset_site_id on asset (site_id);

create table site_position (
  id uuid not null,
  site_id uuid not null,
  latitude float8 not null,
  longitude float8 not null,
  datum text not null,
  geofence_radius_m bigint not null,
  reason text not null,
  author_id uuid,
  created_at timestamptz not null,
  constraint pk_site_position primary key (id),
  constraint fk_site_position_author_id foreign key (author_id) references app_user (id),
  constraint fk_site_position_site_id foreign key (site_id) references site (id)
);
create index ix_site_position_site_id on site_position (site_id);
