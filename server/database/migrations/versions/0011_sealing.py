"""sealing: a record is logged before it is issued; what is not sealed is listed, and ends by a decision"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LANDED = "It was signed before this version, which seals what it can of it by itself."

# The queue's own table, where there is one: what it held for somebody to look at is now shown, and tried again.
HELD = """
do $$ begin
  if to_regclass('pgqueuer') is not null then
    insert into task_fault (task, subject, code, sentence, trace, tries, held, since, last_at)
    select entrypoint, convert_from(payload, 'UTF8')::uuid, 'server_fault',
           'The server failed over this before this version. It is tried again when the server starts.', '', 1, true,
           min(created), max(updated)
    from pgqueuer where status = 'failed' and payload is not null group by 1, 2
    on conflict do nothing;
    delete from pgqueuer where status = 'failed';
  end if;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "task_fault",
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("subject", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("task", "subject", name=op.f("pk_task_fault")),
    )
    op.create_index("ix_task_fault_open", "task_fault", ["since"], postgresql_where=sa.text("settled_at is null"))
    op.create_table(
        "sealing_decision",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("visit_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.UUID(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('new_report','without_report','finish','try_again')", name=op.f("ck_sealing_decision_kind")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_sealing_decision_visit_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_sealing_decision_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealing_decision")),
    )
    op.create_index("ix_sealing_decision_visit_id_decided_at", "sealing_decision", ["visit_id", "decided_at"])
    op.create_index(
        "ix_sealing_decision_without_report", "sealing_decision", ["decided_at"],
        postgresql_where=sa.text("kind = 'without_report'"),
    )  # fmt: skip
    _records()
    _what_landed()


def _records() -> None:
    op.add_column("sealed_record", sa.Column("state", sa.Text(), nullable=False, server_default="issued"))
    op.alter_column("sealed_record", "state", server_default=None)
    op.add_column("sealed_record", sa.Column("link", sa.LargeBinary(), nullable=True))
    for name in ("pdf_key", "pdf_sha256"):
        op.alter_column("sealed_record", name, nullable=True)
    op.create_check_constraint(op.f("ck_sealed_record_state"), "sealed_record", "state in ('logged','issued')")
    op.create_check_constraint(
        op.f("ck_sealed_record_issued"), "sealed_record",
        "state = 'logged' or (pdf_key is not null and pdf_sha256 is not null)",
    )  # fmt: skip
    op.create_index(
        "ix_sealed_record_logged", "sealed_record", ["sealed_at"], postgresql_where=sa.text("state = 'logged'")
    )
    op.add_column("signature", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_signature_unsettled", "signature", ["created_at"], postgresql_where=sa.text("settled_at is null")
    )
    op.create_index("ix_visit_completed", "visit", ["finished_at"], postgresql_where=sa.text("state = 'completed'"))


def _what_landed() -> None:
    """What waits is told at once, and tried again when a worker starts."""
    # The rows themselves do not change for phones, so nothing has to be told to them.
    op.execute("alter table signature disable trigger user")
    op.execute("update signature g set settled_at = k.sealed_at from sealed_record k where k.report_id = g.report_id")
    op.execute("alter table signature enable trigger user")
    op.execute(HELD)
    op.get_bind().exec_driver_sql(
        "insert into task_fault (task, subject, code, sentence, trace, tries, held, since, last_at)"
        " select 'custody_changed', r.visit_id, 'landed', $1, '', 0, true, min(g.created_at), now()"
        " from signature g join service_report r on r.id = g.report_id where g.settled_at is null group by r.visit_id"
        " on conflict (task, subject) do update set held = true, settled_at = null",
        (LANDED,),
    )
