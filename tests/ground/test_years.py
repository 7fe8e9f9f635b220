"""Any day or time from the year 1 to 9999 works or is refused, wherever the API takes one, and what was taken can be read."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from server.contract.written import FOLDER
from server.ground import clock
from server.ground.moments import END, FIRST
from tests.company import Company
from tests.phones import enrolled

PLACES = {
    "GET /v1/arrivals/figures ?start", "GET /v1/arrivals/figures ?end", "GET /v1/board ?day", "GET /v1/board ?start",
    "POST /v1/sites/{site_id}/assets .arrival_date", "POST /v1/tickets .received_at",
    "POST /v1/visits/{visit_id}/arrival/window-corrections .window_end",
    "POST /v1/visits/{visit_id}/arrival/window-corrections .window_start",
    "POST /v1/visits/{visit_id}/assign .window_end", "POST /v1/visits/{visit_id}/assign .window_start",
    "POST /v1/visits/{visit_id}/assign .planned_start", "POST /v1/visits/{visit_id}/assign .agreed.agreed_at",
    "POST /v1/visits/{visit_id}/windows .window_end", "POST /v1/visits/{visit_id}/windows .window_start",
    "POST /v1/visits/{visit_id}/windows .agreed.agreed_at",
    "GET /v1/actions ?at_from", "GET /v1/actions ?at_before",
    "GET /v1/notifications ?made_from", "GET /v1/notifications ?made_before",
    "GET /v1/tickets ?received_from", "GET /v1/tickets ?received_before", "GET /v1/jobs ?made_from", "GET /v1/jobs ?made_before",
}  # fmt: skip
"""Where the API takes a day or a time. Each is tried below."""

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))
EDGES = [
    datetime.min.replace(tzinfo=EAST), datetime.min.replace(tzinfo=UTC), datetime(1, 1, 2, tzinfo=WEST),
    datetime(1899, 12, 31, 23, tzinfo=WEST), datetime(1900, 1, 1, tzinfo=UTC), datetime(2254, 12, 31, 23, tzinfo=UTC),
    datetime(2255, 6, 5, 23, 47, 34, 740993, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=WEST),
    datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=WEST),
]  # fmt: skip
DRAW = random.Random(9999)


def moments() -> list[datetime]:
    """The ends of the calendar in the outermost zones, and some of any year between."""
    anywhere = [
        datetime(
            DRAW.randint(2, 9998), 6, 15, DRAW.randrange(24), tzinfo=timezone(timedelta(hours=DRAW.randint(-12, 14)))
        )
        for _ in range(10)
    ]
    return EDGES + anywhere


def taken(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Iterator[str]:
    """The names of the days and times in a schema."""
    if "$ref" in schema:
        yield from taken(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    if schema.get("format") in ("date", "date-time"):
        yield name
    for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from taken(one, schemas, name)
    for member, one in schema.get("properties", {}).items():
        yield from taken(one, schemas, f"{name}.{member}")
    if "items" in schema:
        yield from taken(schema["items"], schemas, f"{name}[]")


def test_every_place_that_takes_a_day_or_a_time_is_tried_here() -> None:
    document = json.loads((FOLDER / "openapi.json").read_text())
    schemas, found = document["components"]["schemas"], set()
    for path, methods in document["paths"].items():
        for method, what in methods.items():
            bodies = what.get("requestBody", {}).get("content", {}).values()
            named = [(f"?{one['name']}", one["schema"]) for one in what.get("parameters", ())]
            for name, schema in [*named, *(("", one["schema"]) for one in bodies)]:
                found |= {f"{method.upper()} {path} {one}" for one in taken(schema, schemas, name)}
    assert found == PLACES


async def tried(company: Company, method: str, path: str, **kwargs: Any) -> bool:
    """Whether it was taken; what is not must be refused with a sentence."""
    answer = await company.call("root", method, path, **kwargs)
    assert answer.is_success or answer.status_code == 422, (kwargs, answer.text)
    return answer.is_success


async def test_a_board_and_figures_of_any_year(company: Company) -> None:
    await company.visit("wei")
    for moment in moments():
        await tried(company, "GET", "/v1/board", params={"day": moment.date().isoformat()})
        await tried(company, "GET", "/v1/board", params={"start": moment.isoformat(), "hours": 336})
        for pair in ((moment, EDGES[4]), (EDGES[4], moment)):
            params = dict(zip(("start", "end"), (one.isoformat() for one in pair), strict=True))
            await tried(company, "GET", "/v1/arrivals/figures", params=params)


async def test_a_list_of_any_year(company: Company) -> None:
    for moment in moments():
        for path, name in (
            ("/v1/tickets", "received"),
            ("/v1/jobs", "made"),
            ("/v1/actions", "at"),
            ("/v1/notifications", "made"),
        ):
            for end in ("from", "before"):
                params = {f"{name}_{end}": moment.isoformat()}
                assert await tried(company, "GET", path, params=params) == (FIRST <= moment < END)


async def test_a_notice_of_any_year(company: Company) -> None:
    for moment in moments():
        body = {
            "customer_id": company.ids["customer"], "kind": "repair", "channel": "phone", "subject": "E42",
            "received_at": moment.isoformat(),
        }  # fmt: skip
        assert await tried(company, "POST", "/v1/tickets", json=body) == (FIRST <= moment <= clock.now())
    await company.must("mei", "GET", "/v1/tickets")


async def test_an_arrival_of_equipment_in_any_year(company: Company) -> None:
    path = f"/v1/sites/{company.ids['site']}/assets"
    days = [moment.date() for moment in moments()] + [date.min, date.max]
    kept = {"2025-06-01"}
    for number, day in enumerate(days):
        body = {"product_id": company.ids["product"], "serial": f"Y{number}", "arrival_date": day.isoformat()}
        if await tried(company, "POST", path, json=body):
            kept.add(day.isoformat())
    assert len(kept) > 1
    wei = await enrolled(company, "wei")
    await company.visit("wei")
    await wei.sync()
    assert {row["arrival_date"] for row in wei.rows("asset")} == kept
    assert {row["arrival_date"] for row in await company.must("mei", "GET", path)} == kept


async def test_a_planned_start_and_an_agreement_of_any_year(company: Company) -> None:
    planned, agreed = await company.visit(), await company.visit()
    who = {"technician_ids": [company.ids["wei"]]}
    window = {"window_start": "2026-03-02T09:00:00Z", "window_end": "2026-03-02T10:00:00Z"}
    for moment in moments():
        at = moment.isoformat()
        await tried(company, "POST", f"/v1/visits/{planned}/assign", json={**who, "planned_start": at})
        told = {**window, "agreed": {"agreed_with": "Weber", "agreed_at": at}}
        await tried(company, "POST", f"/v1/visits/{agreed}/windows", json=told)
        await tried(company, "POST", f"/v1/visits/{agreed}/assign", json={**who, **told})
    await company.must("mei", "GET", f"/v1/visits/{agreed}/windows")
    await company.must("mei", "GET", "/v1/board", params={"day": "2026-03-02"})


@pytest.mark.parametrize("route", ["assign", "windows", "arrival/window-corrections"])
async def test_a_window_of_any_year_reaches_the_phone_exactly_or_is_refused(company: Company, route: str) -> None:
    visit_id = await company.visit("wei")
    wei = await enrolled(company, "wei")
    for moment in moments():
        for window in ((moment, EDGES[5]), (EDGES[4], moment), (moment, min(moment, EDGES[-3]) + timedelta(hours=2))):
            body: dict[str, Any] = dict(
                zip(("window_start", "window_end"), (one.isoformat() for one in window), strict=True)
            )
            body |= (
                {"technician_ids": [company.ids["wei"]]} if route == "assign"
                else {"agreed": {"agreed_with": "Weber"}} if route == "windows"
                else {"plan_version": 1, "reason": "x"}
            )  # fmt: skip
            await tried(company, "POST", f"/v1/visits/{visit_id}/{route}", json=body)
        await company.must("mei", "GET", "/v1/board", params={"day": "2026-03-02"})
        await company.must("mei", "GET", f"/v1/visits/{visit_id}/orders")
    await wei.sync()
    held = wei.row("visit", visit_id)["body"]
    assert abs(held["window_start"]) < 2**53
    assert abs(held["window_end"]) < 2**53
