"""Consent texts on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.ground.texts import CODE, Written

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=8000)]


class Texts(Written):
    """A text by language. A customer who reads another one is shown the contract's own text in it."""

    en: Annotated[Text, msgspec.Meta(examples=["I confirm the work that is listed above."])] | None = None
    zh_cn: Annotated[Text, msgspec.Meta(examples=["本人确认上述服务内容属实。"])] | None = msgspec.field(
        default=None, name="zh-CN"
    )
    de: Annotated[Text, msgspec.Meta(examples=["Ich bestätige die oben aufgeführten Arbeiten."])] | None = None


class ConsentTextIn(Written):
    """A new text; it is shown from now on in place of those of before. A text never changes: what was signed names it by its code."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=60, examples=["our-terms-2027"], extra=CODE)]
    texts: Texts


class ConsentTextOut(msgspec.Struct):
    """A consent text. The newest that is not retired is shown."""

    id: UUID
    code: str
    texts: dict[str, str]
    created_at: datetime
    retired_at: datetime | None
