"""windows: what was agreed with the customer apart from the office's plan"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from server.database.statements import statements

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
WHOLE = "(window_start is null) = (window_end is null)"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "window_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("window_start", MOMENT, nullable=True),
        sa.Column("window_end", MOMENT, nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_with", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("window_start < window_end", name=op.f("ck_window_agreement_window")),
        sa.CheckConstraint(WHOLE, name=op.f("ck_window_agreement_window_whole")),
        sa.CheckConstraint(
            "channel in ('phone','letter','email','web','in_person')", name=op.f("ck_window_agreement_channel")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_window_agreement_visit_id_visit")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_window_agreement_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["app_user.id"], name=op.f("fk_window_agreement_recorded_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_agreement")),
    )
    op.create_index("ix_window_agreement_visit_id", "window_agreement", ["visit_id", "id"])
    op.add_column("visit", sa.Column("planned_start", MOMENT, nullable=True))
    op.create_index("ix_visit_planned_start", "visit", ["planned_start"])
    op.alter_column("visit_plan", "window_start", nullable=True)
    op.alter_column("visit_plan", "window_end", nullable=True)
    op.create_check_constraint(op.f("ck_visit_plan_window_whole"), "visit_plan", WHOLE)
    op.add_column("visit_plan", sa.Column("planned_start", MOMENT, nullable=True))
    op.add_column("visit_plan", sa.Column("minutes", sa.BigInteger(), nullable=True))
    for statement in statements((SQL / "0032_windows.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
    op.alter_column("visit_plan", "planned_start", nullable=False)
    op.alter_column("visit_plan", "minutes", nullable=False)
