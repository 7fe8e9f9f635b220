"""Guessing is slowed down, nobody is locked out by others, and what was tried is told."""

import asyncio
import logging
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select

from server.identity.models import LoginSession, SignInAttempts
from server.identity.origin import network_of
from server.identity.throttle import FREE, LONGEST, delay_after
from tests.company import Company
from tests.identity.conftest import Time
from tests.identity.guessing import at, guess, sign_in

ATTACKER, OFFICE, HOME = "198.51.100.7", "203.0.113.20", "192.0.2.33"


def test_delays_grow_and_end() -> None:
    seconds = [delay_after(number) / timedelta(seconds=1) for number in (*range(5, 14), 10_000)]
    assert seconds == [0, 1, 2, 4, 8, 16, 30, 30, 30, 30]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.20", "203.0.113.20"),
        ("::ffff:203.0.113.20", "203.0.113.20"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_what_counts_as_one_caller(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_four_hundred_wrong_passwords_and_then_the_right_one_are_told(
    company: Company, app: Litestar, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    attacker = at(app, ATTACKER)
    answers = await guess(attacker, 400)
    assert answers == [401] * (FREE + 1) + [429] * (400 - FREE - 1), "only the first few were looked at"
    refused = await sign_in(attacker)
    assert (refused.status_code, refused.json()["code"]) == (429, "sign_in_delayed"), (
        "the right one has to wait as well"
    )
    time.passes(seconds=int(refused.headers["retry-after"]))
    with caplog.at_level(logging.WARNING, "fieldproof.identity"):
        entered = await sign_in(attacker)
    assert entered.status_code == 200
    told = entered.json()["failed_sign_ins"]
    assert (told["wrong"], told["refused"], told["addresses"]) == (FREE + 1, 400 - FREE, [ATTACKER])
    assert f"user {company.ids['mei']} signed in after 401 failed tries" in caplog.text
    async with app.state.sessions() as session:
        counts = list(await session.scalars(select(LoginSession.failures_before).order_by(LoginSession.started_at)))
    assert counts[-1] == 401
    time.passes(seconds=1)
    assert (await sign_in(attacker)).json()["failed_sign_ins"] is None, "told once"


async def test_an_account_is_not_locked_by_others(company: Company, app: Litestar, time: Time) -> None:
    await guess(at(app, ATTACKER), 50)
    mei = await sign_in(at(app, HOME))
    assert mei.status_code == 200, "at once, from an address where she never was"
    assert mei.json()["failed_sign_ins"]["addresses"] == [ATTACKER]
    assert (await sign_in(at(app, ATTACKER))).status_code == 429, "her success frees her own lane only"


async def test_an_office_behind_one_address_is_not_locked(company: Company, app: Litestar, time: Time) -> None:
    before = at(app, OFFICE)
    assert (await sign_in(before)).status_code == 200
    await guess(at(app, OFFICE), 50)
    assert (await sign_in(at(app, OFFICE), "root")).status_code == 200, "a colleague at another login"
    assert (await sign_in(at(app, OFFICE))).status_code == 429, (
        "somebody at her login who cannot be told from the guesser"
    )
    assert (await sign_in(before)).status_code == 200, "she herself, in the browser that she used before"


async def test_an_office_where_every_login_is_tried_goes_on(company: Company, app: Litestar, time: Time) -> None:
    for number in range(60):
        await guess(at(app, OFFICE), 1, f"somebody{number}")
    for login in ("mei", "root", "anna"):
        assert (await sign_in(at(app, OFFICE), login)).status_code == 200
    guesser = at(app, OFFICE)
    assert await guess(guesser, 3, "wei") == [401, 429, 429], "but delays begin sooner there"


async def test_a_hundred_addresses_at_one_login_lock_nobody_out_and_get_a_guess_each(
    company: Company, app: Litestar, time: Time
) -> None:
    guesses = [await guess(at(app, f"198.51.100.{number}"), 3) for number in range(100)]
    assert guesses[-1] == [401, 429, 429]
    assert (await sign_in(at(app, HOME))).status_code == 200


async def test_addresses_of_one_ipv6_network_are_one(company: Company, app: Litestar, time: Time) -> None:
    for number in range(FREE + 1):
        assert await guess(at(app, f"2001:db8:7:7::{number + 1}"), 1) == [401]
    assert await guess(at(app, "2001:db8:7:7:ffff::1"), 1) == [429]
    assert await guess(at(app, "2001:db8:7:8::1"), 1) == [401]


async def test_many_at_the_same_moment_are_no_way_round(company: Company, app: Litestar, time: Time) -> None:
    attacker = at(app, ATTACKER)
    answers = await asyncio.gather(*(sign_in(attacker, password=f"guess number {one}") for one in range(60)))
    codes = [answer.json()["code"] for answer in answers]
    assert codes.count("unauthenticated") <= FREE + 1
    assert set(codes) <= {"unauthenticated", "sign_in_delayed", "busy"}


async def test_a_login_that_nobody_has_is_answered_as_one_that_somebody_has(
    company: Company, app: Litestar, time: Time
) -> None:
    known, unknown = at(app, ATTACKER), at(app, HOME)
    assert await guess(known, 10, "wei") == await guess(unknown, 10, "nobody")
    one, other = await sign_in(known, "wei", "x"), await sign_in(unknown, "nobody", "x")
    assert {**one.json(), "request_id": ""} == {**other.json(), "request_id": ""}


async def test_a_clock_that_is_set_back_locks_nobody_out(company: Company, app: Litestar, time: Time) -> None:
    client = at(app, HOME)
    await guess(client, 20)
    time.passes(days=-30)
    assert (await sign_in(client)).status_code == 200


async def test_tries_are_forgotten_after_a_day(company: Company, app: Litestar, time: Time) -> None:
    client = at(app, HOME)
    await guess(client, 6)
    time.passes(days=1, seconds=1)
    assert await guess(client, 6) == [401] * 6


async def test_what_was_typed_as_a_login_is_not_kept(company: Company, app: Litestar) -> None:
    await sign_in(at(app, HOME), "my secret password", "mei")
    async with app.state.sessions() as session:
        rows = (await session.scalars(select(SignInAttempts).where(SignInAttempts.user_id.is_(None)))).all()
    assert [(row.lane, len(row.login_sha256)) for row in rows] == [(HOME, 32)]


async def test_a_cookie_of_another_server_or_user_opens_no_lane(company: Company, app: Litestar, time: Time) -> None:
    wei = at(app, OFFICE)
    assert (await sign_in(wei, "wei")).status_code == 200
    await guess(at(app, OFFICE), 20)
    assert (await sign_in(wei)).status_code == 429, "known for another user only"
    forged = at(app, OFFICE)
    forged.cookies.set("fieldproof_browser", "made.up.token")
    assert (await sign_in(forged)).status_code == 429


async def test_sign_ins_of_one_user_at_once_from_everywhere_all_succeed(company: Company, app: Litestar) -> None:
    for number in range(8):
        await guess(at(app, f"198.51.100.{number}"), 2)
    answers = await asyncio.gather(*(sign_in(at(app, f"192.0.2.{number}")) for number in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    async with app.state.sessions() as session:
        mei = UUID(company.ids["mei"])
        untold = list(await session.scalars(select(SignInAttempts.untold).where(SignInAttempts.user_id == mei)))
    assert sum(untold) == 0


def test_the_longest_delay_is_what_a_person_waits() -> None:
    assert timedelta(seconds=10) <= LONGEST <= timedelta(minutes=1)
