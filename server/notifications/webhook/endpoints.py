"""Endpoints of webhooks: an administrator makes, changes, rotates, tests and retires them."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb
from server.ground import clock
from server.ground.ids import uuid7
from server.ground.problems import Conflict, NotFound
from server.http.listing import Listing
from server.identity.tokens import Actor
from server.notifications.models import Notification, WebhookEndpoint
from server.notifications.outgoing import Outgoing, outgoing_of
from server.notifications.render import Facts, payload
from server.notifications.rules import BOTH_SIGN, NotificationKind, NotificationWay
from server.notifications.tell import message_id_of, put_out
from server.notifications.webhook.health import give_up_waiting
from server.notifications.webhook.reach import must_be_url
from server.notifications.webhook.schemas import EndpointChange, EndpointIn, EndpointOut, EndpointWithSecret
from server.notifications.webhook.secrets import locked, new_secret

ENDPOINTS = Listing(
    "webhook-endpoints",
    EndpointOut,
    key=WebhookEndpoint.id,
    sorts={"made_at": WebhookEndpoint.made_at},
    default="-made_at",
)


async def add_endpoint(session: AsyncSession, wanted: EndpointIn, actor: Actor) -> EndpointWithSecret:
    """A new endpoint, with its secret. Raises `Invalid` for an address where nothing may be sent."""
    must_be_url(wanted.url, inward=outgoing_of(session).inward)
    secret, endpoint_id = new_secret(), uuid7()
    row = WebhookEndpoint(
        id=endpoint_id, url=wanted.url, kinds=_kinds(wanted.kinds), personal=wanted.personal, active=True,
        secret=locked(session, endpoint_id, secret), off_because="", made_by=actor.user_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    log_action(session, actor.user_id, Verb.ADD_WEBHOOK_ENDPOINT, _of(row), after=_fields(row))
    return _with_secret(row, secret)


async def change_endpoint(
    session: AsyncSession, endpoint_id: UUID, wanted: EndpointChange, actor: Actor
) -> WebhookEndpoint:
    """Another address, other kinds; off, or on again. Raises `NotFound`, `Conflict` for a retired one, `Invalid`."""
    row = await _in_use(session, endpoint_id)
    before = _fields(row)
    if wanted.url is not None:
        must_be_url(wanted.url, inward=outgoing_of(session).inward)
        row.url = wanted.url
    row.kinds = row.kinds if wanted.kinds is None else _kinds(wanted.kinds)
    row.personal = row.personal if wanted.personal is None else wanted.personal
    if wanted.active is not None:
        row.active, row.off_because, row.failing_since = wanted.active, "", None
    await session.flush()
    log_action(session, actor.user_id, Verb.CHANGE_WEBHOOK_ENDPOINT, _of(row), before=before, after=_fields(row))
    return row


async def rotate_secret(session: AsyncSession, endpoint_id: UUID, actor: Actor) -> EndpointWithSecret:
    """Another secret; that before signs beside it for a day. Raises `NotFound`, `Conflict`."""
    row = await _in_use(session, endpoint_id)
    secret = new_secret()
    row.previous_secret, row.previous_until = row.secret, clock.now() + BOTH_SIGN
    row.secret = locked(session, row.id, secret)
    await session.flush()
    after = {"both_sign_until": row.previous_until}
    log_action(session, actor.user_id, Verb.ROTATE_WEBHOOK_SECRET, _of(row), after=after)
    return _with_secret(row, secret)


async def retire_endpoint(session: AsyncSession, endpoint_id: UUID, actor: Actor) -> WebhookEndpoint:
    """It is told nothing any more; what waits for it fails. Raises `NotFound`, `Conflict`."""
    row = await _in_use(session, endpoint_id)
    row.active, row.retired_at, row.off_because = False, clock.now(), "It was retired."
    await session.flush()
    await give_up_waiting(session, row)
    after = {"retired_at": row.retired_at}
    log_action(session, actor.user_id, Verb.RETIRE_WEBHOOK_ENDPOINT, _of(row), after=after)
    return row


async def try_endpoint(session: AsyncSession, endpoint_id: UUID, actor: Actor) -> Notification:
    """Put a test for it into the outbox. Raises `NotFound`, `Conflict` for one that is off."""
    row = await _in_use(session, endpoint_id)
    if not row.active:
        raise Conflict("This endpoint is switched off. Switch it on by active=true, then test it.")
    notification_id, moment = uuid7(), clock.now()
    await put_out(session, [{
        "id": notification_id, "kind": NotificationKind.TEST, "thing": Thing.WEBHOOK_ENDPOINT, "thing_id": row.id,
        "office_id": None, "occasion_id": notification_id, "channel": NotificationWay.WEBHOOK, "endpoint_id": row.id,
        "subject": "", "text": payload(NotificationKind.TEST, moment, _of(row), Facts(), None, None), "language": "en",
        "message_id": message_id_of(notification_id, NotificationWay.WEBHOOK, Outgoing()), "made_at": moment,
        "next_at": moment,
    }])  # fmt: skip
    log_action(session, actor.user_id, Verb.TEST_WEBHOOK_ENDPOINT, _of(row), after={"notification_id": notification_id})
    return await session.get_one(Notification, notification_id)


def endpoint_out(row: WebhookEndpoint) -> EndpointOut:
    """An endpoint on the wire."""
    return EndpointOut(**_shown(row))


async def _in_use(session: AsyncSession, endpoint_id: UUID) -> WebhookEndpoint:
    row = await session.get(WebhookEndpoint, endpoint_id, with_for_update=True)
    if row is None:
        raise NotFound(f"No endpoint has the id {endpoint_id}.")
    if row.retired_at is not None:
        raise Conflict("This endpoint was retired. Make another one.")
    return row


def _kinds(wanted: list[NotificationKind]) -> list[str]:
    return sorted({str(one) for one in wanted})


def _of(row: WebhookEndpoint) -> Of:
    return Of(Thing.WEBHOOK_ENDPOINT, row.id, None)


def _fields(row: WebhookEndpoint) -> Fields:
    kinds = [NotificationKind(one) for one in row.kinds]
    return {"url": row.url, "kinds": kinds, "personal": row.personal, "active": row.active}


def _with_secret(row: WebhookEndpoint, secret: str) -> EndpointWithSecret:
    return EndpointWithSecret(**_shown(row), secret=secret)


def _shown(row: WebhookEndpoint) -> dict[str, Any]:
    both = row.previous_until if row.previous_until is not None and row.previous_until > clock.now() else None
    return {
        "id": row.id, "url": row.url, "kinds": [NotificationKind(one) for one in row.kinds], "personal": row.personal,
        "active": row.active, "failing_since": row.failing_since, "off_because": row.off_because,
        "both_sign_until": both, "retired_at": row.retired_at, "made_by": row.made_by, "made_at": row.made_at,
    }  # fmt: skip
