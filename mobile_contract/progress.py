"""How far each photo of a phone is, without reading its bytes. As `photoProgress` of the TypeScript client."""

from typing import Any

from mobile_contract.outbox import envelope_of

Json = dict[str, Any]


def unsent_promises(outbox: list[Json]) -> set[str]:
    """The photos whose promise the server does not have yet."""
    unsent = [envelope_of(wire) for wire in outbox]
    return {str(one["body"].get("photo_id")) for one in unsent if one["kind"] == "photo"}


def is_withdrawn(state: Json, photo_id: str) -> bool:
    """Whether a photo was taken back, and the server has not said otherwise."""
    operation = state["photos"][photo_id].get("withdrawn")
    return operation is not None and state["outcomes"].get(operation, {}).get("outcome") != "parked"


def progress(state: Json, brought_now: str | None, visit_id: str | None = None) -> list[Json]:
    """Each photo that was not taken back, as {id, visit_id, slot, content_type, state, sent, size, finding}, in the order in which they were taken.

    `promised`: its promise is still unsent, and goes first. `waiting`: for the network, or for its turn. `uploading`: it is brought
    now. `verified`: the server has hashed and decoded it. `refused`: with a finding. `sent` are the bytes that the storage has
    acknowledged, which are not sent again.
    """
    promised = unsent_promises(state["outbox"])
    found = []
    for photo_id, photo in state["photos"].items():
        if (visit_id is not None and photo["visit_id"] != visit_id) or is_withdrawn(state, photo_id):
            continue
        now, size = photo["state"], photo.get("size", 0)  # an older version did not keep it
        if now == "waiting" and photo_id in promised:
            now = "promised"
        elif now == "waiting" and photo_id == brought_now:
            now = "uploading"
        sent = size if now == "verified" else photo.get("sent", 0)
        line = {name: photo.get(name) for name in ("visit_id", "slot", "content_type", "finding")}
        found.append({"id": photo_id, "state": now, "sent": sent, "size": size, **line})
    return found
