"""Reads a request's JSON body into its shape as it is written: a number is no time, and a text is no number.

Litestar reads bodies as leniently as addresses and queries, whose values are all texts; a number for a time then becomes a day in 1970.
"""

from typing import Any, Generic, TypeVar

import msgspec
from litestar import Request
from litestar.connection.base import AuthT, UserT
from litestar.datastructures import State

from server.ground.plain import in_words
from server.ground.problems import Malformed

StateT = TypeVar("StateT", bound=State)


class Strict(Request[UserT, AuthT, StateT], Generic[UserT, AuthT, StateT]):
    """The request of every route."""

    async def json(self) -> Any:
        """The body in the shape that its route declares. Raises `Malformed` with the field that is wrong."""
        value = await self.value()
        field = self.route_handler.parsed_data_field
        if field is None:
            return value
        try:
            return msgspec.convert(value, field.annotation, str_keys=True)
        except msgspec.ValidationError as error:
            raise Malformed(f"{in_words(error, field.annotation)}. Mend the request and send it again.") from error

    async def value(self) -> Any:
        """The body's JSON. Raises `SerializationException` for what is none."""
        return await super().json()
