"""devices: by whose code each phone came in, and which others it is to be told of; photos whose bytes are shown apart"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("photo", sa.Column("apart", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("device", sa.Column("enrolment", JSONB(), nullable=True))
    op.add_column("device", sa.Column("untold", JSONB(), nullable=True))
    _codes()
    op.create_index(op.f("ix_incident_last_at"), "incident", ["last_at"])
    op.create_index("ix_task_fault_settled_at", "task_fault", ["settled_at"], postgresql_where="settled_at is not null")


def _codes() -> None:
    """A code of before was good for a day, so the day before its end is when it was made."""
    op.add_column("enrolment_code", sa.Column("id", sa.UUID(), nullable=True))
    op.add_column("enrolment_code", sa.Column("made_at", MOMENT, nullable=True))
    op.add_column("enrolment_code", sa.Column("delivery", sa.Text(), nullable=True))
    op.add_column("enrolment_code", sa.Column("confirmed_by", sa.UUID(), nullable=True))
    op.add_column("enrolment_code", sa.Column("confirmed_at", MOMENT, nullable=True))
    op.execute("""
        update enrolment_code
        set id = gen_random_uuid(), made_at = expires_at - interval '24 hours', delivery = 'shown'""")
    for column in ("id", "made_at", "delivery"):
        op.alter_column("enrolment_code", column, nullable=False)
    op.create_unique_constraint(op.f("uq_enrolment_code_id"), "enrolment_code", ["id"])
    op.create_check_constraint(
        op.f("ck_enrolment_code_delivery"), "enrolment_code", "delivery in ('shown','in_person','call','message')"
    )
    op.create_foreign_key(
        op.f("fk_enrolment_code_confirmed_by"), "enrolment_code", "app_user", ["confirmed_by"], ["id"]
    )
