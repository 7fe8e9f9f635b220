"""words: closed sets of keys that had no check get one, and people, customers and reports may be German

Values with a line break behind them passed for keys once. They lose it here; of a photo that would then be there twice in one
slot, the odd one goes into the slot `other`.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "zh-CN", "de")
DATUMS = ("wgs84", "gcj02", "bd09")
CHECKS = (
    ("app_user", "locale", LANGUAGES),
    ("arrival_exemption", "reason", (
        "traffic", "customer_not_in", "customer_asked", "access_refused", "weather", "accident", "earlier_visit",
        "office_mistake", "other",
    )),
    ("arrival_verdict", "place", ("inside", "outside", "inconclusive")),
    ("arrival_verdict", "time", ("on_time", "early", "late", "inconclusive")),
    ("arrival_verdict", "verdict", ("proven", "likely", "possible", "contradicted")),
    ("customer", "locale", LANGUAGES),
    ("customer", "tier", ("standard", "key")),
    ("device", "platform", ("android", "ios", "web")),
    ("expense", "kind", ("travel", "parking", "lodging", "meal", "material", "other")),
    ("incident", "code", (
        "chain_broken", "sequence_gap", "device_forked", "wrong_signature", "not_canonical", "operation_too_large",
        "device_revoked", "signed_around_revocation", "clock_stepped_back", "checksum_mismatch",
    )),
    ("job", "kind", ("repair", "maintenance", "installation", "training")),
    ("photo", "slot", ("before", "after", "nameplate", "fault", "part", "other")),
    ("service_report", "locale", LANGUAGES),
    ("site_position", "datum", DATUMS),
)  # fmt: skip
BY_PATTERN = (
    ("app_user", "locale"), ("customer", "locale"), ("customer", "tier"), ("device", "platform"), ("expense", "kind"),
    ("job", "kind"), ("photo", "slot"), ("service_report", "locale"),
)  # fmt: skip
"""Columns whose values were once compared with a pattern, which a line break behind them does not break."""


def upgrade() -> None:
    op.execute(r"""
        update photo p set slot = 'other' where p.slot like E'%\n' and exists (
          select from photo o where o.visit_id = p.visit_id and o.sha256 = p.sha256 and o.slot = rtrim(p.slot, E'\n'))""")
    for table, column in BY_PATTERN:
        op.execute(rf"update {table} set {column} = rtrim({column}, E'\n') where {column} like E'%\n'")  # noqa: S608
    for table, column, keys in CHECKS:
        listed = ",".join(f"'{key}'" for key in keys)
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} in ({listed})")
