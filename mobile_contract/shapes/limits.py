"""How large a report and its signature may be: one place for the numbers that schemas, phones and the server state."""

LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exact; times in microseconds reach from 1684 to 2255 with it."""

REPORT_BYTES = 500_000
"""Of a report's canonical text in UTF-8."""

PHOTOS = 200
"""In one report."""

LINES = 1_000
"""In each of checklist, parts and charges."""

CURRENCIES = 20
"""In the totals of one report."""

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

MOVES = 0.005
"""How far a line of the strokes must go from its first point, in x or in y, to be ink: a share of the pad's longer side. Half a
hundredth is 4 of 800 pixels; a finger that is only set down trembles by less."""

PAD = 100
"""The longer side of a pad that does not say its width or height, unless all its points lie between 0 and 1: then it counts so."""

NUMBER = 100
"""Characters of a report's number, which stands in one line of the page's head."""
