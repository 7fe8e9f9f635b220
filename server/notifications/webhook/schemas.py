"""What endpoints of webhooks look like on the wire. A secret goes out once, when it is made."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.ground.texts import Written
from server.notifications.rules import NotificationKind

Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, examples=["https://sms.example.com/fieldproof"])]
Kinds = Annotated[list[NotificationKind], msgspec.Meta(min_length=1, max_length=len(NotificationKind))]


class EndpointIn(Written):
    """An address that is told things. `personal`: it is also given the recipient and the words, to hand them on."""

    url: Url
    kinds: Kinds
    personal: bool = False


class EndpointChange(Written):
    """What is to be another; what is left out stays. `active=true` switches it on again, with a clean start."""

    url: Url | None = None
    kinds: Kinds | None = None
    personal: bool | None = None
    active: bool | None = None


class EndpointOut(msgspec.Struct, kw_only=True):
    """An endpoint; `off_because` says why it was switched off by itself. `both_sign_until`: so long the secret before signs too."""

    id: UUID
    url: str
    kinds: list[NotificationKind]
    personal: bool
    active: bool
    failing_since: datetime | None
    off_because: str
    both_sign_until: datetime | None
    retired_at: datetime | None
    made_by: UUID
    made_at: datetime


class EndpointWithSecret(EndpointOut, kw_only=True):
    """An endpoint with the secret that was just made for it. It is shown this once."""

    secret: str
