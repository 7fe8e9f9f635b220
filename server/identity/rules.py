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
