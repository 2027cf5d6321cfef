"""What the takeover archived, for the admin's front page."""

from typing import Any

from django import template
from django.db.models import Count

from workouts.models import ArchivedSelection, WorkoutSelection

register = template.Library()


@register.inclusion_tag("workouts/admin_takeover.html")
def takeover_status() -> dict[str, Any]:
    """Counts workouts with more than one selection, which the constraint forbids, and archived selections."""
    selected = WorkoutSelection.objects.order_by().values("workout").annotate(selections=Count("pk"))
    return {
        "duplicated": selected.filter(selections__gt=1).count(),
        "archived": ArchivedSelection.objects.count(),
        "opts": ArchivedSelection._meta,
    }
