"""What breaks a device's chain is kept with its evidence, shown to the desk, and answered for by name."""

from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import event

from mobile_contract.chain import make_operation, uuid7
from mobile_contract.phone import Phone, SyncRefused
from tests.company import Company

CLOCK = {"wall": 0, "monotonic": 0, "boot_id": "b", "anchor": None}


def operation(
    phone: Phone, visit_id: str, seq: int, prev: str | None, *, operation_id: str | None = None
) -> dict[str, Any]:
    """An operation of the phone's own key with any number and link."""
    envelope = {
        "id": operation_id or uuid7(), "device_id": phone.state["device_id"], "seq": seq, "prev": prev, "kind": "depart", "base": None,
        "subject": {"type": "visit", "id": visit_id}, "body": {}, "clock": CLOCK,
    }  # fmt: skip
    return make_operation(phone.key, envelope)


async def refused(phone: Phone, wire: dict[str, Any]) -> str:
    phone.state["outbox"] = [wire]
    with pytest.raises(SyncRefused) as caught:
        await phone.sync()
    code: str = caught.value.problem["code"]
    return code


async def chain_of_one(company: Company, phone: Phone) -> str:
    visit_id = await company.visit("wei")
    phone.tap("accept", visit_id)
    await phone.sync()
    return visit_id


async def test_a_fork_is_shown_with_the_text_that_the_phone_signed_twice(company: Company, wei: Phone) -> None:
    visit_id = await chain_of_one(company, wei)
    other = operation(wei, visit_id, 1, None)
    assert await refused(wei, other) == "device_forked"
    (found,) = await company.must("mei", "GET", "/v1/incidents", params={"visit_id": visit_id})
    assert (found["code"], found["seq"]) == ("device_forked", 1)
    shown = await company.must("mei", "GET", f"/v1/incidents/{found['id']}/evidence")
    assert shown == {**other, "public_key": wei.key.public()}
    assert (found["technician"], found["device_label"]) == ("李伟", "reference phone")
    assert (found["signed_by_device"], found["times"], found["acknowledgements"]) == (True, 1, [])


async def test_a_forged_signature_is_told_from_the_phones_own_mistake(company: Company, wei: Phone) -> None:
    visit_id = await chain_of_one(company, wei)
    forged = operation(wei, visit_id, 2, wei.state["prev"])
    forged["signature"] = forged["signature"][:-6] + "AAAAAA"
    assert await refused(wei, forged) == "wrong_signature"
    fork = operation(wei, visit_id, 1, None)
    fork["signature"] = forged["signature"]
    assert await refused(wei, fork) == "wrong_signature", "who does not hold the key cannot accuse the phone of a fork"
    found = await company.must("mei", "GET", "/v1/incidents", params={"each": True})
    assert [one["signed_by_device"] for one in found] == [False, False]


async def test_a_forged_operation_inside_a_batch_ends_it_there(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    for kind in ("accept", "depart", "start"):
        wei.tap(kind, visit_id)
    _, forged, after = wei.state["outbox"]
    forged["signature"] = forged["signature"][:-6] + "AAAAAA"
    with pytest.raises(SyncRefused) as caught:
        await wei.sync()
    assert caught.value.problem["code"] == "wrong_signature"
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "accepted"
    assert await refused(wei, after) == "sequence_gap", "the one before the forged one was stored, and nothing else"
    (gap, wrong) = await company.must("mei", "GET", "/v1/incidents")
    assert (wrong["code"], wrong["seq"], gap["expected_seq"]) == ("wrong_signature", 2, 2)


async def test_who_does_not_hold_the_key_cannot_take_an_id_that_is_known(company: Company, wei: Phone) -> None:
    visit_id = await chain_of_one(company, wei)
    (known,) = wei.state["outcomes"]
    forged = operation(wei, visit_id, 2, wei.state["prev"], operation_id=known)
    assert await refused(wei, forged) == "device_forked"
    forged["signature"] = forged["signature"][:-6] + "AAAAAA"
    assert await refused(wei, forged) == "wrong_signature"


async def test_a_gap_is_one_incident_however_often_it_is_tried_and_is_mended_when_the_rest_comes(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    wei.tap("accept", visit_id)
    wei.tap("depart", visit_id)
    whole = list(wei.state["outbox"])
    for _ in range(3):
        assert await refused(wei, whole[1]) == "sequence_gap"
    (found,) = await company.must("mei", "GET", "/v1/incidents")
    assert (found["seq"], found["expected_seq"], found["times"], found["mended"]) == (2, 1, 3, False)
    wei.state["outbox"] = whole
    await wei.sync()
    (found,) = await company.must("mei", "GET", "/v1/incidents")
    assert found["mended"] is True


async def test_the_desk_answers_by_name_and_nothing_is_replaced(company: Company, wei: Phone) -> None:
    visit_id = await chain_of_one(company, wei)
    await refused(wei, operation(wei, visit_id, 1, None))
    (one,) = await company.must("mei", "GET", "/v1/incidents", params={"unacknowledged": True})
    path = f"/v1/incidents/{one['id']}/acknowledgements"
    await company.must("mei", "POST", path, json={"note": "Asked Li Wei"})
    said = (await company.must("root", "POST", path, json={"note": "Restored from a backup"}))["acknowledgements"]
    assert [(word["author"], word["note"]) for word in said] == [
        ("陈梅", "Asked Li Wei"), ("Root", "Restored from a backup"),
    ]  # fmt: skip
    assert await company.must("mei", "GET", "/v1/incidents", params={"unacknowledged": True}) == []
    assert len(await company.must("mei", "GET", "/v1/incidents")) == 1


async def test_incidents_are_found_by_device(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await chain_of_one(company, wei)
    await refused(wei, operation(wei, visit_id, 1, None))
    await refused(anna, operation(anna, visit_id, 7, None))
    found = await company.must("mei", "GET", "/v1/incidents", params={"device_id": anna.state["device_id"]})
    assert [(one["technician"], one["code"]) for one in found] == [("Anna Schmidt", "sequence_gap")]


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wei", 403), ("mei", 200)])
async def test_only_the_desk_sees_incidents(company: Company, who: str | None, status: int) -> None:
    assert (await company.call(who, "GET", "/v1/incidents")).status_code == status


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [(None, {"note": "x"}, 401), ("wei", {"note": "x"}, 403), ("mei", {"note": ""}, 400), ("mei", {"note": "x"}, 404)],
)
async def test_a_wrong_acknowledgement_is_refused(company: Company, who: str | None, body: Any, status: int) -> None:
    answer = await company.call(who, "POST", f"/v1/incidents/{uuid7()}/acknowledgements", json=body)
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wei", 403), ("mei", 404)])
async def test_evidence_is_the_desks(company: Company, who: str | None, status: int) -> None:
    assert (await company.call(who, "GET", f"/v1/incidents/{uuid7()}/evidence")).status_code == status


async def test_the_list_takes_two_queries_however_long_it_is(company: Company, wei: Phone, app: Litestar) -> None:
    visit_id = await chain_of_one(company, wei)
    for number in range(5):
        await refused(wei, operation(wei, visit_id, 9 + number, None))
    statements: list[str] = []
    engine = app.state.sessions.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert len(await company.must("mei", "GET", "/v1/incidents", params={"each": True})) == 5
    assert len([one for one in statements if one.startswith("SELECT")]) == 2
