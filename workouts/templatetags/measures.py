"""Hours and metres as an athlete reads them."""

from django import template

register = template.Library()


@register.filter
def duration(hours: float) -> str:
    """`1.5` hours as `1 h 30 min`. Rounded to the minute as a whole, so never `1 h 60 min`."""
    whole, minutes = divmod(round(hours * 60), 60)
    parts = [f"{whole} h" if whole else "", f"{minutes} min" if minutes or not whole else ""]
    return " ".join(part for part in parts if part)


@register.filter
def kilometres(metres: float) -> str:
    """`9000` metres as `9 km`, to ten metres."""
    return f"{round(metres / 1000, 2):g} km"
