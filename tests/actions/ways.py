"""One way to call each verb of a desk, so that something changes. Whatever somebody could write there has the mark in it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from litestar import Litestar

from server.database.tables import Table
from server.notifications.models import NotificationRule
from tests.company import PASSWORD, Company
from tests.http.lists import rows
from tests.http.lists.rows import Ids, insert
from tests.notifications.sending import with_mail

MARK = "Zz王"
"""Stands in every text that somebody writes."""
WINDOW = {"window_start": "2026-03-02T09:00:00+08:00", "window_end": "2026-03-02T11:00:00+08:00"}
LATER = {"window_start": "2026-03-02T13:00:00+08:00", "window_end": "2026-03-02T15:00:00+08:00"}
TICKET = {"kind": "repair", "channel": "phone", "subject": MARK, "description": MARK}


class Call(NamedTuple):
    """Who calls what, and which thing the log is to name."""

    who: str
    method: str
    path: str
    body: dict[str, Any] | None = None
    thing: object = None


class Stage:
    """The company with what a verb needs before it."""

    def __init__(self, company: Company, app: Litestar, ids: Ids) -> None:
        self.company, self.app, self.ids = company, app, ids

    async def rows(self, made: list[Table]) -> list[Any]:
        """Put rows into the database, as the lists' tests do."""
        await insert(self.app, made)
        return made

    async def made(self, path: str, body: dict[str, Any], who: str = "root") -> Any:
        """What another verb makes."""
        return await self.company.must(who, "POST", path, json=body)


Way = Callable[[Stage], Awaitable[Call]]
WAYS: dict[str, Way] = {}
"""By the name of the route's handler."""


def way(one: Way) -> Way:
    """Name it like the route's handler."""
    WAYS[one.__name__] = one  # type: ignore[attr-defined]
    return one


def plain(name: str, call: Callable[[Ids], Call]) -> None:
    """A verb that needs nothing but the company, and a visit that Wei is to go to."""

    async def it(stage: Stage) -> Call:
        return call(stage.ids)

    WAYS[name] = it


SITE = {
    "name": MARK, "address": MARK, "latitude": 31.2, "longitude": 121.4, "time_zone": "Asia/Shanghai", "access_note": MARK,
}  # fmt: skip
USER = {"name": MARK, "role": "technician", "password": f"{MARK} long enough"}
plain(
    "add_customer",
    lambda ids: Call("mei", "POST", "/v1/customers", {"name": MARK, "office_id": str(ids["office"]), "tier": "key"}),
)
plain(
    "add_contact",
    lambda ids: Call("mei", "POST", f"/v1/customers/{ids['customer']}/contacts", {"name": MARK, "phone": MARK}),
)
plain("add_site", lambda ids: Call("mei", "POST", f"/v1/customers/{ids['customer']}/sites", SITE))
plain(
    "change_site",
    lambda ids: Call(
        "mei", "PATCH", f"/v1/sites/{ids['site']}",
        {"name": MARK, "latitude": 31.5, "longitude": 121.5, "datum": "gcj02", "geofence_radius_m": 99, "reason": MARK},
        ids["site"],
    ),
)  # fmt: skip
plain(
    "add_asset",
    lambda ids: Call(
        "mei", "POST", f"/v1/sites/{ids['site']}/assets",
        {"product_id": str(ids["product"]), "serial": MARK, "arrival_date": "2025-06-01"},
    ),
)  # fmt: skip
plain(
    "add_product", lambda _: Call("root", "POST", "/v1/products", {"code": MARK, "name": MARK, "warranty_months": 12})
)
plain(
    "add_part",
    lambda _: Call("root", "POST", "/v1/parts", {"number": MARK, "name": MARK, "unit_price": 5, "currency": "EUR"}),
)
NAMES = {"name": MARK, "names": {"en": MARK, "zh-CN": MARK}}
WORD = {"code": MARK, "role": "symptom", "labels": {"de": MARK}}
plain("change_product", lambda ids: Call("root", "PATCH", f"/v1/products/{ids['product']}", NAMES, ids["product"]))
plain("change_part", lambda ids: Call("root", "PATCH", f"/v1/parts/{ids['part']}", NAMES, ids["part"]))
plain("add_fault_word", lambda ids: Call("root", "POST", "/v1/fault-words", WORD | {"product_id": str(ids["product"])}))


