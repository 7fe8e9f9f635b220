"""A phone that has thousands of operations parked hides nobody else's work, and one word answers for them."""

from typing import Any

from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from server.sync.up.parked import MOST_ALIKE
from tests.company import Company

MANY = MOST_ALIKE + 15


async def flood(company: Company, phone: Phone) -> str:
    """Work of a kind that nobody knows, and one note about a visit that is none. Returns the visit's id."""
    visit_id = await company.visit("wei", "anna")
    await phone.sync()
    for number in range(MANY):
        phone.tap("telemetry", visit_id, {"reading": number})
    await phone.sync()
    return visit_id


async def listed(company: Company, who: str = "mei", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must(who, "GET", "/v1/parked", params=query)
    return found


async def test_a_flood_from_one_phone_leaves_room_for_what_others_sent(
    company: Company, wei: Phone, anna: Phone
) -> None:
    visit_id = await flood(company, wei)
    await anna.sync()
    hers = anna.tap("telemetry", visit_id, {"reading": 0})
    await anna.sync()
    lost = wei.tap("note", uuid7(), {"note_id": uuid7(), "text": "?"})
    await wei.sync()
    lines = await listed(company, limit=MOST_ALIKE + 2)
    assert [one["id"] for one in lines[MOST_ALIKE:]] == [hers, lost]
    assert [one["body"]["body"]["reading"] for one in lines[:MOST_ALIKE]] == list(range(MOST_ALIKE)), "the oldest"
    assert [one["alike"] for one in lines] == [MANY] * MOST_ALIKE + [1, 1]
    assert len(await listed(company, each=True)) == MANY + 2
    assert len(await listed(company, each=True, device_id=wei.state["device_id"])) == MANY + 1
    assert len(await listed(company, "anna", each=True)) == 1, "a technician sees their own"


async def test_one_word_dismisses_all_that_are_alike_and_keeps_them(
    company: Company, wei: Phone, anna: Phone, app: Litestar
) -> None:
    visit_id = await flood(company, wei)
    await anna.sync()
    hers = anna.tap("telemetry", visit_id, {"reading": 0})
    await anna.sync()
    first = (await listed(company))[0]["id"]
    body = {"resolution": "dismissed", "reason": "A test phone", "alike": True}
    await company.must("mei", "POST", f"/v1/parked/{first}", json=body)
    assert [one["id"] for one in await listed(company)] == [hers]
    async with app.state.sessions() as session:
        kept = await session.scalar(text("select count(*) from operation where kind = 'telemetry' and length(raw) > 0"))
    assert kept == MANY + 1
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert sum(one["kind"] == "parked_dismissed" for one in history) == MANY
    await wei.sync()
    assert wei.rows("operation") == []


async def test_only_dismissing_is_said_of_all_at_once(company: Company, wei: Phone) -> None:
    await flood(company, wei)
    first = (await listed(company))[0]["id"]
    for resolution in ("applied", "attached"):
        body = {"resolution": resolution, "alike": True}
        answer = await company.call("mei", "POST", f"/v1/parked/{first}", json=body)
        assert (answer.status_code, "one by one" in answer.json()["detail"]) == (422, True)
    assert len(await listed(company, each=True)) == MANY
