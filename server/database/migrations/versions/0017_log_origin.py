"""log origin: a log that cannot go on is followed by another; what must survive a restored backup is also written to storage"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

# Rows of these tables are also kept in the storage: what a trigger sees, nobody forgets.
DUE = """
create function safe_copy_due() returns trigger language plpgsql as $$
begin
  insert into safe_copy (kind, subject, changed_at, arrived_at) values (tg_argv[0], new.id, clock_timestamp(), null)
  on conflict (kind, subject) do update set changed_at = excluded.changed_at, arrived_at = null;
  return null;
end $$
"""
TRIGGERS = (
    """create trigger safe_copy after update on device for each row
       when (old.revoked_at is distinct from new.revoked_at) execute function safe_copy_due('device')""",
    """create trigger safe_copy after update on app_user for each row
       when (old.active is distinct from new.active or old.role is distinct from new.role)
       execute function safe_copy_due('user')""",
    "create trigger safe_copy after insert on sealed_record for each row execute function safe_copy_due('record')",
    "create trigger safe_copy after insert on customer_answer for each row execute function safe_copy_due('answer')",
)
# What is there already is written by the first worker that starts.
THERE = """
insert into safe_copy (kind, subject, changed_at, arrived_at)
select 'device', id, revoked_at, null::timestamptz from device where revoked_at is not null
union all select 'user', id, created_at, null from app_user where not active
union all select 'record', id, sealed_at, null from sealed_record
union all select 'answer', id, answered_at, null from customer_answer
"""


def upgrade() -> None:
    op.create_table(
        "log_origin",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=True),
        sa.Column("proof", sa.dialects.postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_origin")),
        sa.UniqueConstraint("name", name=op.f("uq_log_origin_name")),
    )
    op.execute("insert into log_origin (id, name) values (1, 'fieldproof/records')")
    for table in ("log_head", "log_node", "sealed_record", "customer_answer"):
        op.add_column(table, sa.Column("origin_id", sa.BigInteger(), nullable=False, server_default="1"))
    for table in ("log_head", "sealed_record", "customer_answer"):
        op.create_foreign_key(op.f(f"fk_{table}_origin_id"), table, "log_origin", ["origin_id"], ["id"])
    op.drop_constraint(op.f("pk_log_node"), "log_node")
    op.create_primary_key(op.f("pk_log_node"), "log_node", ["origin_id", "level", "position"])
    for table in ("sealed_record", "customer_answer"):
        op.drop_constraint(op.f(f"uq_{table}_leaf_index"), table)
        op.create_unique_constraint(op.f(f"uq_{table}_origin_id_leaf_index"), table, ["origin_id", "leaf_index"])
    # A record that is taken in again is there before the phone has sent again what it was made of.
    op.drop_constraint(op.f("fk_sealed_record_report_id"), "sealed_record")
    op.drop_constraint(op.f("fk_sealed_record_visit_id"), "sealed_record")
    _copies()


def _copies() -> None:
    op.create_table(
        "safe_copy",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.UUID(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('device','user','record','answer')", name=op.f("ck_safe_copy_kind")),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_safe_copy")),
    )
    op.create_index("ix_safe_copy_subject", "safe_copy", ["subject"])
    op.create_index("ix_safe_copy_waiting", "safe_copy", ["changed_at"], postgresql_where=sa.text("arrived_at is null"))
    op.create_table(
        "restoration",
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("restored_at", name=op.f("pk_restoration")),
    )
    op.execute(THERE)
    op.execute(DUE)
    for trigger in TRIGGERS:
        op.execute(trigger)
