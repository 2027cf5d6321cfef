"""What a value can be at most: one definition for models, forms, API, import and restore.

What is more is a mistake, such as seconds in a column of hours.
"""

HOURS = 7 * 24
METRES = 10_000_000
TSS = 10_000
INTENSITY_FACTOR = 10
HEART_RATE = 500
WATTS = 10_000
RATING = 100
PLANNED = {
    "planned_duration": HOURS,
    "planned_distance_meters": METRES,
    "tss": TSS,
    "intensity_factor": INTENSITY_FACTOR,
}
"""The numbers of a plan, by column. None can be negative."""

ACTUAL = {
    "actual_duration": HOURS,
    "actual_distance_meters": METRES,
    "actual_tss": TSS,
    "actual_intensity_factor": INTENSITY_FACTOR,
    "actual_heart_rate": HEART_RATE,
    "actual_power": WATTS,
    "rpe": RATING,
    "feeling": RATING,
}
"""The same of what was done."""

TITLE, TYPE, TIME_OF_DAY, PLACE = 500, 100, 50, 100
"""Characters of the short texts."""

CHARACTERS = 100_000
"""Of a description, comments, notes."""

YEARS = range(1970, 2200)

ROWS = 200_000
"""Of a file to import, and of each kind of an export to restore. More than any export of 10 MB has.

Importing so many takes 1.2 GB of memory, a quarter of that for 50 000: the history holds every row.
"""

ROW_CHARACTERS = 5 * CHARACTERS
"""Of one row of a CSV file, before anybody knows what is in it: two long texts, all of doubled quotation marks.

Looking for the end of a quotation that has none costs so many characters, for each of up to a hundred rows.
"""
