"""What records do with a phone's operations: the report as it was shown, and what the customer did with it.

What is taken in here is sealed later without a look at its shape, so all that the sealer and both verifiers ask is asked
now. The rules are those of `mobile_contract.shapes`, which phones ask before the customer signs.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes.amounts import MILLI
from mobile_contract.shapes.check import check_report, check_signing
from mobile_contract.shapes.fit import Unfit
from mobile_contract.shapes.limits import REPORT_BYTES
from server.customers.models import Part
from server.database.events import CUSTODY_CHANGED
from server.field.kind import Kind
from server.field.taps import Tap
from server.ground.problems import Conflict, Invalid, NotFound
from server.ground.words import Language
from server.jobs.history import record_tap
from server.jobs.models import PartUsed
from server.media.models import Photo, PhotoAlias
from server.reasons.given import READS, given
from server.records.canonical import sha256_hex
from server.records.models import ServiceReport, Signature
from server.records.report.order import must_be_in_order
from server.records.rules import SignatureOutcome

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]


class ReportMismatch(Invalid):
    """The report is not what it says it is"""

    code = "report_mismatch"


class NotWhatWasShown(Conflict):
    """The signature is bound to other bytes than the report"""

    code = "not_what_was_shown"


class ReportBody(msgspec.Struct):
    """A report: the canonical JSON text that the phone rendered for the customer; `schemas/report.json` has its shape."""

    report_id: UUID
    locale: Language
    canonical: Annotated[str, msgspec.Meta(max_length=REPORT_BYTES)]
    amends_id: UUID | None = None


class Consent(msgspec.Struct):
    """The text the customer agreed to, by id and hash."""

    id: Annotated[str, msgspec.Meta(max_length=60)]
    sha256: Sha256
    locale: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]*$", max_length=10)]


class Signer(msgspec.Struct):
    """Who signed."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    role: Annotated[str, msgspec.Meta(max_length=200)] = ""
    contact: Annotated[str, msgspec.Meta(max_length=200)] = ""


class SignBody(msgspec.Struct):
    """What the customer did: signed (with strokes as the attachment), refused, or was not there.

    `schemas/strokes.json` has the shape of the strokes. `reason_id` names one out of the office's list, of why not.
    """

    signature_id: UUID
    report_id: UUID
    outcome: SignatureOutcome
    shown_sha256: Sha256
    consent: Consent
    strokes_sha256: Sha256 | None = None
    signer: Signer | None = None
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    reason_id: UUID | None = None


async def report(session: AsyncSession, tap: Tap, body: ReportBody) -> None:
    """Keep a report exactly as shown, when it can be sealed, is about this visit, and names only photos of the manifest."""
    try:
        value = check_report(body.canonical)
    except Unfit as misfit:
        raise ReportMismatch(f"{misfit} Mend it, and show the report again.") from misfit
    _must_be_what_the_operation_says(value, tap, body)
    if await session.get(ServiceReport, body.report_id) is not None:
        raise ReportMismatch(
            "A report with this report_id came before. A report that was changed has an id of its own."
        )
    if body.amends_id is not None:
        amended = await session.get(ServiceReport, body.amends_id)
        if amended is None or amended.visit_id != tap.visit_id:
            raise NotFound("The report it amends is not one of this visit.")
    await _must_show_photos_of_the_manifest(session, tap.visit_id, value)
    raw = body.canonical.encode()
    session.add(
        ServiceReport(
            id=body.report_id, visit_id=tap.visit_id, amends_id=body.amends_id, locale=body.locale, canonical=raw,
            sha256=sha256_hex(raw), operation_id=tap.operation_id, author_id=tap.user_id,
        )
    )  # fmt: skip
    rounded = await _read_as_whole(session, tap.visit_id, value)
    record_tap(tap, {"report_id": str(body.report_id)} | ({"read_as_whole": rounded} if rounded else {}))


def _must_be_what_the_operation_says(value: dict[str, Any], tap: Tap, body: ReportBody) -> None:
    if value["report_id"] != str(body.report_id):
        raise ReportMismatch("The report and the operation name different report_ids.")
    if value["visit"]["id"] != str(tap.visit_id):
        raise ReportMismatch("The report is about another visit.")
    if value.get("amends") != (str(body.amends_id) if body.amends_id else None):
        raise ReportMismatch("The report and the operation name different reports that it amends.")
    if value.get("locale") not in (None, body.locale):
        raise ReportMismatch("The report and the operation name different locales.")


