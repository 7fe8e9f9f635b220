"""What phones send to ask for something: `help_request` and `further_work`. Both are facts, taken late as well."""

from typing import Annotated
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.models import Asset
from server.field.kind import Kind
from server.field.taps import Tap
from server.field_requests.models import FieldRequest
from server.field_requests.rules import FieldRequestKind
from server.ground.problems import Invalid, NotFound
from server.ground.texts import is_blank
from server.jobs.history import record_tap

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class HelpRequestBody(msgspec.Struct):
    """A question to headquarters or the desk; the answer comes down with the row."""

    help_request_id: UUID
    text: Words
    urgent: bool = False


class FurtherWorkBody(msgspec.Struct):
    """More work that was found, perhaps at another asset than the visit's. The desk decides what becomes of it."""

    further_work_id: UUID
    text: Words
    asset_id: UUID | None = None
    urgent: bool = False


async def help_request(_: AsyncSession, tap: Tap, body: HelpRequestBody) -> None:
    """Keep the question until the desk has answered it."""
    _ask(tap, body.help_request_id, FieldRequestKind.HELP, body.text, None, body.urgent)


async def further_work(_: AsyncSession, tap: Tap, body: FurtherWorkBody) -> None:
    """Keep the finding until the desk has answered it."""
    if body.asset_id is not None and tap.row(Asset, body.asset_id) is None:
        raise NotFound("No asset has this id.")
    _ask(tap, body.further_work_id, FieldRequestKind.FURTHER_WORK, body.text, body.asset_id, body.urgent)


def _ask(tap: Tap, made: UUID, kind: FieldRequestKind, text: str, asset_id: UUID | None, urgent: bool) -> None:
    if is_blank(text):
        raise Invalid("text is blank. Write what is asked for.", field="text")
    tap.add(
        FieldRequest, id=made, visit_id=tap.visit_id, kind=kind, text=text, asset_id=asset_id, urgent=urgent, asked_by=tap.user_id,
        asked_at=tap.occurred_at, answer="", created_at=tap.received_at,
    )  # fmt: skip
    record_tap(tap, {"field_request_id": str(made)})


KINDS = (
    Kind("help_request", HelpRequestBody, help_request, creates="help_request_id"),
    Kind("further_work", FurtherWorkBody, further_work, creates="further_work_id", reads={"asset_id": Asset}),
)
