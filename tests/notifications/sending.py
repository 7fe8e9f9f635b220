"""What messages are sent to in tests: a mail server and a receiver of webhooks on loopback, each a real one that tests look into."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from litestar import Litestar
from sqlalchemy import select, text

from server.notifications.models import Notification
from server.notifications.outgoing import Encryption, Mail, Outgoing
from server.notifications.send import send


class MailServer:
    """Takes mails by SMTP; `answers` are what it says to the next ones instead, for a stage of the talk."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, list[str]] = {"RCPT": [], "DATA": []}
        self.when_taken: Callable[[], None] = lambda: None
        self.port = 0

    async def handle_RCPT(self, _: object, __: object, envelope: Envelope, to: str, ___: object) -> str:  # noqa: N802
        if self.answers["RCPT"]:
            return self.answers["RCPT"].pop(0)
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _: object, __: object, envelope: Envelope) -> str:  # noqa: N802
        if self.answers["DATA"]:
            return self.answers["DATA"].pop(0)
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        found["X-Envelope-To"] = ",".join(envelope.rcpt_tos)
        self.mails.append(found)
        self.when_taken()
        return "250 OK"

    def outgoing(self, **more: Any) -> Outgoing:
        """The settings of a server that sends by this one."""
        return Outgoing(
            Mail("127.0.0.1", self.port, Encryption.NONE, None, None, "客服 Service", "service@example.com"), **more
        )


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[MailServer]:
    """A mail server on loopback, which offers STARTTLS with a context of its own."""
    taking, loop = MailServer(), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(taking, enable_SMTPUTF8=True, loop=loop, tls_context=tls), "127.0.0.1", 0
    )
    taking.port = server.sockets[0].getsockname()[1]
    try:
        yield taking
    finally:
        server.close()


def self_signed(folder: Path) -> ssl.SSLContext:
    """TLS with a certificate that nobody vouches for."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / "mail.pem"
    file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


class Receiver:
    """Takes webhooks by HTTP; `answers` are the heads of its next answers, 200 after them."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if name}
        self.got.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.answers.pop(0) if self.answers else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver of webhooks on loopback."""
    taking = Receiver()
    server = await asyncio.start_server(taking.take, "127.0.0.1", 0)
    taking.port = server.sockets[0].getsockname()[1]
    try:
        yield taking
    finally:
        server.close()


def sends_by(app: Litestar, outgoing: Outgoing) -> None:
    """From now on the application of this test sends so."""
    app.state.sessions.configure(info=app.state.sessions.kw["info"] | {"outgoing": outgoing})


def with_mail(app: Litestar) -> None:
    """There is a mail server, which nobody reaches."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sends_by(app, Outgoing(Mail("127.0.0.1", port, Encryption.NONE, None, None, "Service", "service@example.com")))


async def outbox(app: Litestar, **wanted: Any) -> list[Notification]:
    """The messages there are, the oldest first."""
    async with app.state.sessions() as session:
        query = select(Notification).filter_by(**wanted).order_by(Notification.made_at, Notification.id)
        return list(await session.scalars(query))


async def passes(app: Litestar, time: timedelta) -> None:
    """Some time passes for the outbox: what it waits for comes nearer, and what was is longer ago."""
    async with app.state.sessions.begin() as session:
        for statement in (
            "update notification set made_at = made_at - cast(:time as interval), next_at = next_at - cast(:time as interval), claimed_until = claimed_until - cast(:time as interval)",
            "update webhook_endpoint set failing_since = failing_since - cast(:time as interval), previous_until = previous_until - cast(:time as interval)",
        ):
            await session.execute(text(statement), {"time": time})


async def send_all(app: Litestar) -> None:
    """One try of each message that waits."""
    for row in await outbox(app, state="waiting"):
        await send(app.state.sessions, row.id)


async def one(app: Litestar, notification_id: UUID) -> Notification:
    """A message as it is now."""
    [row] = await outbox(app, id=notification_id)
    return row
