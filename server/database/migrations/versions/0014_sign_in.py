"""sign-in: sessions that are listed and ended, attempts that are counted, challenges that count once"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _sessions()
    _families()
    op.create_table(
        "access_end",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=True),
        sa.Column("device_id", sa.UUID(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_end")),
    )
    op.create_index(op.f("ix_access_end_at"), "access_end", ["at"])
    op.create_table(
        "used_challenge",
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_used_challenge")),
    )
    op.create_index(op.f("ix_used_challenge_expires_at"), "used_challenge", ["expires_at"])
    _attempts()


def _sessions() -> None:
    op.create_table(
        "login_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("device_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("failures_before", sa.BigInteger(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", sa.UUID(), nullable=True),
        sa.CheckConstraint("kind in ('password','device')", name=op.f("ck_login_session_kind")),
        sa.CheckConstraint(
            "ended_why in ('logout','ended','password_changed','password_reset','deactivated','reactivated',"
            "'role_changed','token_reused','device_revoked')",
            name=op.f("ck_login_session_ended_why"),
        ),
        sa.CheckConstraint("(ended_at is null) = (ended_why is null)", name=op.f("ck_login_session_ended")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_login_session_user_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_login_session_device_id")),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["app_user.id"], name=op.f("fk_login_session_acknowledged_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"])
    op.create_index(op.f("ix_login_session_last_used_at"), "login_session", ["last_used_at"])
    op.create_index(
        "uq_login_session_device_live", "login_session", ["device_id"],
        unique=True, postgresql_where=sa.text("ended_at is null"),
    )  # fmt: skip


def _families() -> None:
    """Each family that still lives becomes a session; of a phone, which had one every quarter of an hour, only the newest."""
    op.execute("""
        insert into login_session
          (id, user_id, device_id, kind, address, agent, failures_before, started_at, last_used_at)
        select distinct on (coalesce(device_id, family))
          family, user_id, device_id, case when device_id is null then 'password' else 'device' end, '', '', 0, began, used
        from (
          select family, user_id, device_id, min(issued_at) as began, max(issued_at) as used
          from refresh_token
          group by family, user_id, device_id
          having bool_and(revoked_at is null) and max(expires_at) > now()
        ) live
        where device_id is null or exists (select from device where device.id = live.device_id)
        order by coalesce(device_id, family), used desc""")
    op.execute("""
        delete from refresh_token
        where expires_at <= now() or not exists (select from login_session where login_session.id = family)""")
    op.drop_index(op.f("ix_refresh_token_user_id"), "refresh_token")
    for column in ("user_id", "device_id", "revoked_at"):
        op.drop_column("refresh_token", column)
    op.create_foreign_key(
        op.f("fk_refresh_token_family"), "refresh_token", "login_session", ["family"], ["id"], ondelete="CASCADE"
    )


def _attempts() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("login_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("untold", sa.BigInteger(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.Column("succeeded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sign_in_attempts_user_id")),
        sa.PrimaryKeyConstraint("login_sha256", "lane", name=op.f("pk_sign_in_attempts")),
    )
    for column in ("user_id", "lane", "last_at"):
        op.create_index(op.f(f"ix_sign_in_attempts_{column}"), "sign_in_attempts", [column])
