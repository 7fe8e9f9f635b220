"""what phones are told: lists of reasons, what to bring, when the customer told us, and an office's settings for its phones"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from server.database.statements import statements
from server.ground.ids import uuid7

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
MOMENT = sa.DateTime(timezone=True)
FIRST = {
    "decline": (
        ("another_job", "Another job takes longer", "另一项工作未结束", "Ein anderer Auftrag dauert länger"),
        ("ill", "I am ill", "身体不适", "Ich bin krank"),
        ("skill", "I am not trained for this", "没有相应资质", "Dafür bin ich nicht geschult"),
        ("too_far", "Too far away to be in time", "路程太远，无法按时到达", "Zu weit, um pünktlich zu sein"),
    ),
    "hold": (
        ("waiting_for_part", "Waiting for a part", "等待配件", "Warten auf ein Teil"),
        ("waiting_for_customer", "Waiting for the customer", "等待客户", "Warten auf den Kunden"),
        ("equipment_in_use", "The equipment is in use", "设备正在使用", "Das Gerät ist in Betrieb"),
        ("break", "Break", "休息", "Pause"),
    ),
    "cannot_complete": (
        ("part_missing", "A part is missing", "缺少配件", "Ein Teil fehlt"),
        ("no_access", "No access", "无法进入现场", "Kein Zugang"),
        ("customer_absent", "Nobody was there", "客户不在", "Niemand war da"),
        ("not_safe", "Not safe to work", "不具备安全作业条件", "Sicheres Arbeiten nicht möglich"),
        ("other_skill", "Needs somebody with other skills", "需要其他专业人员", "Andere Fachkraft nötig"),
    ),
    "photo_impossible": (
        ("not_reachable", "Cannot be reached", "位置无法接近", "Nicht erreichbar"),
        ("not_allowed", "Photos are not allowed here", "现场禁止拍照", "Fotografieren nicht erlaubt"),
        ("not_there", "There is none", "没有该部件", "Nicht vorhanden"),
        ("too_dark", "Too dark", "光线太暗", "Zu dunkel"),
    ),
    "refused": (
        ("charge", "Does not agree with the charge", "不同意收费", "Mit dem Preis nicht einverstanden"),
        ("work", "Does not agree with the work", "对维修结果不满意", "Mit der Arbeit nicht einverstanden"),
        ("not_entitled", "May not sign", "无签字权限", "Nicht zeichnungsberechtigt"),
    ),
    "customer_absent": (
        ("left", "Has left already", "客户已离开", "Schon gegangen"),
        ("nobody", "Nobody was there", "现场无人", "Niemand war da"),
        ("night", "Work at night", "夜间作业", "Nachtarbeit"),
    ),
}  # fmt: skip
"""The lists that every company begins with; each can be changed and retired."""

PAST = """
insert into asset_history (asset_id, last_visits)
select v.asset_id, jsonb_agg(jsonb_build_object(
  'visit_id', v.id, 'kind', v.kind, 'finished_at', sync_micros(v.finished_at), 'done', (v.state <> 'cannot_complete'),
  'summary', left(v.work_summary, 500),
  'fault', coalesce((select e.facts -> 'fault' from visit_event e where e.visit_id = v.id and e.kind = 'complete'
                     and jsonb_typeof(e.facts -> 'fault') = 'object' order by e.recorded_at desc, e.id desc limit 1), '{}'),
  'parts', (select coalesce(jsonb_agg(jsonb_build_object('part_id', p.part_id, 'quantity_milli', p.milli) order by p.part_id), '[]')
            from (select u.part_id, sum(coalesce(u.quantity_milli, u.quantity * 1000))::bigint as milli from part_used u
                  where u.visit_id = v.id group by u.part_id) p where p.milli > 0)
) order by v.finished_at desc, v.id desc)
from (select v.*, j.asset_id, j.kind, row_number() over (partition by j.asset_id order by v.finished_at desc, v.id desc) as place
      from visit v join job j on j.id = v.job_id
      where j.asset_id is not null and v.finished_at is not null and v.state in ('completed', 'closed', 'cannot_complete')) v
where v.place <= 3 group by v.asset_id"""
"""What was done before, for the phones of today; it goes to them with the new form of their assets."""


def upgrade() -> None:
    op.create_table(
        "reason",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("given_for", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("labels", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "given_for in ('decline','hold','cannot_complete','photo_impossible','refused','customer_absent')",
            name=op.f("ck_reason_given_for"),
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_reason_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason")),
        sa.UniqueConstraint(
            "given_for",
            "office_id",
            "code_key",
            name=op.f("uq_reason_given_for_office_id_code_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_reason_office_id"), "reason", ["office_id"])
    op.create_table(
        "asset_history",
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("last_visits", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_asset_history_asset_id")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_asset_history")),
    )
    op.execute(PAST)
    op.create_table(
        "consent_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
        sa.UniqueConstraint("code_key", name=op.f("uq_consent_text_code_key")),
    )
    op.add_column("job", sa.Column("bring", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("job", sa.Column("noticed_at", MOMENT, nullable=True))
    # The rows go to phones with the new form of their bodies, so nothing is touched here.
    op.execute("alter table job disable trigger user")
    op.execute(
        "update job j set noticed_at = coalesce((select t.received_at from ticket t where t.id = j.ticket_id), j.created_at)"
    )
    op.execute("alter table job enable trigger user")
    op.alter_column("job", "noticed_at", nullable=False)
    op.add_column("office", sa.Column("phone", sa.Text(), server_default="", nullable=False))
    op.add_column("office", sa.Column("expenses_in_report", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("office", sa.Column("photo_long_edge", sa.BigInteger(), server_default="3000", nullable=False))
    op.add_column("office", sa.Column("keep_originals", sa.Boolean(), server_default="false", nullable=False))
    for statement in statements((SQL / "0036_what_phones_are_told.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
    # After the triggers, so that phones hold them.
    _add_first_reasons()
    op.execute("update office set phone = phone")


def _add_first_reasons() -> None:
    insert = sa.text(
        "insert into reason (id, given_for, code, code_key, labels, position, created_at)"
        " values (:id, :given_for, :code, :code, cast(:labels as jsonb), :position, clock_timestamp())"
    )
    for given_for, reasons in FIRST.items():
        for place, (code, english, chinese, german) in enumerate(reasons, 1):
            labels = json.dumps({"en": english, "zh-CN": chinese, "de": german}, ensure_ascii=False)
            values = {"id": uuid7(), "given_for": given_for, "code": code, "labels": labels, "position": place * 10}
            op.get_bind().execute(insert, values)
