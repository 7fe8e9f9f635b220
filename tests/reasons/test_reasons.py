"""Lists of reasons: each office keeps its own beside the company's, phones hold them, and a tap that names one keeps its words."""

from typing import Any
from uuid import uuid4

import pytest

from mobile_contract.phone import Phone
from mobile_contract.report import sign_body
from server.reasons.models import Reason
from server.sync.up.kinds import KINDS
from tests.company import PASSWORD, Company
from tests.phones import enrolled, tap_unchecked
from tests.records.intake import begun, report_of

LATE = {"given_for": "decline", "code": "LATE", "labels": {"en": "Too late", "zh-CN": "太晚"}}


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


async def with_manager(company: Company) -> None:
    """Lin leads the office."""
    lin = {"login": "lin", "name": "Lin", "role": "manager", "password": PASSWORD, "office_id": company.ids["office"]}
    await company.must("root", "POST", "/v1/users", json=lin)
    await company.log_in("lin")


async def add(company: Company, who: str = "root", **changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = await company.must(who, "POST", "/v1/reasons", json=LATE | changed)
    return made


async def history(company: Company, visit_id: str) -> dict[str, Any]:
    lines = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    found: dict[str, Any] = lines[-1]
    return found


async def test_phones_hold_lists_to_choose_from_in_three_languages_from_the_first_day(
    company: Company, wei: Phone
) -> None:
    await wei.sync()
    lists = {row["given_for"] for row in wei.rows("reason")}
    assert lists == {"decline", "hold", "cannot_complete", "photo_impossible", "refused", "customer_absent"}
    assert all(row["labels"].keys() == {"en", "zh-CN", "de"} for row in wei.rows("reason"))
    assert wei.is_intact()


async def test_a_tap_names_a_reason_out_of_the_list_and_keeps_its_own_words(company: Company, wei: Phone) -> None:
    reason, visit_id = await add(company), await company.visit("wei")
    await wei.sync()
    tapped = wei.tap("decline", visit_id, {"reason": "太晚, school closes at 5", "reason_id": reason["id"]})
    await wei.sync()
    assert wei.state["outcomes"][tapped]["outcome"] == "applied"
    line = await history(company, visit_id)
    assert line["facts"] == {"reason": "太晚, school closes at 5", "reason_id": reason["id"]}


async def test_one_that_was_retired_while_the_phone_was_dark_counts(company: Company, wei: Phone) -> None:
    reason, visit_id = await add(company), await company.visit("wei")
    await wei.sync()
    tapped = wei.tap("decline", visit_id, {"reason": "Too late", "reason_id": reason["id"]})
    await company.must("root", "POST", f"/v1/reasons/{reason['id']}/retire")
    await wei.sync()
    assert wei.state["outcomes"][tapped]["outcome"] == "applied"
    [row] = [row for row in wei.rows("reason") if row["id"] == reason["id"]]
    assert row["retired_at"] > 0
    assert (await company.must("root", "POST", f"/v1/reasons/{reason['id']}/reinstate"))["retired_at"] is None


async def test_a_slot_without_a_photo_and_a_report_that_nobody_signed_name_one_as_well(
    company: Company, wei: Phone
) -> None:
    dark, dear = await add(company, given_for="photo_impossible"), await add(company, given_for="refused")
    visit_id = await begun(company, wei)
    slot = {"photo_impossible_id": str(uuid4()), "slot": "nameplate", "reason": "Too dark", "reason_id": dark["id"]}
    taps = [wei.tap("photo_impossible", visit_id, slot)]
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    refusal = sign_body(report, "refused", strokes=None, signer=None, reason="Too dear", reason_id=dear["id"])
    taps.append(wei.tap("sign", visit_id, refusal))
    await wei.sync()
    assert [wei.state["outcomes"][one]["outcome"] for one in taps] == ["applied", "applied"]
    lines = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    named = {line["kind"]: line["facts"].get("reason_id") for line in lines}
    assert (named["photo_impossible"], named["sign"]) == (dark["id"], dear["id"])


def test_every_operation_that_may_name_a_reason_has_it_at_hand() -> None:
    naming = {name: kind for name, kind in KINDS.items() if "reason_id" in kind.read_as.__struct_fields__}
    assert naming.keys() == {"decline", "hold", "cannot_complete", "photo_impossible", "sign"}
    assert all(kind.reads.get("reason_id") is Reason for kind in naming.values())


@pytest.mark.parametrize(("other", "code"), [("another list", "invalid"), ("nowhere", "not_found")])
async def test_a_reason_of_another_list_or_of_none_is_kept_for_a_decision(
    company: Company, wei: Phone, other: str, code: str
) -> None:
    reason, visit_id = await add(company, given_for="hold"), await company.visit("wei")
    await wei.sync()
    named = reason["id"] if other == "another list" else "0192f6a0-0000-7000-8000-0000000000f1"
    tapped = tap_unchecked(wei, "decline", visit_id, {"reason": "Too late", "reason_id": named})
    await wei.sync()
    parked = wei.state["outcomes"][tapped]
    assert (parked["outcome"], parked["code"]) == ("parked", code)


async def test_an_office_adds_to_the_companys_list_and_changes_its_own_only(company: Company) -> None:
    office = company.ids["office"]
    await with_manager(company)
    own = await add(company, "lin", office_id=office)
    theirs = await add(company)
    assert (await company.call("lin", "POST", "/v1/reasons", json=LATE | {"code": "X"})).status_code == 403
    assert (await company.call("lin", "POST", f"/v1/reasons/{theirs['id']}/retire")).status_code == 403
    assert (await company.call("mei", "POST", "/v1/reasons", json=LATE | {"office_id": office})).status_code == 403
    changed = await company.must("lin", "PATCH", f"/v1/reasons/{own['id']}", json={"position": 1})
    assert (changed["position"], changed["labels"]) == (1, LATE["labels"])
    offered = await company.must("mei", "GET", f"/v1/reasons?given_for=decline&office_id={office}&retired=false")
    assert {own["id"], theirs["id"]} <= {one["id"] for one in offered}
    assert offered[0]["id"] == own["id"], "by its place in the list"


async def test_a_code_is_in_a_list_once_and_a_reason_says_something(company: Company) -> None:
    first = await add(company)
    again = await company.call("root", "POST", "/v1/reasons", json=LATE | {"code": " late "})
    assert (again.status_code, again.json()["existing_id"]) == (409, first["id"])
    await add(company, given_for="hold")
    await add(company, office_id=company.ids["office"])
    for wrong in ({"labels": {}}, {"labels": {"en": " "}}, {"given_for": "mood"}):
        answer = await company.call("root", "POST", "/v1/reasons", json=LATE | {"code": "Y"} | wrong)
        assert answer.status_code in (400, 422), wrong
