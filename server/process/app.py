"""The Litestar application: wires routes, dependencies and errors; nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any, cast

import asyncpg
from litestar import Litestar, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession
from starlette_compress import CompressMiddleware, add_compress_type, remove_compress_type

from server.arrival.routes import Arrivals, Codes, show_customer_code
from server.customer_pages.page_routes import AssetPages, VisitPages
from server.customer_pages.routes import AssetLabels, ChangeRequests
from server.customers.fault_word_routes import FaultWords
from server.customers.routes import Assets, Catalogue, Meters, Register
from server.database.engine import ASYNCPG, Sessions, make_engine, make_sessions
from server.database.readers import Readers
from server.desk_feed.routes import DeskFeed
from server.desk_feed.stream import DeskTailer
from server.dispatch.photo_routes import PhotoDecisions
from server.dispatch.routes import Dispatch
from server.faults.routes import Faults
from server.field_requests.routes import FieldRequests
from server.ground.problems import Problem, Unavailable
from server.http import api_page, responses
from server.http.api_page import described
from server.http.door.bodies import Bodies
from server.http.door.door import Door
from server.http.door.leaving import leaving
from server.http.messagepack import MessagePack
from server.http.observed import Observed
from server.http.parameters import hold_to_parameters
from server.http.strict import Strict
from server.identity.audience import ANYONE, must_be_declared
from server.identity.caller import Authentication
from server.identity.ended import Ended
from server.identity.enrolment_routes import Enrolment
from server.identity.people_routes import People
from server.identity.routes import Devices, SignIn, Users
from server.identity.session_routes import LoginSessions, log_out
from server.identity.tokens import Tokens
from server.jobs.past.routes import list_past_visits
from server.jobs.routes import Jobs, Visits
from server.media.probe import probing
from server.media.relay import Relay, objects
from server.media.routes import Photos
from server.media.rules import USUAL, Custody
from server.media.storage import Storage
from server.media.storage_routes import StorageReport
from server.media.upload_routes import Multipart
from server.notifications.outgoing import Outgoing
from server.notifications.routes import Notifications
from server.notifications.webhook.routes import WebhookEndpoints
from server.process.described import SECURITY, describe_routes, is_for_desks_or_a_list
from server.process.health import Health, beating, get_live
from server.process.metrics import Figures, get_metrics, measuring
from server.process.open_files import watching_files
from server.process.share import Share, alone
from server.process.worker import working
from server.reasons.routes import Reasons
from server.records.consent.routes import ConsentTexts
from server.records.customer.routes import Customer
from server.records.log.routes import Log
from server.records.routes import Public, Records
from server.records.seal.unsealed_routes import Unsealed
from server.records.sealer import Sealer
from server.records.verify_page.apart import Line
from server.records.verify_page.routes import verify_files, verify_page
from server.registers.routes import Actions
from server.requests.routes import Tickets
from server.restore.routes import Copies
from server.sync.adapters.powersync_routes import PowerSync
from server.sync.adapters.powersync_stream import Streams
from server.sync.down.admission import FirstSyncs
from server.sync.down.places import Places
from server.sync.down.stream import Tailer
from server.sync.incidents.routes import Incidents
from server.sync.routes import Parked, Sync
from server.visit_links.routes import VisitLinks

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request body; a phone splits a larger outbox.

The largest operation fits however a client escapes it in JSON: three bytes for each of its text (a two-byte letter as
`\\u00e9`; a quotation mark is two), six for each of its attachment (a control character).
"""

COMPRESS_FROM = 1000
"""Bytes of an answer; below, the headers of a packet weigh more than what is saved."""

NOTHING_GOES_OUT = Outgoing()
"""Without settings of mail customers are told by hand."""

add_compress_type("application/vnd.msgpack")
# A stream of hints is a few bytes an hour; a compressor for each would hold a megabyte.
remove_compress_type("text/event-stream")


async def session_dependency(state: State) -> AsyncIterator[AsyncSession]:
    """The one transaction of a request; commits after the answer is built and before it is sent."""
    async with state.sessions.begin() as session:
        yield session


def sessions_dependency(state: State) -> Sessions:
    """For what needs transactions of its own."""
    sessions: Sessions = state.sessions
    return sessions


def tokens_dependency(state: State) -> Tokens:
    """Makes and reads tokens."""
    tokens: Tokens = state.tokens
    return tokens


def storage_dependency(state: State) -> Storage:
    """The S3 storage."""
    storage: Storage = state.storage
    return storage


def custody_dependency(state: State) -> Custody:
    """What is let pass before photos are late or objects removed."""
    custody: Custody = state.custody
    return custody


@get("/health", tags=["operations"], guards=[ANYONE])
async def get_health(
    request: Request[Any, Any, State], sessions: NamedDependency[Sessions], state: State
) -> dict[str, str]:
    """Whether database and storage answer, and took the writes that are tried every few seconds; open to anyone."""
    known: Health = state.health
    async with sessions() as session:
        await session.execute(text("select 1"))
    if not await known.storage_answers():
        raise Unavailable("The storage does not answer.")
    if known.trouble:
        raise Unavailable(
            f"{' and '.join(sorted(known.trouble)).capitalize()} took no write when last tried. See the log."
        )
    return {"database": "ok", "storage": "ok"}


