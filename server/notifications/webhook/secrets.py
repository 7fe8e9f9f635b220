"""Secrets of endpoints: shown once, when they are made, and encrypted at rest for the endpoint that they belong to."""

import base64
from datetime import datetime
from os import urandom
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.notifications.models import WebhookEndpoint
from server.notifications.outgoing import vault_of

USE = "webhook secret"
PREFIX = "whsec_"
SIZE = 32
"""Random bytes of one."""


def new_secret() -> str:
    """A fresh secret, as receivers' libraries read it."""
    return PREFIX + base64.b64encode(urandom(SIZE)).decode()


def locked(session: AsyncSession, endpoint_id: UUID, secret: str) -> bytes:
    """A secret as it is stored."""
    return vault_of(session).seal(USE, endpoint_id, secret.encode())


def secrets_of(session: AsyncSession, endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """What signs for an endpoint now, the newest first. Raises `Locked` where their key is not here."""
    stored = [endpoint.secret]
    if endpoint.previous_secret is not None and endpoint.previous_until is not None and now < endpoint.previous_until:
        stored.append(endpoint.previous_secret)
    return [vault_of(session).open(USE, endpoint.id, one).decode() for one in stored]
