"""What records do with a phone's operations: the report as it was shown, and what the customer did with it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
import rfc8785
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.events import CUSTODY_CHANGED
from server.jobs.history import record_tap
from server.media.models import Photo
from server.media.signed import NamedPhoto, ReportPhotos
from server.problems import Conflict, Invalid, NotFound
from server.records.canonical import sha256_hex
from server.records.models import ServiceReport, Signature
from server.taps import Tap

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class ReportMismatch(Invalid):
    """The report is not what it says it is"""

    code = "report_mismatch"


class NotWhatWasShown(Conflict):
    """The signature is bound to other bytes than the report"""

    code = "not_what_was_shown"


class ReportBody(msgspec.Struct):
    """A report: the canonical JSON text that the phone rendered for the customer."""

    report_id: UUID
    locale: Annotated[str, msgspec.Meta(pattern="^(en|zh-CN)$")]
    canonical: Annotated[str, msgspec.Meta(max_length=500_000)]
    amends_id: UUID | None = None


class Consent(msgspec.Struct):
    """The text the customer agreed to, by id and hash."""

    id: Annotated[str, msgspec.Meta(max_length=60)]
    sha256: Sha256
    locale: Annotated[str, msgspec.Meta(max_length=10)]


class Signer(msgspec.Struct):
    """Who signed."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    role: Annotated[str, msgspec.Meta(max_length=200)] = ""
    contact: Annotated[str, msgspec.Meta(max_length=200)] = ""


class SignBody(msgspec.Struct):
    """What the customer did: signed (with strokes as the attachment), refused, or was not there."""

    signature_id: UUID
    report_id: UUID
    outcome: Annotated[str, msgspec.Meta(pattern="^(signed|refused|customer_absent)$")]
    shown_sha256: Sha256
    consent: Consent
    strokes_sha256: Sha256 | None = None
    signer: Signer | None = None
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


async def report(session: AsyncSession, tap: Tap, body: ReportBody) -> None:
    """Keep a report exactly as shown. It must be canonical, about this visit, and name only photos of the manifest."""
    raw = body.canonical.encode()
    try:
        value: dict[str, Any] = msgspec.json.decode(raw, type=dict)
        shown = msgspec.convert(value, ReportPhotos).photos
        if rfc8785.dumps(value) != raw:
            raise ReportMismatch("The report is not in canonical form (RFC 8785).")
    except msgspec.ValidationError as error:
        raise ReportMismatch(f"The report does not have the right shape: {error}") from error
    except (msgspec.DecodeError, rfc8785.CanonicalizationError) as error:
        raise ReportMismatch(f"The report is not canonical JSON: {error}") from error
    visit = value.get("visit")
    if value.get("report_id") != str(body.report_id) or not isinstance(visit, dict):
        raise ReportMismatch("The report names another report_id, or no visit.")
    if visit.get("id") != str(tap.visit_id):
        raise ReportMismatch("The report is about another visit.")
    if value.get("amends") != (str(body.amends_id) if body.amends_id else None):
        raise ReportMismatch("The report and the operation name different reports that it amends.")
    if body.amends_id is not None:
        amended = await session.get(ServiceReport, body.amends_id)
        if amended is None or amended.visit_id != tap.visit_id:
            raise NotFound("The report it amends is not one of this visit.")
    promised = {
        NamedPhoto(slot, digest)
        for slot, digest in await session.execute(
            select(Photo.slot, Photo.sha256).where(Photo.visit_id == tap.visit_id)
        )
    }
    if unknown := set(shown) - promised:
        raise ReportMismatch(
            f"{len(unknown)} photos of the report are not in the manifest. Send their operations first."
        )
    session.add(
        ServiceReport(
            id=body.report_id, visit_id=tap.visit_id, amends_id=body.amends_id, locale=body.locale, canonical=raw,
            sha256=sha256_hex(raw), operation_id=tap.operation_id, author_id=tap.user_id,
        )
    )  # fmt: skip
    record_tap(tap, {"report_id": str(body.report_id)})


async def sign(session: AsyncSession, tap: Tap, body: SignBody) -> None:
    """Bind what the customer did to the bytes that were shown. A signature without its strokes is none."""
    shown = await session.get(ServiceReport, body.report_id)
    if shown is None or shown.visit_id != tap.visit_id:
        raise NotFound("This visit has no such report; the signature waits for it.")
    if shown.sha256 != body.shown_sha256:
        raise NotWhatWasShown("shown_sha256 is not the hash of the report. Show the report again and sign again.")
    if body.outcome == "signed":
        if body.signer is None or not body.strokes_sha256 or not tap.attachment:
            raise Invalid("A signature needs signer, strokes_sha256 and the strokes as attachment.")
        if sha256_hex(tap.attachment.encode()) != body.strokes_sha256:
            raise Invalid("The strokes are not the ones that were signed for: their hash differs.")
    elif not body.reason:
        raise Invalid(f"{body.outcome} needs a reason.")
    session.add(
        Signature(
            id=body.signature_id, report_id=shown.id, outcome=body.outcome, reason=body.reason,
            signer=msgspec.to_builtins(body.signer), consent=msgspec.to_builtins(body.consent),
            shown_sha256=body.shown_sha256, strokes_sha256=body.strokes_sha256,
            operation_id=tap.operation_id,
        )
    )  # fmt: skip
    record_tap(tap, {"outcome": body.outcome})
    tap.events.append((CUSTODY_CHANGED, tap.visit_id))
