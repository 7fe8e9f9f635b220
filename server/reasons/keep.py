"""Keeping the lists of reasons. One that was said is never deleted."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb
from server.ground import clock
from server.ground.by_language import Labels, kept
from server.ground.problems import Duplicate, Forbidden, Invalid, NotFound
from server.ground.texts import folded
from server.identity.models import Office
from server.identity.offices import must_change
from server.identity.rules import ADMINS
from server.identity.tokens import Actor
from server.reasons.models import Reason
from server.reasons.schemas import ReasonChange, ReasonIn


async def add_reason(session: AsyncSession, data: ReasonIn, actor: Actor) -> Reason:
    """Add a reason to a list. Raises `NotFound` for its office, `Forbidden` for another's, `Duplicate` for its code, `Invalid` without a text."""
    if data.office_id is not None and await session.get(Office, data.office_id) is None:
        raise NotFound(f"No office has the id {data.office_id}.")
    _must_keep(actor, data.office_id)
    await _must_be_new(session, data)
    row = Reason(
        given_for=data.given_for, code=data.code, office_id=data.office_id, labels=_said(data.labels), position=data.position
    )  # fmt: skip
    session.add(row)
    await session.flush()
    after: Fields = {"code": row.code, "given_for": data.given_for, "labels": row.labels, "position": row.position}
    log_action(session, actor.user_id, Verb.ADD_REASON, _of(row), after=after)
    return row


async def change_reason(session: AsyncSession, reason_id: UUID, change: ReasonChange, actor: Actor) -> Reason:
    """Change its texts or its place. Raises `NotFound`, `Forbidden`, and `Invalid` for no text."""
    row = await _find(session, reason_id, actor)
    before: Fields = {"labels": row.labels, "position": row.position}
    if change.labels is not None:
        row.labels = _said(change.labels)
    if change.position is not None:
        row.position = change.position
    if (after := {"labels": row.labels, "position": row.position}) != before:
        log_action(session, actor.user_id, Verb.CHANGE_REASON, _of(row), before=before, after=after)
    return row


async def retire_reason(session: AsyncSession, reason_id: UUID, actor: Actor) -> Reason:
    """Offer it no more; one that is retired already stays so. Raises `NotFound` and `Forbidden`."""
    row = await _find(session, reason_id, actor)
    if row.retired_at is None:
        row.retired_at = clock.now()
        log_action(session, actor.user_id, Verb.RETIRE_REASON, _of(row), after={"retired_at": row.retired_at})
    return row


async def reinstate_reason(session: AsyncSession, reason_id: UUID, actor: Actor) -> Reason:
    """Offer one again that was retired. Raises `NotFound` and `Forbidden`."""
    row = await _find(session, reason_id, actor)
    if row.retired_at is not None:
        before = {"retired_at": row.retired_at}
        row.retired_at = None
        log_action(session, actor.user_id, Verb.REINSTATE_REASON, _of(row), before=before)
    return row


async def _find(session: AsyncSession, reason_id: UUID, actor: Actor) -> Reason:
    row = await session.get(Reason, reason_id, with_for_update=True)
    if row is None:
        raise NotFound(f"No reason has the id {reason_id}.")
    _must_keep(actor, row.office_id)
    return row


def _must_keep(actor: Actor, office_id: UUID | None) -> None:
    """Raises `Forbidden`: an office's list is kept by its own leads, the company's by administrators."""
    if office_id is not None:
        must_change(actor, office_id)
    elif actor.role not in ADMINS:
        raise Forbidden(
            "This list is the whole company's. Ask an administrator, or add a reason to your office's list."
        )


async def _must_be_new(session: AsyncSession, data: ReasonIn) -> None:
    same = (Reason.given_for == data.given_for, Reason.office_id.is_not_distinct_from(data.office_id))
    if known := await session.scalar(select(Reason).where(*same, Reason.code_key == folded(data.code))):
        what = "It is retired: reinstate it" if known.retired_at else "Change that one"
        raise Duplicate(
            f"The code {known.code} is in this list already. {what}, or choose another code.", existing_id=known.id
        )


def _said(labels: Labels) -> dict[str, str]:
    if not (said := kept(labels)):
        raise Invalid("A reason needs a text in at least one language: en, zh-CN or de.", field="labels")
    return said


def _of(row: Reason) -> Of:
    return Of(Thing.REASON, row.id, row.office_id)
