"""`fieldproof serve`, by one process: the application behind its door, at its address; and what an operator should be told of that address."""

import socket
from collections.abc import Iterator

import msgspec

from server.ground.processes import Say, one_clear_line
from server.http.door.address import only_here
from server.http.door.door import Door
from server.http.door.listen import Server, bind, check_tls, server
from server.process.open_files import raise_limit
from server.process.runtime import build
from server.process.services import Services
from server.process.settings import Settings
from server.process.share import Share, alone


def take_port(settings: Settings) -> tuple[socket.socket, Settings]:
    """The port, before anything is started; and the settings with the one that was found for port 0.

    Raises `ServiceFailed` when the port cannot be had, or the certificate and its key cannot be used.
    """
    if settings.tls is not None:
        check_tls(settings.tls)
    taken = bind(settings.host, settings.port)
    if settings.port == 0:
        port = taken.getsockname()[1]
        url = settings.public_url
        settings = msgspec.structs.replace(
            settings, port=port, public_url=f"{url[:-1]}{port}" if url.endswith(":0") else url
        )
    return taken, settings


def unreachable(settings: Settings) -> Iterator[str]:
    """Warnings about public addresses that nobody but this machine reaches, though they go out into the world."""
    if only_here(settings.public_url):
        yield (
            f"Warning: FIELDPROOF_PUBLIC_URL is {settings.public_url}, which only this machine reaches. Sealed reports carry "
            "it for ever, and phones send photos there: set it to the address that phones and customers use, before the "
            "first report is sealed."
        )
    if settings.s3_public_endpoint_url and only_here(settings.s3_public_endpoint_url):
        yield (
            f"Warning: S3_PUBLIC_ENDPOINT_URL is {settings.s3_public_endpoint_url}, which only this machine reaches. Phones "
            "cannot send photos there: set it to the storage's public address, or leave it out, and they go through the API."
        )


def announce(settings: Settings, say: Say) -> None:
    """Where the API is, and what is to be said of its address."""
    for warning in unreachable(settings):
        say(warning)
    say(f"API: {settings.public_url}  documentation: {settings.public_url}/schema")


def door_and_server(settings: Settings, services: Services, *, work: bool, share: Share) -> tuple[Door, Server]:
    """What serves requests in this process, to be run on a socket; and the door, to be closed after it."""
    raise_limit()  # the door lets in no more connections than files may be open
    with one_clear_line("Data folder", settings.data):
        settings.data.mkdir(parents=True, exist_ok=True)
        door = Door(settings.data)
    running = server(
        build(settings, services, work=work, door=door, share=share), door.crowd, tls=settings.tls,
        proxies=settings.trusted_proxies, limits=door.limits,
    )  # fmt: skip
    return door, running


def serve(settings: Settings, services: Services, taken: socket.socket, *, work: bool, say: Say) -> int:
    """Serve until the process is told to stop. Returns the exit code."""
    announce(settings, say)
    door, running = door_and_server(settings, services, work=work, share=alone())
    try:
        running.run([taken])
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        door.close()
    return 0 if running.started else 1
