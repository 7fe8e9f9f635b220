"""Durations of what happens thousands of times a second: added up here, and handed to the library's histogram every few seconds.

One observation by the library takes 1 to 2 µs, and into a file of several processes twice that; here it is a tenth. A process that is killed
takes the last seconds of its figures along.
"""

from bisect import bisect_left

from prometheus_client import Histogram

_every: "list[Tally]" = []


class Tally:
    """What has not been handed over yet of one series."""

    __slots__ = ("_bounds", "_counts", "_series", "_sum")

    def __init__(self, series: Histogram) -> None:
        self._series = series
        self._bounds = tuple(series._upper_bounds)
        self._counts = [0] * len(self._bounds)
        self._sum = 0.0
        _every.append(self)

    def add(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._sum += seconds

    def hand_over(self) -> None:
        """Give the series what was counted since the last time."""
        for bucket, count in zip(self._series._buckets, self._counts, strict=True):
            if count:
                bucket.inc(count)
        self._series._sum.inc(self._sum)
        self._counts, self._sum = [0] * len(self._bounds), 0.0


def hand_over_all() -> None:
    """Bring every series of this process up to now."""
    for one in _every:
        one.hand_over()
