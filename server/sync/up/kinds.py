"""Every kind of operation a phone may send, each declared in the room that takes it."""

from server.arrival import operations as arrival
from server.customers import meters
from server.field.kind import Kind
from server.field_requests import operations as field_requests
from server.followup import operations as followup
from server.jobs import operations as jobs
from server.media import operations as media
from server.records import operations as records

KINDS: dict[str, Kind] = {
    kind.name: kind for room in (jobs, meters, arrival, media, field_requests, records, followup) for kind in room.KINDS
}
