"""What one value may be and how it reads: days, times of day, disciplines, measures, bounds, validation. Pure."""
