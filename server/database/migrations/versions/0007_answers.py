"""answers: a customer confirms or disputes a sealed record"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sealed_record", sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True))
    # Records that were sealed before gave no term; theirs is the one that is usual, from their sealing.
    op.execute("update sealed_record set answer_until = sealed_at + interval '14 days'")
    op.alter_column("sealed_record", "answer_until", nullable=False)
    op.create_table(
        "customer_answer",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("proof", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('confirmed','disputed')", name=op.f("ck_customer_answer_kind")),
        sa.ForeignKeyConstraint(["record_id"], ["sealed_record.id"], name=op.f("fk_customer_answer_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_answer")),
        sa.UniqueConstraint("leaf_index", name=op.f("uq_customer_answer_leaf_index")),
        sa.UniqueConstraint("record_id", "kind", name=op.f("uq_customer_answer_record_id_kind")),
    )
    op.execute("""
        create function customer_answer_stays() returns trigger language plpgsql as $$
        begin
          raise exception 'a customer''s answer is never changed or removed' using errcode = 'restrict_violation';
        end $$""")
    op.execute("""
        create trigger stays before update or delete on customer_answer
        for each row execute function customer_answer_stays()""")
