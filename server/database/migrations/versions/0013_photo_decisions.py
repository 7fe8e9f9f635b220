"""photo decisions: what the desk decides of photos that do not come, and a state for bytes that are kept and not shown"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_photo_state"), "photo")
    op.create_check_constraint(op.f("ck_photo_state"), "photo", "state in ('promised','verified','quarantined','kept')")
    op.create_table(
        "photo_decision",
        sa.Column("photo_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.UUID(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('never_arrived','damaged_kept')", name=op.f("ck_photo_decision_kind")),
        sa.CheckConstraint("reason ~ '[^[:space:]]'", name=op.f("ck_photo_decision_reason")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_decision_photo_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_photo_decision_decided_by")),
        sa.PrimaryKeyConstraint("photo_id", "kind", name=op.f("pk_photo_decision")),
    )
    op.execute("""
        create function photo_decision_stays() returns trigger language plpgsql as $$
        begin
          raise exception 'a decision about a photo is never changed or removed' using errcode = 'restrict_violation';
        end $$""")
    op.execute("""
        create trigger stays before update or delete on photo_decision
        for each row execute function photo_decision_stays()""")