async def _read_as_whole(session: AsyncSession, visit_id: UUID, value: dict[str, Any]) -> list[str]:
    """The parts of which the report has the next whole number where a fraction went in: a phone of contract 1 knows no other.

    The history says so to the desk; what was signed stays as it is.
    """
    whole = {str(line.get("number")) for line in value.get("parts", []) if line.get("quantity_milli") is None}
    if not whole:
        return []
    fractions = await session.scalars(
        select(Part.number)
        .join(PartUsed, PartUsed.part_id == Part.id)
        .where(PartUsed.visit_id == visit_id, PartUsed.quantity_milli % MILLI != 0)
        .distinct()
        .order_by(Part.number)
    )
    return [number for number in fractions if number in whole]


async def _must_show_photos_of_the_manifest(session: AsyncSession, visit_id: UUID, value: dict[str, Any]) -> None:
    """Each photo under an id, in a slot and with a hash that one operation promised together: a verifier compares them."""
    shown = [(photo["photo_id"], photo["slot"], photo["sha256"]) for photo in value.get("photos", [])]
    if not shown:
        return
    rows = (await session.scalars(select(Photo).where(Photo.visit_id == visit_id))).all()
    aliases = await session.scalars(select(PhotoAlias).where(PhotoAlias.photo_id.in_([row.id for row in rows])))
    photos = {row.id: row for row in rows}
    promised = {(str(row.id), row.slot, row.sha256) for row in rows}
    for alias in aliases:
        row = photos[alias.photo_id]
        promised.add((str(alias.id), row.slot, row.sha256))
    if unknown := [at for at, photo in enumerate(shown) if photo not in promised]:
        raise ReportMismatch(
            f"photos[{unknown[0]}] of the report is not in the manifest under its id, slot and hash"
            f"{f', nor are {len(unknown) - 1} others' if len(unknown) > 1 else ''}. Send their operations first."
        )


async def _must_show_what_is_there(session: AsyncSession, visit_id: UUID, value: dict[str, Any]) -> None:
    """Since the report was made one of its photos may have been taken back."""
    try:
        await _must_show_photos_of_the_manifest(session, visit_id, value)
    except ReportMismatch as mismatch:
        raise ReportMismatch(
            "A photo of the report was taken back since. Make a new report, and have that signed."
        ) from mismatch


async def sign(session: AsyncSession, tap: Tap, body: SignBody) -> None:
    """Bind what the customer did to the bytes that were shown. A signature without its strokes is none."""
    shown = await session.get(ServiceReport, body.report_id)
    if shown is None or shown.visit_id != tap.visit_id:
        raise NotFound("This visit has no such report; the signature waits for it.")
    if shown.sha256 != body.shown_sha256:
        raise NotWhatWasShown("shown_sha256 is not the hash of the report. Show the report again and sign again.")
    try:
        # Again, because an older version of the server took in reports that it could not seal.
        value = check_report(shown.canonical.decode())
    except Unfit as misfit:
        raise ReportMismatch(f"{misfit} Make a new report, and have that signed.") from misfit
    try:
        check_signing(value, msgspec.to_builtins(body), tap.attachment)
    except Unfit as misfit:
        raise Invalid(str(misfit)) from misfit
    chosen = given(tap, body.outcome, body.reason_id)
    await must_be_in_order(session, shown, body.outcome)
    await _must_show_what_is_there(session, tap.visit_id, value)
    session.add(
        Signature(
            id=body.signature_id, report_id=shown.id, outcome=body.outcome, reason=body.reason,
            signer=msgspec.to_builtins(body.signer), consent=msgspec.to_builtins(body.consent),
            shown_sha256=body.shown_sha256, strokes_sha256=body.strokes_sha256,
            operation_id=tap.operation_id,
        )
    )  # fmt: skip
    record_tap(tap, {"outcome": body.outcome} | chosen)
    tap.tell((CUSTODY_CHANGED, tap.visit_id))


KINDS = (
    Kind("report", ReportBody, report, creates="report_id", needs=("amends_id",), exact=True),
    Kind("sign", SignBody, sign, creates="signature_id", needs=("report_id",), reads=READS, exact=True),
)
