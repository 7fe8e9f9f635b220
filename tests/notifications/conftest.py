"""A mail server and a receiver of webhooks, and a contact who has an address."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from server.notifications.outgoing import Outgoing
from tests.company import Company
from tests.notifications.sending import MailServer, Receiver, mail_server, receiver, sends_by


@pytest.fixture
async def mails(app: Litestar) -> AsyncIterator[MailServer]:
    """The application sends by this mail server, and webhooks may reach loopback."""
    async with mail_server() as server:
        sends_by(app, server.outgoing(inward=True))
        yield server


@pytest.fixture
async def hooks(app: Litestar) -> AsyncIterator[Receiver]:
    """Without a mail server; webhooks may reach loopback."""
    sends_by(app, Outgoing(inward=True))
    async with receiver() as taking:
        yield taking


@pytest.fixture
async def contact(company: Company) -> str:
    """Wang Fang, who has an address."""
    path = f"/v1/customers/{company.ids['customer']}/contacts"
    body = {"name": "王芳", "phone": "+86 21 6248 3180", "email": "wang@example.com"}
    return str((await company.must("mei", "POST", path, json=body))["id"])
