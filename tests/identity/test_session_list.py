"""Sessions are listed and ended, and where passwords were guessed is told until somebody has looked into it."""

from typing import Any

import pytest
from litestar import Litestar

from mobile_contract.phone import Phone
from tests.company import Company
from tests.identity.conftest import Time
from tests.identity.guessing import at, guess, sign_in


async def sessions(company: Company, who: str = "mei", **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must(who, "GET", "/v1/sessions", params=params)
    return found


async def refreshes(company: Company, pair: dict[str, Any]) -> bool:
    body = {"refresh_token": pair["refresh_token"]}
    return (await company.http.post("/v1/auth/refresh", json=body)).status_code == 200


async def test_a_user_sees_their_sessions_and_ends_one(company: Company, app: Litestar) -> None:
    client = at(app, "192.0.2.33")
    client.headers["user-agent"] = "Firefox on the workshop's PC"
    pair = (await sign_in(client)).json()
    newest, first = await sessions(company)
    assert (newest["address"], newest["agent"], newest["kind"]) == (
        "192.0.2.33", "Firefox on the workshop's PC", "password",
    )  # fmt: skip
    assert (newest["current"], first["current"]) == (False, True)
    await company.must_be(204, "mei", "POST", f"/v1/sessions/{newest['id']}/end")
    assert not await refreshes(company, pair)
    assert [one["id"] for one in await sessions(company)] == [first["id"]]
    ended = (await sessions(company, ended=True))[0]
    assert (ended["id"], ended["ended_why"]) == (newest["id"], "ended")


async def test_all_others_end_at_once(company: Company, app: Litestar) -> None:
    pairs = [(await sign_in(at(app, "192.0.2.33"))).json() for _ in range(3)]
    await company.must_be(204, "mei", "POST", "/v1/sessions/end-others")
    assert [await refreshes(company, pair) for pair in pairs] == [False] * 3
    assert [one["current"] for one in await sessions(company)] == [True]


async def test_logging_out_ends_the_session_whichever_of_its_tokens_is_shown(company: Company, app: Litestar) -> None:
    first = (await sign_in(at(app, "192.0.2.33"))).json()
    second = (await company.http.post("/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    for token in (first["refresh_token"], second["refresh_token"], "nobody's"):
        answer = await company.http.post("/v1/auth/logout", json={"refresh_token": token})
        assert (answer.status_code, answer.content) == (204, b"")
    assert not await refreshes(company, second)
    assert (await sessions(company, ended=True))[0]["ended_why"] == "logout"


async def test_an_administrator_sees_and_ends_those_of_others_and_nobody_else_does(
    company: Company, app: Litestar, wei: Phone
) -> None:
    phone, _desk = await sessions(company, "root", user_id=company.ids["wei"])
    assert (phone["kind"], phone["device_id"], phone["device_label"]) == (
        "device", wei.state["device_id"], "reference phone",
    )  # fmt: skip
    assert (await company.call("mei", "GET", "/v1/sessions", params={"user_id": company.ids["wei"]})).status_code == 403
    assert (await company.call("mei", "POST", f"/v1/sessions/{phone['id']}/end")).status_code == 404
    assert (await company.call(None, "GET", "/v1/sessions")).status_code == 401
    await company.must_be(204, "root", "POST", f"/v1/sessions/{phone['id']}/end")
    await wei.sign_in()
    assert len(await sessions(company, "root", user_id=company.ids["wei"])) == 2, "its key lets it in again"


async def test_guesses_that_got_in_stand_in_a_list_until_somebody_looked_into_them(
    company: Company, app: Litestar, time: Time
) -> None:
    guesser = at(app, "198.51.100.7")
    await guess(guesser, 400)
    (trying,) = await company.must("root", "GET", "/v1/sign-in-warnings")
    assert (trying["login"], trying["tries"], trying["session_id"]) == ("mei", 400, None)
    time.passes(minutes=1)
    assert (await sign_in(guesser)).status_code == 200
    (entered,) = await company.must("root", "GET", "/v1/sign-in-warnings")
    assert (entered["login"], entered["tries"], entered["addresses"]) == ("mei", 400, ["198.51.100.7"])
    assert (await company.must("mei", "GET", "/v1/sign-in-warnings")) == [entered], "the user sees it, too"
    assert (await company.must("wei", "GET", "/v1/sign-in-warnings")) == []
    assert (await sessions(company))[0]["failures_before"] == 400
    path = f"/v1/sign-in-warnings/{entered['session_id']}/acknowledge"
    assert (await company.call("mei", "POST", path)).status_code == 403, "the guesser is mei by now"
    await company.must_be(204, "root", "POST", path)
    assert await company.must("root", "GET", "/v1/sign-in-warnings") == []
    assert (await company.call("root", "POST", path)).status_code == 404


@pytest.mark.parametrize("times", [1, 9])
async def test_a_few_slips_are_told_to_the_user_only(company: Company, app: Litestar, time: Time, times: int) -> None:
    await guess(at(app, "198.51.100.7"), times)
    assert await company.must("root", "GET", "/v1/sign-in-warnings") == []
    told = (await sign_in(at(app, "192.0.2.33"))).json()["failed_sign_ins"]
    assert told["wrong"] + told["refused"] == times


async def test_a_session_that_ran_out_is_no_live_one(company: Company, app: Litestar, time: Time) -> None:
    await sign_in(at(app, "192.0.2.33"))
    time.passes(days=61)
    await company.log_in("mei")
    assert [one["current"] for one in await sessions(company)] == [True]
