"""The history of changes, so that they can be undone.

Foreign keys have no constraint and no index: a change outlives what it changed.
"""

from django.conf import settings
from django.db import models

UNDONE, REDONE = "Undone: ", "Redone: "
"""Prefixes of the summary of a change that undoes another, and of one that undoes an undo."""


class ChangeQuerySet(models.QuerySet["Change"]):
    def for_list(self) -> "ChangeQuerySet":
        """The newest first, without `rows`, which is large for an import."""
        return self.defer("rows", "undone_by__rows").select_related("made_by", "undone_by").order_by("-id")


class Change(models.Model):
    """One entry of the history: one action of the athlete, or one import. Written by `workouts.history`."""

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
        """The last undo or redo of this change, or the change itself. One query for each."""
        change = self
        while change.undone:
            change = Change.objects.for_list().get(undoes=change)
        return change

    @property
    def is_undo(self) -> bool:
        """Whether this change undid another one. Undoing it is a redo."""
        return self.undoes_id is not None and self.summary.startswith(UNDONE)

    @property
    def undo_summary(self) -> str:
        """The summary of the change that undoes this one."""
        if self.undoes_id is None:
            return UNDONE + self.summary
        if self.is_undo:
            return REDONE + self.summary.removeprefix(UNDONE)
        return UNDONE + self.summary.removeprefix(REDONE)
