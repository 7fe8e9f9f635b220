"""words of data: products, parts and lines of checklists have a text by language, and fault words are a table that phones hold"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from server.database.statements import statements

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
LINES = (
    ("Power isolated before work", "作业前已断电隔离", "Vor Arbeitsbeginn spannungsfrei geschaltet"),
    ("Fault reproduced", "故障已复现", "Fehler nachgestellt"),
    ("Function tested after repair", "维修后已做功能测试", "Funktion nach der Reparatur geprüft"),
    ("Work area left clean", "作业现场已清理干净", "Arbeitsplatz sauber hinterlassen"),
    ("Filters and seals checked", "过滤器和密封件已检查", "Filter und Dichtungen geprüft"),
    ("Lubrication done", "已加注润滑", "Schmierung durchgeführt"),
    ("Readings within limits", "各项读数在允许范围内", "Messwerte innerhalb der Grenzen"),
    ("Foundation and supply checked", "安装基础和水电供应已检查", "Fundament und Versorgungsanschlüsse geprüft"),
    ("Equipment levelled", "设备已调平", "Gerät waagerecht ausgerichtet"),
    ("Trial run done", "试运行已完成", "Probelauf durchgeführt"),
    ("Operator instructed", "操作人员已接受指导", "Bedienpersonal eingewiesen"),
)
"""The checklists that were there in English only."""
TRANSLATE = sa.text("""
    update checklist_item i set labels = jsonb_build_object('en', t.en, 'zh-CN', t.zh, 'de', t.de)
    from unnest(cast(:en as text[]), cast(:zh as text[]), cast(:de as text[])) t (en, zh, de) where i.label = t.en""")


def upgrade() -> None:
    nothing = sa.text("'{}'")
    for table, column in (("product", "names"), ("part", "names"), ("checklist_item", "labels")):
        op.add_column(table, sa.Column(column, postgresql.JSONB(), server_default=nothing, nullable=False))
    english, chinese, german = (list(texts) for texts in zip(*LINES, strict=True))
    # The rows go to phones with the new form of their bodies, so nothing is touched here.
    op.execute("alter table checklist_item disable trigger user")
    op.execute(TRANSLATE.bindparams(en=english, zh=chinese, de=german))
    op.execute("alter table checklist_item enable trigger user")
    op.create_table(
        "fault_word",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("labels", postgresql.JSONB(), server_default=nothing, nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('symptom','component','cause')", name=op.f("ck_fault_word_role")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_fault_word_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_word")),
        sa.UniqueConstraint(
            "role",
            "product_id",
            "code_key",
            name=op.f("uq_fault_word_role_product_id_code_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_fault_word_product_id"), "fault_word", ["product_id"])
    for statement in statements((SQL / "0031_words_of_data.sql").read_text()):
        op.get_bind().exec_driver_sql(statement)
