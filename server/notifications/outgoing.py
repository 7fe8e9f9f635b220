"""By which ways this server may send, and in whose name: read from the settings, carried by every session (`session.info`)."""

from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.notifications.mail.addresses import mail_address

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class CannotSend(ValueError):
    """A setting of mail cannot be used; the message says why, without its password."""


class Encryption(StrEnum):
    """How the way to a mail server is kept from others' eyes, by the scheme of its address."""

    STARTTLS = "smtp+starttls"
    TLS = "smtps"
    NONE = "smtp"


URL = "it must look like smtp+starttls://user:password@host:587, smtps://... or smtp://..."
PORTS = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.NONE: 25}


@dataclass(frozen=True)
class Mail:
    """A mail server, and the address in whose name mail is sent."""

    host: str
    port: int
    encryption: Encryption
    user: str | None
    password: str | None
    sender_name: str
    sender: str

    def __repr__(self) -> str:
        return f"Mail({self.encryption}://{self.host}:{self.port}, from {self.sender})"

    @property
    def domain(self) -> str:
        """What stands behind the @ of the sender, and of ids of messages."""
        return self.sender.rpartition("@")[2]


@dataclass(frozen=True)
class Outgoing:
    """How this server sends. Without mail, customers are told by hand. `inward`: webhooks may reach addresses of this network."""

    mail: Mail | None = None
    company: str = "Fieldproof"
    inward: bool = False


class Vault(Protocol):
    """What encrypts at rest (`records/vault.py`)."""

    def seal(self, use: str, owner: UUID, data: bytes) -> bytes:
        """The data encrypted for one use and one owner."""

    def open(self, use: str, owner: UUID, stored: bytes) -> bytes:
        """The data again."""


def outgoing_of(session: AsyncSession) -> Outgoing:
    """The ways that the session carries."""
    found: Outgoing = session.info.get("outgoing") or Outgoing()
    return found


def vault_of(session: AsyncSession) -> Vault:
    """The vault that the session carries."""
    vault: Vault | None = session.info.get("vault")
    if vault is None:
        raise RuntimeError("This session carries no vault; make sessions by make_sessions(engine, vault=...)")
    return vault


def read_mail(url: str, sender: str) -> Mail:
    """A mail server from its address, such as `smtp+starttls://user:password@host:587`, and who sends. Raises `CannotSend`."""
    name, address = parseaddr(sender)
    checked = mail_address(address)
    if checked is None or not sender.isprintable():
        raise CannotSend("it must be an address such as Service <service@example.com>")
    try:
        parts = urlsplit(url)
        encryption, host, port = Encryption(parts.scheme), parts.hostname, parts.port
    except ValueError as error:
        raise CannotSend(URL) from error
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise CannotSend(URL)
    if parts.password and not parts.username:
        raise CannotSend("it has a password and no user")
    if parts.password and encryption is Encryption.NONE and host not in LOOPBACK:
        raise CannotSend("it would send the password in clear: use smtp+starttls:// or smtps://")
    user, password = (unquote(one) if one else None for one in (parts.username, parts.password))
    return Mail(host, port or PORTS[encryption], encryption, user, password, name, checked)
