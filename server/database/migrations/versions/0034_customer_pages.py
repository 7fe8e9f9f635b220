"""customer pages: links of a visit, requests for another time, receipts, labels of assets, and by which link an answer came"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from server.database.statements import statements

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")
LISTS = "kind in ('board','tickets','parked','incidents','unsealed','field_requests','change_requests')"


# Visits that somebody was sent to before get a link for their phones to show. It goes down as any row does, when this commits.
UNDER_WAY = """
insert into visit_link (id, visit_id, whose, token, token_sha256, expires_at, made_by)
select gen_random_uuid(), v.id, 'phone', t.token, sha256(t.token::bytea), greatest(now(), v.window_end) + interval '90 days', p.ordered_by
from visit v join visit_plan p on p.visit_id = v.id and p.plan_version = v.plan_version
     cross join lateral (select replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') as token, v.id) t
where v.state in ('dispatched','accepted','en_route','on_site','in_progress','on_hold')
"""


def upgrade() -> None:
    _links()
    _requests()
    _labels()
    op.alter_column("ticket", "created_by", nullable=True)
    # What was answered so far came by the link that is printed.
    op.add_column("customer_answer", sa.Column("came_by", sa.Text(), nullable=True, server_default="printed"))
    op.alter_column("customer_answer", "came_by", server_default=None)
    op.create_check_constraint(
        op.f("ck_customer_answer_came_by"), "customer_answer", "came_by in ('printed','desk','phone')"
    )
    op.drop_constraint(op.f("ck_desk_change_kind"), "desk_change")
    op.create_check_constraint(op.f("ck_desk_change_kind"), "desk_change", LISTS)
    op.execute(
        "create trigger desk_change_request after insert or update on change_request"
        " for each row execute function desk_note_row('change_requests')"
    )
    for statement in statements((SQL / "0034_customer_pages.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
    op.execute(UNDER_WAY)


def _links() -> None:
    op.create_table(
        "visit_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column(
            "phone_visit_id",
            sa.Uuid(),
            sa.Computed("case when token is not null then visit_id end", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint("whose in ('desk','phone')", name=op.f("ck_visit_link_whose")),
        sa.CheckConstraint(
            "(whose = 'phone' and revoked_at is null) = (token is not null)", name=op.f("ck_visit_link_token")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_link_visit_id")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_visit_link_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_visit_link_token_sha256")),
        sa.UniqueConstraint("phone_visit_id", name=op.f("uq_visit_link_phone_visit_id")),
    )
    op.create_index(op.f("ix_visit_link_visit_id"), "visit_link", ["visit_id"])


def _requests() -> None:
    op.create_table(
        "change_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("windows", postgresql.JSONB(), nullable=False),
        sa.Column("asked_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint("(answered_at is null) = (answered_by is null)", name=op.f("ck_change_request_answered")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_change_request_visit_id")),
        sa.ForeignKeyConstraint(["link_id"], ["visit_link.id"], name=op.f("fk_change_request_link_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["app_user.id"], name=op.f("fk_change_request_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
        sa.UniqueConstraint("link_id", "form_id", name=op.f("uq_change_request_link_id_form_id")),
    )
    op.create_index(op.f("ix_change_request_visit_id"), "change_request", ["visit_id"])
    op.create_index(
        "ix_change_request_open", "change_request", ["asked_at"], postgresql_where=sa.text("answered_at is null")
    )
    op.create_table(
        "page_receipt",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_page_receipt_ticket_id")),
        sa.PrimaryKeyConstraint("source_id", "form_id", name=op.f("pk_page_receipt")),
    )
    op.create_index(op.f("ix_page_receipt_ticket_id"), "page_receipt", ["ticket_id"])
    op.create_index("ix_page_receipt_source_id_created_at", "page_receipt", ["source_id", "created_at"])


def _labels() -> None:
    op.create_table(
        "asset_label",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_asset_label_asset_id")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_asset_label_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_label")),
        sa.UniqueConstraint("token", name=op.f("uq_asset_label_token")),
    )
    op.create_index("ix_asset_label_asset_id", "asset_label", ["asset_id"])
    op.create_index(
        "uq_asset_label_live", "asset_label", ["asset_id"], unique=True, postgresql_where=sa.text("revoked_at is null")
    )
