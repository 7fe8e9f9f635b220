"""`fieldproof`: serve, admin, demo, migrate, restored, worker, storage, verify, keys, conformance. Exit code: 0 well, 1 not, 2 misuse."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from server.database import role
from server.database.engine import make_engine, make_sessions
from server.embedded.seaweed import become
from server.ground import clock
from server.ground.problems import Unavailable
from server.ground.processes import Say, ServiceFailed
from server.identity.founding import Founder
from server.process import administrator
from server.process.after_restore import key_file, must_not_be_older, take_in
from server.process.health import beating
from server.process.log_files import short_logs
from server.process.many import serve_by_many
from server.process.runtime import make_sealer, make_storage, public_key_path
from server.process.schema import migrate as migrate_schema
from server.process.services import Services, running_services
from server.process.serving import serve as serve_api
from server.process.serving import take_port, unreachable
from server.process.settings import Settings, SettingsError, load_settings
from server.process.share import MOST
from server.process.signals import Ended, ended_by_signals
from server.process.spoken import speak
from server.process.worker import working
from server.records.seal.erase import Tidied, tidy_strokes
from server.records.verify import all_hold, lines
from server.records.verify_page.apart import verify_apart

app = App(name="fieldproof", help="After-sales field service: offline sync, proven arrival, sealed repair records.")


def say(line: str) -> None:
    """One line of progress, on standard error, so that results can be piped."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@app.command
def serve(
    *,
    processes: Annotated[int, Parameter(validator=Number(gte=1, lte=MOST))] = 1,
    work: bool = True,
    clock_file: Annotated[Path | None, Parameter(show=False)] = None,
) -> int:
    """Run the API, with embedded PostgreSQL and S3 storage unless DATABASE_URL and S3_ENDPOINT_URL name others.

    Parameters
    ----------
    processes
        How many processes serve on the one address; one that dies is begun again.
    work
        Also do the background work, in one of them.
    """
    settings = load_settings()
    if clock_file is not None:
        clock.follow(clock_file)
    tell = speak(settings.log, say)
    taken, settings = take_port(settings)
    with running_services(settings, tell) as services, short_logs(settings.data):
        asyncio.run(migrate_schema(services.database_url))
        if not asyncio.run(administrator.somebody_can_sign_in(services.database_url)):
            tell(administrator.NOBODY)
        asyncio.run(must_not_be_older(settings, services, tell))
        if processes > 1:
            return serve_by_many(
                settings, services, taken, processes=processes, work=work, say=tell, clock_file=clock_file
            )
        return serve_api(settings, services, taken, work=work, say=tell)


@app.command
def admin(
    login: str, *, name: str = "", office: str | None = None, time_zone: str | None = None, password_stdin: bool = False
) -> int:
    """Make the first administrator (or another one); for a login that exists, set a new password.

    Parameters
    ----------
    login
        What the administrator signs in with.
    name
        Their name as others see it; the login when it is missing.
    office
        The office that they belong to; it is made if there is none of this name. Without it: the first office, made if there is none.
    time_zone
        Of an office that is made, such as Asia/Shanghai; this machine's when it is missing.
    password_stdin
        Read the password from the first line of standard input. Otherwise it is asked for, or made and printed where there is no terminal.
    """
    wanted = Founder(login, name or login, office, time_zone or administrator.local_zone())
    return administrator.run(load_settings(), wanted, from_stdin=password_stdin, say=say)


@app.command
def worker() -> int:
    """Do the background work only, beside API processes started with `serve --no-work`."""
    settings = load_settings()
    tell = speak(settings.log, say)
    for warning in unreachable(settings):
        tell(warning)
    with running_services(settings, tell) as services, short_logs(settings.data):
        asyncio.run(must_not_be_older(settings, services, tell))
        asyncio.run(_work(settings, services, tell))
    return 0


async def _work(settings: Settings, services: Services, tell: Say) -> None:
    engine = make_engine(services.database_url)
    storage = make_storage(settings, services)
    try:
        await storage.prepare()
    except Unavailable as error:
        tell(f"Worker: {error} Tasks that need it are tried again.")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sealer = make_sealer(settings)
    sessions = make_sessions(engine, vault=sealer.keys.vault, outgoing=settings.outgoing)
    async with (
        beating(services.database_url, lambda: storage),
        working(services.database_url, sessions, storage, sealer, settings.custody),
    ):
        tell("Worker: waiting for tasks")
        await stop.wait()
    await engine.dispose()


@app.command
def migrate() -> int:
    """Bring the database to the newest schema."""
    settings = load_settings()
    with running_services(settings, say) as services:
        asyncio.run(migrate_schema(services.database_url))
    say("The database has the newest schema.")
    return 0


@app.command
def restored() -> int:
    """Say that the database was restored from a backup, before phones are let in: they sync anew, and what the storage has is taken in."""
    settings = load_settings()
    with running_services(settings, say) as services:
        return asyncio.run(take_in(settings, services, say))


