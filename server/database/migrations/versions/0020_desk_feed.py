"""desk feed: what changed in the lists of desks is noted by triggers, so that desks are told"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# For tables that a statement may fill with thousands of rows: noted once for the statement. Of so many that nobody would
# look at them one by one a part says as much: desks are told to load their lists anew.
OF_A_STATEMENT = """
create function desk_note_{column}() returns trigger language plpgsql as $$
begin
  insert into desk_change (tx, kind, subject)
  select pg_current_xact_id()::text::bigint, tg_argv[0], subject
  from (select distinct {column} as subject from added limit 1001) one
  on conflict do nothing;
  return null;
end $$
"""
STATEMENTS = (
    ("visit", "id", "board"),
    ("visit_crew", "visit_id", "board"),
    ("photo", "visit_id", "board"),
    ("ticket", "id", "tickets"),
    ("sla_clock", "ticket_id", "tickets"),
)
# For what happens to one row at a time, or to few of many.
OF_A_ROW = """
create function desk_note_row() returns trigger language plpgsql as $$
declare
  _subject uuid;
begin
  case tg_table_name
    when 'operation', 'incident', 'visit' then _subject := new.id;
    when 'incident_acknowledgement' then _subject := new.incident_id;
    when 'photo_decision' then select visit_id into _subject from photo where id = new.photo_id;
    when 'signature' then select visit_id into _subject from service_report where id = new.report_id;
    else _subject := new.visit_id;
  end case;
  if _subject is not null then
    insert into desk_change (tx, kind, subject) values (pg_current_xact_id()::text::bigint, tg_argv[0], _subject)
    on conflict do nothing;
  end if;
  return null;
end $$
"""
ROWS = (
    ("desk_parked", "after insert on operation", "new.outcome = 'parked'", "parked"),
    (
        "desk_decided", "after update on operation",
        "old.outcome = 'parked' and (old.outcome, old.resolution) is distinct from (new.outcome, new.resolution)", "parked",
    ),
    ("desk_incident", "after insert or update on incident", "", "incidents"),
    ("desk_incident", "after insert on incident_acknowledgement", "", "incidents"),
    ("desk_photo", "after insert on photo_decision", "", "board"),
    ("desk_signed", "after insert or update on signature", "", "unsealed"),
    ("desk_sealing", "after insert on sealing_decision", "", "unsealed"),
    ("desk_sealed", "after insert or update on sealed_record", "", "unsealed"),
    (
        "desk_completed", "after update of state on visit",
        "old.state is distinct from new.state and 'completed' in (old.state, new.state)", "unsealed",
    ),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "desk_change",
        sa.Column("tx", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.CheckConstraint(
            "kind in ('board','tickets','parked','incidents','unsealed')", name=op.f("ck_desk_change_kind")
        ),
        sa.PrimaryKeyConstraint("tx", "kind", "subject", name=op.f("pk_desk_change")),
    )
    op.create_index(op.f("ix_desk_change_at"), "desk_change", ["at"])
    op.create_table(
        "desk_feed",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("epoch", sa.UUID(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_desk_feed_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_feed")),
    )
    op.execute(
        "insert into desk_feed (id, epoch, floor) select 1, gen_random_uuid(), pg_current_xact_id()::text::bigint"
    )
    for column in ("id", "visit_id", "ticket_id"):
        op.execute(OF_A_STATEMENT.format(column=column))
    for table, column, kind in STATEMENTS:
        for event in ("insert", "update"):
            op.execute(
                f"create trigger desk_note_{event} after {event} on {table} referencing new table as added"
                f" for each statement execute function desk_note_{column}('{kind}')"
            )
    op.execute(OF_A_ROW)
    for name, event, condition, kind in ROWS:
        when = f" when ({condition})" if condition else ""
        op.execute(f"create trigger {name} {event} for each row{when} execute function desk_note_row('{kind}')")
