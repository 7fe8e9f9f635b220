"""How this process writes its log: lines for people, or one JSON document a line for machines; neither with secrets or people's data.

What errors of the database say of values is left out, since the values are names, texts and places; so are passwords in
addresses and tokens. A line that belongs to a request has its `request_id`, which the problem document of the answer has too.
"""

import logging
import os
import re
from datetime import UTC, datetime

import msgspec

from server.ground.processes import Say
from server.ground.request_id import request_id

TEXT, JSON = "text", "json"
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LEFT_OUT = "(left out)"
_KEPT_BACK = (
    (re.compile(r"(DETAIL: ).*"), rf"\1{LEFT_OUT}"),
    (re.compile(r"(invalid input for query argument \$\d+: ).*"), rf"\1{LEFT_OUT}"),
    (re.compile(r"(invalid input (?:syntax|value) for [\w ]+: ).*"), rf"\1{LEFT_OUT}"),
    (re.compile(r"(\w+://[^/\s:@]+):[^@/\s]+@"), r"\1:***@"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "***"),
    (re.compile(r"(?i)(bearer|token) [\w.~+/=-]{12,}"), r"\1 ***"),
)


def without_values(text: str) -> str:
    """The text without what a log must not hold."""
    for pattern, instead in _KEPT_BACK:
        text = pattern.sub(instead, text)
    return text


class Lines(logging.Formatter):
    """For people; a failure's trace follows its line."""

    def format(self, record: logging.LogRecord) -> str:
        """As the library does it, and the request's name behind the first line."""
        text = without_values(super().format(record))
        if (name := request_id.get()) and record.levelno >= logging.WARNING:
            first, end, rest = text.partition("\n")
            text = f"{first} [request {name}]{end}{rest}"
        return text


class Documents(logging.Formatter):
    """For machines."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        document = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_values(record.getMessage()),
            "process": os.getpid(),
        }
        if name := request_id.get():
            document["request_id"] = name
        if record.exc_info:
            document["trace"] = without_values(self.formatException(record.exc_info))
        return msgspec.json.encode(document).decode()


def speak(how: str, say: Say) -> Say:
    """Write the log from now on, as lines or as documents. Returns what says a line of progress in the same way."""
    handler = logging.StreamHandler()
    handler.setFormatter(Documents() if how == JSON else Lines(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return logging.getLogger("fieldproof.process").info if how == JSON else say