@app.command
def erase_strokes() -> int:
    """Erase signatures' drawings that are past FIELDPROOF_STROKES_DAYS now; a worker does it every night."""
    settings = load_settings()
    with running_services(settings, say) as services:
        done = asyncio.run(_tidy(settings, services))
    say(f"{done.erased} drawings erased; {done.locked} stored PDFs encrypted that were not.")
    if done.failed:
        say(f"{done.failed} drawings could not be erased: see GET /v1/faults, or the log.")
    return 1 if done.failed else 0


async def _tidy(settings: Settings, services: Services) -> Tidied:
    await migrate_schema(services.database_url)
    engine = make_engine(services.database_url)
    try:
        return await tidy_strokes(make_sessions(engine), make_storage(settings, services), make_sealer(settings))
    finally:
        await engine.dispose()


@app.command
def make_role(
    *,
    superuser_url: Annotated[str, Parameter(env_var="FIELDPROOF_SUPERUSER_URL", show_default=False)],
    password: Annotated[str, Parameter(env_var="FIELDPROOF_ROLE_PASSWORD", show_default=False)],
) -> int:
    """Make the role `fieldproof_app`, no superuser, and give it the database; docker-compose.yml does it before each start."""
    asyncio.run(role.make_role(superuser_url, password))
    say(f"The role {role.ROLE} has the database.")
    return 0


@app.command
def storage(*, port: int = 8333) -> int:
    """Run the embedded S3 storage alone, with the key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for containers."""
    settings = load_settings()
    if not settings.aws_access_key_id or not settings.aws_secret_access_key:
        raise SettingsError("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: the key that the storage lets in.")
    become(settings.data, (settings.aws_access_key_id, settings.aws_secret_access_key), host=settings.host, port=port)


@app.command
def verify(pdf: Path, *, key: Path, answer: tuple[Path, ...] = ()) -> int:
    """Verify a sealed report offline, one line for each claim.

    Parameters
    ----------
    pdf
        The sealed report.
    key
        The company's public keys: the file that `fieldproof keys` writes and `GET /v1/keys` answers.
    answer
        A customer's confirmation or dispute, as kept from the record's page; may be given twice.
    """
    for file in (pdf, key, *answer):
        if not file.is_file():
            say(f"There is no file {file}.")
            return 2
    answers = tuple(file.read_bytes() for file in answer)
    claims = verify_apart(pdf.read_bytes(), key.read_bytes(), answers).claims
    sys.stdout.write(lines(claims) + "\n")
    return 0 if all_hold(claims) else 1


@app.command
def keys() -> int:
    """Write this server's public keys to a file and print where."""
    settings = load_settings()
    file = public_key_path(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(key_file(settings, say))
    sys.stdout.write(f"{file}\n")
    return 0


@app.command
def demo(
    *,
    exit: Annotated[bool, Parameter(help="Stop everything after the summary.", negative="")] = False,
    kill: Annotated[bool, Parameter(help="kill -9 everything in the evening, and go on.", negative="")] = False,
) -> int:
    """A small company, one day in the field with phones that go offline, and the sealed reports that come of it."""
    from server.demo.run import run  # the demo is not loaded by a server

    return run(load_settings(), stay=not exit, kill=kill, say=say)


@app.command
def conformance(
    *,
    server: str | None = None,
    technician: str | None = None,
    other: str | None = None,
    only: str = "",
    seed: Annotated[tuple[int, ...], Parameter(negative="")] = (1, 2, 3),
    json: Path | None = None,
    operator: str | None = None,
    proxy: Annotated[bool, Parameter(negative="")] = False,
    replay: Path | None = None,
    port: int = 0,
) -> int:
    """Hold a server against the contract, or help to build a client: mobile_contract/conformance/README.md.

    Parameters
    ----------
    server
        The server's address. The dispatcher's name and password come from FIELDPROOF_CONFORMANCE_LOGIN and _PASSWORD.
    technician
        Login, name or id of the technician whose phones the checks enrol (or FIELDPROOF_CONFORMANCE_TECHNICIAN).
    other
        Another technician, for reassignment (or FIELDPROOF_CONFORMANCE_OTHER, or the first that the server has).
    only
        Run only the checks that have this text in their names.
    seed
        Seeds of the flaky network; one check for each. With --proxy the first counts.
    json
        Also write the verdicts to this file.
    operator
        A command that is called with 'restore' or 'wait' and does that to the server.
    proxy
        Be a flaky network in front of the server instead, until interrupted.
    replay
        Play this recording, or this folder of them, to a client instead, until interrupted.
    port
        The port on loopback for --proxy and --replay; a free one when missing.
    """
    from mobile_contract.conformance import command  # the kit is not loaded by a server

    if replay is not None:
        return command.run_player(replay, port=port, say=say)
    if server is None:
        say("Name the server: --server URL. Or play recordings to a client: --replay FOLDER.")
        return 2
    if proxy:
        return command.run_proxy(server, port=port, seed=seed[0], say=say)
    return command.judge_server(command.Wanted(server, technician, other, only, seed, json, operator))


def main() -> None:
    """The console script."""
    try:
        with ended_by_signals():
            sys.exit(app())
    except (ServiceFailed, SettingsError) as error:
        say(str(error))
        sys.exit(1)
    except Ended as end:
        sys.exit(128 + end.number)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
