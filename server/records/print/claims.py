"""What a sealed record claims and what holds each claim, in honest words, in the record's language.

The words say how strong a thing is as plainly as that it is there: a signature proves possession of a key and not a
position, and a finger drawing on the technician's phone is a simple electronic signature.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from server.ground.clock import from_micros
from server.ground.local_time import local
from server.ground.words import Words, language_of, words
from server.records.print.shown import zone_of

MINUTE = 60_000_000


def claims(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """The claims of a record in its own language: `id`, `strength`, and `holds`, what holds it and how far that goes.

    `strength` is a code, so that a verifier can compare it with the record: nobody is to claim more than there is.
    """
    said = words(language_of(str(record.get("locale", "en"))))
    signature = record["signature"]
    content = "content_absent" if signature["kind"] == "customer_absent" else "content"
    attested = _attestation(record)
    found: list[tuple[str, str, str]] = [
        ("content", "bound", said.say(f"claims.{content}")),
        ("device_key", attested, said.say(f"claims.device.{attested}", count=len(record["operations"]))),
    ]
    if record.get("arrival"):
        minutes = _minutes(record["arrival"])
        found += [
            ("arrival_place", "reported_by_phone", said.say("claims.place")),
            ("arrival_time", f"within_{minutes}_min", said.say("claims.arrival_time", minutes=minutes)),
        ]
    if record.get("photos"):
        found.append(("photos", _hashed(record["photos"]), _photos(record["photos"], said)))
    found += [
        ("signature", signature.get("level") or signature["kind"], _signature(signature, said)),
        ("seal", "company", said.say("claims.seal", name=record["issuer"]["name"])),
        ("confirmation", "not_confirmed", _confirmation(record, said)),
        ("log", "in_log", said.say("claims.log")),
        ("time", "company_clock", _time(record, said)),
    ]
    return [{"id": name, "strength": strength, "holds": holds} for name, strength, holds in found]


def _time(record: Mapping[str, Any], said: Words) -> str:
    sentences = [said.say("claims.time")]
    for step in record.get("clock_steps") or ():
        since, to = (f"{from_micros(step[name]):%Y-%m-%d %H:%M:%S}" for name in ("from", "to"))
        sentences.append(said.say("claims.time_stepped", since=since, to=to))
    return str(said.at("format.sentences")).join(sentences)


def _attestation(record: Mapping[str, Any]) -> str:
    attested = [device.get("attestation", "none") != "none" for device in record["devices"]]
    if not any(attested):
        return "not_attested"
    return "attested" if all(attested) else "partly_attested"


def _minutes(arrival: Mapping[str, Any]) -> int:
    """The width of the interval in minutes, rounded up: never claimed to be narrower than it is."""
    width: int = arrival["latest"] - arrival["earliest"]
    return max(1, -(-width // MINUTE))


def _hashed(photos: Sequence[Mapping[str, Any]]) -> str:
    """Of how many photos the server has computed the hash itself: `hashed_again`, `partly_hashed` or `not_hashed`."""
    arrived = [photo.get("state") != "never_arrived" for photo in photos]
    return "hashed_again" if all(arrived) else "partly_hashed" if any(arrived) else "not_hashed"


def _photos(photos: Sequence[Mapping[str, Any]], said: Words) -> str:
    count, states = len(photos), [photo.get("state", "verified") for photo in photos]
    missing, damaged = states.count("never_arrived"), states.count("damaged_kept")
    if not missing and not damaged:
        return said.say("claims.photos", count=count)
    told = [said.say("claims.photos_signed", count=count)]
    if count > missing:
        told.append(said.say("claims.photos_hashed", count=count - missing))
    if damaged:
        told.append(said.say("claims.photos_damaged", count=damaged))
    if missing:
        told.append(said.say("claims.photos_missing", count=missing))
    return said.say("claims.photos_decided", states=str(said.at("format.clauses")).join(told))


def _confirmation(record: Mapping[str, Any], said: Words) -> str:
    until = record.get("answer_until")
    if until is None:
        return said.say("claims.confirmation")
    return said.say("claims.confirmation_until", day=f"{local(from_micros(until), zone_of(record)):%Y-%m-%d}")


def _signature(signature: Mapping[str, Any], said: Words) -> str:
    kind = signature["kind"]
    return said.say(f"claims.signature.{kind if kind in ('refused', 'customer_absent') else 'signed'}")
