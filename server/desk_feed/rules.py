"""The lists of a desk that change under its eyes."""

from enum import StrEnum


class DeskList(StrEnum):
    """In which list something changed."""

    BOARD = "board"
    TICKETS = "tickets"
    PARKED = "parked"
    INCIDENTS = "incidents"
    UNSEALED = "unsealed"
    FIELD_REQUESTS = "field_requests"
    CHANGE_REQUESTS = "change_requests"
    NOTIFICATIONS = "notifications"
