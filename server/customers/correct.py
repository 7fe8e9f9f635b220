"""Correcting where a site is: the new position counts, every earlier one stays, and arrivals there are judged again."""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb, worded
from server.customers.models import Site, SitePosition
from server.customers.offices import office_of_site
from server.customers.schemas import SiteChange
from server.database.events import SITE_CORRECTED, emit
from server.ground.problems import Invalid, NotFound
from server.ground.texts import is_blank

POSITION = ("latitude", "longitude", "datum", "geofence_radius_m")
FURTHEST = 85.0
"""Degrees of latitude up to which GCJ-02 and BD-09 are taken: nearer to a pole their shift has no inverse."""
TEXTS = ("name", "address", "access_note")


async def change_site(session: AsyncSession, site_id: UUID, change: SiteChange, author_id: UUID) -> Site:
    """Change what is given. Raises `NotFound`; `Invalid` for a position without a reason or without its datum."""
    site = await session.get(Site, site_id, with_for_update=True)
    if site is None:
        raise NotFound(f"No site has the id {site_id}.")
    before = _fields(site)
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
    for name in TEXTS:
        if name in given:
            setattr(site, name, given[name])
    if moved := {name: given[name] for name in POSITION if name in given}:
        _check(given)
        must_be_place(given.get("latitude", site.latitude), given.get("datum", site.datum))
        if any(getattr(site, name) != value for name, value in moved.items()):
            await _move(session, site, moved, given["reason"], author_id)
    if (after := _fields(site)) != before:
        of = Of(Thing.SITE, site.id, await office_of_site(session, site.id))
        told = {**after, "reason": given.get("reason")}
        log_action(session, author_id, Verb.CHANGE_SITE, of, before=before, after=told)
    return site


def _fields(site: Site) -> Fields:
    return worded({name: getattr(site, name) for name in (*TEXTS, *POSITION)}, "datum")


def must_be_place(latitude: float, datum: str) -> None:
    """Raises `Invalid` for a position near a pole under a datum of China, which has no meaning there."""
    if datum != "wgs84" and abs(latitude) > FURTHEST:
        raise Invalid(f"Nothing is measured under {datum} so near to a pole. Give the position under wgs84.")


def _check(given: dict[str, object]) -> None:
    if is_blank(str(given.get("reason") or "")):
        raise Invalid("Arrivals are judged again when a position, datum or radius changes. Say why in `reason`.")
    if ("latitude" in given) != ("longitude" in given):
        raise Invalid("A position has a latitude and a longitude. Send both.")
    if "latitude" in given and "datum" not in given:
        raise Invalid("Say in `datum` under which the new position was measured: wgs84, gcj02 or bd09.")


async def _move(session: AsyncSession, site: Site, moved: dict[str, object], reason: str, author_id: UUID) -> None:
    if await session.scalar(select(SitePosition.id).where(SitePosition.site_id == site.id).limit(1)) is None:
        session.add(_position(site, "as it was first entered", None))
        await session.flush()  # so that it comes before the correction
    for name, value in moved.items():
        setattr(site, name, value)
    row = _position(site, reason, author_id)
    session.add(row)
    await session.flush()
    await emit(session, (SITE_CORRECTED, row.id))


def _position(site: Site, reason: str, author_id: UUID | None) -> SitePosition:
    return SitePosition(
        site_id=site.id, latitude=site.latitude, longitude=site.longitude, datum=site.datum,
        geofence_radius_m=site.geofence_radius_m, reason=reason, author_id=author_id,
    )  # fmt: skip
