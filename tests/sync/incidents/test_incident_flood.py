"""A phone that makes up incidents buries nobody else's, and fills nothing."""

from typing import Any

from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.sync.incidents.incidents import MOST_KEPT
from tests.company import Company
from tests.sync.incidents.test_incidents import chain_of_one, operation, refused


async def made_up(company: Company, phone: Phone, number: int) -> None:
    """A digest that no phone ever had."""
    buckets = {"visit/0": {"count": number + 1, "checksum": f"{number:016x}"}}
    body = {"scope": f"technician:{company.ids['wei']}", "buckets": buckets}
    headers = {"authorization": f"Bearer {phone.access_token}"}
    answer = await company.http.post("/v1/sync/reconcile", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


async def listed(company: Company, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", "/v1/incidents", params=query)
    return found


async def test_sixty_made_up_digests_are_one_line_and_hide_no_fork(
    company: Company, wei: Phone, anna: Phone, app: Litestar
) -> None:
    visit_id = await chain_of_one(company, wei)
    assert await refused(wei, operation(wei, visit_id, 1, None)) == "device_forked"
    for number in range(60):
        await made_up(company, wei, number)
    lines = await listed(company, limit=2)
    assert [one["code"] for one in lines if one["code"] == "device_forked"] == ["device_forked"]
    [flood] = [one for one in lines if one["code"] != "device_forked"]
    assert flood["alike"] == MOST_KEPT + 1
    each = await listed(company, each=True, code=flood["code"])
    assert (len(each), sum(one["times"] for one in each)) == (MOST_KEPT + 1, 60), "counted, each one"
    assert str(MOST_KEPT) in each[0]["detail"]
    async with app.state.sessions() as session:
        kept = await session.scalar(text("select count(*) from incident where length(evidence) > 0"))
    assert kept == MOST_KEPT + 1, "and the fork's"


async def test_one_word_answers_for_all_of_a_kind_from_one_phone(company: Company, wei: Phone) -> None:
    visit_id = await chain_of_one(company, wei)
    await refused(wei, operation(wei, visit_id, 1, None))
    for number in range(5):
        await made_up(company, wei, number)
    [flood] = [one for one in await listed(company) if one["code"] != "device_forked"]
    body = {"note": "A broken test phone", "alike": True}
    await company.must("mei", "POST", f"/v1/incidents/{flood['id']}/acknowledgements", json=body)
    assert [one["code"] for one in await listed(company, unacknowledged=True)] == ["device_forked"]
    await made_up(company, wei, 7)
    again = [one for one in await listed(company, unacknowledged=True) if one["code"] != "device_forked"]
    assert [one["alike"] for one in again] == [1], "what comes later asks anew"


async def test_the_same_text_again_is_counted_where_it_is_kept(company: Company, wei: Phone) -> None:
    for number in range(MOST_KEPT + 3):
        await made_up(company, wei, number)
    await made_up(company, wei, 0)
    each = await listed(company, each=True)
    assert sorted(one["times"] for one in each) == [*[1] * (MOST_KEPT - 1), 2, 3]
