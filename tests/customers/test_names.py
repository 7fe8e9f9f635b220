"""Products and parts are called by a name in each language: made, changed, refused, and as phones have them."""

from typing import Any

import msgspec
import pytest

from server.ground.by_language import Labels, Names, kept
from server.ground.words import Language
from tests.company import Company
from tests.phones import enrolled

NAMES = {"en": "Fan", "zh-CN": "风机", "de": "Lüfter"}
PART = {"number": "FAN-99", "name": "Fan 风机", "unit_price": 5, "currency": "CNY"}
PRODUCT = {"code": "CH-900", "name": "Chiller 冷水机组", "warranty_months": 12}


@pytest.mark.parametrize("texts", [Names, Labels])
def test_each_language_can_be_given(texts: type[Names | Labels]) -> None:
    named = {field.encode_name: "x" for field in msgspec.structs.fields(texts)}
    assert kept(msgspec.convert(named, texts)) == {one.value: "x" for one in Language}


@pytest.mark.parametrize(("path", "body"), [("/v1/parts", PART), ("/v1/products", PRODUCT)])
async def test_names_are_shown_beside_the_name_and_changed_as_a_whole(
    company: Company, path: str, body: dict[str, Any]
) -> None:
    made = await company.must("root", "POST", path, json={**body, "names": {"de": " Lüfter ", "en": "Fan"}})
    assert (made["name"], made["names"]) == (body["name"], {"en": "Fan", "de": "Lüfter"})
    changed = await company.must("root", "PATCH", f"{path}/{made['id']}", json={"names": {"zh-CN": "风机"}})
    assert (changed["name"], changed["names"]) == (body["name"], {"zh-CN": "风机"})
    renamed = await company.must("root", "PATCH", f"{path}/{made['id']}", json={"name": "Fan"})
    assert (renamed["name"], renamed["names"]) == ("Fan", {"zh-CN": "风机"})
    [listed] = [one for one in await company.must("mei", "GET", path) if one["id"] == made["id"]]
    assert listed == renamed


@pytest.mark.parametrize(
    ("names", "status", "says"),
    [
        ({"fr": "Ventilateur"}, 400, "names: fr is not known"),
        ({"en": " \u200b"}, 422, "en is blank"),
        ({"en": ""}, 400, "names.en: at least 1 character"),
        ({"de": "L" * 201}, 400, "names.de: at most 200 characters"),
        ({"zh-CN": 5}, 400, "names.zh-CN: a text"),
        (["Fan"], 400, "names: an object is expected"),
    ],
)
async def test_what_is_no_name_by_language_is_refused(company: Company, names: Any, status: int, says: str) -> None:
    answer = await company.call("root", "POST", "/v1/parts", json={**PART, "names": names})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]


async def test_a_changed_name_comes_to_phones_and_only_leads_change_it(company: Company) -> None:
    wei = await enrolled(company, "wei")
    path = f"/v1/parts/{company.ids['part']}"
    await company.must("root", "PATCH", path, json={"names": NAMES})
    await wei.sync()
    assert wei.row("part", company.ids["part"])["body"]["names"] == NAMES
    assert (await company.call("mei", "PATCH", path, json={"names": {}})).status_code == 403
