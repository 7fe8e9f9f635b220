"""What a time zone is, wherever a zone is taken."""

from zoneinfo import ZoneInfo

import pytest

from server.ground.problems import Invalid
from server.ground.zones import must_be_zone, zones
from tests.company import Company

ODD = [
    "localtime",
    "Factory",
    "posixrules",
    "posix/Asia/Shanghai",
    "right/UTC",
    "leapseconds",
    "zone.tab",
    "",
    " ",
    "asia/shanghai",
    "+08:00",
]


def test_every_zone_that_is_taken_can_be_used() -> None:
    assert len(zones()) > 500
    assert [zone for zone in zones() if ZoneInfo(zone).key != zone] == []
    assert {"Asia/Shanghai", "UTC", "Etc/UTC", "Pacific/Kiritimati"} <= zones()


async def test_neither_an_office_nor_a_site_takes_what_is_no_zone(company: Company) -> None:
    path = f"/v1/customers/{company.ids['customer']}/sites"
    for name in ODD:
        office = await company.call("root", "POST", "/v1/offices", json={"name": "Odd", "time_zone": name})
        assert (office.status_code, office.json()["code"]) == (422, "invalid"), name
        site = {"name": "Odd", "address": "1", "latitude": 1.0, "longitude": 1.0, "time_zone": name}
        assert (await company.call("mei", "POST", path, json=site)).status_code == 422, name


def test_the_right_spelling_is_said_where_only_the_case_is_wrong() -> None:
    with pytest.raises(Invalid, match=r"Use a name such as Europe/Berlin\."):
        must_be_zone("europe/BERLIN")
