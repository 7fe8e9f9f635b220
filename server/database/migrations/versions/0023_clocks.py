"""clocks: a row for each thing and kind instead of one clock in each ticket; what is overdue is stored as that"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# What a clock promised stays as it was. Its state was stored when it was answered and never when it ran out: it is worked out anew.
MOVE = """
insert into clock (id, subject_type, subject_id, kind, policy, "within", pausable, started_at, due_at, pauses, met_at, met_by, state)
select gen_random_uuid(), 'ticket', ticket_id, 'reply', case t.kind when 'repair' then 'repair_reply' else 'usual_reply' end,
       greatest(c.due_at - c.started_at, interval '1 microsecond'), false, c.started_at, c.due_at, '{}',
       c.responded_at, case when c.responded_at is not null then c.responded_by end,
       case when c.responded_at <= c.due_at then 'met_in_time'
            when c.responded_at > c.due_at then 'met_late'
            when c.due_at < now() then 'overdue'
            else 'running' end
from sla_clock c join ticket t on t.id = c.ticket_id
"""
# Noted once for a statement, as `desk_note_id` is; which list a clock belongs to is said by what it is about.
NOTE = """
create function desk_note_clock() returns trigger language plpgsql as $$
begin
  insert into desk_change (tx, kind, subject)
  select pg_current_xact_id()::text::bigint, 'tickets', subject_id
  from (select distinct subject_id from added where subject_type = 'ticket' limit 1001) one
  on conflict do nothing;
  return null;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "clock",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("within", sa.Interval(), nullable=False),
        sa.Column("pausable", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pauses", postgresql.TSTZMULTIRANGE(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_by", sa.UUID(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("subject_type in ('ticket')", name=op.f("ck_clock_subject_type")),
        sa.CheckConstraint("kind in ('reply','contact')", name=op.f("ck_clock_kind")),
        sa.CheckConstraint(
            "state in ('running','paused','overdue','met_in_time','met_late','stopped')", name=op.f("ck_clock_state")
        ),
        sa.CheckConstraint("\"within\" > interval '0'", name=op.f("ck_clock_within")),
        sa.CheckConstraint("pausable or (paused_at is null and isempty(pauses))", name=op.f("ck_clock_pausable")),
        sa.CheckConstraint("num_nonnulls(paused_at, met_at, stopped_at) <= 1", name=op.f("ck_clock_one_end")),
        sa.CheckConstraint("met_at is not null or met_by is null", name=op.f("ck_clock_met_by")),
        sa.ForeignKeyConstraint(["met_by"], ["app_user.id"], name=op.f("fk_clock_met_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint("subject_id", "kind", name=op.f("uq_clock_subject_id_kind")),
    )
    op.create_index("ix_clock_kind", "clock", ["kind", "due_at", "subject_id"])
    waits = sa.text("met_at is null and stopped_at is null")
    op.create_index("ix_clock_waiting", "clock", ["due_at"], postgresql_where=waits)
    op.execute(MOVE)
    op.drop_table("sla_clock")
    op.execute("drop function desk_note_ticket_id()")
    op.execute(NOTE)
    for event in ("insert", "update"):
        op.execute(
            f"create trigger desk_note_{event} after {event} on clock referencing new table as added"
            " for each statement execute function desk_note_clock()"
        )
