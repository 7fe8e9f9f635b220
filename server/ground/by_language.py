"""Texts that somebody gives by language: what a desk may write, and as they are kept."""

from typing import Annotated

import msgspec

from server.ground.texts import Written
from server.ground.words import Language

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class Names(Written):
    """A name by language. Where one is missing the English one is read, else the plain `name`."""

    en: Annotated[Name, msgspec.Meta(examples=["Condenser fan"])] | None = None
    zh_cn: Annotated[Name, msgspec.Meta(examples=["冷凝风机"])] | None = msgspec.field(default=None, name="zh-CN")
    de: Annotated[Name, msgspec.Meta(examples=["Kondensatorlüfter"])] | None = None


class Labels(Written):
    """A text by language. Where one is missing the English one is read, else the plain `label`, or a fault word's code."""

    en: Annotated[Label, msgspec.Meta(examples=["Gas pressure noted"])] | None = None
    zh_cn: Annotated[Label, msgspec.Meta(examples=["已记录气压"])] | None = msgspec.field(default=None, name="zh-CN")
    de: Annotated[Label, msgspec.Meta(examples=["Gasdruck notiert"])] | None = None


def kept(texts: Names | Labels) -> dict[str, str]:
    """As a row has them: by tag, in the languages' order."""
    given = {Language.EN: texts.en, Language.ZH: texts.zh_cn, Language.DE: texts.de}
    return {language.value: text for language, text in given.items() if text is not None}
