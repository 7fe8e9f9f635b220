"""notifications: the outbox of what is told to customers and other systems, the company's rules, endpoints of webhooks"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = (
    "kind in ('ticket_received','visit_agreed','window_changed','window_withdrawn','visit_cancelled','on_the_way','report_sealed',"
    "'operation_parked','visit_overdue','clock_overdue','endpoint_off','test')"
)
WAYS = "channel in ('email','webhook','manual')"
LISTS = "kind in ('board','tickets','parked','incidents','unsealed','field_requests','change_requests','notifications')"
# A desk is told of what it is to do something about, or to look at no longer: not of each message that goes out by itself.
NOTE = """
create function desk_note_notification() returns trigger language plpgsql as $$
begin
  insert into desk_change (tx, kind, subject) values (pg_current_xact_id()::text::bigint, 'notifications', new.id)
  on conflict do nothing;
  return null;
end $$
"""


def _endpoints() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", MOMENT, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("off_because", sa.Text(), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("retired_at is null or not active", name=op.f("ck_webhook_endpoint_retired")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_webhook_endpoint_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "notification_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_notification_rule_kind")),
        sa.CheckConstraint(WAYS, name=op.f("ck_notification_rule_channel")),
        sa.ForeignKeyConstraint(["changed_by"], ["app_user.id"], name=op.f("fk_notification_rule_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_rule")),
        sa.UniqueConstraint("kind", name=op.f("uq_notification_rule_kind")),
    )


def _outbox() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_way", sa.Text(), nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_notification_kind")),
        sa.CheckConstraint(WAYS, name=op.f("ck_notification_channel")),
        sa.CheckConstraint("language in ('en','zh-CN','de')", name=op.f("ck_notification_language")),
        sa.CheckConstraint("state in ('waiting','sent','failed','cancelled')", name=op.f("ck_notification_state")),
        sa.CheckConstraint(
            "sent_way in ('phone','sms','email','wechat','letter','in_person','other')",
            name=op.f("ck_notification_sent_way"),
        ),
        sa.CheckConstraint("(channel = 'webhook') = (endpoint_id is not null)", name=op.f("ck_notification_endpoint")),
        sa.CheckConstraint("(state = 'sent') = (sent_at is not null)", name=op.f("ck_notification_sent")),
        sa.CheckConstraint(
            "num_nonnulls(sent_by, sent_way) <> 1 and (sent_by is null or state = 'sent')",
            name=op.f("ck_notification_by_hand"),
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_notification_office_id")),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_notification_endpoint_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_notification_contact_id")),
        sa.ForeignKeyConstraint(["sent_by"], ["app_user.id"], name=op.f("fk_notification_sent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("message_id", name=op.f("uq_notification_message_id")),
        sa.UniqueConstraint(
            "occasion_id", "kind", "endpoint_id", name=op.f("uq_notification_occasion_id_kind_endpoint_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    for column in ("office_id", "endpoint_id", "contact_id"):
        op.create_index(op.f(f"ix_notification_{column}"), "notification", [column])
    waits, has_text = sa.text("state = 'waiting'"), sa.text("erased_at is null")
    op.create_index("ix_notification_waiting", "notification", ["next_at"], postgresql_where=waits)
    op.create_index("ix_notification_with_text", "notification", ["made_at"], postgresql_where=has_text)
    op.create_index("ix_notification_made_at", "notification", ["made_at", "id"])
    op.create_index("ix_notification_thing_id", "notification", ["thing_id", "made_at", "id"])


def upgrade() -> None:
    _endpoints()
    _outbox()
    op.drop_constraint(op.f("ck_desk_change_kind"), "desk_change")
    op.create_check_constraint(op.f("ck_desk_change_kind"), "desk_change", LISTS)
    op.execute(NOTE)
    op.execute(
        "create trigger desk_notification_made after insert on notification"
        " for each row when (new.channel = 'manual') execute function desk_note_notification()"
    )
    op.execute(
        "create trigger desk_notification after update of state on notification for each row"
        " when (old.state is distinct from new.state and (new.channel = 'manual' or 'failed' in (old.state, new.state)))"
        " execute function desk_note_notification()"
    )
