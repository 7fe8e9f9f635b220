"""Links to the page of a visit: the phone's comes with the order and goes with it, the desk's is sent, and both can be revoked."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.visit_links.rules import opens_until
from tests.company import Company
from tests.phones import enrolled

DAY = timedelta(days=1)


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


async def links(company: Company, visit_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/links")
    return found


async def sent(company: Company, visit_id: str) -> str:
    """A link of the desk, as it is sent; returns its token."""
    made = await company.must("mei", "POST", f"/v1/visits/{visit_id}/links", json={})
    return str(made["address"]).rpartition("/v/")[2]


async def opens(company: Company, token: str) -> bool:
    answer = await company.http.get(f"/v/{token}")
    assert answer.status_code in (200, 404), answer.text
    return answer.status_code == 200


async def test_a_phone_holds_the_link_of_its_visit_with_no_network_to_make_one(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    [row] = wei.rows("visit_link")
    assert row["visit_id"] == visit_id
    assert await opens(company, row["token"])
    assert row["expires_at"] > wei.row("visit", visit_id)["body"]["window_end"]


async def test_a_link_is_revoked_when_the_order_is_taken_back_and_another_comes_with_the_next(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    [row] = wei.rows("visit_link")
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/unassign", json={"reason": "Ill"})
    assert not await opens(company, row["token"])
    await wei.sync()
    assert wei.rows("visit_link") == []
    await company.assign(visit_id, "wei")
    await wei.sync()
    [again] = wei.rows("visit_link")
    assert again["token"] != row["token"]
    assert await opens(company, again["token"])


async def test_a_link_that_a_customer_may_have_scanned_stays_when_others_are_sent(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    [row] = wei.rows("visit_link")
    await company.assign(visit_id, "anna")
    await wei.sync()
    assert wei.rows("visit_link") == []
    anna = await enrolled(company, "anna")
    assert [one["token"] for one in anna.rows("visit_link")] == [row["token"]]
    assert await opens(company, row["token"])


async def test_of_the_desks_link_only_the_hash_is_kept(app: Litestar, company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    token = await sent(company, visit_id)
    async with app.state.sessions() as session:
        query = text("select token, token_sha256 from visit_link where whose = 'desk'")
        [(kept, digest)] = (await session.execute(query)).all()
        everything = await session.scalar(text("select string_agg(v::text, '') from visit_link v"))
    assert kept is None
    assert bytes(digest) == hashlib.sha256(token.encode()).digest()
    assert token not in everything
    await wei.sync()
    assert len(wei.rows("visit_link")) == 1, "the desk's is no phone's"


async def test_the_message_to_send_is_in_the_customers_language_with_window_and_address(company: Company) -> None:
    made = await company.must("mei", "POST", f"/v1/visits/{await company.visit('wei')}/links", json={})
    assert made["address"].startswith("http://fieldproof.test/v/")
    assert made["address"] in made["message"]
    assert "2026-03-02 09:00–11:00 (UTC+8)" in made["message"]
    assert "您的上门服务时段" in made["message"]
    unplanned = await company.must("mei", "POST", f"/v1/visits/{await company.visit()}/links", json={})
    assert "您的上门服务页面" in unplanned["message"]


async def test_a_revoked_link_opens_nothing_and_a_new_one_does(company: Company) -> None:
    visit_id = await company.visit("wei")
    token = await sent(company, visit_id)
    link_id = (await links(company, visit_id))[0]["id"]
    for _ in range(2):
        revoked = await company.must("mei", "POST", f"/v1/visits/{visit_id}/links/{link_id}/revoke")
    assert not await opens(company, token)
    assert (await links(company, visit_id))[0]["revoked_at"] == revoked["revoked_at"]
    assert await opens(company, await sent(company, visit_id))
    other = await company.visit("wei")
    await company.must_be(404, "mei", "POST", f"/v1/visits/{other}/links/{link_id}/revoke")


async def test_the_phones_link_is_made_anew_at_the_desk_and_shown_to_nobody_but_phones(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    [row] = wei.rows("visit_link")
    made = await company.must("mei", "POST", f"/v1/visits/{visit_id}/links", json={"whose": "phone"})
    assert (made["address"], made["message"]) == (None, None)
    assert not await opens(company, row["token"])
    await wei.sync()
    [again] = wei.rows("visit_link")
    assert await opens(company, again["token"])
    nobody = await company.visit()
    await company.must_be(409, "mei", "POST", f"/v1/visits/{nobody}/links", json={"whose": "phone"})


async def test_so_many_links_open_a_page_and_no_more(company: Company) -> None:
    visit_id = await company.visit("wei")
    for _ in range(20):
        await sent(company, visit_id)
    await company.must_be(409, "mei", "POST", f"/v1/visits/{visit_id}/links", json={})


@pytest.mark.parametrize(
    ("promised", "ended", "answer_until", "last"),
    [(10, None, None, 10), (10, 3, None, 33), (40, 3, None, 40), (10, 3, 50, 50), (10, None, 5, 10)],
)
def test_a_link_opens_as_long_as_was_promised_its_days_after_the_end_and_the_time_to_dispute(
    promised: int, ended: int | None, answer_until: int | None, last: int
) -> None:
    def at(day: int | None) -> datetime | None:
        return None if day is None else datetime(2026, 3, 1, tzinfo=UTC) + day * DAY

    first = at(promised)
    assert first is not None
    assert opens_until(first, at(ended), at(answer_until), 30 * DAY) == at(last)
