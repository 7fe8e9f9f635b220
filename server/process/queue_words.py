"""What the queue's library says in the log: one line for what mends itself, a trace for what somebody has to look at.

The queue looks every ten seconds whether its own notices come back. On a busy machine one comes late; then the queue is made
anew a second later and nothing is lost. The same holds while the database is away.
"""

import logging

from pgqueuer.errors import FailingListenerError

from server.database.engine import is_lost

LATE = "the queue's own notice came back late, as on a busy machine; the queue is made anew and goes on"
AWAY = "the queue lost the database and is made anew: %r"


class InOneLine(logging.Filter):
    """Takes the trace from a record of what mends itself, and says what it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        """What mends itself is shortened, and that it is waited for a second is not said."""
        if record.levelno <= logging.INFO and "before restarting" in str(record.msg):
            return False
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, FailingListenerError):
            _shorten(record, LATE)
        elif isinstance(error, Exception) and is_lost(error):
            _shorten(record, AWAY, error)
        return True


def _shorten(record: logging.LogRecord, words: str, *values: object) -> None:
    record.msg, record.args = words, values
    record.exc_info = record.exc_text = record.stack_info = None
    record.levelno, record.levelname = logging.WARNING, "WARNING"


_filter = InOneLine()


def speak_in_lines() -> None:
    """Shorten what the queue's library says from now on; calling it again changes nothing."""
    logging.getLogger("pgqueuer").addFilter(_filter)
