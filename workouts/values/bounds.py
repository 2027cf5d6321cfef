"""The maximum of each value: one definition for models, forms, API, import and restore.

Anything above it is a mistake, such as seconds in a column of hours.
"""

HOURS = 7 * 24
METRES = 10_000_000
TSS = 10_000
INTENSITY_FACTOR = 10
HEART_RATE = 500
WATTS = 10_000
RATING = 100
"""Of a rating in a file; those that the athlete gives are up to RPE and FEELING."""

RPE, FEELING = 10, 5
PLANNED = {
    "planned_duration": HOURS,
    "planned_distance_meters": METRES,
    "tss": TSS,
    "intensity_factor": INTENSITY_FACTOR,
}
"""The maximum of the planned figures, by column. The minimum is 0."""

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
"""The same for what was done."""

TITLE, TYPE, TIME_OF_DAY, PLACE = 500, 100, 50, 100
"""Maximum length of short texts, in characters."""

CHARACTERS = 100_000
"""Maximum length of a description, comments or notes."""

YEARS = range(1970, 2200)

ROWS = 200_000
"""Maximum rows of a file to import, and of each list of an export to restore: more than an export of 10 MB has.

Importing this many takes 1.2 GB of memory, because the history has every row; 50 000 take 0.36 GB.
"""

ROW_CHARACTERS = 5 * CHARACTERS
"""Maximum length of a row of a CSV file, checked before it is split into cells: two long texts of quotation marks.

The search for a missing quotation mark reads this much, for each of up to a hundred rows.
"""
