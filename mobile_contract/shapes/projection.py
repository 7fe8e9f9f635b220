"""What a phone shows before its taps are sent: the rows it holds, as they will be once the server has taken what was tapped.

A tap that is not possible any more changes nothing and is named. What only the server knows (a verdict, what others wrote meanwhile)
comes with the rows. `vectors/visits.json` has cases for every client.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mobile_contract.shapes.amounts import milli_of, next_whole
from mobile_contract.shapes.merging import joined, merge_text
from mobile_contract.shapes.visits import STAMPS, STEPS, moved

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]


class Projection(NamedTuple):
    """Rows by collection, in the order in which they were held and made; and the places of taps that are not possible any more."""

    rows: dict[str, list[Row]]
    refused: list[int]


def projected(held: Mapping[str, Iterable[Row]], taps: Sequence[Mapping[str, Any]], who: str) -> Projection:
    """The rows after these taps of `who`, which have `kind`, `subject`, `body` and `at`, in microseconds."""
    rows: Rows = {name: {row["id"]: dict(row) for row in some} for name, some in held.items()}
    refused = []
    for place, tap in enumerate(taps):
        kind = tap["kind"]
        effect = _move if kind in STEPS else EFFECTS.get(kind)
        if effect is not None and not effect(rows, tap, who):
            refused.append(place)
    return Projection({name: list(some.values()) for name, some in rows.items()}, refused)


def _move(rows: Rows, tap: Mapping[str, Any], who: str) -> bool:
    kind, at, body = tap["kind"], tap["at"], tap["body"]
    visit = rows["visit"].get(tap["subject"])
    crew = [dict(one) for one in visit["crew_states"]] if visit else []
    member = next((one for one in crew if one["technician_id"] == who), None)
    step = (
        moved(visit["state"], {one["technician_id"]: one["state"] for one in crew}, who, kind)
        if visit and member
        else None
    )
    if visit is None or member is None:
        return False
    if kind == "check_in":
        made = {"technician_id": who, "earliest": at, "latest": at, "verdict": None}
        _add(rows, "check_in", body["check_in_id"], {"visit_id": tap["subject"], **made})
    if step is None:
        return bool(kind == "check_in")
    member["state"], visit["state"], visit["crew_states"] = step.member, step.visit, crew
    if stamp := STAMPS.get(kind):
        for one in (member, visit) if stamp in visit else (member,):
            one[stamp] = at if one.get(stamp) is None else min(one[stamp], at)
    if kind in ("complete", "cannot_complete"):
        for one in (member, visit):
            one["finished_at"] = max(one.get("finished_at") or at, at)
    if kind == "complete":
        member["work_summary"] = merge_text(member.get("work_summary", ""), "", body["work_summary"])[0]
        visit["work_summary"] = joined(one.get("work_summary", "") for one in crew)
    return True


def _add(rows: Rows, collection: str, row_id: str, body: Row) -> bool:
    rows.setdefault(collection, {}).setdefault(row_id, {"id": row_id, **body})
    return True


def _note(rows: Rows, tap: Mapping[str, Any], who: str) -> bool:
    said = {"text": tap["body"]["text"], "author_id": who, "occurred_at": tap["at"]}
    return _add(rows, "note", tap["body"]["note_id"], {"visit_id": tap["subject"], **said})


def _expense(rows: Rows, tap: Mapping[str, Any], _: str) -> bool:
    body = tap["body"]
    said = {name: body[name] for name in ("kind", "amount", "currency")} | {"note": body.get("note", "")}
    return _add(rows, "expense", body["expense_id"], {"visit_id": tap["subject"], **said})


def _checklist_answer(rows: Rows, tap: Mapping[str, Any], _: str) -> bool:
    item = rows.get("checklist_item", {}).get(tap["body"]["item_id"])
    if item is None or item["visit_id"] != tap["subject"]:
        return False
    item["answer"] = {"others": [], **(item["answer"] or {}), "value": tap["body"]["answer"]}
    return True


def _part_used(rows: Rows, tap: Mapping[str, Any], _: str) -> bool:
    body = tap["body"]
    part = rows.get("part", {}).get(body["part_id"])
    if part is None:
        return False
    line = rows.setdefault("part_used", {}).get(body["part_used_id"])
    milli = (milli_of(body) or 0) + ((milli_of(line) or 0) if line else 0)
    amount = {"quantity": next_whole(milli), "quantity_milli": milli}
    if line is not None:
        line |= amount
        return True
    said = {"charged": body.get("charged", True), **{name: part[name] for name in ("unit", "unit_price", "currency")}}
    made = {"visit_id": tap["subject"], "part_id": body["part_id"], **amount, **said}
    return _add(rows, "part_used", body["part_used_id"], made)


def _access_note(rows: Rows, tap: Mapping[str, Any], _: str) -> bool:
    visit = rows.get("visit", {}).get(tap["subject"])
    job = rows.get("job", {}).get(visit["job_id"]) if visit else None
    site = rows.get("site", {}).get(job["site_id"]) if job else None
    if site is not None:
        site["access_note"] = merge_text(site["access_note"], tap["body"]["was"], tap["body"]["text"])[0]
    return site is not None


def _meter_reading(rows: Rows, tap: Mapping[str, Any], who: str) -> bool:
    body = tap["body"]
    said = {name: body[name] for name in ("counter", "value_milli", "unit")} | {"photo_id": body.get("photo_id")}
    made = {"asset_id": tap["subject"], **said, "read_by": who, "read_at": tap["at"]}
    return _add(rows, "meter_reading", body["meter_reading_id"], made)


def _photo_withdrawn(rows: Rows, tap: Mapping[str, Any], _: str) -> bool:
    rows.get("photo", {}).pop(tap["body"]["photo_id"], None)
    return True


def _photo_impossible(rows: Rows, tap: Mapping[str, Any], _: str) -> bool:
    body = tap["body"]
    said = {"visit_id": tap["subject"], "slot": body["slot"], "reason": body["reason"]}
    return _add(rows, "photo_impossible", body["photo_impossible_id"], said)


def _field_request(rows: Rows, tap: Mapping[str, Any], who: str) -> bool:
    body, kind = tap["body"], "help" if tap["kind"] == "help_request" else "further_work"
    said = {"kind": kind, "text": body["text"], "asset_id": body.get("asset_id"), "urgent": body.get("urgent", False)}
    waits = {"answer": "", "job_id": None, "answered_at": None}
    made = {"visit_id": tap["subject"], **said, "asked_by": who, "asked_at": tap["at"], **waits}
    return _add(rows, "field_request", body[f"{tap['kind']}_id"], made)


EFFECTS: dict[str, Callable[[Rows, Mapping[str, Any], str], bool]] = {
    "note": _note,
    "expense": _expense,
    "checklist_answer": _checklist_answer,
    "part_used": _part_used,
    "access_note": _access_note,
    "meter_reading": _meter_reading,
    "photo_withdrawn": _photo_withdrawn,
    "photo_impossible": _photo_impossible,
    "help_request": _field_request,
    "further_work": _field_request,
}
"""What a tap makes of the rows, beside those that move a visit. A kind that is not here shows in no row before it is sent."""
