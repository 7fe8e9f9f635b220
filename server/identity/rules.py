"""Who may be somebody here: roles and what each may do."""

from enum import StrEnum


class Role(StrEnum):
    """What a user is; a manager may do what a dispatcher may, an admin what a manager may."""

    TECHNICIAN = "technician"
    DISPATCHER = "dispatcher"
    MANAGER = "manager"
    ADMIN = "admin"


DESK = frozenset({Role.DISPATCHER, Role.MANAGER, Role.ADMIN})
"""The people at a desk: they see every office's work."""

LEADS = frozenset({Role.MANAGER, Role.ADMIN})
"""Those who change catalogues, prices and settings."""

ADMINS = frozenset({Role.ADMIN})
"""Those who make users and take devices away."""

EVERYONE = frozenset(Role)

MINIMUM_PASSWORD = 10
"""Characters; NIST SP 800-63B asks for at least 8 and for no rules of composition."""


WARNED_FROM = 10
"""Failed tries at a login that administrators are told of."""


class Delivery(StrEnum):
    """How an enrolment code reached its technician, as who made it says; `shown`: it was shown to them, and no more is known."""

    SHOWN = "shown"
    IN_PERSON = "in_person"
    CALL = "call"
    MESSAGE = "message"


class Platform(StrEnum):
    """What a phone runs; each means something else by the accuracy of a position."""

    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


class SessionKind(StrEnum):
    """How a session began."""

    PASSWORD = "password"  # noqa: S105  a word
    DEVICE = "device"


class SessionEnd(StrEnum):
    """Why a session ended before it ran out."""

    LOGOUT = "logout"
    ENDED = "ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  a word
    PASSWORD_RESET = "password_reset"  # noqa: S105  a word
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    ROLE_CHANGED = "role_changed"
    TOKEN_REUSED = "token_reused"  # noqa: S105  a word
    DEVICE_REVOKED = "device_revoked"
