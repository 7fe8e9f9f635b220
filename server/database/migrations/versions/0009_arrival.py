"""arrival and incidents: codes at the site, corrections beside what they correct, incidents that are answered for"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _incidents()
    _codes()
    _corrections()


def _incidents() -> None:
    op.add_column("device", sa.Column("revoked_by", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_device_revoked_by"), "device", "app_user", ["revoked_by"], ["id"])
    for column in (
        sa.Column("visit_id", sa.UUID(), nullable=True),
        sa.Column("operation_id", sa.UUID(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("signed_by_device", sa.Boolean(), nullable=True),
        sa.Column("expected_seq", sa.BigInteger(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("times", sa.BigInteger(), nullable=False, server_default="1"),
        sa.Column("last_at", MOMENT, nullable=True),
    ):
        op.add_column("incident", column)
    op.alter_column("incident", "times", server_default=None)
    # Until now each attempt made a row of its own; the same evidence becomes one incident that says how often it came.
    op.execute("update incident set fingerprint = encode(sha256(evidence), 'hex'), last_at = created_at")
    op.execute("""
        update incident kept set times = alike.times, last_at = alike.last_at
        from (select min(id::text)::uuid as id, count(*) as times, max(created_at) as last_at
              from incident group by device_id, code, fingerprint) alike
        where alike.id = kept.id
    """)
    op.execute("""
        delete from incident other using incident kept
        where kept.device_id = other.device_id and kept.code = other.code and kept.fingerprint = other.fingerprint
          and kept.id < other.id
    """)
    op.alter_column("incident", "fingerprint", nullable=False)
    op.alter_column("incident", "last_at", nullable=False)
    op.create_unique_constraint(op.f("uq_incident_device_id"), "incident", ["device_id", "code", "fingerprint"])
    op.drop_index("ix_incident_device_id", "incident")
    op.create_index(op.f("ix_incident_visit_id"), "incident", ["visit_id"])
    op.create_table(
        "incident_acknowledgement",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("incident_id", sa.UUID(), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_incident_acknowledgement_author_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_acknowledgement_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_acknowledgement")),
    )
    op.create_index(op.f("ix_incident_acknowledgement_incident_id"), "incident_acknowledgement", ["incident_id"])


def _codes() -> None:
    op.add_column("check_in", sa.Column("witness_code", sa.Text(), nullable=True))
    op.create_table(
        "site_code",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("site_id", sa.UUID(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_site_code_made_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_code_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_code")),
    )
    op.create_index(op.f("ix_site_code_site_id"), "site_code", ["site_id"])
    op.create_index(
        "uq_site_code_live", "site_code", ["site_id"], unique=True, postgresql_where=sa.text("retired_at is null")
    )
    op.create_table(
        "code_link",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("visit_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_code_link_made_by")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_code_link_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_link")),
        sa.UniqueConstraint("sha256", name=op.f("uq_code_link_sha256")),
    )
    op.create_index(op.f("ix_code_link_visit_id"), "code_link", ["visit_id"])


def _corrections() -> None:
    op.create_table(
        "site_position",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("site_id", sa.UUID(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("datum", sa.Text(), nullable=False),
        sa.Column("geofence_radius_m", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_site_position_author_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_position_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_position")),
    )
    op.create_index(op.f("ix_site_position_site_id"), "site_position", ["site_id"])
    op.create_table(
        "window_correction",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("visit_id", sa.UUID(), nullable=False),
        sa.Column("plan_version", sa.BigInteger(), nullable=False),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("window_end", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("window_start < window_end", name=op.f("ck_window_correction_window")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_window_correction_author_id")),
        sa.ForeignKeyConstraint(
            ["visit_id", "plan_version"],
            ["visit_plan.visit_id", "visit_plan.plan_version"],
            name=op.f("fk_window_correction_visit_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_correction")),
    )
    op.create_index(op.f("ix_window_correction_visit_id"), "window_correction", ["visit_id"])
    op.create_table(
        "office_threshold",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("thresholds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_office_threshold_author_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_threshold_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_threshold")),
    )
    op.create_index(op.f("ix_office_threshold_office_id"), "office_threshold", ["office_id"])
    op.add_column("arrival_exemption", sa.Column("withdraws_id", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_arrival_exemption_withdraws_id"), "arrival_exemption", "arrival_exemption", ["withdraws_id"], ["id"]
    )
    op.create_unique_constraint(op.f("uq_arrival_exemption_withdraws_id"), "arrival_exemption", ["withdraws_id"])
