"""`POST /v1/sync/reconcile` by what the exchange already offers, for as long as the server does not offer it itself.

It asks for everything as a new phone would, and answers the buckets that differ, as the contract says.
"""

from typing import Any

from mobile_contract.checksum import checksum
from mobile_contract.conformance.holding import bucket, share_of
from tests.conformance.wrapping import Answer, Ask, Asked

Json = dict[str, Any]


async def reconciling(asked: Asked, ask: Ask) -> Answer:
    """The server's own answer, or, where it has none, one worked out from a first sync."""
    answer = await ask(asked)
    if answer.status != 404:
        return answer
    rows, scopes = await everything(asked, ask)
    scope = asked.body["scope"]
    if scope not in scopes:
        problem = {
            "type": "about:blank",
            "title": "Not yours",
            "status": 404,
            "code": "not_found",
            "detail": "not yours",
        }
        return Answer(404, problem, "application/problem+json")
    true: dict[str, list[Json]] = {}
    for key, row in rows.items():
        if row["scope"] == scope:
            true.setdefault(bucket(key), []).append(row)
    differing = {name: true.get(name, []) for name in true.keys() | asked.body["buckets"].keys()}
    differing = {
        name: of for name, of in differing.items() if digest(of) != asked.body["buckets"].get(name, digest([]))
    }
    return Answer(200, {"buckets": differing, "scopes": {scope: scopes[scope]}})


async def everything(asked: Asked, ask: Ask) -> tuple[dict[str, Json], dict[str, Json]]:
    """All rows by `collection/id`, and all scopes, of the phone that asks."""
    rows: dict[str, Json] = {}
    scopes: dict[str, Json] = {}
    cursor, more = None, True
    while more:
        body = {"contract_version": 1, "operations": [], "cursor": cursor}
        page = (await ask(Asked("POST", "/v1/sync", asked.headers, body))).body
        rows |= {
            f"{row['collection']}/{row['id']}": row for row in page.get("changes", []) if row.get("body") is not None
        }
        scopes |= page.get("scopes", {})
        cursor, more = page.get("cursor", cursor), page.get("more", False)
    return rows, scopes


def digest(rows: list[Json]) -> Json:
    """Count and checksum of a bucket."""
    shares = [share_of(f"{row['collection']}/{row['id']}", row) for row in rows]
    return {"count": len(shares), "checksum": checksum(shares)}
