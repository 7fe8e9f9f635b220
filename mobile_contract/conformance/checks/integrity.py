"""Count and checksum name what a phone must hold, and `reconcile` mends what it does not."""

from typing import Any

from mobile_contract.conformance.checks.membership import intact
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.holding import bucket
from mobile_contract.conformance.raw_phone import RawPhone, must
from mobile_contract.conformance.verdicts import NotOffered, equal, expect

Json = dict[str, Any]


async def after_each_change(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    expect(f"technician:{field.technician}" in phone.held.scopes, "the technician's scope", list(phone.held.scopes))
    intact(phone)
    steps = ("accept", "depart", "start")
    for kind in steps:
        phone.tap(kind, visit_id)
        answers = await phone.sync()
        expect(any(answer.get("scopes") for answer in answers), f"`scopes` after '{kind}' changed a row", "none")
        intact(phone)


async def after_removal(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    await field.desk.cancel(visit_id)
    answers = await phone.sync()
    expect(any(answer.get("scopes") for answer in answers), "`scopes` after a removal", "none")
    intact(phone)


async def asked(phone: RawPhone, scope: str, buckets: Json) -> Json:
    """The answer of reconcile. Raises `NotOffered` when the server has none."""
    body = {"scope": scope, "buckets": buckets}
    answer = await phone.http.post("/v1/sync/reconcile", json=body, headers=phone.bearer())
    if answer.status_code in (404, 405):
        raise NotOffered(f"POST /v1/sync/reconcile answers {answer.status_code}")
    found: Json = must(answer, 200)
    return found


async def mended(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    scope, key = f"technician:{field.technician}", f"visit/{visit_id}"
    whole = dict(phone.held.rows)
    equal((await asked(phone, scope, phone.held.buckets(scope)))["buckets"], {}, "buckets when nothing differs:")
    del phone.held.rows[key]
    ghost = f"note/00000000-0000-7000-8000-00000000000{visit_id[-1]}"
    phone.held.rows[ghost] = {"rev": 1, "scope": scope, "hash": "00" * 8, "body": {"visit_id": visit_id}}
    phone.held.rows[f"job/{whole[key]['body']['job_id']}"] = {**whole[f"job/{whole[key]['body']['job_id']}"], "rev": 0}
    for _ in range(50):
        answer = await asked(phone, scope, phone.held.buckets(scope))
        named = set(answer["buckets"])
        wrong = {bucket(key), bucket(ghost), bucket(f"job/{whole[key]['body']['job_id']}")}
        expect(named <= wrong, f"only buckets that differ ({sorted(wrong)})", sorted(named))
        phone.held.reconcile(scope, answer)
        if not answer.get("more"):
            break
    equal(sorted(phone.held.rows), sorted(whole), "rows after reconcile:")
    equal(phone.held.rows[key], whole[key], "the row that was lost is back as it was:")
    intact(phone)


async def own_scope_only(field: Field) -> None:
    _, phone = await field.visit_and_phone()
    await asked(phone, f"technician:{field.technician}", phone.held.buckets(f"technician:{field.technician}"))
    for scope in (f"technician:{field.other}", "nonsense"):
        body = {"scope": scope, "buckets": {}}
        answer = await phone.http.post("/v1/sync/reconcile", json=body, headers=phone.bearer())
        expect(400 <= answer.status_code < 500, f"a 4xx for the scope {scope!r}", answer.status_code)


CHECKS: dict[str, Check] = {
    "count and checksum agree after the first sync and after every change": after_each_change,
    "count and checksum agree after a removal": after_removal,
    "reconcile names the buckets that differ and gives their rows": mended,
    "reconcile answers for the phone's own scopes only": own_scope_only,
}
