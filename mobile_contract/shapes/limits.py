"""How large a report and its signature may be: one place for the numbers that schemas, phones and the server state."""

LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exact; times in microseconds reach from 1684 to 2255 with it."""

REPORT_BYTES = 500_000
"""Of a report's canonical text in UTF-8."""

PHOTOS = 200
"""In one report."""

LINES = 1_000
"""In each of checklist, parts and charges."""

WORDS = 8_000
"""Characters of each text but `work` and the consent, which may be as long as the report."""

DEPTH = 32
"""Levels of lists and objects inside each other; a report of today has five."""

STROKES_BYTES = 500_000
"""Of the strokes' text in UTF-8: several minutes of drawing without a pause."""

POINTS = 50_000
"""In all strokes together."""

EXTENT = 1_000_000
"""The largest coordinate of a stroke, either way."""

MOVES = 0.001
"""How far a line of the strokes must go from its first point, in x or in y, to be ink: pads may count from 0 to 1."""
