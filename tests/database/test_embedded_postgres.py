"""The embedded PostgreSQL: it starts, is found again, keeps what was committed, and says in one line what is wrong."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from server.database.role import ROLE
from server.embedded import postgres
from server.ground.processes import ServiceFailed, gone
from tests.places import reachable_folder, tiny_disk, unwritable


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder whose server is ended however the test left it."""
    with reachable_folder() as data:
        yield data
        postgres.kill(data)


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


def server_of(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0]))


async def test_a_first_start_gives_the_address_of_a_durable_database(folder: Path) -> None:
    url = postgres.start(folder)

    assert url.endswith("/fieldproof")
    assert await ask(url, "SHOW server_version_num") >= "180000"  # type: ignore[operator]
    assert [await ask(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == [
        "on"
    ] * 3
    assert await ask(url, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    assert await ask(url, "SHOW timezone") == "UTC"


async def test_a_second_start_uses_the_running_server(folder: Path) -> None:
    first = postgres.start(folder), server_of(folder).pid
    assert (postgres.start(folder), server_of(folder).pid) == first


async def test_it_listens_on_loopback_only_and_wants_the_password(folder: Path) -> None:
    url = postgres.start(folder)
    places = {place.laddr.ip for place in server_of(folder).net_connections() if place.status == psutil.CONN_LISTEN}
    assert places == {"127.0.0.1"}
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(url.replace(f"{ROLE}:", f"{ROLE}:x", 1), "SELECT 1")
    assert stat.S_IMODE((folder / "postgres" / "password").stat().st_mode) == 0o600


@pytest.mark.parametrize("whole", [False, True], ids=["main process", "all processes"])
async def test_what_was_committed_survives_kill_9(folder: Path, whole: bool) -> None:
    url = postgres.start(folder)
    await ask(url, "CREATE TABLE IF NOT EXISTS kept (value int)")
    await ask(url, "INSERT INTO kept VALUES (1)")
    before = await ask(url, "SELECT count(*) FROM kept")
    if whole:
        postgres.kill(folder)
    else:
        server_of(folder).kill()

    assert postgres.start(folder) == url
    assert await ask(url, "SELECT count(*) FROM kept") == before


async def test_a_strangers_process_with_the_old_number_does_not_stop_the_start(folder: Path) -> None:
    postgres.start(folder)
    postgres.kill(folder)
    file = folder / "postgres" / "data" / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n" + file.read_text().partition("\n")[2])

    assert await ask(postgres.start(folder), "SELECT 1") == 1


async def test_a_taken_port_is_replaced_in_one_clear_line(folder: Path) -> None:
    url = postgres.start(folder)
    postgres.stop(folder)
    port = port_of(url)
    said: list[str] = []
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        new = postgres.start(folder, say=said.append)

    assert new != url
    assert await ask(new, "SELECT 1") == 1
    assert [line for line in said if "taken" in line] == [
        f"PostgreSQL: port {port} is taken by another program; using {port_of(new)} from now on"
    ]


async def test_variables_that_an_operator_set_for_other_servers_do_no_harm(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGHOSTADDR": "192.0.2.1", "PGSSLMODE": "require", "PGSERVICE": "none"}.items():
        monkeypatch.setenv(name, value)
    assert postgres.start(folder).endswith("/fieldproof")


def test_stop_ends_it_and_a_second_stop_does_nothing(folder: Path) -> None:
    postgres.start(folder)
    server = server_of(folder)
    postgres.stop(folder)
    assert gone(server)
    postgres.stop(folder)


async def test_the_application_is_no_superuser_and_reaches_no_file_and_no_program(folder: Path) -> None:
    url = postgres.start(folder)
    assert url.startswith(f"postgresql://{ROLE}:")
    rights = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
    assert await ask(url, f"SELECT array[{rights}] FROM pg_roles WHERE rolname = current_user") == [False] * 5
    for sql in (
        "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('/etc/hostname')", "CREATE ROLE other SUPERUSER",
        "SET session_replication_role = replica", "SELECT rolpassword FROM pg_authid", "ALTER SYSTEM SET fsync = off",
        f"ALTER ROLE {ROLE} SUPERUSER", "SET ROLE postgres", "CREATE DATABASE other",
    ):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(url, sql)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(url.replace(f"{ROLE}:", "postgres:", 1), "SELECT 1")
    assert stat.S_IMODE((folder / "postgres" / "role_password").stat().st_mode) == 0o600


OF_BEFORE = """
CREATE TYPE state AS ENUM ('new', 'old'); CREATE SCHEMA apart; CREATE DOMAIN apart.size AS int CHECK (value > 0);
CREATE TABLE visit (id int GENERATED BY DEFAULT AS IDENTITY, number serial, state state, size apart.size);
CREATE TABLE apart.part (id int); CREATE SEQUENCE alone; CREATE VIEW seen AS SELECT id FROM visit;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n'; CREATE PROCEDURE nothing() LANGUAGE sql AS '';
INSERT INTO visit (state, size) VALUES ('new', 1)
"""


async def test_a_database_that_an_older_version_made_as_superuser_changes_hands_whole() -> None:
    with reachable_folder() as data:
        try:
            url, above = postgres.start(data, durable=False), postgres.superuser_url(data)
            await ask(above, "ALTER DATABASE fieldproof OWNER TO postgres")
            connection = await asyncpg.connect(above)
            await connection.execute(f"DROP ROLE {ROLE}; {OF_BEFORE}")
            await connection.close()
            (data / "postgres" / "role_password").unlink()
            postgres.stop(data)

            url = postgres.start(data, durable=False)
            for change in (
                "visit ADD more int",
                "apart.part ADD more int",
                "seen RENAME TO looked",
                "alone RENAME TO on_its_own",
            ):
                await ask(url, f"ALTER TABLE {change}")
            for sql in (
                "ALTER TYPE state ADD VALUE 'older'", "ALTER DOMAIN apart.size DROP NOT NULL", "DROP FUNCTION twice",
                "DROP PROCEDURE nothing", "CREATE TABLE apart.new (id int)", "CREATE TABLE public.new (id int)",
                "INSERT INTO visit (state, size) VALUES ('old', 2)", "VACUUM FULL visit", "TRUNCATE apart.part",
            ):  # fmt: skip
                await ask(url, sql)
            assert await ask(url, "SELECT array_agg(id ORDER BY id) FROM looked") == [1, 2]
            left = "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'postgres'::regrole AND dbid <> 0"
            assert await ask(postgres.superuser_url(data), left) == 0
        finally:
            postgres.kill(data)


async def test_a_table_that_a_superuser_restored_changes_hands_at_the_next_start(folder: Path) -> None:
    postgres.start(folder)
    await ask(postgres.superuser_url(folder), "CREATE TABLE restored (id int)")
    url = postgres.start(folder)
    await ask(url, "DROP TABLE restored")


async def test_a_lost_password_file_is_made_anew(folder: Path) -> None:
    first = postgres.start(folder)
    (folder / "postgres" / "role_password").unlink()
    second = postgres.start(folder)
    assert first != second
    assert await ask(second, "SELECT 1") == 1


async def test_a_first_start_that_was_killed_half_way_is_done_again() -> None:
    with reachable_folder() as data:
        half = data / "postgres" / "data.new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")
        try:
            url = postgres.start(data, durable=False)
            assert await ask(url, "SHOW fsync") == "off"
        finally:
            postgres.kill(data)


def test_an_unwritable_folder_is_one_clear_line() -> None:
    with reachable_folder() as folder, pytest.raises(ServiceFailed) as failure:
        postgres.start(unwritable(folder))
    line = str(failure.value)
    assert "cannot use the folder" in line
    assert "FIELDPROOF_DATA" in line
    assert "\n" not in line


def test_a_full_disk_is_one_clear_line() -> None:
    with tiny_disk(megabytes=8) as folder, pytest.raises(ServiceFailed) as failure:
        postgres.start(folder)
    line = str(failure.value)
    assert f"the disk of {folder / 'postgres'} is full" in line
    assert "\n" not in line
