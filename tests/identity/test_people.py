"""People: names, roles and passwords change, what somebody was ends at once, and an administrator is always left."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import func, select

from mobile_contract.phone import Phone
from server.identity.models import LoginSession, User
from tests.company import PASSWORD, Company
from tests.identity.conftest import Time
from tests.identity.guessing import at, guess, sign_in

NEW = "umbrella walnut sunday"


async def another_administrator(company: Company, login: str = "lena") -> str:
    body = {
        "login": login, "name": login.title(), "role": "admin", "office_id": company.ids["office"], "password": PASSWORD,
    }  # fmt: skip
    made = await company.must("root", "POST", "/v1/users", json=body)
    company.ids[login] = made["id"]
    await company.log_in(login)
    return str(made["id"])


async def administrators(app: Litestar) -> int:
    async with app.state.sessions() as session:
        count = await session.scalar(select(func.count()).where(User.role == "admin", User.active))
    return int(count or 0)


async def alive(app: Litestar, user_id: str) -> int:
    async with app.state.sessions() as session:
        query = select(func.count()).where(LoginSession.user_id == UUID(user_id), LoginSession.ended_at.is_(None))
        return int(await session.scalar(query) or 0)


@pytest.mark.parametrize("change", ["deactivate", "demote"])
async def test_the_last_administrator_stays(company: Company, app: Litestar, change: str) -> None:
    path = f"/v1/users/{company.ids['root']}"
    calls: dict[str, Any] = {
        "deactivate": ("POST", f"{path}/deactivate", {}), "demote": ("PATCH", path, {"json": {"role": "manager"}}),
    }  # fmt: skip
    method, where, body = calls[change]
    answer = await company.call("root", method, where, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    await another_administrator(company)
    assert (await company.call("root", method, where, **body)).status_code == 200, "with another one it may go"
    assert await administrators(app) == 1


@pytest.mark.parametrize("change", ["deactivate", "demote"])
async def test_two_administrators_at_once_do_not_take_each_other_away(
    company: Company, app: Litestar, change: str
) -> None:
    for turn in range(10):
        login = f"lena{turn}"
        other = await another_administrator(company, login)
        both = [("root", other), (login, company.ids["root"])]
        if change == "deactivate":
            calls = [company.call(who, "POST", f"/v1/users/{whom}/deactivate") for who, whom in both]
        else:
            role = {"role": "dispatcher"}
            calls = [company.call(who, "PATCH", f"/v1/users/{whom}", json=role) for who, whom in both]
        answers = await asyncio.gather(*calls)
        # 401 when the loser's session is seen to have ended before its question is looked at.
        assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 403])
        assert await administrators(app) == 1
        if answers[1].status_code == 200:  # the new one won: begin the next turn as before
            await company.must(login, "PATCH", f"/v1/users/{company.ids['root']}", json={"role": "admin"})
            await company.must(login, "POST", f"/v1/users/{company.ids['root']}/reactivate")
            await company.log_in("root")
            await company.must("root", "POST", f"/v1/users/{other}/deactivate")


async def test_a_crowd_of_administrators_that_all_go_at_once_leaves_one(company: Company, app: Litestar) -> None:
    logins = [f"lena{number}" for number in range(5)]
    for login in logins:
        await another_administrator(company, login)
    everybody = [*logins, "root"]
    answers = await asyncio.gather(
        *(company.call(who, "POST", f"/v1/users/{company.ids[who]}/deactivate") for who in everybody)
    )
    codes = [answer.status_code for answer in answers]
    assert (codes.count(200), codes.count(409)) == (5, 1)
    assert await administrators(app) == 1


async def test_an_administrator_of_before_changes_nothing_by_a_token_of_before(company: Company) -> None:
    await another_administrator(company)
    await company.must("lena", "POST", f"/v1/users/{company.ids['root']}/deactivate")
    for path in ("deactivate", "reactivate", "password"):
        answer = await company.call("root", "POST", f"/v1/users/{company.ids['mei']}/{path}", json={"password": NEW})
        assert answer.status_code in (401, 403), path
    body = {
        "login": "eve", "name": "Eve", "role": "admin", "office_id": company.ids["office"], "password": PASSWORD,
    }  # fmt: skip
    assert (await company.call("root", "POST", "/v1/users", json=body)).status_code in (401, 403)


async def test_a_user_changes_their_password_and_other_sessions_end(company: Company, app: Litestar) -> None:
    other = await sign_in(at(app, "192.0.2.33"))
    await company.must_be(204, "mei", "POST", "/v1/me/password", json={"present": PASSWORD, "new": NEW})
    refreshed = await company.http.post("/v1/auth/refresh", json={"refresh_token": other.json()["refresh_token"]})
    assert refreshed.status_code == 401
    assert await alive(app, company.ids["mei"]) == 1, "the session that changed it goes on"
    assert (await sign_in(at(app, "192.0.2.33"))).status_code == 401
    assert (await sign_in(at(app, "192.0.2.33"), password=NEW)).status_code == 200


@pytest.mark.parametrize(
    ("present", "new", "code"),
    [
        ("wrong", NEW, "wrong_password"),
        (PASSWORD, PASSWORD, "invalid"),
        (PASSWORD, "short", "malformed"),
        (PASSWORD, "password1234", "weak_password"),
        (PASSWORD, "1234567890", "weak_password"),
        (PASSWORD, "qwertyuiop", "weak_password"),
        (PASSWORD, "Passw0rd!!", "weak_password"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "weak_password"),
        (PASSWORD, "fieldproof2026", "weak_password"),
        (PASSWORD, "woaini1314520", "weak_password"),
        (PASSWORD, "Sommer2026", "weak_password"),
        (PASSWORD, "陈梅陈梅陈梅陈梅陈梅", "weak_password"),
    ],
)
async def test_what_is_no_good_password_is_refused(company: Company, present: str, new: str, code: str) -> None:
    answer = await company.call("mei", "POST", "/v1/me/password", json={"present": present, "new": new})
    assert answer.json()["code"] == code
    assert (await sign_in(company.http)).status_code == 200, "and nothing was changed"


@pytest.mark.parametrize(
    "new", [NEW, "kJ8-xq2Rw9fp", "上海今天下雨了明天也会下雨", " spaces count as well ", "x7" + "ü" * 2 + "Qp!93kd"]
)
async def test_good_ones_of_any_script_are_taken_as_they_are_typed(company: Company, new: str) -> None:
    await company.must_be(204, "mei", "POST", "/v1/me/password", json={"present": PASSWORD, "new": new})
    assert (await sign_in(company.http, password=new)).status_code == 200


async def test_a_stolen_session_does_not_guess_the_password(company: Company, app: Litestar, time: Time) -> None:
    codes = []
    for number in range(20):
        body = {"present": f"guess {number}", "new": NEW}
        codes.append((await company.call("mei", "POST", "/v1/me/password", json=body)).json()["code"])
    assert codes == ["wrong_password"] * 6 + ["sign_in_delayed"] * 14
    told = (await sign_in(at(app, "192.0.2.33"))).json()["failed_sign_ins"]
    assert (told["wrong"], told["refused"]) == (6, 14)


async def test_an_administrator_resets_a_password(company: Company, app: Litestar, time: Time) -> None:
    await guess(company.http, 30)
    path = f"/v1/users/{company.ids['mei']}/password"
    assert (await company.call("root", "POST", path, json={"password": "mei mei mei"})).json()[
        "code"
    ] == "weak_password"
    await company.must("root", "POST", path, json={"password": NEW})
    assert await alive(app, company.ids["mei"]) == 0
    assert (await sign_in(company.http)).status_code == 401
    assert (await sign_in(company.http, password=NEW)).status_code == 200, "and she does not have to wait"
    own = await company.call("root", "POST", f"/v1/users/{company.ids['root']}/password", json={"password": NEW})
    assert own.status_code == 403, "a session left open does not change its own user's password without knowing it"


async def test_an_administrator_renames_and_moves_people(company: Company, app: Litestar) -> None:
    path = f"/v1/users/{company.ids['mei']}"
    renamed = await company.must("root", "PATCH", path, json={"name": "陈美", "login": "mei.chen", "locale": "zh-CN"})
    assert (renamed["name"], renamed["login"], renamed["locale"]) == ("陈美", "mei.chen", "zh-CN")
    assert await alive(app, company.ids["mei"]) == 1, "a new name ends no session"
    assert (await sign_in(company.http, "Mei.Chen ")).status_code == 200
    taken = await company.call("root", "PATCH", path, json={"login": "ROOT"})
    assert (taken.status_code, taken.json()["code"]) == (409, "already_exists")
    promoted = await company.must("root", "PATCH", path, json={"role": "manager"})
    assert promoted["role"] == "manager"
    assert await alive(app, company.ids["mei"]) == 0, "a new role is a new sign-in"


@pytest.mark.parametrize(("who", "role"), [("wei", "admin"), ("mei", "technician")])
async def test_technicians_stay_what_they_are(company: Company, who: str, role: str) -> None:
    answer = await company.call("root", "PATCH", f"/v1/users/{company.ids[who]}", json={"role": role})
    assert answer.status_code == 422


async def test_a_user_who_comes_back_signs_in_as_before_and_so_does_the_phone(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    path = f"/v1/users/{company.ids['wei']}"
    await company.must("root", "POST", f"{path}/deactivate")
    assert (await sign_in(company.http, "wei")).status_code == 401
    wei.access_token = ""
    await wei.sync()
    assert visit_id not in str(wei.state["rows"])
    assert (await company.must("root", "POST", f"{path}/reactivate"))["active"]
    assert (await sign_in(company.http, "wei")).status_code == 200
    wei.access_token = ""
    await wei.sync()
    assert visit_id in str(wei.state["rows"])


@pytest.mark.parametrize("who", [None, "mei", "wei"])
async def test_only_administrators_do(company: Company, who: str | None) -> None:
    path = f"/v1/users/{company.ids['anna']}"
    for method, where, body in (
        ("PATCH", path, {"name": "X"}), ("POST", f"{path}/password", {"password": NEW}),
        ("POST", f"{path}/deactivate", None), ("POST", f"{path}/reactivate", None),
    ):  # fmt: skip
        answer = await company.call(who, method, where, json=body)
        assert answer.status_code == (403 if who else 401), where
