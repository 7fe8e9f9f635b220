"""What the database can hold of a value: PostgreSQL's texts and jsonb have no NUL, and phones send them.

EXIF texts are padded with NUL, and so is what some platforms call a boot or a provider. The bytes as signed are kept whole.
"""

from typing import Any

STANDS_FOR_NUL = "\ufffd"
"""REPLACEMENT CHARACTER, as everywhere that a character could not be kept."""


def without_nul(value: Any) -> Any:
    """A JSON value in which a visible character stands for each NUL, in names of members too."""
    if isinstance(value, str):
        return value.replace("\0", STANDS_FOR_NUL)
    if isinstance(value, list):
        return [without_nul(one) for one in value]
    if isinstance(value, dict):
        return {without_nul(name): without_nul(one) for name, one in value.items()}
    return value
