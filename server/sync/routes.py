"""HTTP: the exchange, the stream of hints, and the inbox of parked operations."""

from contextlib import nullcontext
from functools import partial
from time import perf_counter
from typing import cast
from uuid import UUID

import msgspec
from litestar import Controller, HttpMethod, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions, snapshot
from server.database.readers import Readers
from server.field.models import Operation
from server.field.rules import Resolution
from server.ground import clock
from server.http.list_pages import each as one_by_one
from server.http.list_pages import listed, narrowed
from server.http.listing import AsAsked, Listed, Listing, listed_by
from server.identity.audience import REVOKED_TOO, STAFF, TECHNICIANS
from server.identity.caller import device_of
from server.identity.models import User
from server.identity.offices import seen_office
from server.identity.tokens import Actor, Tokens
from server.sync import measured
from server.sync.down.admission import FirstSyncs
from server.sync.down.contracts import spoken
from server.sync.down.places import Places
from server.sync.down.pull import begins, make_cursor, pull, read_cursor, without_rows
from server.sync.down.reconcile import CODE, mismatch, reconcile
from server.sync.down.stream import Tailer
from server.sync.exchange import Exchange, ExchangeHandler
from server.sync.incidents.incidents import keep
from server.sync.schemas import (
    ChangeOut,
    OutcomeOut,
    ParkedOut,
    ReconcileIn,
    ReconcileOut,
    ResolveIn,
    SyncIn,
    SyncOut,
)
from server.sync.up.parked import office_of_parked, resolve, select_parked, text_of
from server.sync.up.push import push

Caller = Request[Actor, str, State]


class Sync(Controller):
    """What a phone needs: one exchange, and hints when to make it."""

    path = "/v1/sync"
    tags = ("sync",)
    guards = (TECHNICIANS,)

    @ExchangeHandler(http_method=HttpMethod.POST, status_code=200, opt=REVOKED_TOO, request_class=Exchange)
    async def exchange(self, data: JSONBody[SyncIn], request: Caller) -> SyncOut:
        """Operations up, outcomes and changes down. Transactions of its own: what was pushed stays pushed.

        A revoked phone still hands in its outbox, and gets its outcomes and nothing else.
        """
        # Not injected: Litestar resolves dependencies in a task group, a tenth of an exchange that finds nothing.
        began = perf_counter()
        sessions: Sessions = request.app.state.sessions
        readers: Readers = request.app.state.readers
        tokens: Tokens = request.app.state.tokens
        device_id, user_id = device_of(request.user), request.user.user_id
        contract = spoken(data.contract_version)
        positions = read_cursor(tokens, data.cursor, user_id, contract)
        outcomes: list[OutcomeOut] = []
        if data.operations:
            pushed = await push(sessions, tokens, device_id, data.operations, data.contract_version)
            measured.pushed(pushed.outcomes, perf_counter() - began, refused=pushed.refused is not None)
            if pushed.refused:
                pushed.refused.facts |= {
                    "outcomes": msgspec.to_builtins(pushed.outcomes), "last_seq": pushed.last_seq,
                }  # fmt: skip
                raise pushed.refused
            outcomes = pushed.outcomes
        if data.pull:
            first_syncs: FirstSyncs = request.app.state.first_syncs
            async with first_syncs.place() if begins(positions) else nullcontext():
                page = await pull(readers, user_id, device_id, positions, page_bytes=data.page_bytes, contract=contract)
        else:
            page = await without_rows(readers, user_id, device_id, positions)
        anchor = tokens.make("anchor", {"time": clock.micros(), "device": str(device_id)})
        if page.revoked:
            return SyncOut(anchor=anchor, last_seq=page.last_seq, outcomes=outcomes, revoked=True)
        moved = page.positions != positions
        measured.exchanged(perf_counter() - began, operations=len(data.operations), rows=page.rows)
        return SyncOut(
            anchor=anchor,
            last_seq=page.last_seq,
            outcomes=outcomes,
            # The database has made the text of the list; msgspec puts it into the answer as it is.
            changes=cast(list[ChangeOut], msgspec.Raw(b"[%b]" % page.changes)) if page.changes else [],
            cursor=make_cursor(tokens, user_id, page.positions, contract) if moved else None,
            scopes=page.scopes,
            resync=page.resync,
            more=page.more,
            new_phones=page.new_phones,
        )

    @post("/reconcile", status_code=200)
    async def reconcile_scopes(
        self, data: JSONBody[ReconcileIn], request: Caller, sessions: NamedDependency[Sessions]
    ) -> ReconcileOut:
        """For a phone whose count or checksum of a scope is off: its digests up, the buckets that differ down, whole."""
        device_id = device_of(request.user)
        async with snapshot(sessions) as session:
            answer = await reconcile(session, request.user.user_id, device_id, data)
        if detail := mismatch(data, answer):
            async with sessions.begin() as session:
                await keep(session, device_id, CODE, detail, msgspec.json.encode(data))
        return answer

    @get("/stream")
    async def stream_hints(self, request: Caller, state: State) -> Stream:
        """Server-sent events: hints that a scope moved. They carry no data; the exchange fetches it.

        The id of an event says what the phone knows; sent back as Last-Event-ID, only what is newer is told. Of a phone's
        streams in one process the two newest stay open.
        """
        tailer: Tailer = state.tailer
        places: Places = state.places
        last = request.headers.get("last-event-id", "")
        events = tailer.listen(request.user.user_id, last, partial(places.place, request.user))
        return Stream(events, media_type="text/event-stream", headers={"cache-control": "no-store"})


PARKED = Listing(
    "parked",
    ParkedOut,
    key=Operation.id,
    sorts={"received_at": (Operation.received_at, Operation.seq)},
    default="received_at",
)


class Parked(Controller):
    """Operations that could not take effect: for the desk all, for a technician their own."""

    path = "/v1/parked"
    tags = ("sync",)
    guards = (STAFF,)

    @get(**listed_by(PARKED))
    async def list_parked(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        technician_id: FromQuery[UUID | None] = None,
        device_id: FromQuery[UUID | None] = None,
        visit_id: FromQuery[UUID | None] = None,
        each: FromQuery[bool] = False,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[ParkedOut]:
        """What waits for a decision, oldest first: of each reason the oldest 20 from one phone, or `each`.

        So a phone that floods the list hides nobody else's work.
        """
        query = narrowed(select_parked(request.user, each=each), (User.office_id, seen_office(request.user, office_id)))
        wanted = (Operation.user_id, technician_id), (Operation.device_id, device_id), (Operation.visit_id, visit_id)
        return await listed(asked, session, narrowed(query, *wanted), one_by_one(_parked))

    @post("/{operation_id:uuid}", guards=[STAFF.of("operation_id", office_of_parked)], status_code=200)
    async def resolve_parked(
        self,
        operation_id: FromPath[UUID],
        data: JSONBody[ResolveIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ParkedOut:
        """Decide: apply now, attach as evidence, or dismiss with a reason."""
        row = await resolve(session, request.user, operation_id, data.resolution, data.reason, alike=data.alike)
        return _parked(row)


def _parked(row: Operation, alike: int = 1) -> ParkedOut:
    return ParkedOut(
        row.id, row.user_id, row.device_id, row.seq, row.kind, row.visit_id, row.code or "", row.sentence or "",
        msgspec.Raw(text_of(row)), Resolution(row.resolution) if row.resolution else None, alike,
    )  # fmt: skip
