"""What a customer's page tells of a visit, and what may be typed there: pure rules."""

from datetime import timedelta
from enum import StrEnum

from server.jobs.rules import VisitState
from server.requests.rules import TicketKind

S = VisitState


class PageState(StrEnum):
    """What the page says of a visit, in one sentence; a customer has no use for more of its states."""

    UNPLANNED = "unplanned"
    PLANNED = "planned"
    APPOINTED = "appointed"
    ON_THE_WAY = "on_the_way"
    HERE = "here"
    WORKING = "working"
    PAUSED = "paused"
    PREPARED = "prepared"
    DONE = "done"
    CLOSED = "closed"
    NOT_COMPLETED = "not_completed"
    CANCELLED = "cancelled"


PAGE_STATES = {
    S.UNSCHEDULED: PageState.UNPLANNED, S.SCHEDULED: PageState.PLANNED, S.DECLINED: PageState.PLANNED,
    S.DISPATCHED: PageState.APPOINTED, S.ACCEPTED: PageState.APPOINTED, S.EN_ROUTE: PageState.ON_THE_WAY,
    S.ON_SITE: PageState.HERE, S.IN_PROGRESS: PageState.WORKING, S.ON_HOLD: PageState.PAUSED,
    S.COMPLETED: PageState.PREPARED, S.CLOSED: PageState.CLOSED, S.CANNOT_COMPLETE: PageState.NOT_COMPLETED,
    S.CANCELLED: PageState.CANCELLED,
}  # fmt: skip
"""What a visit's state is on the page, before one asks whether its report is sealed. That somebody declined is no business of the customer's."""

TO_COME = frozenset({PageState.UNPLANNED, PageState.PLANNED, PageState.APPOINTED})
"""When another time can be asked for: nobody has set off."""
ENDED = frozenset({PageState.PREPARED, PageState.DONE, PageState.CLOSED, PageState.NOT_COMPLETED, PageState.CANCELLED})
"""When the time that was agreed says nothing any more."""
AT_WORK = frozenset({PageState.HERE, PageState.WORKING, PageState.PAUSED})
"""When a report may have been signed whose visit is not over yet."""
WANTED = (TicketKind.REPAIR, TicketKind.INQUIRY, TicketKind.SUGGESTION, TicketKind.COMPLAINT)
"""What can be asked for on a visit's page. Maintenance, installation and training are agreed with people."""

LONGEST = {"wishes": 2000, "words": 4000, "name": 200, "phone": 50}
"""Characters of a field."""
WINDOWS = 3
"""Other times that can be named."""
WAITING = 5
"""Requests for another time that may wait for the desk, of one visit."""
A_DAY = 10
"""Requests that one page takes within a day; who has more calls."""
DAY = timedelta(days=1)


def page_state(state: VisitState, *, has_record: bool, is_signed: bool) -> PageState:
    """What the page says. Once the report is sealed it is shown, and between the signature and that it is being prepared."""
    told = PAGE_STATES[state]
    if told in (PageState.PREPARED, PageState.CLOSED) and has_record:
        return PageState.DONE
    return PageState.PREPARED if told in AT_WORK and is_signed else told
