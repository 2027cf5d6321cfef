"""What a workout can be at most. What is more is a mistake, such as seconds in a column of hours."""

HOURS = 7 * 24
METRES = 10_000_000
TSS = 10_000
INTENSITY_FACTOR = 10
CHARACTERS = 100_000
YEARS = range(1970, 2200)
