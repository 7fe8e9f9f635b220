"""The closed set of sync: what an incident is."""

from enum import StrEnum


class IncidentCode(StrEnum):
    """What an incident may be: the codes of the problems that are kept as one."""

    CHAIN_BROKEN = "chain_broken"
    SEQUENCE_GAP = "sequence_gap"
    DEVICE_FORKED = "device_forked"
    WRONG_SIGNATURE = "wrong_signature"
    NOT_CANONICAL = "not_canonical"
    OPERATION_TOO_LARGE = "operation_too_large"
    DEVICE_REVOKED = "device_revoked"
    SIGNED_AROUND_REVOCATION = "signed_around_revocation"
    CLOCK_STEPPED_BACK = "clock_stepped_back"
    CHECKSUM_MISMATCH = "checksum_mismatch"
