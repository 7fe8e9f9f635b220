"""Checks of what the record says: report, signature, strokes, consent, photos, times, arrival, amendment."""

from typing import Any

from server.records.verify.claim import Finding
from server.records.verify.evidence import Evidence
from server.records.verify.photos import photo_moment
from server.records.verify.steps import Steps
from server.records.verify.strict import read_canonical, sha256

REPORT_TYPE = "fieldproof/report/v1"
MANIFEST = ("slot", "sha256", "size", "content_type")


def report_hash(evidence: Evidence) -> Finding:
    """The report's text has the hash that the record gives, and is canonical."""
    report = evidence.record["report"]
    problems = []
    if sha256(report["canonical"]) != report["sha256"]:
        problems.append("the report's text does not have the hash that the record gives: one of them was changed")
    if read_canonical(report["canonical"])["type"] != REPORT_TYPE:
        problems.append("the report is of an unknown type")
    return Finding(problems, f"SHA-256 {report['sha256']}")


def report_bound(evidence: Evidence) -> Finding:
    """The device signed this report, and the signature operation names the same hash as shown."""
    digest, report_id = sha256(evidence.record["report"]["canonical"]), evidence.report["report_id"]
    problems = []
    sent = [each.said["body"] for each in evidence.kind("report") if each.said["body"]["report_id"] == report_id]
    hashes = [body["canonical_sha256"] if "canonical_sha256" in body else sha256(body["canonical"]) for body in sent]
    if not sent:
        problems.append("no operation of the record sends this report")
    elif digest not in hashes:
        problems.append("the report that the device sent has another hash")
    body = evidence.signing.said["body"]
    if body["report_id"] != report_id:
        problems.append("the signature operation is about another report")
    if body["shown_sha256"] != digest:
        problems.append("the hash that was shown and signed is not this report's: the report was changed after signing")
    return Finding(problems, "report = shown = signed")


def signature_words(evidence: Evidence) -> Finding:
    """Outcome, signer, reason and strokes hash are those of the signed operation."""
    record, body = evidence.record["signature"], evidence.signing.said["body"]
    pairs = [
        ("outcome", record["kind"], body["outcome"]),
        ("reason", record.get("reason") or "", body.get("reason") or ""),
        ("strokes hash", record.get("strokes_sha256"), body.get("strokes_sha256")),
        *(
            (f"signer's {key}", _of(record.get("signer"), key), _of(body.get("signer"), key))
            for key in ("name", "role", "contact")
        ),
    ]
    problems = [f"the {name} differs from the signed operation" for name, mine, signed in pairs if mine != signed]
    words = "a simple electronic signature (SES), drawn on the technician's phone"
    return Finding(problems, words if record["kind"] == "signed" else f"{record['kind']}: the technician's statement")


def _of(part: Any, key: str) -> Any:
    return (part or {}).get(key) or ""


def strokes(evidence: Evidence) -> Finding:
    """The drawing is the one that was signed for."""
    wanted = evidence.record["signature"].get("strokes_sha256")
    if evidence.strokes is None:
        if wanted is None:
            return Finding([], "none was drawn")
        return Finding(
            [],
            "the drawing is not at hand (it may have been deleted as personal data); its hash stays bound",
            open=True,
        )
    if wanted is None:
        return Finding(["there is a drawing though the record says that none was made"])
    same = sha256(evidence.strokes) == wanted
    return Finding(
        [] if same else ["the drawing does not have the hash that was signed: a stroke was changed"],
        f"SHA-256 {wanted}",
    )


def consent(evidence: Evidence) -> Finding:
    """The consent text in the report has the hash that the signature operation names."""
    named, signed = evidence.record["signature"]["consent"], evidence.signing.said["body"]["consent"]
    problems = [
        f"the consent's {key} differs from the signed operation"
        for key in ("id", "sha256", "locale")
        if named.get(key) != signed.get(key)
    ]
    shown = evidence.report.get("consent") or {}
    if shown.get("text") is not None and sha256(shown["text"]) != signed["sha256"]:
        problems.append("the consent text that was shown does not have the signed hash")
    if shown.get("sha256") not in (None, signed["sha256"]):
        problems.append("the report names another consent hash than the signature operation")
    return Finding(problems, f"{signed['id']}, SHA-256 {signed['sha256'][:16]}…")


def photo_manifest(evidence: Evidence) -> Finding:
    """Each photo of the record is one that the device signed for, with the same hash, slot, size and type."""
    signed: dict[str, list[dict[str, Any]]] = {}
    for each in evidence.kind("photo"):
        signed.setdefault(each.said["body"]["photo_id"], []).append(each.said["body"])
    problems = []
    photos = evidence.record["photos"]
    for photo in photos:
        bodies = signed.get(photo["photo_id"])
        if bodies is None:
            problems.append(f"photo {photo['photo_id']} is not in the signed manifest")
            continue
        wrong = min(([key for key in MANIFEST if photo[key] != body[key]] for body in bodies), key=len)
        problems += [f"photo {photo['photo_id']}: its {key} differs from the signed manifest" for key in wrong]
    if len({photo["photo_id"] for photo in photos}) != len(photos):
        problems.append("a photo stands there twice")
    return Finding(problems, f"{len(photos)} photos")


