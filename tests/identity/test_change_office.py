"""An office says what it wants of its phones, and they hold it."""

from tests.company import Company
from tests.phones import enrolled


async def test_what_an_office_wants_of_its_phones_comes_to_them(company: Company) -> None:
    wei, office = await enrolled(company, "wei"), company.ids["office"]
    await wei.sync()
    [row] = [row for row in wei.rows("office") if row["id"] == office]
    assert (row["expenses_in_report"], row["photo_long_edge"], row["keep_originals"]) == (False, 3000, False)
    change = {"phone": "+86 21 6234 5678", "expenses_in_report": True, "photo_long_edge": 2000, "keep_originals": True}
    answer = await company.must("root", "PATCH", f"/v1/offices/{office}", json=change)
    assert change.items() <= answer.items()
    await wei.sync()
    [row] = [row for row in wei.rows("office") if row["id"] == office]
    assert change.items() <= row.items()
    assert wei.is_intact()


async def test_two_offices_never_have_one_name(company: Company) -> None:
    other = await company.must("root", "POST", "/v1/offices", json={"name": "Harbin", "time_zone": "Asia/Shanghai"})
    [own] = [one for one in await company.must("mei", "GET", "/v1/offices") if one["id"] == company.ids["office"]]
    taken = await company.call("root", "PATCH", f"/v1/offices/{other['id']}", json={"name": own["name"]})
    assert (taken.status_code, taken.json()["existing_id"]) == (409, own["id"])
    assert (await company.must("root", "PATCH", f"/v1/offices/{other['id']}", json={"name": "Haerbin"}))["id"]
    assert (
        await company.call("root", "PATCH", f"/v1/offices/{other['id']}", json={"photo_long_edge": 10})
    ).status_code in (400, 422)
    assert (await company.call("mei", "PATCH", f"/v1/offices/{other['id']}", json={"phone": "1"})).status_code == 403
