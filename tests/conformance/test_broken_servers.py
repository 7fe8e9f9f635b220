"""The kit is tested itself: servers that break one promise each are found, by the name of that promise."""

import json
from typing import Any

from litestar import Litestar

from mobile_contract.conformance.checks import all_checks
from mobile_contract.conformance.run import judge
from tests.company import Company
from tests.conformance.conftest import field_at, on_a_socket, operator_of
from tests.conformance.wrapping import Answer, Ask, Asked, Change, Json, wrapped


def operations(asked: Asked) -> list[Json]:
    return list(asked.body.get("operations") or []) if isinstance(asked.body, dict) else []


async def forgets_outcomes(asked: Asked, ask: Ask) -> Answer:
    """Says `applied` again where it should say `duplicate`."""
    answer = await ask(asked)
    for outcome in answer.body.get("outcomes", []):
        if outcome["outcome"] == "duplicate":
            outcome["outcome"] = outcome.pop("was")
    return answer


async def stores_nothing(asked: Asked, ask: Ask) -> Answer:
    """Answers `applied` to whatever comes."""
    wires = operations(asked)
    answer = await ask(Asked(asked.method, asked.path, asked.headers, {**asked.body, "operations": []}))
    envelopes = [json.loads(wire["body"]) for wire in wires]
    answer.body["outcomes"] = [{"id": one["id"], "seq": one["seq"], "outcome": "applied"} for one in envelopes]
    answer.body["last_seq"] = max([answer.body["last_seq"], *(one["seq"] for one in envelopes)])
    return answer


async def skips_a_row(asked: Asked, ask: Ask) -> Answer:
    """Leaves a line of a checklist out of each page, and does not say what there should be."""
    answer = await ask(asked)
    lines = [row for row in answer.body.get("changes", []) if row["collection"] == "checklist_item"]
    if len(lines) > 10:
        answer.body["changes"].remove(lines[-1])
        answer.body.pop("scopes", None)
    return answer


def leaks() -> Change:
    """Sends visits to whoever asks."""
    seen: dict[str, Json] = {}

    async def change(asked: Asked, ask: Ask) -> Answer:
        answer = await ask(asked)
        rows = answer.body.get("changes", [])
        seen.update({row["id"]: row for row in rows if row["collection"] == "visit" and row.get("body")})
        if rows:
            answer.body["changes"] = [*rows, *(row for row in seen.values() if row not in rows)]
        return answer

    return change


async def ignores_restores(asked: Asked, ask: Ask) -> Answer:
    """Never says `resync`."""
    answer = await ask(asked)
    answer.body.pop("resync", None)
    return answer


async def stops_at_poison(asked: Asked, ask: Ask) -> Answer:
    """Takes what comes before an operation that cannot take effect, and waits for ever at that one."""
    answer = await ask(asked)
    outcomes = answer.body.get("outcomes", [])
    parked = [one["seq"] for one in outcomes if "parked" in (one["outcome"], one.get("was"))]
    if parked:
        answer.body["outcomes"] = [one for one in outcomes if one["seq"] < parked[0]]
        answer.body["last_seq"] = parked[0] - 1
    return answer


async def believes_any_cursor(asked: Asked, ask: Ask) -> Answer:
    """Starts from nothing where it should refuse."""
    answer = await ask(asked)
    if answer.status == 400 and answer.body["code"] == "cursor_refused":
        return await ask(Asked(asked.method, asked.path, asked.headers, {**asked.body, "cursor": None}))
    return answer


async def never_removes(asked: Asked, ask: Ask) -> Answer:
    """Sends no removals."""
    answer = await ask(asked)
    answer.body["changes"] = [row for row in answer.body.get("changes", []) if row.get("body") is not None]
    return answer


async def hides_gaps(asked: Asked, ask: Ask) -> Answer:
    """Takes operations although some before them are missing."""
    answer = await ask(asked)
    if answer.status == 409 and answer.body["code"] == "sequence_gap":
        return await stores_nothing(asked, ask)
    return answer


async def sends_everything(asked: Asked, ask: Ask) -> Answer:
    """Takes no notice of the cursor."""
    if not isinstance(asked.body, dict):
        return await ask(asked)
    return await ask(Asked(asked.method, asked.path, asked.headers, {**asked.body, "cursor": None}))


async def fails_in_its_own_words(asked: Asked, ask: Ask) -> Answer:
    """Answers errors in a shape of its own."""
    answer = await ask(asked)
    return answer if answer.status < 400 else Answer(500, {"error": "oops"})


async def lies_about_its_rows(asked: Asked, ask: Ask) -> Answer:
    """Changes a row's revision on the way."""
    answer = await ask(asked)
    for row in answer.body.get("changes", [])[-1:]:
        row["rev"] += 1
    return answer


async def calls_everything_applied(asked: Asked, ask: Ask) -> Answer:
    """Says `applied` of what was parked."""
    answer = await ask(asked)
    for outcome in answer.body.get("outcomes", []):
        for member in ("outcome", "was"):
            if outcome.get(member) == "parked":
                outcome[member] = "applied"
    return answer


BROKEN: dict[str, tuple[Change, str]] = {
    "forgets outcomes": (forgets_outcomes, "exactly-once: a lost reply: the retry is answered `duplicate`"),
    "stores nothing": (stores_nothing, "exactly-once: an applied operation is stored"),
    "skips a row": (skips_a_row, "paging: a first sync of half a megabyte is complete"),
    "leaks": (leaks(), "membership: no answer has a row of another technician's visit"),
    "ignores restores": (ignores_restores, "paging: a restored server says `resync`"),
    "stops at poison": (stops_at_poison, "parked: a poison operation is parked"),
    "believes any cursor": (believes_any_cursor, "paging: a forged, cut or foreign cursor"),
    "never removes": (never_removes, "membership: a visit that is taken away is removed"),
    "hides gaps": (hides_gaps, "chain: a gap is 409 `sequence_gap`"),
    "sends everything": (sends_everything, "wire: an exchange when nothing happened"),
    "fails in its own words": (fails_in_its_own_words, "errors: a request that makes no sense"),
    "calls everything applied": (calls_everything_applied, "network: two phones"),
    "lies about its rows": (lies_about_its_rows, "integrity: count and checksum agree after the first sync"),
}


async def verdict_of(application: Any, promise: str, app: Litestar) -> str:
    (name, check), *rest = [(name, check) for name, check in all_checks((1,)).items() if name.startswith(promise)]
    assert not rest
    async with on_a_socket(application) as url, field_at(url) as field:
        field.operator = operator_of(app)
        return (await judge(name, check, field)).result


async def test_a_phone_that_never_gets_through_is_a_failure_and_the_kit_goes_on(
    app: Litestar, company: Company
) -> None:
    name = next(name for name in all_checks((1,)) if name.startswith("network: "))
    async with on_a_socket(wrapped(app, stops_at_poison)) as url, field_at(url) as field:
        verdict = await judge(name, all_checks((1,))[name], field, patience=2)
    assert (verdict.result, verdict.expected) in [("FAIL", "an end within 2 s"), ("FAIL", "an end of a phone's sync")]


async def test_each_broken_server_is_found_by_the_promise_it_breaks(app: Litestar, company: Company) -> None:
    found = {name: await verdict_of(wrapped(app, change), promise, app) for name, (change, promise) in BROKEN.items()}
    assert found == dict.fromkeys(BROKEN, "FAIL")
