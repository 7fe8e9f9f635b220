"""How rows of each list are made, straight in the database: pairs of them have one value in the list's order, so that ties are met.

A new list fails `test_every_list_is_known` until it is here.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Litestar

from mobile_contract.chain import uuid7
from server.actions.models import Action
from server.arrival.models import OfficeThreshold
from server.clocks.models import Clock
from server.customer_pages.models import ChangeRequest
from server.customers.models import (
    Asset,
    Contact,
    Customer,
    FaultWord,
    MeterReading,
    Part,
    Product,
    Site,
    SitePosition,
)
from server.database.tables import Table
from server.dispatch.models import Technician
from server.faults.models import TaskFault
from server.field.models import Operation
from server.field_requests.models import FieldRequest
from server.identity.models import Device, EnrolmentCode, LoginSession, Office, SignInAttempts, User
from server.jobs.models import ChecklistItem, Job, Visit, VisitEvent, VisitPlan, WindowAgreement
from server.media.models import Photo
from server.notifications.models import Notification, WebhookEndpoint
from server.reasons.models import Reason
from server.records.models import ConsentText, CustomerAnswer, SealedRecord, SealingDecision, ServiceReport, Signature
from server.requests.models import Ticket
from server.sync.models import Incident, IncidentAcknowledgement
from server.visit_links.models import VisitLink
from tests.company import HASH, Company

BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
Ids = dict[str, Any]
Made = list[Table]


class Rows(NamedTuple):
    """A list's address, who asks, and what makes its n-th row: tables in the order in which they are inserted."""

    path: str
    make: Callable[[Ids, int], Made]
    who: str = "mei"
    stays: bool = False
    """Rows are never deleted."""
    query: dict[str, str] = {}  # noqa: RUF012  never changed