@way
async def change_fault_word(stage: Stage) -> Call:
    word_id = (await stage.made("/v1/fault-words", WORD))["id"]
    return Call("root", "PATCH", f"/v1/fault-words/{word_id}", {"labels": {"en": MARK}}, word_id)


@way
async def retire_fault_word(stage: Stage) -> Call:
    word_id = (await stage.made("/v1/fault-words", WORD))["id"]
    return Call("root", "POST", f"/v1/fault-words/{word_id}/retire", None, word_id)


@way
async def reinstate_fault_word(stage: Stage) -> Call:
    word_id = (await stage.made("/v1/fault-words", WORD))["id"]
    await stage.made(f"/v1/fault-words/{word_id}/retire", {})
    return Call("root", "POST", f"/v1/fault-words/{word_id}/reinstate", None, word_id)


REASON = {"code": MARK, "given_for": "hold", "labels": {"de": MARK}}
plain("add_reason", lambda ids: Call("root", "POST", "/v1/reasons", REASON | {"office_id": str(ids["office"])}))
plain(
    "change_office", lambda ids: Call("root", "PATCH", f"/v1/offices/{ids['office']}", {"phone": MARK}, ids["office"])
)


AGREED = {"code": MARK, "texts": {"de": MARK}}
plain("add_consent_text", lambda _: Call("root", "POST", "/v1/consent-texts", AGREED))


@way
async def retire_consent_text(stage: Stage) -> Call:
    text_id = (await stage.made("/v1/consent-texts", AGREED))["id"]
    return Call("root", "POST", f"/v1/consent-texts/{text_id}/retire", None, text_id)


@way
async def change_job(stage: Stage) -> Call:
    job_id = (await stage.company.must("mei", "GET", f"/v1/visits/{stage.ids['visit']}"))["job_id"]
    return Call("mei", "PATCH", f"/v1/jobs/{job_id}", {"description": MARK}, job_id)


@way
async def change_reason(stage: Stage) -> Call:
    reason_id = (await stage.made("/v1/reasons", REASON))["id"]
    return Call("root", "PATCH", f"/v1/reasons/{reason_id}", {"labels": {"en": MARK}}, reason_id)


@way
async def retire_reason(stage: Stage) -> Call:
    reason_id = (await stage.made("/v1/reasons", REASON))["id"]
    return Call("root", "POST", f"/v1/reasons/{reason_id}/retire", None, reason_id)


@way
async def reinstate_reason(stage: Stage) -> Call:
    reason_id = (await stage.made("/v1/reasons", REASON))["id"]
    await stage.made(f"/v1/reasons/{reason_id}/retire", {})
    return Call("root", "POST", f"/v1/reasons/{reason_id}/reinstate", None, reason_id)


@way
async def change_checklist_line(stage: Stage) -> Call:
    visit_id = stage.ids["visit"]
    [line, *_] = await stage.company.must("mei", "GET", f"/v1/visits/{visit_id}/checklist")
    change = {"label": MARK, "labels": {"de": MARK}}
    return Call("mei", "PATCH", f"/v1/visits/{visit_id}/checklist/{line['id']}", change, visit_id)


