"""action log: who did what at a desk, before and after, in rows that are never changed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STAYS = """
create function action_stays() returns trigger language plpgsql as $$
begin
  raise exception 'a row of the action log is never changed';
end $$
"""


def upgrade() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("thing_id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("withheld", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["app_user.id"], name=op.f("fk_action_actor_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_action_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index("ix_action_at", "action", ["at", "id"])
    op.create_index("ix_action_thing_id", "action", ["thing_id", "at", "id"])
    op.create_index("ix_action_actor_id", "action", ["actor_id", "at", "id"])
    op.execute(STAYS)
    op.execute("create trigger action_stays before update on action for each statement execute function action_stays()")
