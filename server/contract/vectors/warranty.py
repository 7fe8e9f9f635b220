"""Warranty: where it stands by the day of a notice, at the site."""

from datetime import datetime
from typing import Any

from mobile_contract.shapes.warranty import warranty_of
from server.ground.clock import to_micros

Json = dict[str, Any]
SHANGHAI = "Asia/Shanghai"
CASES: tuple[tuple[str, str, int, str, str], ...] = (
    ("a leap day, one year on", "2024-02-29", 12, "2025-02-28T12:00:00+08:00", SHANGHAI),
    ("a leap day, two years on, a day too late", "2024-02-29", 24, "2026-03-01T00:00:00+08:00", SHANGHAI),
    ("a leap day, four years on", "2024-02-29", 48, "2028-02-29T23:59:59+08:00", SHANGHAI),
    ("its last evening", "2024-03-01", 12, "2025-03-01T23:50:00+08:00", SHANGHAI),
    ("half an hour past its last day", "2024-03-01", 12, "2025-03-02T00:30:00+08:00", SHANGHAI),
    ("still the day before, where it stands", "2024-03-01", 12, "2025-03-02T00:30:00+00:00", "America/Los_Angeles"),
    ("the next day already, where it stands", "2024-03-01", 12, "2025-03-01T12:00:00+00:00", "Pacific/Kiritimati"),
    ("the last of a long month", "2025-08-31", 6, "2026-02-28T09:00:00+01:00", "Europe/Berlin"),
    ("no warranty at all, on the first day", "2026-03-02", 0, "2026-03-02T09:00:00+08:00", SHANGHAI),
    ("no warranty at all, a day later", "2026-03-02", 0, "2026-03-03T09:00:00+08:00", SHANGHAI),
    ("told before it arrived", "2026-03-02", 24, "2026-02-01T09:00:00+08:00", SHANGHAI),
    ("one that outlasts the calendar", "9998-06-01", 24, "2026-03-02T09:00:00+08:00", SHANGHAI),
)  # fmt: skip


def warranty() -> Json:
    """`cases`: members of the rows that the rule reads, and what it says of them."""
    return {"cases": [_case(*one) for one in CASES]}


def _case(name: str, arrived: str, months: int, notice: str, zone: str) -> Json:
    asset, product, site = {"arrival_date": arrived}, {"warranty_months": months}, {"time_zone": zone}
    job = {"noticed_at": to_micros(datetime.fromisoformat(notice))}
    status, until, day = warranty_of(asset, product, job, site)
    found = {"status": status, "until": until.isoformat(), "noticed_on": day.isoformat()}
    return {"name": name, "asset": asset, "product": product, "job": job, "site": site, "warranty": found}
