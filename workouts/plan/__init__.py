"""Views of the plan: a week's sums, the season, the calendar. Nothing here writes."""
