"""In which languages people read."""

from enum import StrEnum


class Language(StrEnum):
    """In which language somebody reads, by its tag (BCP 47)."""

    EN = "en"
    ZH = "zh-CN"
    DE = "de"
