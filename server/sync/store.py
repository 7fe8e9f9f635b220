"""Keeps operations as they came, with the outcomes that answer every retry, and writes what they add to the domains.

One statement for the operations and one for each other table, however many rows there are.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from sqlalchemy import Table as SqlTable
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.tables import Table
from server.identity.models import Device, User
from server.records.strokes import lock
from server.sync.bounds import Bounds
from server.sync.chain import Link
from server.taps import Facts


class Case(msgspec.Struct, frozen=True):
    """One operation to apply: what was signed, when it was tapped at most and least, when it came."""

    link: Link
    when: Bounds
    received: datetime
    decided: bool = False
    """Somebody at the desk has decided that it is to be applied, whoever's phone it came from."""


class Applied(msgspec.Struct):
    """What became of an operation; `creates` is the id of what it made, or would have made."""

    outcome: str
    visit_id: UUID | None
    code: str | None = None
    sentence: str | None = None
    flags: dict[str, Any] = {}
    creates: UUID | None = None


STORE = text("""
insert into operation (device_id, user_id, id, seq, kind, subject_type, subject_id, visit_id, raw, signature, attachment,
                       sha256, outcome, code, sentence, flags, creates, earliest, latest, received_at)
select cast(:device_id as uuid), cast(:user_id as uuid), one.id, one.seq, one.kind, one.subject_type, one.subject_id,
       one.visit_id, one.raw, one.signature, one.attachment, one.sha256, one.outcome, one.code, one.sentence,
       one.flags::jsonb, one.creates, one.earliest, one.latest, one.received_at
from unnest(
  cast(:ids as uuid[]), cast(:seqs as bigint[]), cast(:kinds as text[]), cast(:subject_types as text[]),
  cast(:subject_ids as uuid[]), cast(:visit_ids as uuid[]), cast(:raws as bytea[]), cast(:signatures as bytea[]),
  cast(:attachments as bytea[]), cast(:hashes as text[]), cast(:outcomes as text[]), cast(:codes as text[]),
  cast(:sentences as text[]), cast(:flags as text[]), cast(:creates as uuid[]), cast(:earliest as timestamptz[]),
  cast(:latest as timestamptz[]), cast(:received as timestamptz[])
) one (id, seq, kind, subject_type, subject_id, visit_id, raw, signature, attachment, sha256, outcome, code, sentence,
       flags, creates, earliest, latest, received_at)
""")


async def store(
    session: AsyncSession, user: User, device: Device, cases: Sequence[Case], applied: Sequence[Applied]
) -> None:
    """Store a device's operations with what became of each. An attachment is encrypted."""
    links = [case.link for case in cases]
    envelopes = [link.envelope for link in links]
    values = {
        "device_id": device.id,
        "user_id": user.id,
        "ids": [one.id for one in envelopes],
        "seqs": [one.seq for one in envelopes],
        "kinds": [_text(one.kind) for one in envelopes],
        "subject_types": [_text(one.subject.type) for one in envelopes],
        "subject_ids": [one.subject.id for one in envelopes],
        "visit_ids": [one.visit_id for one in applied],
        "raws": [link.raw for link in links],
        "signatures": [link.signature for link in links],
        "attachments": [lock(session, link.envelope.id, link.attachment) for link in links],
        "hashes": [link.sha256 for link in links],
        "outcomes": [one.outcome for one in applied],
        "codes": [one.code for one in applied],
        "sentences": [_text(one.sentence) for one in applied],
        "flags": [msgspec.json.encode(one.flags).decode() for one in applied],
        "creates": [one.creates for one in applied],
        "earliest": [case.when.earliest for case in cases],
        "latest": [case.when.latest for case in cases],
        "received": [case.received for case in cases],
    }
    await session.execute(STORE, values)


def _text(value: str | None) -> str | None:
    """What a text column can hold: PostgreSQL has no NUL. The bytes as signed are kept whole."""
    return value and value.replace("\0", "\ufffd")


async def write(session: AsyncSession, facts: Facts) -> None:
    """Write rows that are only added."""
    rows: dict[type[Table], list[dict[str, Any]]] = {}
    for table, values in facts:
        rows.setdefault(table, []).append(values)
    for table, some in rows.items():
        await session.execute(insert(cast(SqlTable, table.__table__)), some)
