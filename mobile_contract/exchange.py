"""How the reference phone exchanges: the outbox up and a page down, and what it does when the server does not go along.

Nothing that is refused stops what comes down, and one operation that is refused does not decide over those before it:
a batch is halved until the one is alone. By then all that came before has landed.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx

from mobile_contract import rows
from mobile_contract.limits import BATCH_OPERATIONS, PAGE_BYTES_LEAST, PAGE_BYTES_MOST
from mobile_contract.outbox import batch as first_of
from mobile_contract.outbox import envelope_of, seq_of, without_what_is_too_large
from mobile_contract.session import SyncRefused

if TYPE_CHECKING:
    from mobile_contract.phone import Phone

Json = dict[str, Any]
SENT_KEPT = 500
"""Operations that stay at hand after they landed."""
UNREADABLE = (400, 413, 422)
"""What a whole batch is answered because of one operation in it, by older servers and by what stands before a server."""
CHAIN = ("device_forked", "chain_broken", "wrong_signature")
"""Problems for which the phone stops sending until it is enrolled anew."""
EXCHANGES = 10_000
IDLE_AT_MOST = 3


class Stuck(Exception):
    """The server answers, but neither takes the outbox in nor comes to an end of its changes. Everything is kept."""


async def sync(phone: "Phone", *, batch: int, page_bytes: int) -> None:
    """Exchange until nothing is left to send and to fetch. Raises `SyncRefused` after everything that could come came."""
    refused = await _until_done(phone, batch=batch, page_bytes=page_bytes)
    if refused is not None:
        with suppress(httpx.HTTPError):
            await _without_outbox(phone, refused, page_bytes=page_bytes)
        raise refused


async def hand_in(phone: "Phone") -> None:
    """Before a phone is enrolled anew: give the old device's outbox to the server, so that what can land there has landed.

    A refusal is no obstacle: it is the reason why the rest is signed anew. Raises when the server cannot be reached.
    """
    refused = await _until_done(phone, batch=BATCH_OPERATIONS, page_bytes=PAGE_BYTES_LEAST, up_only=True)
    if refused is not None:
        await _without_outbox(phone, refused, page_bytes=PAGE_BYTES_LEAST, up_only=True)


async def _without_outbox(phone: "Phone", refused: SyncRefused, *, page_bytes: int, up_only: bool = False) -> None:
    """Fetch what comes down although the outbox is refused. If that is not refused, it was the operation's own fault."""
    without = await _until_done(phone, batch=0, page_bytes=page_bytes, up_only=up_only)
    if without is None and refused.problem["status"] in UNREADABLE and phone.state["outbox"]:
        poison = envelope_of(phone.state["outbox"][0])["id"]
        phone.commit(stopped_by={"id": poison, "poison": True, "problem": refused.problem})


async def _until_done(phone: "Phone", *, batch: int, page_bytes: int, up_only: bool = False) -> SyncRefused | None:
    """Exchange until an end, halving what is refused as a whole. Returns the refusal that it ends with, if any."""
    most, idle = batch, 0
    for _ in range(EXCHANGES):
        before = len(phone.state["outbox"]), phone.state["cursor"]
        try:
            more = await once(phone, batch=most, page_bytes=page_bytes)
        except SyncRefused as refused:
            asked = len(first_of(phone.state["outbox"], most))
            if refused.problem["status"] not in UNREADABLE or asked <= 1:
                return refused
            most = asked // 2
            continue
        most = min(batch, most * 2)
        if not (phone.state["outbox"] and batch) and (up_only or not more):
            return None
        idle = idle + 1 if before == (len(phone.state["outbox"]), phone.state["cursor"]) else 0
        if idle == IDLE_AT_MOST:
            raise Stuck("The server answers, but neither takes the outbox in nor comes to an end of its changes.")
    raise Stuck("The server's changes have no end.")


async def once(phone: "Phone", *, batch: int, page_bytes: int) -> bool:
    """One round trip: the outbox up, a page down. Returns whether there is more to fetch. Raises `SyncRefused`."""
    operations = first_of(phone.state["outbox"], batch)
    try:
        return await _ask(phone, operations, page_bytes)
    except SyncRefused as refused:
        lean = without_what_is_too_large(operations[0]) if len(operations) == 1 else None
        if lean is not None and refused.problem["status"] in UNREADABLE:
            return await _ask(phone, [lean], page_bytes)
        raise


