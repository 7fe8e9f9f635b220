"""What is told, by which way, and when a message that did not go out is tried again."""

import random
from datetime import timedelta
from enum import StrEnum


class NotificationKind(StrEnum):
    """What a message tells of."""

    TICKET_RECEIVED = "ticket_received"
    VISIT_AGREED = "visit_agreed"
    WINDOW_CHANGED = "window_changed"
    WINDOW_WITHDRAWN = "window_withdrawn"
    VISIT_CANCELLED = "visit_cancelled"
    ON_THE_WAY = "on_the_way"
    REPORT_SEALED = "report_sealed"
    OPERATION_PARKED = "operation_parked"
    VISIT_OVERDUE = "visit_overdue"
    CLOCK_OVERDUE = "clock_overdue"
    ENDPOINT_OFF = "endpoint_off"
    TEST = "test"


K = NotificationKind

FOR_CUSTOMERS = (
    K.TICKET_RECEIVED, K.VISIT_AGREED, K.WINDOW_CHANGED, K.WINDOW_WITHDRAWN, K.VISIT_CANCELLED, K.ON_THE_WAY, K.REPORT_SEALED,
)  # fmt: skip
"""What customers are told, in their own language, where the company wants it. Endpoints may ask for these and for all others."""


class NotificationWay(StrEnum):
    """How a message goes out. What nothing can send is sent by a person, who copies its text."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    MANUAL = "manual"


BY_ITSELF = (NotificationWay.EMAIL, NotificationWay.WEBHOOK)
"""Ways that need nobody."""


class NotificationState(StrEnum):
    """What became of a message. Whatever waits is sent, failed or cancelled in the end."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class HandWay(StrEnum):
    """By which way a person passed a message on."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    WECHAT = "wechat"
    LETTER = "letter"
    IN_PERSON = "in_person"
    OTHER = "other"


TRIES = 12
"""Of one message; then it has failed, and desks see it."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=4)
"""After the first try, doubled each time: twelve tries are made within about 13 hours."""
JITTER = 0.2
"""A pause is longer or shorter by up to this part, so that what failed together is not tried together."""
LEASE = timedelta(seconds=90)
"""How long one try has a message to itself; more than a try may take. A worker that is killed holds it no longer than this."""
BY_HAND_WITHIN = timedelta(days=7)
"""A message that nobody passed on by hand has failed after this long: what it says is no news any more."""
FORGOTTEN_AFTER, LOST_AFTER = timedelta(minutes=5), timedelta(days=7)
"""A message that was due so long ago has lost its task and gets another; one that nothing could try for so long has failed."""
TEXT_KEPT = timedelta(days=180)
"""After a message was made, its words and its recipient are erased; that it was sent stays until the row's own term is over."""
FAILING_FOR = timedelta(hours=24)
"""An endpoint that took nothing for this long is switched off."""
BOTH_SIGN = timedelta(days=1)
"""After a rotation the old secret signs beside the new one for this long."""


def pause_after(tries: int, drawn: float | None = None) -> timedelta | None:
    """How long to wait after so many tries that failed; None when there is no other. `drawn` is a number from 0 to 1."""
    if tries >= TRIES:
        return None
    share = random.random() if drawn is None else drawn
    pause: timedelta = min(FIRST_PAUSE * (1 << min(tries - 1, 20)), LONGEST_PAUSE)
    return pause * (1 + JITTER * (2 * share - 1))