plain("take_ticket", lambda ids: Call("mei", "POST", "/v1/tickets", {"customer_id": str(ids["customer"]), **TICKET}))
plain(
    "add_job",
    lambda ids: Call("mei", "POST", "/v1/jobs", {"site_id": str(ids["site"]), "title": MARK, "skills": [MARK]}),
)
plain(
    "cancel_visit",
    lambda ids: Call("mei", "POST", f"/v1/visits/{ids['visit']}/cancel", {"reason": MARK}, ids["visit"]),
)
plain(
    "assign_visit",
    lambda ids: Call(
        "mei", "POST", f"/v1/visits/{ids['visit']}/assign",
        {"technician_ids": [str(ids["anna"])], **LATER, "reason": MARK}, ids["visit"],
    ),
)  # fmt: skip
plain(
    "agree_window",
    lambda ids: Call(
        "mei", "POST", f"/v1/visits/{ids['visit']}/windows",
        {**LATER, "agreed": {"agreed_with": MARK, "note": MARK}}, ids["visit"],
    ),
)  # fmt: skip
plain(
    "unassign_visit",
    lambda ids: Call("mei", "POST", f"/v1/visits/{ids['visit']}/unassign", {"reason": MARK}, ids["visit"]),
)
plain(
    "add_arrival_exemption",
    lambda ids: Call(
        "mei",
        "POST",
        f"/v1/visits/{ids['visit']}/arrival/exemptions",
        {"reason": "traffic", "note": MARK},
        ids["visit"],
    ),
)
plain(
    "correct_arrival_window",
    lambda ids: Call(
        "root", "POST", f"/v1/visits/{ids['visit']}/arrival/window-corrections",
        {"plan_version": 1, **LATER, "reason": MARK}, ids["visit"],
    ),
)  # fmt: skip
plain(
    "set_arrival_thresholds",
    lambda ids: Call(
        "root", "PUT", f"/v1/offices/{ids['office']}/arrival-thresholds",
        {"thresholds": {"max_age_ms": 60_000}, "reason": MARK}, ids["office"],
    ),
)  # fmt: skip
plain("make_site_code", lambda ids: Call("mei", "POST", f"/v1/sites/{ids['site']}/code", thing=ids["site"]))
plain("make_code_link", lambda ids: Call("mei", "POST", f"/v1/visits/{ids['visit']}/code-link", thing=ids["visit"]))
plain("add_office", lambda _: Call("root", "POST", "/v1/offices", {"name": MARK, "time_zone": "Europe/Berlin"}))
plain(
    "add_user",
    lambda ids: Call("root", "POST", "/v1/users", {**USER, "login": f"{MARK}u", "office_id": str(ids["office"])}),
)
plain(
    "change_user",
    lambda ids: Call(
        "root", "PATCH", f"/v1/users/{ids['mei']}", {"name": MARK, "role": "manager", "login": f"{MARK}m"}, ids["mei"]
    ),
)
plain("deactivate_user", lambda ids: Call("root", "POST", f"/v1/users/{ids['mei']}/deactivate", thing=ids["mei"]))
plain(
    "reset_password",
    lambda ids: Call(
        "root", "POST", f"/v1/users/{ids['mei']}/password", {"password": f"{MARK} is long enough"}, ids["mei"]
    ),
)
plain(
    "change_own_password",
    lambda ids: Call(
        "mei", "POST", "/v1/me/password", {"present": PASSWORD, "new": f"{MARK} is long enough"}, ids["mei"]
    ),
)
plain(
    "make_enrolment_code",
    lambda ids: Call("mei", "POST", f"/v1/users/{ids['wei']}/enrolment-codes", thing=ids["wei"]),
)


@way
async def respond_to_ticket(stage: Stage) -> Call:
    ticket = await stage.made("/v1/tickets", {"customer_id": str(stage.ids["customer"]), **TICKET})
    return Call("mei", "POST", f"/v1/tickets/{ticket['id']}/respond", thing=ticket["id"])


@way
async def contact_complainant(stage: Stage) -> Call:
    complaint = {"customer_id": str(stage.ids["customer"]), **TICKET, "kind": "complaint"}
    ticket = await stage.made("/v1/tickets", complaint)
    return Call("mei", "POST", f"/v1/tickets/{ticket['id']}/contact", thing=ticket["id"])


@way
async def add_visit(stage: Stage) -> Call:
    visit = await stage.company.must("mei", "GET", f"/v1/visits/{stage.ids['visit']}")
    return Call("mei", "POST", f"/v1/jobs/{visit['job_id']}/visits", {"minutes": 90})