def moment(n: int) -> datetime:
    return BEGIN + timedelta(minutes=n // 2)


def sha(text: object) -> bytes:
    return hashlib.sha256(str(text).encode()).digest()


def new() -> UUID:
    return UUID(uuid7())


def user(ids: Ids, n: int, role: str = "dispatcher") -> User:
    name = f"{'ABCDEFGH'[n // 2 % 8]}{n:04}" if n % 4 else "Same name"
    return User(
        id=new(), login=f"{role}{n}", name=name, role=role, office_id=ids["office"], password_hash=HASH, active=True
    )


def ticket(ids: Ids, n: int) -> Made:
    row = Ticket(
        id=new(), customer_id=ids["customer"], office_id=ids["office"], kind="repair", channel="phone",
        subject=f"=E{n}", received_at=moment(n), created_by=ids["mei"],
    )  # fmt: skip
    begun = moment(n) - timedelta(hours=1)
    reply = Clock(
        subject_type="ticket", subject_id=row.id, kind="reply", policy="repair_reply", within=timedelta(hours=1),
        started_at=begun, due_at=moment(n), state="overdue",
    )  # fmt: skip
    return [row, reply]


def meter_reading(ids: Ids, n: int) -> Made:
    return [
        MeterReading(
            id=new(), asset_id=ids["asset"], counter="hours run", value_milli=n * 1000, unit="h", read_by=ids["wei"],
            read_at=moment(n), operation_id=new(),
        )
    ]  # fmt: skip


def job(ids: Ids, n: int) -> Made:
    row = Job(
        id=new(), customer_id=ids["customer"], site_id=ids["site"], office_id=ids["office"], kind="repair",
        title=f"+1 (555) 01{n}", skills={},
    )  # fmt: skip
    return [row, visit(row.id, n)]


def visit(job_id: UUID, n: int, state: str = "unscheduled") -> Visit:
    done = moment(n) if state == "completed" else None
    return Visit(id=new(), job_id=job_id, state=state, finished_at=done, created_at=moment(n))


def past(ids: Ids, n: int) -> Made:
    row = Job(
        id=new(), customer_id=ids["customer"], site_id=ids["site"], asset_id=ids["asset"], office_id=ids["office"],
        kind="repair", title=f"N{n}", skills={},
    )  # fmt: skip
    return [row, visit(row.id, n, "completed")]


def event(ids: Ids, n: int) -> Made:
    return [
        VisitEvent(
            id=new(), visit_id=ids["visit"], kind="note", occurred_at=moment(n), recorded_at=moment(n), facts={"n": n}
        )
    ]


def device(ids: Ids, n: int) -> Made:
    heard = None if n % 3 else moment(n)
    return [
        Device(
            id=new(), user_id=ids["wei"], label=f"@{n}", platform="web", public_key=b"k", enrolled_at=moment(n),
            last_heard_at=heard,
        )
    ]  # fmt: skip


def code(ids: Ids, n: int) -> Made:
    there = datetime(2100, 1, 1, tzinfo=UTC)
    return [
        EnrolmentCode(
            sha256=sha(new()), id=new(), user_id=ids["wei"], made_by=ids["mei"], made_at=moment(n), expires_at=there
        )
    ]


def login_session(ids: Ids, n: int, failures: int = 0, who: str = "anna") -> LoginSession:
    return LoginSession(
        id=new(), user_id=ids[who], kind="password", address="192.0.2.1", agent=f"-{n}", failures_before=failures,
        started_at=moment(n), last_used_at=datetime(2100, 1, 1, tzinfo=UTC) + timedelta(minutes=n // 2),
    )  # fmt: skip


def warning(ids: Ids, n: int) -> Made:
    if n % 2:
        return [login_session(ids, n, failures=12)]
    who = user(ids, n, "manager")
    tries = {"untold": 11, "first_at": BEGIN, "last_at": moment(n + 1)}
    return [who, SignInAttempts(login_sha256=sha(n), lane="a:192.0.2.7", user_id=who.id, **tries)]


def technician(ids: Ids, n: int) -> Made:
    who = user(ids, n, "technician")
    return [who, Technician(id=who.id, skills={}, working_hours={})]


def site(ids: Ids, n: int) -> Made:
    return [
        Site(
            id=new(), customer_id=ids["customer"], name=f"Gate {n // 2}", address="延安西路", latitude=31.2,
            longitude=121.4, time_zone="Asia/Shanghai",
        )
    ]  # fmt: skip


def position(ids: Ids, n: int) -> Made:
    return [
        SitePosition(
            id=new(), site_id=ids["site"], latitude=31.2, longitude=121.4, datum="wgs84", geofence_radius_m=50,
            reason=f"-{n} m", created_at=moment(n),
        )
    ]  # fmt: skip


def asset(ids: Ids, n: int) -> Made:
    day = BEGIN.date() + timedelta(days=n // 2)
    return [Asset(id=new(), site_id=ids["site"], product_id=ids["product"], serial=f"S{n}", arrival_date=day)]


def order(ids: Ids, n: int) -> Made:
    return [
        VisitPlan(
            visit_id=ids["visit"], plan_version=100 + n, window_start=moment(n), window_end=moment(n + 2),
            planned_start=moment(n), minutes=60, crew={"technician_ids": [str(ids["wei"])]}, ordered_by=ids["mei"],
        )
    ]  # fmt: skip


def field_request(ids: Ids, n: int) -> Made:
    return [
        FieldRequest(
            id=new(), visit_id=ids["visit"], kind="help", text=f"Q{n // 2}", asked_by=ids["wei"], asked_at=moment(n),
            created_at=moment(n),
        )
    ]  # fmt: skip


def link(ids: Ids, n: int) -> Made:
    return [
        VisitLink(
            id=new(), visit_id=ids["visit"], whose="desk", token_sha256=sha(new()), expires_at=moment(n),
            made_by=ids["mei"], created_at=moment(n),
        )
    ]  # fmt: skip


def change_request(ids: Ids, n: int) -> Made:
    [of] = link(ids, n)
    return [
        of,
        ChangeRequest(
            id=new(), visit_id=ids["visit"], link_id=of.id, form_id=new(), wishes=f"W{n}", windows={"windows": []},  # type: ignore[attr-defined]
            asked_at=moment(n // 2),
        ),
    ]  # fmt: skip


def agreement(ids: Ids, n: int) -> Made:
    return [
        WindowAgreement(
            id=new(), visit_id=ids["visit"], window_start=moment(n), window_end=moment(n + 2), recorded_by=ids["mei"],
            recorded_at=moment(n // 2),
        )
    ]  # fmt: skip


def photo(ids: Ids, n: int) -> Photo:
    return Photo(
        id=new(), visit_id=ids["visit"], slot="other", sha256=sha(new()).hex(), size=10, content_type="image/jpeg",
        promised_by=ids["wei"], promised_at=BEGIN,
    )  # fmt: skip


def missing(ids: Ids, n: int) -> Made:
    of = job(ids, n)
    late = visit(of[0].id, n, "completed")  # type: ignore[attr-defined]
    return [of[0], late, photo({**ids, "visit": late.id}, n)]


def threshold(ids: Ids, n: int) -> Made:
    return [
        OfficeThreshold(
            id=new(), office_id=ids["office"], thresholds={}, reason=f"{n}", author_id=ids["mei"], created_at=moment(n)
        )
    ]


def report(ids: Ids, n: int) -> ServiceReport:
    return ServiceReport(
        id=new(), visit_id=ids["visit"], locale="en", canonical=b"{}", sha256=f"{n}", operation_id=new(),
        author_id=ids["wei"], created_at=moment(n),
    )  # fmt: skip


def sealed(ids: Ids, n: int) -> Made:
    of = report(ids, n)
    return [
        of,
        SealedRecord(
            id=new(), report_id=of.id, visit_id=of.visit_id, record=b"{}", origin_id=1, leaf_index=1000 + n,
            proof={"checkpoint": "fieldproof\n1\nx"}, link_sha256=sha(of.id), sealed_at=moment(n), answer_until=moment(n),
        ),
    ]  # fmt: skip


def dispute(ids: Ids, n: int) -> Made:
    rows = sealed(ids, n)
    answer = CustomerAnswer(
        id=new(), record_id=rows[1].id, kind="disputed", reason=f"{n}", statement=b"{}",  # type: ignore[attr-defined]
        origin_id=1, leaf_index=2000 + n, proof={}, answered_at=moment(n),
    )  # fmt: skip
    return [*rows, answer]


def unsealed(ids: Ids, n: int) -> Made:
    if n % 3 == 0:
        of = job(ids, n)
        return [of[0], visit(of[0].id, n, "completed")]  # type: ignore[attr-defined]
    of_report = report(ids, n)
    signed = {"consent": {}, "shown_sha256": "", "operation_id": new(), "created_at": moment(n)}
    return [of_report, Signature(id=new(), report_id=of_report.id, outcome="signed", **signed)]


def closed(ids: Ids, n: int) -> Made:
    return [
        SealingDecision(
            id=new(),
            visit_id=ids["visit"],
            kind="without_report",
            reason=f"{n}",
            decided_by=ids["mei"],
            decided_at=moment(n),
        )
    ]


def incident(ids: Ids, n: int) -> Made:
    phone = device(ids, n)
    row = Incident(
        id=new(), device_id=phone[0].id, code="sequence_gap", seq=None if n % 2 else n, detail=f"{n}",  # type: ignore[attr-defined]
        evidence=b"{}", fingerprint=f"{n}", created_at=moment(n), last_at=moment(-n),
    )  # fmt: skip
    said = IncidentAcknowledgement(id=new(), incident_id=row.id, author_id=ids["mei"], note="seen", created_at=BEGIN)
    return [*phone, row, said]


def parked(ids: Ids, n: int) -> Made:
    phone = device(ids, n)
    return [
        *phone,
        Operation(
            id=new(), device_id=phone[0].id, user_id=ids["wei"], seq=1 + n % 2, kind="note", subject_type="visit",  # type: ignore[attr-defined]
            subject_id=ids["visit"], visit_id=ids["visit"], raw=b'{"n":%d}' % n, signature=b"s", attachment=b"large",
            sha256="", outcome="parked", code="not_your_visit", sentence="No.", earliest=BEGIN, latest=BEGIN,
            received_at=moment(n),
        ),
    ]  # fmt: skip


def fault(ids: Ids, n: int) -> Made:
    times = {"since": moment(n), "last_at": moment(-n)}
    return [
        TaskFault(
            task=f"task {n % 3}", subject=new(), code="x", sentence=f"{n}", trace="", tries=1, held=n % 2 == 0, **times
        )
    ]


def endpoint(ids: Ids, n: int) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=new(), url=f"https://example.com/{n}", kinds=["test"], secret=b"s", made_by=ids["root"], made_at=moment(n)
    )


def notification(ids: Ids, n: int) -> Made:
    return [
        Notification(
            id=new(), kind="ticket_received", thing="ticket", thing_id=new(), office_id=ids["office"], occasion_id=new(),
            channel="manual", recipient_name=f"=N{n}", recipient="+86 (21) 6248-3180", subject=f"+{n}", text="x",
            message_id=f"<{n}-{new()}@example.com>", made_at=moment(n), next_at=moment(n),
        )
    ]  # fmt: skip


def action(ids: Ids, n: int) -> Made:
    return [
        Action(
            id=new(), at=moment(n), actor_id=ids["mei"], what="cancel_visit", thing="visit", thing_id=new(),
            office_id=ids["office"], before={"state": "scheduled"}, after={"state": "cancelled", "n": n}, withheld=["reason"],
        )
    ]  # fmt: skip


LISTS: dict[str, Rows] = {
    "list_actions": Rows("/v1/actions", action, query={"what": "cancel_visit"}),
    "list_tickets": Rows("/v1/tickets", ticket),
    "list_jobs": Rows("/v1/jobs", job),
    "list_checklist_lines": Rows(
        "/v1/visits/{visit}/checklist",
        lambda ids, n: [
            ChecklistItem(id=new(), visit_id=ids["visit"], position=n // 2, label=f"=L{n}", labels={"de": f"Z{n}"})
        ],
    ),
    "list_visit_events": Rows("/v1/visits/{visit}/history", event),
    "list_users": Rows("/v1/users", lambda ids, n: [user(ids, n)]),
    "list_offices": Rows("/v1/offices", lambda ids, n: [Office(id=new(), name=f"Office {n}", time_zone="UTC")]),
    "list_devices": Rows("/v1/devices", device),
    "list_enrolment_codes": Rows("/v1/enrolment-codes", code),
    "list_sessions": Rows("/v1/sessions", lambda ids, n: [login_session(ids, n)], "anna"),
    "list_sign_in_warnings": Rows("/v1/sign-in-warnings", warning, "root"),
    "list_customers": Rows(
        "/v1/customers", lambda ids, n: [Customer(id=new(), name=f"C{n // 2}", office_id=ids["office"])]
    ),
    "list_contacts": Rows(
        "/v1/customers/{customer}/contacts",
        lambda ids, n: [Contact(id=new(), customer_id=ids["customer"], name=f"P{n // 2}", phone="+86 (21) 6248-3180")],
    ),
    "list_sites": Rows("/v1/customers/{customer}/sites", site),
    "list_assets": Rows("/v1/sites/{site}/assets", asset),
    "list_site_positions": Rows("/v1/sites/{site}/positions", position),
    "list_meter_readings": Rows("/v1/assets/{asset}/meter-readings", meter_reading),
    "list_products": Rows(
        "/v1/products", lambda ids, n: [Product(id=new(), code=f"P-{n}", name=f"N{n // 2}", warranty_months=n)]
    ),
    "list_fault_words": Rows(
        "/v1/fault-words",
        lambda ids, n: [FaultWord(id=new(), code=f"E{n // 2}", code_key=f"k{n}", role="cause", labels={})],
    ),
    "list_past_visits": Rows("/v1/assets/{asset}/visits", past),
    "list_consent_texts": Rows(
        "/v1/consent-texts",
        lambda ids, n: [ConsentText(id=new(), code=f"T{n}", code_key=f"t{n}", texts={"en": f"+{n}"})],
    ),
    "list_reasons": Rows(
        "/v1/reasons",
        lambda ids, n: [
            Reason(id=new(), code=f"R{n // 2}", code_key=f"k{n}", given_for="hold", labels={}, position=n // 3)
        ],
        query={"given_for": "hold", "retired": "false"},
    ),
    "list_parts": Rows(
        "/v1/parts", lambda ids, n: [Part(id=new(), number=f"X-{n}", name=f"N{n // 2}", unit_price=n // 2)]
    ),
    "list_technicians": Rows("/v1/technicians", technician),
    "list_orders": Rows("/v1/visits/{visit}/orders", order),
    "list_windows": Rows("/v1/visits/{visit}/windows", agreement),
    "list_field_requests": Rows("/v1/field-requests", field_request),
    "list_visit_links": Rows("/v1/visits/{visit}/links", link),
    "list_change_requests": Rows("/v1/change-requests", change_request),
    "list_missing_photos": Rows("/v1/photos/missing", missing),
    "list_arrival_thresholds": Rows("/v1/offices/{office}/arrival-thresholds", threshold),
    "list_photos": Rows("/v1/visits/{visit}/photos", lambda ids, n: [photo(ids, n)]),
    "list_records": Rows("/v1/visits/{visit}/records", sealed),
    "list_disputes": Rows("/v1/disputes", dispute, stays=True),
    "list_unsealed": Rows("/v1/unsealed", unsealed),
    "list_closed_without": Rows("/v1/unsealed/closed-without", closed),
    "list_incidents": Rows("/v1/incidents", incident),
    "list_parked": Rows("/v1/parked", parked),
    "list_faults": Rows("/v1/faults", fault),
    "list_notifications": Rows("/v1/notifications", notification),
    "list_webhook_endpoints": Rows("/v1/webhook-endpoints", lambda ids, n: [endpoint(ids, n)], "root"),
}


async def insert(app: Litestar, rows: Sequence[Table]) -> None:
    """One after the other, each after what it refers to."""
    async with app.state.sessions.begin() as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def remove(app: Litestar, rows: Sequence[Table]) -> None:
    async with app.state.sessions.begin() as session:
        for row in reversed(rows):
            await session.delete(await session.merge(row))
            await session.flush()


async def ids_of(company: Company, app: Litestar) -> Ids:
    """Of the company's things, with a visit."""
    ids: Ids = {name: UUID(value) for name, value in company.ids.items()}
    ids["visit"] = UUID(await company.visit("wei"))
    return ids