async def _ask(phone: "Phone", operations: list[Json], page_bytes: int) -> bool:
    cursor = phone.state["cursor"]
    body = {
        "contract_version": phone.contract_version, "operations": operations, "cursor": cursor,
        "page_bytes": min(max(page_bytes, PAGE_BYTES_LEAST), PAGE_BYTES_MOST),
    }  # fmt: skip
    sent = phone.monotonic()
    try:
        answer = await phone.session.json("POST", "/v1/sync", json=body)
    except SyncRefused as refused:
        if _mended(phone, refused):
            return True
        _note_refusal(phone, refused)
        raise
    arrived = phone.monotonic()
    anchor = {
        "token": answer["anchor"], "monotonic": arrived, "boot_id": phone.boot_id, "round_trip": arrived - sent,
    }  # fmt: skip
    _take_in(phone, operations, cursor, answer, anchor)
    return bool(answer.get("more"))


def _take_in(phone: "Phone", operations: list[Json], cursor: str | None, answer: Json, anchor: Json) -> None:
    """Everything that an answer changes, in one step on the disk."""
    state = phone.state
    # Of a number that this phone has not sent the server may have another operation: that one has not landed.
    known = seq_of(operations[-1]) if operations else _last_landed(phone)
    changed = _landed(phone, min(answer["last_seq"], known)) | _outcomes(phone, answer.get("outcomes", []))
    if "new_phones" in answer:
        changed["new_phones"] = answer["new_phones"]
    if answer.get("revoked"):
        changed["revoked"] = True
    elif state["cursor"] == cursor:  # an answer is a delta from the cursor that it was asked with
        changed |= {
            "rows": rows.applied(
                state["rows"], answer, from_the_start=cursor is None, unsent=bool(changed["outbox"])
            ),
            "scopes": rows.scopes_after({} if cursor is None else state["scopes"], answer),
            "cursor": answer.get("cursor") or cursor,
        }  # fmt: skip
    phone.commit(**changed, anchor=anchor, stopped_by=None if operations else state["stopped_by"])


def _last_landed(phone: "Phone") -> int:
    sent: list[Json] = phone.state["sent"]
    return seq_of(sent[-1]) if sent else 0


def _landed(phone: "Phone", last_seq: int) -> Json:
    """What has landed leaves the outbox by the number the server has, not by what a reply says of it.

    The last ones stay at hand: a server that was restored to an earlier state names a lower number, and gets them
    again.
    """
    kept = phone.state["sent"] + phone.state["outbox"]
    return {
        "sent": [wire for wire in kept if seq_of(wire) <= last_seq][-SENT_KEPT:],
        "outbox": [wire for wire in kept if seq_of(wire) > last_seq],
    }


def _outcomes(phone: "Phone", told: list[Json]) -> Json:
    """Outcomes by the ids that the app knows."""
    outcomes = dict(phone.state["outcomes"])
    for outcome in told:
        known = phone.state["known_as"].get(outcome["id"], outcome["id"])
        outcomes[known] = {**outcome, "id": known}
    return {"outcomes": outcomes}


def _mended(phone: "Phone", refused: SyncRefused) -> bool:
    """Whether the refusal only asks for something else to be sent, which goes with the next exchange."""
    if refused.code == "cursor_refused" and phone.state["cursor"] is not None:
        phone.commit(cursor=None)
        return True
    if refused.code == "sequence_gap":
        # The server lacks what it had acknowledged: are those operations still at hand?
        expected = refused.problem.get("expected_seq")
        if expected in {seq_of(wire) for wire in phone.state["sent"]}:
            phone.commit(**_landed(phone, expected - 1))
            return True
    return False


def _note_refusal(phone: "Phone", refused: SyncRefused) -> None:
    """Keep what came before the refusal, and why the phone stops."""
    told = refused.problem.get("outcomes") or []
    landed = {outcome["id"] for outcome in told}
    here = [wire for wire in phone.state["outbox"] if envelope_of(wire)["id"] in landed]
    changed: Json = {}
    if here:
        changed = _outcomes(phone, told) | {
            "sent": (phone.state["sent"] + here)[-SENT_KEPT:],
            "outbox": [wire for wire in phone.state["outbox"] if wire not in here],
        }
    left = changed.get("outbox", phone.state["outbox"])
    if refused.code in CHAIN and left:
        first = envelope_of(left[0])["id"]
        changed["stopped_by"] = {"id": first, "poison": False, "problem": refused.problem}
    if changed:
        phone.commit(**changed)