@way
async def add_technician(stage: Stage) -> Call:
    body = {**USER, "login": "new", "office_id": str(stage.ids["office"])}
    user = await stage.made("/v1/users", body)
    body = {"user_id": user["id"], "skills": [MARK], "home_latitude": 31.2, "phone": MARK, "working_hours": {}}
    return Call("root", "POST", "/v1/technicians", body, user["id"])


@way
async def decide_photo(stage: Stage) -> Call:
    [photo] = await stage.rows([rows.photo(stage.ids, 1)])
    body = {"kind": "never_arrived", "reason": MARK}
    return Call("mei", "POST", f"/v1/photos/{photo.id}/decision", body, stage.ids["visit"])


@way
async def answer_field_request(stage: Stage) -> Call:
    [asked] = await stage.rows(rows.field_request(stage.ids, 1))
    body = {"answer": MARK}
    return Call("mei", "POST", f"/v1/field-requests/{asked.id}/answer", body, stage.ids["visit"])


@way
async def answer_change_request(stage: Stage) -> Call:
    _, asked = await stage.rows(rows.change_request(stage.ids, 1))
    return Call("mei", "POST", f"/v1/change-requests/{asked.id}/answer", {"answer": MARK}, stage.ids["visit"])


plain(
    "make_visit_link",
    lambda ids: Call("mei", "POST", f"/v1/visits/{ids['visit']}/links", {"whose": "desk"}, ids["visit"]),
)


@way
async def revoke_visit_link(stage: Stage) -> Call:
    [link] = await stage.rows(rows.link(stage.ids, 1))
    path = f"/v1/visits/{stage.ids['visit']}/links/{link.id}/revoke"
    return Call("mei", "POST", path, None, stage.ids["visit"])


@way
async def make_asset_label(stage: Stage) -> Call:
    asset_id = stage.company.ids["asset"]
    return Call("mei", "POST", f"/v1/assets/{asset_id}/label", None, asset_id)


@way
async def withdraw_arrival_exemption(stage: Stage) -> Call:
    path = f"/v1/visits/{stage.ids['visit']}/arrival/exemptions"
    shown = await stage.made(path, {"reason": "weather", "note": MARK})
    path = f"{path}/{shown['exemptions'][0]['id']}/withdraw"
    return Call("mei", "POST", path, {"note": MARK}, stage.ids["visit"])


@way
async def decide_unsealed(stage: Stage) -> Call:
    await stage.rows(rows.unsealed(stage.ids, 1))
    body = {"decision": "new_report", "reason": MARK}
    return Call("mei", "POST", f"/v1/unsealed/{stage.ids['visit']}", body, stage.ids["visit"])


@way
async def resolve_parked(stage: Stage) -> Call:
    _, operation = await stage.rows(rows.parked(stage.ids, 1))
    body = {"resolution": "dismissed", "reason": MARK}
    return Call("mei", "POST", f"/v1/parked/{operation.id}", body, operation.id)


@way
async def acknowledge_incident(stage: Stage) -> Call:
    _, incident, _ = await stage.rows(rows.incident(stage.ids, 1))
    return Call("mei", "POST", f"/v1/incidents/{incident.id}/acknowledgements", {"note": MARK}, incident.id)


@way
async def retry_fault(stage: Stage) -> Call:
    [fault] = await stage.rows(rows.fault(stage.ids, 1))
    return Call("mei", "POST", f"/v1/faults/{fault.task}/{fault.subject}/again", thing=fault.subject)


@way
async def reactivate_user(stage: Stage) -> Call:
    await stage.made(f"/v1/users/{stage.ids['anna']}/deactivate", {})
    return Call("root", "POST", f"/v1/users/{stage.ids['anna']}/reactivate", thing=stage.ids["anna"])


@way
async def end_session(stage: Stage) -> Call:
    [session] = await stage.rows([rows.login_session(stage.ids, 1)])
    return Call("root", "POST", f"/v1/sessions/{session.id}/end", thing=stage.ids["anna"])


