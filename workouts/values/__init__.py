"""Single values: days, times of day, disciplines, measures, bounds and validation. Pure."""
