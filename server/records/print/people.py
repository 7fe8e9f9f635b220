"""Who did the work, where they were several: each with their hours and the verdict on their arrival."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from server.records.print import wording
from server.records.print.labels import Wording

Json = Mapping[str, Any]
HOUR = 3_600_000_000
"""Microseconds."""


def crew_view(report: Json, arrivals: Sequence[Json], words: Wording, zone: ZoneInfo) -> dict[str, Any]:
    """A line for each of a crew; none where somebody went alone."""
    crew = report.get("crew") or []
    verdicts = {one["technician_id"]: words.code("verdict", one["verdict"]) for one in arrivals}
    rows = [
        [
            str(one.get("name") or ""),
            *(wording.moment(one.get(stamp), zone) for stamp in ("arrived_at", "started_at", "finished_at")),
            _hours(one, words),
            verdicts.get(one.get("id"), wording.DASH),
        ]
        for one in crew
    ]
    head = ["name", "arrived", "started", "finished", "hours", "arrival"]
    return {"title": words.label("crew"), "head": [words.label(one) for one in head], "rows": rows}


def _hours(one: Json, words: Wording) -> str:
    """From start to end, to a tenth of an hour."""
    start, end = one.get("started_at"), one.get("finished_at")
    if start is None or end is None or end < start:
        return wording.DASH
    tenths = (end - start + HOUR // 20) // (HOUR // 10)
    return words.words.number(f"{tenths // 10}.{tenths % 10}")


def expenses_view(report: Json, words: Wording) -> dict[str, Any]:
    """What was spent, each with its amount, or that it is not charged beside it."""
    rows = []
    for one in report.get("expenses") or []:
        amount = wording.money(one["amount"], one["currency"], words.words)
        rows.append([str(one["label"]), amount if one.get("charged") else f"{amount} ({words.label('not_charged')})"])
    return {"title": words.label("expenses"), "head": [words.label("item"), words.label("amount")], "rows": rows}
