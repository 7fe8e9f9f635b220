"""Fault words: a list that leads keep and every phone holds; what was said once stays."""

from typing import Any

from tests.company import Company
from tests.phones import enrolled

HOT = {"code": "E42", "role": "symptom", "labels": {"en": "Overheated", "zh-CN": "过热", "de": "Überhitzt"}}


async def add(company: Company, **changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = await company.must("root", "POST", "/v1/fault-words", json=HOT | changed)
    return made


async def test_a_word_comes_to_phones_changes_there_and_is_retired(company: Company) -> None:
    wei = await enrolled(company, "wei")
    word = await add(company, product_id=company.ids["product"])
    await wei.sync()
    [held] = wei.rows("fault_word")
    assert held == {**HOT, "id": word["id"], "product_id": company.ids["product"], "retired_at": None}
    path = f"/v1/fault-words/{word['id']}"
    await company.must("root", "PATCH", path, json={"labels": {"de": "Zu heiß"}})
    retired = await company.must("root", "POST", f"{path}/retire")
    assert (await company.must("root", "POST", f"{path}/retire"))["retired_at"] == retired["retired_at"], "once"
    await wei.sync()
    [held] = wei.rows("fault_word")
    assert held["labels"] == {"de": "Zu heiß"}
    assert held["retired_at"] > 0
    assert wei.is_intact()
    assert (await company.must("root", "POST", f"{path}/reinstate"))["retired_at"] is None


async def test_phones_of_the_first_contract_hold_them_too_and_are_intact(company: Company) -> None:
    wei = await enrolled(company, "wei")
    wei.contract_version = 1
    wei.commit(cursor=None, rows={}, scopes={})
    await add(company)
    await wei.sync()
    assert [row["code"] for row in wei.rows("fault_word")] == ["E42"]
    assert wei.is_intact()


async def test_a_code_is_there_once_for_its_role_and_product_however_it_is_written(company: Company) -> None:
    first = await add(company)
    again = await company.call("root", "POST", "/v1/fault-words", json=HOT | {"code": " e42 "})
    assert (again.status_code, again.json()["existing_id"]) == (409, first["id"])
    await company.must("root", "POST", f"/v1/fault-words/{first['id']}/retire")
    again = await company.call("root", "POST", "/v1/fault-words", json=HOT)
    assert "reinstate it" in again.json()["detail"]
    await add(company, role="cause")
    await add(company, product_id=company.ids["product"])


async def test_the_list_is_narrowed_by_role_product_and_whether_it_is_retired(company: Company) -> None:
    await add(company)
    cause = await add(company, code="FUSE", role="cause")
    await add(company, code="LEAK", product_id=company.ids["product"])
    await company.must("root", "POST", f"/v1/fault-words/{cause['id']}/retire")

    async def codes(query: str) -> list[str]:
        return [one["code"] for one in await company.must("mei", "GET", f"/v1/fault-words{query}")]

    assert await codes("") == ["E42", "FUSE", "LEAK"]
    assert await codes("?role=cause") == ["FUSE"]
    assert await codes(f"?product_id={company.ids['product']}") == ["LEAK"]
    assert await codes("?retired=false") == ["E42", "LEAK"]
    assert await codes("?retired=true") == ["FUSE"]


async def test_only_leads_keep_them_and_a_word_says_something(company: Company) -> None:
    assert (await company.call("mei", "POST", "/v1/fault-words", json=HOT)).status_code == 403
    for wrong in ({"labels": {}}, {"labels": {"en": " "}}, {"role": "mood"}, {"labels": {"fr": "x"}}):
        answer = await company.call("root", "POST", "/v1/fault-words", json=HOT | wrong)
        assert answer.status_code in (400, 422), wrong
    nowhere = "0192f6a0-0000-7000-8000-0000000000f1"
    assert (
        await company.call("root", "POST", "/v1/fault-words", json=HOT | {"product_id": nowhere})
    ).status_code == 404
