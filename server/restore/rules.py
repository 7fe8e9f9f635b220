"""What is kept in the storage beside the database."""

from enum import StrEnum


class CopyKind(StrEnum):
    """Of what a safe copy is: a revoked phone, a user's role and standing, a leaf of the log."""

    DEVICE = "device"
    USER = "user"
    RECORD = "record"
    ANSWER = "answer"