@asynccontextmanager
async def connected(
    app: Litestar,
    database_url: str,
    storage: Storage,
    tokens: Tokens,
    sealer: Sealer,
    *,
    work: bool,
    connection_class: type[asyncpg.Connection] = asyncpg.Connection,
    custody: Custody = USUAL,
    probe: bool = False,
    door: Door | None = None,
    share: Share | None = None,
    outgoing: Outgoing = NOTHING_GOES_OUT,
) -> AsyncIterator[None]:
    """What the application holds while it runs: connections, the tailer of feeds, the storage."""
    share = share or alone()
    engine = make_engine(database_url, pool_size=share.connections, connection_class=connection_class)
    readers = Readers(database_url, size=share.connections, connection_class=connection_class)
    app.state.sessions, app.state.readers = (
        make_sessions(engine, vault=sealer.keys.vault, link_days=sealer.link_days, outgoing=outgoing),
        readers,
    )
    app.state.first_syncs = FirstSyncs()
    app.state.tokens, app.state.storage, app.state.sealer = tokens, storage, sealer
    app.state.custody, app.state.verifying = custody, Line()
    app.state.relay = Relay()
    app.state.door = door or Door()
    app.state.ended = ended = Ended(Readers(database_url, connection_class=connection_class, size=1))
    ended.begin()
    app.state.places = Places(ended)
    app.state.tailer = Tailer(readers)
    app.state.desk_places, app.state.desk_tailer = Places(ended, most=8), DeskTailer(readers)
    app.state.powersync = Streams(app.state.sessions, app.state.tailer, ended)
    if not probe:
        await storage.prepare()
    health = beating(database_url, lambda: app.state.storage, look=probe)
    background = (
        working(database_url, app.state.sessions, storage, sealer, custody, turn=share.turn) if work else nullcontext()
    )
    try:
        # A storage that is away at the start is no reason not to serve: phones sync without it.
        with probing(storage, sealer.public_url) if probe else nullcontext():
            app.state.figures = Figures(engine, readers, (app.state.tailer, app.state.desk_tailer))
            async with health as app.state.health, measuring(app.state.figures), background:
                yield
    finally:
        await app.state.relay.close()
        app.state.verifying.close()
        await app.state.tailer.close()
        await app.state.desk_tailer.close()
        await ended.close()
        await readers.close()
        await engine.dispose()


def make_app(
    database_url: str,
    storage: Storage,
    tokens: Tokens,
    sealer: Sealer,
    *,
    work: bool = True,
    custody: Custody = USUAL,
    door: Door | None = None,
    enrolment_people: int = 1,
    narrow: bool = False,
    share: Share | None = None,
    metrics_token: str | None = None,
    outgoing: Outgoing = NOTHING_GOES_OUT,
) -> Litestar:
    """The application over a database and a storage that run already; `work` also does the background work, when `share` has
    its turn."""
    app = Litestar(
        state=State({"enrolment_people": enrolment_people, "narrow": narrow, "metrics_token": metrics_token}),
        route_handlers=[
            People, LoginSessions, log_out,
            get_health, get_live, get_metrics, SignIn, Users, Devices, Enrolment, Register, Assets, Meters, Catalogue, FaultWords, Tickets, Jobs, Visits, list_past_visits, Dispatch, FieldRequests, Reasons, ConsentTexts, PhotoDecisions, DeskFeed, Sync, Parked, Incidents,
            PowerSync, Arrivals, Codes, show_customer_code, Photos, Multipart, StorageReport,
            Records,
            Unsealed,
            Faults,
            Public,
            Log,
            Customer, VisitLinks, VisitPages, AssetPages, ChangeRequests, AssetLabels,
            Copies, Actions, Notifications, WebhookEndpoints,
            verify_page,
            verify_files,
            objects,
            api_page.files([ANYONE]),
        ],
        dependencies={
            "session": Provide(session_dependency),
            "sessions": Provide(sessions_dependency, sync_to_thread=False),
            "tokens": Provide(tokens_dependency, sync_to_thread=False),
            "storage": Provide(storage_dependency, sync_to_thread=False),
            "custody": Provide(custody_dependency, sync_to_thread=False),
        },
        request_class=Strict,
        middleware=[
            DefineMiddleware(Bodies),
            DefineMiddleware(cast(Any, CompressMiddleware), minimum_size=COMPRESS_FROM),
            DefineMiddleware(MessagePack, limit=MAX_BODY),
            DefineMiddleware(Authentication, exclude=["^/schema", "^/v1/auth/", "^/objects/", "^/metrics$"]),
        ],
        exception_handlers={
            Problem: responses.on_problem,
            HTTPException: responses.on_http,
            DBAPIError: responses.on_database,
            PoolTimeout: responses.on_crowded,
            OSError: responses.on_outage,
            **dict.fromkeys(ASYNCPG, responses.on_driver),
            RecursionError: responses.on_too_deep,
            UnicodeDecodeError: responses.on_no_text,
            Exception: responses.on_bug,
        },
        lifespan=[watching_files, lambda app: connected(app, database_url, storage, tokens, sealer, work=work, custody=custody, probe=True, door=door, share=share, outgoing=outgoing)],
        logging_config=None,
        request_max_body_size=MAX_BODY,
        openapi_config=described("Fieldproof", "1", [ANYONE], SECURITY),
    )  # fmt: skip
    must_be_declared(app)
    hold_to_parameters(app, is_for_desks_or_a_list)
    describe_routes(app)
    app.asgi_handler = Observed(app.asgi_handler, leaving(tls=sealer.public_url.startswith("https:")))
    return app
