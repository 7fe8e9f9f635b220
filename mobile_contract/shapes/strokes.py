"""The shape of a signature's strokes: the JSON text that travels beside a `sign` operation as its attachment."""

from typing import Annotated

import msgspec

from mobile_contract.shapes.limits import EXTENT, POINTS

Coordinate = Annotated[
    float, msgspec.Meta(ge=-EXTENT, le=EXTENT, description="a number up to 1000000, fractions included")
]
Plain = Annotated[float, msgspec.Meta(description="a number")]


class Point(msgspec.Struct, array_like=True):
    """A point as a list: x, y, milliseconds, pressure from 0 to 1000. Only x and y must be there; more may follow."""

    x: Coordinate
    y: Coordinate
    ms: Plain | None = None
    pressure: Plain | None = None


class Strokes(msgspec.Struct):
    """The lines that the customer drew. At least one of them must move: a dot says nothing."""

    strokes: Annotated[list[list[Point]], msgspec.Meta(max_length=POINTS)]
    width: Plain | None = None
    height: Plain | None = None
