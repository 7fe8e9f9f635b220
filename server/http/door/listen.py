"""The HTTP server of a process: where it listens, TLS, which proxies are believed, and uvicorn with our connections."""

import asyncio
import errno
import logging
import socket
import ssl
import sys
from ipaddress import ip_network
from typing import Any

import uvicorn

from server.ground.processes import ServiceFailed
from server.http.door.address import Tls
from server.http.door.connection import Connection, Doorkeeper
from server.http.door.crowd import Crowd
from server.http.door.limits import USUAL, Limits, within_files

BACKLOG = 2048
STARTUP_FAILURE = 3
"""Exit code of a process whose application did not start; uvicorn's own."""
GRACEFUL_SECONDS = 5


def bind(host: str, port: int) -> socket.socket:
    """A socket that has the port and does not listen yet; port 0 takes a free one. Raises `ServiceFailed`."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # Named as TCP, or else asyncio leaves Nagle's delay of 40 ms on.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise ServiceFailed(
            f"API: {host} is no address to listen on ({error.strerror}); see FIELDPROOF_HOST"
        ) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise ServiceFailed(
                f"API: port {port} is taken by another program; set FIELDPROOF_PORT to a free one"
            ) from error
        raise ServiceFailed(f"API: cannot listen on {host}:{port} ({error.strerror}); see FIELDPROOF_HOST") from error
    return listening


def check_tls(tls: Tls) -> None:
    """Raises `ServiceFailed` when the certificate and the key cannot be used together."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate, tls.key, password=lambda: b"")
    except OSError as error:  # ssl.SSLError is one
        reason = error.strerror or getattr(error, "reason", None) or str(error)
        raise ServiceFailed(
            f"API: FIELDPROOF_TLS_CERTIFICATE and FIELDPROOF_TLS_KEY cannot be used ({reason}): {tls.certificate}, {tls.key}"
        ) from error


def server(
    app: Any,
    crowd: Crowd,
    *,
    tls: Tls | None = None,
    proxies: tuple[str, ...] = (),
    limits: Limits = USUAL,
    **more: Any,
) -> "Server":
    """A server for the application, to be run on a socket of `bind`. `proxies` are addresses and networks whose
    `X-Forwarded-For` and `X-Forwarded-Proto` are believed; nobody else's are. `more` goes to uvicorn."""
    limits = within_files(limits)
    # Its warnings are one for each request that cannot be read: a log that strangers fill.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        app, http=Connection.of(Doorkeeper(limits, crowd, tuple(map(ip_network, proxies)))), loop="uvloop", ws="none",
        proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies), server_header=False, access_log=False,
        log_level="error", log_config=None, timeout_graceful_shutdown=GRACEFUL_SECONDS, backlog=BACKLOG,
        ssl_certfile=tls.certificate if tls else None, ssl_keyfile=tls.key if tls else None, **more,
    )  # fmt: skip
    return Server(config, limits)


class Server(uvicorn.Server):
    """uvicorn, with a limit on the time of a TLS handshake."""

    def __init__(self, config: uvicorn.Config, limits: Limits) -> None:
        super().__init__(config)
        self.limits = limits

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own, for sockets that are bound."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        seconds = self.limits.handshake_seconds if self.config.ssl else None
        self.servers = [
            await asyncio.get_running_loop().create_server(
                self._connection, sock=one, ssl=self.config.ssl, backlog=BACKLOG, ssl_handshake_timeout=seconds,
                ssl_shutdown_timeout=seconds,
            )
            for one in sockets or []
        ]  # fmt: skip
        self.started = True

    def _connection(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made
