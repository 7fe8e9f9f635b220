"""The visit's state machine, and rows with taps that are not sent yet: every case with its answer."""

from itertools import product
from typing import Any

from mobile_contract.shapes.projection import projected
from mobile_contract.shapes.visits import CONTRADICTS, DECLINED, ENDED, FORWARD, OPEN, STAMPS, STEPS, moved, state_of

Json = dict[str, Any]
OWN = (*OPEN, *ENDED[:2])
MATES = (None, "dispatched", "on_site", "in_progress", "on_hold", "completed", "cannot_complete", "declined")
WHO, MATE = "0192f6a0-0000-7000-8000-0000000000d1", "0192f6a0-0000-7000-8000-0000000000d2"
VISIT, JOB, SITE = (f"0192f6a0-0000-7000-8000-0000000000{one}" for one in ("f1", "f2", "f3"))
ITEM, PART, LINE, ASSET = (f"0192f6a0-0000-7000-8000-0000000000{one}" for one in ("c1", "b1", "b2", "b3"))
NEW = tuple(f"0192f6a0-0000-7000-8000-0000000000a{one}" for one in range(8))
MADE, PHOTO = (
    ("0192f6a0-0000-7000-8000-0000000000e1", "0192f6a0-0000-7000-8000-0000000000e2"),
    "0192f6a0-0000-7000-8000-0000000000e3",
)
AT = 1_772_413_200_000_000


def visit_states() -> Json:
    """The machine as data, for clients that do not take our code."""
    steps = {
        tap: {"to": one.to, "from": list(one.origins), "overtaken": list(one.overtaken), "in_crew": list(one.in_crew)}
        for tap, one in STEPS.items()
    }
    return {
        "forward": list(FORWARD), "open": list(OPEN), "ended": list(ENDED), "contradicts": CONTRADICTS, "declined": DECLINED,
        "stamps": STAMPS, "steps": steps, "of_crew": ["completed", "cannot_complete", "in_progress", "on_hold", *reversed(FORWARD), DECLINED],
    }  # fmt: skip


def visits() -> Json:
    """`moves`: of a visit, who taps (`own`) and perhaps a mate. `projections`: rows before and after."""
    return {"moves": list(_moves()), "projections": [_case(name, held, taps) for name, held, taps in _projections()]}


def _moves() -> Any:
    for own, mate, tap in product(OWN, MATES, STEPS):
        crew = {WHO: own} | ({MATE: mate} if mate else {})
        if {own, mate} >= {"completed", "cannot_complete"}:
            continue
        visit = state_of(crew.values())
        step = moved(visit, crew, WHO, tap)
        yield {
            "visit": visit,
            "own": own,
            "mate": mate,
            "tap": tap,
            "after": [step.member, step.visit] if step else None,
        }


def _case(name: str, held: Json, taps: list[Json]) -> Json:
    found = projected(held, taps, WHO)
    return {"name": name, "who": WHO, "rows": held, "taps": taps, "projected": found.rows, "refused": found.refused}


def _visit(state: str, mate: str | None = None, **more: Any) -> Json:
    crew = [{"technician_id": WHO, "state": state}] + ([{"technician_id": MATE, "state": mate}] if mate else [])
    return {
        "id": VISIT, "job_id": JOB, "state": state_of(one["state"] for one in crew), "arrived_at": None, "started_at": None,
        "finished_at": None, "work_summary": "", "crew_states": crew, **more,
    }  # fmt: skip


def _tap(kind: str, after_minutes: int, subject: str = VISIT, /, **body: Any) -> Json:
    return {"kind": kind, "subject": subject, "body": body, "at": AT + after_minutes * 60_000_000}


def _projections() -> list[tuple[str, Json, list[Json]]]:
    day = [
        _tap("accept", 0), _tap("depart", 1), _tap("check_in", 30, check_in_id=NEW[0], fixes=[], plan_version=1),
        _tap("start", 31), _tap("hold", 40, reason="lunch"), _tap("resume", 70), _tap("complete", 90, work_summary="Fan"),
        _tap("complete", 91, work_summary="Wiring"), _tap("hold", 92, reason="x"),
    ]  # fmt: skip
    item = {"id": ITEM, "visit_id": VISIT, "label": "Isolated", "answer": None}
    part = {"id": PART, "unit": "kg", "unit_price": 450, "currency": "CNY"}
    line = {"id": LINE, "visit_id": VISIT, "part_id": PART, "quantity": 3, "quantity_milli": 2500, "unit": "kg", "charged": True,
            "unit_price": 450, "currency": "CNY"}  # fmt: skip
    work = {
        "visit": [_visit("in_progress")], "job": [{"id": JOB, "site_id": SITE}], "site": [{"id": SITE, "access_note": "Gate 3"}],
        "checklist_item": [item], "part": [part], "part_used": [line], "note": [], "asset": [{"id": ASSET}],
        "photo": [{"id": PHOTO, "visit_id": VISIT, "slot": "after"}],
    }  # fmt: skip
    taps = [
        _tap("note", 1, note_id=NEW[1], text="Noisy"),
        _tap("checklist_answer", 2, item_id=ITEM, answer="yes"),
        _tap("checklist_answer", 3, item_id=ITEM, answer="no"),
        _tap("part_used", 4, part_used_id=LINE, part_id=PART, quantity=-1),
        _tap("part_used", 5, part_used_id=NEW[2], part_id=PART, quantity=1, quantity_milli=250, charged=False),
        _tap("expense", 6, expense_id=NEW[3], kind="parking", amount=1500, currency="CNY"),
        _tap("access_note", 7, was="Gate 3", text="Gate 5"),
        _tap("meter_reading", 8, ASSET, meter_reading_id=NEW[4], counter="hours run", value_milli=81_000, unit="h"),
        _tap("photo_withdrawn", 8, photo_id=PHOTO),
        _tap("photo_impossible", 8, photo_impossible_id=NEW[0], slot="nameplate", reason="Painted"),
        _tap("help_request", 8, help_request_id=MADE[0], text="S3?", urgent=True),
        _tap("further_work", 8, further_work_id=MADE[1], text="Pump leaks", asset_id=ASSET),
        _tap("access_note", 8, was="Gate 3", text="Gate 7"),
        _tap("survey", 9, survey_id=NEW[5], satisfaction=5),
        _tap("part_used", 10, part_used_id=NEW[6], part_id=SITE, quantity=1),
        _tap("checklist_answer", 11, item_id=SITE, answer="yes"),
    ]
    gone = [_tap("accept", 1), _tap("note", 2, note_id=NEW[7], text="Kept")]
    mate = _visit("accepted", "completed", work_summary="Done", finished_at=AT)
    mate["crew_states"][1] |= {"work_summary": "Done", "finished_at": AT}
    return [
        ("a day of one", {"visit": [_visit("dispatched")]}, day),
        ("a day beside a mate who has accepted", {"visit": [_visit("dispatched", "accepted")]}, day[:4]),
        ("a mate has completed it", {"visit": [mate]}, [_tap("start", 5), _tap("complete", 6, work_summary="Mine")]),
        ("a mate could not complete it", {"visit": [_visit("on_site", "cannot_complete")]}, [_tap("complete", 6, work_summary="Mine")]),
        ("one of two declines", {"visit": [_visit("accepted", "en_route")]}, [_tap("decline", 1, reason="ill")]),
        ("what was recorded", work, taps),
        ("the visit is gone from the phone", {"visit": [], "note": []}, gone),
    ]  # fmt: skip
