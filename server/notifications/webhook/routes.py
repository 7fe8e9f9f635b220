"""HTTP: an administrator's endpoints of webhooks."""

from uuid import UUID

from litestar import Controller, Request, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.http.list_pages import each, listed, narrowed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import ADMINISTRATORS
from server.identity.tokens import Actor
from server.notifications.models import WebhookEndpoint
from server.notifications.queries import notification_out
from server.notifications.schemas import NotificationOut
from server.notifications.webhook import endpoints
from server.notifications.webhook.schemas import EndpointChange, EndpointIn, EndpointOut, EndpointWithSecret

Caller = Request[Actor, str, State]


class WebhookEndpoints(Controller):
    """Addresses of other systems that are told what happens."""

    path = "/v1/webhook-endpoints"
    tags = ("notifications",)
    guards = (ADMINISTRATORS,)

    @get(**listed_by(endpoints.ENDPOINTS))
    async def list_webhook_endpoints(
        self,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        active: FromQuery[bool | None] = None,
    ) -> Listed[EndpointOut]:
        """Endpoints, newest first, retired ones too."""
        query = narrowed(select(WebhookEndpoint), (WebhookEndpoint.active, active))
        return await listed(asked, session, query, each(endpoints.endpoint_out))

    @post()
    async def add_webhook_endpoint(
        self, data: JSONBody[EndpointIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> EndpointWithSecret:
        """A new endpoint. Its secret is shown this once; the receiver checks signatures with it."""
        return await endpoints.add_endpoint(session, data, request.user)

    @patch("/{endpoint_id:uuid}")
    async def change_webhook_endpoint(
        self,
        endpoint_id: FromPath[UUID],
        data: JSONBody[EndpointChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> EndpointOut:
        """Another address or other kinds; switch it off, or on again."""
        return endpoints.endpoint_out(await endpoints.change_endpoint(session, endpoint_id, data, request.user))

    @post("/{endpoint_id:uuid}/rotate", status_code=200)
    async def rotate_webhook_secret(
        self, endpoint_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> EndpointWithSecret:
        """Another secret, shown this once. For a day messages are signed by both."""
        return await endpoints.rotate_secret(session, endpoint_id, request.user)

    @post("/{endpoint_id:uuid}/retire", status_code=200)
    async def retire_webhook_endpoint(
        self, endpoint_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> EndpointOut:
        """Tell it nothing any more, for good."""
        return endpoints.endpoint_out(await endpoints.retire_endpoint(session, endpoint_id, request.user))

    @post("/{endpoint_id:uuid}/test", status_code=202)
    async def test_webhook_endpoint(
        self, endpoint_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> NotificationOut:
        """Send it a test; ask for the message after a moment to see what became of it."""
        return notification_out(await endpoints.try_endpoint(session, endpoint_id, request.user))
