"""The first administrator: from a database with nobody in it to somebody who signs in, and a password that was lost."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy import func, select

from server.embedded.storage import S3Address
from server.identity.founding import Founder, found
from server.identity.models import Office, User
from server.identity.passwords import generated, hash_password, must_be_strong
from server.process.administrator import local_zone, somebody_can_sign_in
from tests import commands
from tests.company import HASH, Company
from tests.identity.guessing import at, guess, sign_in

LENA = Founder("lena", "Lena Vogt", None, "Europe/Berlin")


@pytest.fixture
def environment(database_url: str, s3_address: S3Address, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ, "DATABASE_URL": database_url, "S3_ENDPOINT_URL": s3_address.endpoint_url, "FIELDPROOF_PORT": "0",
        "S3_BUCKET": f"founding-{os.urandom(4).hex()}",  # another test's log in the storage is newer than this database's
        "AWS_ACCESS_KEY_ID": s3_address.access_key_id, "AWS_SECRET_ACCESS_KEY": s3_address.secret_access_key,
        "FIELDPROOF_DATA": str(tmp_path / "data"), "TZ": "Europe/Berlin",
    }  # fmt: skip


async def admin(environment: dict[str, str], *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(commands.run, "admin", *arguments, environment=environment, typed=typed)


async def test_one_command_makes_an_office_and_an_administrator_who_signs_in(
    app: Litestar, database_url: str, environment: dict[str, str]
) -> None:
    assert not await somebody_can_sign_in(database_url)
    done = await admin(environment, "lena", "--name", "Lena Vogt")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        "Office: Head office, time zone Europe/Berlin", "Administrator: Lena Vogt, login lena",
    ]  # fmt: skip
    login, password = (line.partition(": ")[2] for line in done.stdout.splitlines())
    assert login == "lena"
    assert (await sign_in(at(app, "192.0.2.1"), "lena", password)).json()["role"] == "admin"
    assert await somebody_can_sign_in(database_url)


async def test_the_command_sets_a_password_that_was_lost(
    company: Company, app: Litestar, environment: dict[str, str]
) -> None:
    old = (await sign_in(company.http, "root")).json()
    await guess(company.http, 10, "root")
    done = await admin(environment, " Root", "--password-stdin", typed="umbrella walnut sunday\n")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Root (admin), login root: the password is new, and all sessions have ended.\n"
    refreshed = await company.http.post("/v1/auth/refresh", json={"refresh_token": old["refresh_token"]})
    assert refreshed.status_code == 401
    assert (await sign_in(company.http, "root", "umbrella walnut sunday")).status_code == 200, "without waiting"
    async with app.state.sessions() as session:
        assert await session.scalar(select(func.count(Office.id))) == 1


@pytest.mark.parametrize(
    ("arguments", "typed", "line"),
    [
        (("lena", "--password-stdin"), "password1234\n", "guessed soon"),
        (("lena", "--password-stdin"), "", "at least 10 characters"),
        (("lena", "--office", "Bonn", "--time-zone", "Mars/Base"), "", "Mars/Base"),
        ((" ",), "", "login"),
        (("x" * 101,), "", "login: at most 100 characters"),
    ],
)
async def test_what_cannot_be_is_one_line_and_changes_nothing(
    app: Litestar, environment: dict[str, str], arguments: tuple[str, ...], typed: str, line: str
) -> None:
    done = await admin(environment, *arguments, typed=typed)
    assert done.returncode == 1
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
    async with app.state.sessions() as session:
        assert await session.scalar(select(func.count(User.id))) == 0
        assert await session.scalar(select(func.count(Office.id))) == 0


async def test_two_at_once_make_one(app: Litestar) -> None:
    async def once() -> bool:
        async with app.state.sessions.begin() as session:
            return (await found(session, LENA, HASH)).made

    assert sorted(await asyncio.gather(*(once() for _ in range(4)))) == [False, False, False, True]


async def test_an_administrator_who_was_deactivated_comes_back_and_others_do_not(
    company: Company, app: Litestar
) -> None:
    for login in ("root", "mei"):
        async with app.state.sessions.begin() as session:
            user = await session.scalar(select(User).where(User.login == login))
            user.active = False
    async with app.state.sessions.begin() as session:
        assert (await found(session, LENA._replace(login="root"), HASH)).user.active
        with pytest.raises(Exception, match="not active"):
            await found(session, LENA._replace(login="mei"), HASH)


async def test_the_office_is_the_named_one_or_the_first(company: Company, app: Litestar) -> None:
    async with app.state.sessions.begin() as session:
        first = await found(session, LENA, HASH)
        named = await found(session, LENA._replace(login="eva", office="Bonn"), HASH)
    assert (str(first.user.office_id), first.office_made) == (company.ids["office"], None)
    assert named.office_made is not None
    assert (named.office_made.name, named.office_made.time_zone) == ("Bonn", "Europe/Berlin")


def written(log: Path) -> list[str]:
    return log.read_text().splitlines()


@pytest.fixture
def serving(environment: dict[str, str], tmp_path: Path) -> Iterator[Path]:
    """What it says."""
    log = tmp_path / "said"
    process = commands.Command(("serve",), environment, log)
    yield log
    process.kill()
    process.wait()


async def test_serve_says_that_nobody_can_sign_in(app: Litestar, serving: Path) -> None:
    end = time.monotonic() + 60
    while not any(line.startswith("API:") for line in written(serving)):
        assert time.monotonic() < end, written(serving)
        await asyncio.sleep(0.05)
    said = written(serving)
    assert "There is no administrator yet, so nobody can sign in. Make one: fieldproof admin LOGIN" in said


async def test_with_an_administrator_it_is_not_said(company: Company, database_url: str) -> None:
    assert await somebody_can_sign_in(database_url)


def test_a_password_that_we_make_is_a_strong_one() -> None:
    made = {generated() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        must_be_strong(password)
    assert hash_password(made.pop()).startswith("$argon2id$")


def test_the_machine_says_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Shanghai")
    assert local_zone() == "Asia/Shanghai"
    monkeypatch.delenv("TZ")
    assert local_zone()
