"""What was changed, so that it can be undone.

References carry no constraint and no index: a change outlives what it changed.
"""

from django.conf import settings
from django.db import models

UNDONE, REDONE = "Undone: ", "Redone: "
"""What the summaries of undoings begin with; and of those that undo an undoing."""


class ChangeQuerySet(models.QuerySet["Change"]):
    def for_list(self) -> "ChangeQuerySet":
        """The newest first, without the rows themselves: those of an import are large."""
        return self.defer("rows", "undone_by__rows").select_related("made_by", "undone_by").order_by("-id")


class Change(models.Model):
    """One entry of the history: what the athlete did at once, or one whole import. `workouts.history` writes them."""

    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    summary = models.CharField(max_length=300, help_text="What was done, in words.")
    rows = models.JSONField(help_text="Per row: table, key, and the values before and after.")
    undoes = models.OneToOneField("self", models.SET_NULL, null=True, db_constraint=False, related_name="undone_by")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        db_table = "changes"

    def __str__(self) -> str:
        return self.summary

    @property
    def undone(self) -> bool:
        return hasattr(self, "undone_by")

    @property
    def latest(self) -> "Change":
        """The last undoing or redoing of it, itself where there is none. A query for each."""
        change = self
        while change.undone:
            change = Change.objects.for_list().get(undoes=change)
        return change

    @property
    def takes_back(self) -> bool:
        """Whether this was an undoing. Undoing that in turn does what was done once more."""
        return self.undoes_id is not None and self.summary.startswith(UNDONE)

    @property
    def turned_round(self) -> str:
        """What undoing this does, in words."""
        if self.undoes_id is None:
            return UNDONE + self.summary
        if self.takes_back:
            return REDONE + self.summary.removeprefix(UNDONE)
        return UNDONE + self.summary.removeprefix(REDONE)
