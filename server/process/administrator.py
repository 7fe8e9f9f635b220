"""`fieldproof admin`: asks for what it needs, makes an administrator or resets a password, and says what it did."""

import asyncio
import getpass
import os
import sys
from pathlib import Path

import msgspec

from server.database.engine import make_engine, make_sessions
from server.ground.plain import in_words
from server.ground.problems import Invalid, Problem
from server.ground.processes import Say
from server.identity.founding import Founded, Founder, found, has_administrator
from server.identity.passwords import generated, hash_password, must_be_strong
from server.identity.schemas import UserIn
from server.process.schema import migrate
from server.process.services import running_services
from server.process.settings import Settings

NOBODY = "There is no administrator yet, so nobody can sign in. Make one: fieldproof admin LOGIN"


def run(settings: Settings, wanted: Founder, *, from_stdin: bool, say: Say) -> int:
    """The whole command. Exit code 1 with a line when something is refused; then nothing was changed."""
    try:
        wanted = _checked(wanted)
        password, was_made = _password(wanted, from_stdin=from_stdin)
        must_be_strong(password, wanted.login, wanted.name)
        with running_services(settings, say) as services:
            asyncio.run(migrate(services.database_url))
            done = asyncio.run(_found(services.database_url, wanted, hash_password(password)))
    except Problem as problem:
        say(problem.detail)
        return 1
    for line in _lines(done):
        say(line)
    if was_made:
        sys.stdout.write(f"Login: {done.user.login}\nPassword: {password}\n")
    return 0


async def somebody_can_sign_in(database_url: str) -> bool:
    """Whether there is an active administrator."""
    engine = make_engine(database_url, pool_size=1)
    try:
        async with make_sessions(engine)() as session:
            return await has_administrator(session)
    finally:
        await engine.dispose()


async def _found(database_url: str, wanted: Founder, password_hash: str) -> Founded:
    engine = make_engine(database_url, pool_size=1)
    try:
        async with make_sessions(engine).begin() as session:
            return await found(session, wanted, password_hash)
    finally:
        await engine.dispose()


def _checked(wanted: Founder) -> Founder:
    """As if it had come over HTTP: trimmed, folded, of a fitting length. Raises `Invalid`."""
    form = {
        "login": wanted.login,
        "name": wanted.name,
        "role": "admin",
        "office_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    }
    try:
        read = msgspec.convert({**form, "password": "x" * 20}, UserIn)
    except msgspec.ValidationError as error:
        raise Invalid(f"{in_words(error, UserIn)}.") from error
    return wanted._replace(login=read.login, name=read.name)


def _password(wanted: Founder, *, from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether we made it: it is read, asked for twice, or made where nobody can be asked."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if not sys.stdin.isatty():
        return generated(), True
    first = getpass.getpass(f"New password for {wanted.login} (empty: one is made): ")
    if not first:
        return generated(), True
    if getpass.getpass("Once more: ") != first:
        raise Invalid("The two are not the same. Nothing was changed.")
    return first, False


def _lines(done: Founded) -> list[str]:
    user, office = done.user, done.office_made
    lines = []
    if office is not None:
        lines.append(f"Office: {office.name}, time zone {office.time_zone}")
    if done.made:
        lines.append(f"Administrator: {user.name}, login {user.login}")
    else:
        lines.append(
            f"{user.name} ({user.role}), login {user.login}: the password is new, and all sessions have ended."
        )
    return lines


def local_zone() -> str:
    """The machine's time zone as IANA names it; UTC where it does not say."""
    if zone := os.environ.get("TZ", "").removeprefix(":"):
        return zone
    parts = Path("/etc/localtime").resolve().as_posix().partition("/zoneinfo/")
    return parts[2] or "UTC"