def photos_report(evidence: Evidence) -> Finding:
    """The photos of the report are those of the record; the same bytes in the same slot are one photo."""
    held = {(photo["slot"], photo["sha256"]) for photo in evidence.record["photos"]}
    shown = {(photo["slot"], photo["sha256"]) for photo in evidence.report.get("photos") or []}
    problems = [
        f"a photo of the report ({slot}, {digest[:16]}…) is not in the record" for slot, digest in sorted(shown - held)
    ]
    problems += [
        f"a photo of the record ({slot}, {digest[:16]}…) was not shown in the report"
        for slot, digest in sorted(held - shown)
    ]
    return Finding(problems, f"{len(shown)} photos")


def photo_files(evidence: Evidence) -> Finding:
    """Original photo files that were handed over have the hashes of the record.

    The size of one that was not verified is only what the phone had promised.
    """
    held = {photo["photo_id"]: photo for photo in evidence.record["photos"]}
    problems = []
    for name, data in sorted(evidence.photos.items()):
        if name not in held:
            problems.append(f"photo file {name} is not of this record")
        elif sha256(data) != held[name]["sha256"] or (
            held[name].get("state", "verified") == "verified" and len(data) != held[name]["size"]
        ):
            problems.append(f"photo file {name} does not have the hash of the record: the photo was changed")
    if not evidence.photos and held:
        return Finding([], "no original files were handed over; their hashes are in the record", open=True)
    return Finding(problems, f"{len(evidence.photos)} of {len(held)} original files checked")


def times(evidence: Evidence) -> Finding:
    """Server times are in order: enrolled, received along each chain, verified or decided about, sealed."""
    record, steps = evidence.record, Steps(evidence.record)
    sealed = record["sealed_at"]
    last = {device["device_id"]: device["enrolled_at"] for device in record["devices"]}
    problems = list(steps.problems)
    for enrolled in last.values():
        steps.in_order(enrolled, sealed)
    for each in evidence.operations:
        name, received = each.said["device_id"], each.received_at
        if not steps.in_order(last[name], received) or not steps.in_order(received, sealed):
            problems.append(f"{each.name} was received before its device or the one before it, or after the sealing")
        last[name] = received
    for photo in record["photos"]:
        done, moment = photo_moment(photo)
        if not steps.in_order(moment, sealed):
            problems.append(f"photo {photo['photo_id']} was {done} after the sealing")
    if record["arrival"]:
        steps.in_order(record["arrival"]["latest"], sealed)
    if record.get("answer_until", sealed) < sealed:
        problems.append("the customer's time to answer ended before the sealing")
    problems += steps.unused()
    return Finding(problems, "; ".join(["by the company's server clock", *steps.words()]), open=bool(steps.named))


def phone_times(evidence: Evidence) -> Finding:
    """Times that the phone gave: a wrong phone clock is a fact to know, not a forgery."""
    report, sealed = evidence.report, evidence.record["sealed_at"]
    odd = [each.name for each in evidence.operations if each.said["clock"]["wall"] > sealed]
    facts = [f"the phone's clock ran ahead of the sealing in {len(odd)} operations"] if odd else []
    started, finished = report.get("started_at"), report.get("finished_at")
    if started is not None and finished is not None and started > finished:
        facts.append("the report starts after it finishes")
    return Finding([], "; ".join(facts) or "in order, by the phone's own clock", open=bool(facts))


def arrival(evidence: Evidence) -> Finding:
    """The verdict on time follows from the interval and the window; the interval lies before the sealing."""
    verdict = evidence.record["arrival"]
    if verdict is None:
        return Finding([], "no arrival verdict was made", open=True)
    earliest, latest, window = verdict["earliest"], verdict["latest"], verdict["window"]
    if window is None:
        return Finding([], f"{verdict['verdict']}; no window is recorded to compare with", open=True)
    problems = []
    ordered = Steps(evidence.record).in_order(latest, evidence.record["sealed_at"])
    if not (earliest <= latest and ordered) or not window["start"] <= window["end"]:
        problems.append("the interval of arrival or the agreed window is not in order")
    impossible = {
        "on_time": earliest > window["end"] or latest < window["start"],
        "early": earliest >= window["start"],
        "late": latest <= window["end"],
        "inconclusive": False,
    }
    if impossible[verdict["time"]]:
        problems.append(f"the verdict {verdict['time']!r} does not fit the interval and the window")
    tenths = max(1, -((earliest - latest) // 6_000_000))  # rounded up: never narrower than it is
    words = f"{verdict['verdict']}; known to within {tenths / 10:.1f} min; "
    return Finding(problems, words + "positions are the phone's own report: a signature proves a key, not a place")


def amendment(evidence: Evidence) -> Finding:
    """A record that amends another holds a report that amends another; a report that was never sealed has no record."""
    record, report = evidence.record.get("amends"), evidence.report.get("amends")
    if record is not None and report is None:
        return Finding(["the record is called an amendment and its report is none"])
    if record is None and report is not None:
        return Finding([], f"amends report {report}, which was shown and never sealed", open=True)
    return Finding([], "no amendment" if record is None else f"amends record {record}")
