"""docker-compose.yml, the Dockerfile and .env.example say the same as the settings and the code. No engine is needed."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml

from server.cli import app
from server.database.role import ROLE, make_role
from server.ground.processes import ServiceFailed
from server.process.schema import migrate
from server.process.settings import OPTIONS

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
OURS = ("migrate", "api", "worker")
OF_THE_IMAGE = {"FIELDPROOF_DATA", "FIELDPROOF_HOST", "FIELDPROOF_PORT"}
"""Fixed inside a container; compose publishes the port."""


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text().splitlines()


def test_every_setting_that_is_documented_reaches_the_programs() -> None:
    for service in OURS:
        passed: dict[str, str] = SERVICES[service]["environment"]
        wanted = {option.name for option in OPTIONS} - OF_THE_IMAGE
        assert wanted == set(passed), f"{service}: pass each option of server/process/settings.py as NAME: ${{NAME:-}}"
        strangers = [name for name, value in passed.items() if not re.match(rf"\$\{{{name}(:-|:\?)", value)]
        assert not strangers, f"{service}: {strangers} cannot be set in .env"
        defaults = {option.name: option.default or "" for option in OPTIONS}
        empty = [name for name, value in passed.items() if value == f"${{{name}:-}}"]
        assert {"S3_BUCKET", "FIELDPROOF_COMPANY"} <= {name for name in empty if defaults[name]}, (
            "an empty value is the default"
        )


def test_what_compose_asks_for_stands_in_the_example_and_the_other_way_round() -> None:
    asked = set(re.findall(r"\$\{(\w+)", TEXT))
    named = {line.partition("=")[0] for line in lines(".env.example") if "=" in line and not line.startswith("#")}
    assert asked == named
    required = set(re.findall(r"\$\{(\w+):\?set \1 in \.env\}", TEXT))
    assert required == set(re.findall(r"\$\{(\w+):\?", TEXT))
    page = (ROOT / "docs" / "operations.md").read_text()
    assert not [name for name in required | asked if f"`{name}`" not in page], "docs/operations.md names each of them"


def test_the_image_has_the_settings_and_the_files_that_compose_counts_on() -> None:
    [environment] = [line for line in lines("Dockerfile") if line.startswith("ENV ")]
    assert "FIELDPROOF_DATA=/data" in environment
    assert "FIELDPROOF_HOST=0.0.0.0" in environment
    [port] = [option.default for option in OPTIONS if option.name == "FIELDPROOF_PORT"]
    assert SERVICES["api"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    let_through = {line[1:] for line in lines(".dockerignore") if line.startswith("!")}
    copied = [line.split()[1] for line in lines("Dockerfile") if re.match(r"COPY (?!--from)", line)]
    for source in copied:
        assert (ROOT / source).exists(), source
        assert {source.rstrip("/"), *(str(path) for path in Path(source).parents)} & {
            name for one in let_through for name in (one, str(Path(one).parent))
        }, f".dockerignore keeps {source} out"


def test_the_image_has_the_command_and_compose_runs_commands_that_it_has() -> None:
    assert 'ENTRYPOINT ["fieldproof"]' in lines("Dockerfile")
    assert os.access(ROOT / "scripts" / "fieldproof", os.X_OK)
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "fieldproof"), "--help"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=100, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for service in (*OURS, "role", "s3"):
        assert app.parse_args(
            [*SERVICES[service]["command"], *_needed(service)], print_error=False, exit_on_error=False
        )


def _needed(service: str) -> list[str]:
    """What the command takes from the environment there."""
    return ["--superuser-url", "x", "--password", "y"] if service == "role" else []


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_has_more_rights_or_memory_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert set(service.get("cap_add", ())) <= {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
    assert not service.get("cap_add") or name == "postgres"
    assert not service.get("privileged")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert ("ports" in service) == (name in ("api", "s3"))
    # The superuser's password is for who makes the role, and for nobody who speaks to the world.
    assert ("POSTGRES_PASSWORD" in str(service.get("environment"))) == (name in ("postgres", "role"))
    if name in OURS:
        assert f"postgresql://{ROLE}:" in service["environment"]["DATABASE_URL"]


async def test_the_role_is_made_in_a_volume_of_before_and_at_each_start_again(cluster: str) -> None:
    admin, name = await asyncpg.connect(cluster), f"volume_{os.urandom(6).hex()}"
    [before] = await admin.fetch("select rolpassword from pg_authid where rolname = $1", ROLE)
    await admin.execute(f"create database {name}")
    above = cluster.rpartition("/")[0] + "/" + name
    place = cluster.partition("@")[2].rpartition("/")[0]
    try:
        await migrate(above)  # as the superuser, like an older version
        for _ in range(2):
            await make_role(above, "it's new")
        url = f"postgresql://{ROLE}:it%27s%20new@{place}/{name}"
        await migrate(url)
        connection = await asyncpg.connect(url)
        strange = "select relname from pg_class where relowner <> current_user::regrole and relnamespace = 'public'::regnamespace"
        assert await connection.fetch(strange) == []
        assert await connection.fetchval("select rolsuper from pg_roles where rolname = current_user") is False
        await connection.execute("alter table visit add more int")
        await connection.close()
        with pytest.raises(ServiceFailed, match="cannot be used"):
            await make_role(url, "other")
    finally:
        await admin.execute(f"alter role {ROLE} password '{before['rolpassword']}'")
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()
