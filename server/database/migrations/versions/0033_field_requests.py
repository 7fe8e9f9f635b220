"""field requests: what technicians ask for, slots that cannot be photographed, and the slots that a job requires"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from server.database.statements import statements

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")
LISTS = "kind in ('board','tickets','parked','incidents','unsealed','field_requests')"


def upgrade() -> None:
    op.create_table(
        "field_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("kind in ('help','further_work')", name=op.f("ck_field_request_kind")),
        sa.CheckConstraint("(answered_at is null) = (answered_by is null)", name=op.f("ck_field_request_answered")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_field_request_visit_id")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_field_request_asset_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_field_request_asked_by")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_field_request_job_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["app_user.id"], name=op.f("fk_field_request_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_request")),
    )
    op.create_index(op.f("ix_field_request_visit_id"), "field_request", ["visit_id"])
    op.create_index(
        "ix_field_request_open", "field_request", ["created_at"], postgresql_where=sa.text("answered_at is null")
    )
    op.create_table(
        "photo_impossible",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "slot in ('before','after','nameplate','fault','part','other')", name=op.f("ck_photo_impossible_slot")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_photo_impossible_visit_id")),
        sa.ForeignKeyConstraint(["said_by"], ["app_user.id"], name=op.f("fk_photo_impossible_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_impossible")),
    )
    op.create_index(op.f("ix_photo_impossible_visit_id"), "photo_impossible", ["visit_id"])
    op.drop_constraint(op.f("ck_desk_change_kind"), "desk_change")
    op.create_check_constraint(op.f("ck_desk_change_kind"), "desk_change", LISTS)
    op.execute(
        "create trigger desk_field_request after insert or update on field_request"
        " for each row execute function desk_note_row('field_requests')"
    )
    for statement in statements((SQL / "0033_field_requests.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