@way
async def end_other_sessions(stage: Stage) -> Call:
    await stage.rows([rows.login_session(stage.ids, 1, who="mei")])
    return Call("mei", "POST", "/v1/sessions/end-others", thing=stage.ids["mei"])


@way
async def acknowledge_sign_in_warning(stage: Stage) -> Call:
    [session] = await stage.rows([rows.login_session(stage.ids, 1, failures=12)])
    return Call("root", "POST", f"/v1/sign-in-warnings/{session.id}/acknowledge", thing=stage.ids["anna"])


@way
async def confirm_enrolment_code(stage: Stage) -> Call:
    code = await stage.made(f"/v1/users/{stage.ids['wei']}/enrolment-codes", {})
    return Call("mei", "POST", f"/v1/enrolment-codes/{code['id']}/confirm", thing=stage.ids["wei"])


@way
async def revoke_device(stage: Stage) -> Call:
    [device] = await stage.rows(rows.device(stage.ids, 1))
    return Call("root", "POST", f"/v1/devices/{device.id}/revoke", thing=device.id)


async def message(stage: Stage, state: str = "waiting") -> Any:
    [row] = rows.notification(stage.ids, 1)
    row.state = state  # type: ignore[attr-defined]
    return (await stage.rows([row]))[0]


@way
async def replay_notification(stage: Stage) -> Call:
    endpoint = rows.endpoint(stage.ids, 1)
    [row] = rows.notification(stage.ids, 1)
    row.state, row.channel, row.endpoint_id = "failed", "webhook", endpoint.id  # type: ignore[attr-defined]
    await stage.rows([endpoint, row])
    return Call("mei", "POST", f"/v1/notifications/{row.id}/replay")  # type: ignore[attr-defined]


@way
async def mark_sent_by_hand(stage: Stage) -> Call:
    row = await message(stage)
    return Call("mei", "POST", f"/v1/notifications/{row.id}/sent-by-hand", {"way": "sms"})


@way
async def cancel_notification(stage: Stage) -> Call:
    return Call("mei", "POST", f"/v1/notifications/{(await message(stage, 'failed')).id}/cancel")


@way
async def send_test_mail(stage: Stage) -> Call:
    with_mail(stage.app)
    return Call("root", "POST", "/v1/notifications/test-mail", {"address": "root@example.com"})


@way
async def set_notification_rule(stage: Stage) -> Call:
    rule = NotificationRule(
        id=rows.new(),
        kind="on_the_way",
        wanted=False,
        channel="email",
        changed_by=stage.ids["root"],
        changed_at=rows.BEGIN,
    )
    await stage.rows([rule])
    return Call("root", "PUT", "/v1/notifications/rules/on_the_way", {"wanted": True, "channel": "manual"}, rule.id)


@way
async def add_webhook_endpoint(stage: Stage) -> Call:
    return Call("root", "POST", "/v1/webhook-endpoints", {"url": "https://example.com/hooks", "kinds": ["test"]})


async def endpoint_of(stage: Stage) -> str:
    body = {"url": "https://example.com/hooks", "kinds": ["test"]}
    return str((await stage.made("/v1/webhook-endpoints", body))["id"])


@way
async def change_webhook_endpoint(stage: Stage) -> Call:
    return Call("root", "PATCH", f"/v1/webhook-endpoints/{await endpoint_of(stage)}", {"kinds": ["clock_overdue"]})


@way
async def rotate_webhook_secret(stage: Stage) -> Call:
    return Call("root", "POST", f"/v1/webhook-endpoints/{await endpoint_of(stage)}/rotate")


@way
async def retire_webhook_endpoint(stage: Stage) -> Call:
    return Call("root", "POST", f"/v1/webhook-endpoints/{await endpoint_of(stage)}/retire")


@way
async def test_webhook_endpoint(stage: Stage) -> Call:
    endpoint_id = await endpoint_of(stage)
    return Call("root", "POST", f"/v1/webhook-endpoints/{endpoint_id}/test", thing=endpoint_id)
