"""Which offices' changes somebody is told of: written once, for the stream and what it resumes with."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from server.desk_feed.looking import Change
from server.identity.offices import sees_only
from server.identity.tokens import Actor

Offices = frozenset[UUID] | None
"""None is the whole company."""


def offices_of(actor: Actor) -> Offices:
    """What a desk's person sees, they are told of (`identity/offices.py`)."""
    only = sees_only(actor)
    return None if only is None else frozenset({only})


def seen_by(offices: Offices, changes: Iterable[Change]) -> Iterator[Change]:
    """The changes that somebody who sees these offices is told of. What is no office's any more is told to the whole company only."""
    return (one for one in changes if offices is None or one.office_id in offices)
