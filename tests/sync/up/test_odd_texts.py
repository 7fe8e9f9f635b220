"""What a phone's platform puts into texts never keeps a tap from its effect: a NUL in any of them, an anchor that is none."""

import json
from typing import Any

import pytest
from litestar import Litestar

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from mobile_contract.shapes.fit import Unfit
from tests.company import Company
from tests.day import SIGNER, STROKES, fix, jpeg
from tests.phones import tap_unchecked

NUL = "x\0y"


def bodies(phone: Phone, company: Company, visit_id: str) -> dict[str, dict[str, Any]]:
    """A body of each kind with all of its texts."""
    item = next(row["id"] for row in phone.rows("checklist_item") if row["visit_id"] == visit_id)
    digest = uuid7().replace("-", "") * 2
    photo = {
        "photo_id": uuid7(), "slot": "before", "sha256": digest, "size": 5, "content_type": "image/jpeg",
        "taken": {"make": "Canon", "lens": {"name": ["EF"]}},
    }  # fmt: skip
    return {
        "accept": {}, "depart": {}, "photo": photo, "start": {}, "hold": {"reason": "r"}, "resume": {},
        "note": {"note_id": uuid7(), "text": "t"},
        "checklist_answer": {"item_id": item, "answer": "a"},
        "part_used": {"part_used_id": uuid7(), "part_id": company.ids["part"], "quantity": 1},
        "expense": {"expense_id": uuid7(), "kind": "meal", "amount": 1, "currency": "CNY", "note": "n"},
        "access_note": {"was": "", "text": "t"},
        "check_in": {
            "check_in_id": uuid7(), "fixes": [fix(phone, visit_id)], "plan_version": 1, "witness_code": "123456",
        },
        "survey": {"survey_id": uuid7(), "satisfaction": 5, "comment": "c"},
        "complete": {"work_summary": "w", "fault": {"code": "E42"}},
        "cannot_complete": {"reason": "r"},
    }  # fmt: skip


def spoiled(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """The value once for each of its texts, with a NUL in that one, and once for each object with one in a name."""
    if isinstance(value, str):
        return [(path, value + NUL)]
    if isinstance(value, list):
        return [
            (at, [*value[:number], one, *value[number + 1 :]])
            for number, inside in enumerate(value)
            for at, one in spoiled(inside, f"{path}[{number}]")
        ]
    if not isinstance(value, dict):
        return []
    inside = [(at, {**value, name: one}) for name in value for at, one in spoiled(value[name], f"{path}.{name}")]
    return [*inside, (f"{path} (a name)", {**value, f"more{NUL}": NUL})]


FIXED = ("_id", ".slot", ".sha256", ".content_type", ".currency", ".kind")
"""Where one of a few values is expected: another parks, and its sentence names the field."""


async def test_a_nul_in_any_text_of_any_kind_is_stored_as_what_can_be_seen(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    tried: dict[str, tuple[str, str]] = {}
    for kind, whole in bodies(wei, company, visit_id).items():
        for place, body in spoiled(whole):
            if kind not in ("accept", "depart", "start", "hold", "resume", "complete", "cannot_complete"):
                for name in body:
                    if name.endswith("_id") and name not in ("item_id", "part_id") and "\0" not in body[name]:
                        body = {**body, name: uuid7()}
            tried[tap_unchecked(wei, kind, visit_id, body)] = (kind, place)
    await wei.sync()
    for operation_id, (kind, place) in tried.items():
        found = wei.state["outcomes"][operation_id]
        if found["outcome"] == "parked" and found["code"] != "state_not_possible":
            assert place.endswith(FIXED), (kind, place, found)
            assert place[1:] in found["sentence"] or "is image/jpeg" in found["sentence"], (kind, place, found)
        assert "\0" not in (found.get("sentence") or "")
    kept = [json.loads(row["raw"]) for row in await app.state.readers.fetch("select raw from operation")]
    assert sum("\0" in json.dumps(one["body"], ensure_ascii=False).replace("\\u0000", "\0") for one in kept) == len(
        tried
    ), "the bytes as signed are kept"


async def test_a_photo_with_exif_texts_can_be_uploaded(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    photo_id = wei.photo(visit_id, "before", jpeg())
    taken = json.loads(wei.state["outbox"].pop()["body"])
    wei.state["next_seq"], wei.state["prev"] = taken["seq"], taken["prev"]
    wei.tap("photo", visit_id, {**taken["body"], "taken": {"make": "samsung\0", "a\0": ["\0"]}})
    await wei.sync()
    assert await wei.upload_photos() == 1
    assert wei.state["photos"][photo_id]["state"] == "verified"


@pytest.mark.parametrize("field", ["name", "role", "contact"])
async def test_what_the_customer_signed_is_never_sealed_otherwise(company: Company, wei: Phone, field: str) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    technician = {"id": company.ids["wei"], "name": "李伟"}
    report = make_report(wei, visit_id, technician=technician, work="done", fault=None, locale="en")
    body = sign_body(report, "signed", strokes=STROKES, signer=SIGNER)
    with pytest.raises(Unfit, match=f"signer.{field} holds a character"):
        sign_body(report, "signed", strokes=STROKES, signer={**SIGNER, field: NUL})
    body["signer"] = {**SIGNER, field: NUL}
    tap_unchecked(wei, "report", visit_id, report)
    sign = tap_unchecked(wei, "sign", visit_id, body, attachment=STROKES)
    await wei.sync()
    found = wei.state["outcomes"][sign]
    assert found["outcome"] == "parked"
    assert f"signer.{field}" in found["sentence"]


ANCHORS: list[Any] = [
    {}, [], "x", 5, True, {"token": None, "monotonic": 1, "boot_id": "b", "round_trip": 1},
    {"token": 5, "monotonic": 1, "boot_id": "b", "round_trip": 1}, {"token": "x", "monotonic": 1, "boot_id": "b"},
    {"token": "x", "monotonic": None, "boot_id": "b", "round_trip": 1},
    {"token": "x\0", "monotonic": 1, "boot_id": "b\0", "round_trip": 1},
]  # fmt: skip


@pytest.mark.parametrize("anchor", ANCHORS, ids=json.dumps)
@pytest.mark.parametrize("boot_id", ["boot", "b\0oot", "x" * 20_000], ids=["plain", "with NUL", "long"])
async def test_an_anchor_that_is_none_costs_its_time_and_never_the_tap(
    company: Company, wei: Phone, anchor: Any, boot_id: str
) -> None:
    """It was signed with whatever a portal said in the server's place."""
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.state["anchor"], wei.boot_id = anchor, boot_id
    taps = [
        wei.tap("check_in", visit_id, {"check_in_id": uuid7(), "fixes": [fix(wei, visit_id)], "plan_version": 1}),
        wei.tap("note", visit_id, {"note_id": uuid7(), "text": "x"}),
    ]
    await wei.sync()
    assert [wei.state["outcomes"][one]["outcome"] for one in taps] == ["applied"] * 2
    after = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "with a good one"})
    await wei.sync()
    assert wei.state["outcomes"][after]["outcome"] == "applied"
