"""media custody: second ids of a photo, uploads in parts, what was found in an object, and alerts of late photos"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("media_object", sa.Column("finding", sa.Text(), server_default="", nullable=False))
    op.add_column("media_object", sa.Column("copy_key", sa.Text(), nullable=True))
    op.create_index(
        "ix_photo_outstanding", "photo", ["visit_id"], unique=False, postgresql_where=sa.text("state <> 'verified'")
    )
    op.create_table(
        "photo_alias",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("photo_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_alias_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_alias")),
    )
    op.create_index(op.f("ix_photo_alias_photo_id"), "photo_alias", ["photo_id"], unique=False)
    op.create_table(
        "media_upload",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("photo_id", sa.UUID(), nullable=False),
        sa.Column("upload_id", sa.Text(), nullable=False),
        sa.Column("part_size", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_media_upload_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_upload")),
        sa.UniqueConstraint("photo_id", name=op.f("uq_media_upload_photo_id")),
    )
    op.create_index(op.f("ix_media_upload_touched_at"), "media_upload", ["touched_at"], unique=False)
    op.create_table(
        "media_part",
        sa.Column("media_upload_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_upload_id"], ["media_upload.id"], name=op.f("fk_media_part_media_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("media_upload_id", "number", name=op.f("pk_media_part")),
    )
    op.create_table(
        "photo_alert",
        sa.Column("photo_id", sa.UUID(), nullable=False),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_alert_photo_id")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_alert")),
    )
