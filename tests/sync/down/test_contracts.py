"""Phones of the first contract get rows as they know them, and everything anew once their app is brought to the next."""

import pytest
from litestar import Litestar

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.session import TryLater
from server.sync.down.admission import FirstSyncs
from tests.company import Company
from tests.phones import enrolled


def parts(phone: Phone) -> list[bool]:
    return ["unit" in row for row in phone.rows("part")]


async def of_contract(number: int, company: Company) -> Phone:
    phone = await enrolled(company, "wei")
    phone.contract_version = number
    phone.commit(cursor=None, rows={}, scopes={})
    await phone.sync()
    return phone


async def test_an_older_phone_gets_no_member_that_it_does_not_know_and_is_intact(company: Company) -> None:
    visit_id = await company.visit("wei")
    old, new = await of_contract(1, company), await of_contract(2, company)
    old.tap("part_used", visit_id, {"part_used_id": uuid7(), "part_id": company.ids["part"], "quantity": 2})
    await old.sync()
    await new.sync()
    assert (parts(old), parts(new)) == ([False], [True])
    [line] = old.rows("part_used")
    assert {"quantity_milli", "unit"} & line.keys() == set()
    assert [(line["quantity"], line["quantity_milli"], line["unit"]) for line in new.rows("part_used")] == [
        (2, 2_000, "piece")
    ]
    assert old.is_intact()
    assert new.is_intact()


async def test_an_older_phone_gets_no_texts_by_language(company: Company) -> None:
    await company.visit("wei")
    old, new = await of_contract(1, company), await of_contract(2, company)
    for collection, member in (("checklist_item", "labels"), ("part", "names"), ("product", "names")):
        assert old.rows(collection)
        assert not any(member in row for row in old.rows(collection)), collection
        assert all(member in row for row in new.rows(collection)), collection
    assert old.is_intact()
    assert new.is_intact()


async def test_what_is_compared_again_comes_as_the_phone_knows_it(company: Company) -> None:
    old, new = await of_contract(1, company), await of_contract(2, company)
    for phone in (old, new):
        phone.commit(rows={})
        await phone.reconcile()
        assert phone.is_intact()
    assert (parts(old), parts(new)) == ([False], [True])


async def test_an_app_that_is_brought_to_the_next_contract_gets_its_rows_anew_and_loses_no_tap(
    company: Company,
) -> None:
    visit_id = await company.visit("wei")
    phone = await of_contract(1, company)
    phone.tap("accept", visit_id)
    phone.contract_version = 2
    await phone.sync()
    assert parts(phone) == [True]
    assert phone.row("visit", visit_id)["body"]["state"] == "accepted"
    assert phone.is_intact()
    rows = phone.state["rows"]
    await phone.sync()
    assert phone.state["rows"] == rows, "once"


async def test_who_gets_all_rows_anew_stands_in_the_line_of_first_syncs(company: Company, app: Litestar) -> None:
    phone = await of_contract(1, company)
    app.state.first_syncs = FirstSyncs(at_once=0, patience=0.01)
    await phone.sync()
    phone.contract_version = 2
    with pytest.raises(TryLater):
        await phone.sync()


async def test_a_phone_of_a_contract_to_come_is_spoken_to_in_ours(company: Company) -> None:
    phone = await of_contract(99, company)
    assert parts(phone) == [True]
    before = phone.state["cursor"]
    await phone.sync()
    assert phone.state["cursor"] == before, "nothing is sent anew each time"
