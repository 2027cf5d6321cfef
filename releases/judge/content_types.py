"""RenameModel where contenttypes is installed: that renames the content type, too, by which models are referred to."""

from dataclasses import replace

from django.apps import apps
from django.db import router
from django.db.migrations import RenameModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases.judge.facts import Facts
from releases.judge.verdict import Action, Verdict

RENAMED = "contenttypes renames its content type, too."
MISSED = (
    "generic relations to the model fail{}, and it makes a second content type, of which the new version has no model."
)
KEEP_CLASS = (
    " If there are such relations, keep the name of the class, or release it while the old version does not run."
)


def with_missed_type(
    verdict: Verdict, operation: Operation, app_label: str, before: ProjectState, facts: Facts, alias: str
) -> Verdict:
    """Says it of a model that the old version knows. `before` and `facts` are without the operation."""
    if not _is_missed(operation, app_label, before, facts, alias):
        return verdict
    if verdict.action is Action.REFUSED:
        return replace(
            verdict, instead=f"{verdict.instead}\nThe old version's {MISSED.format(' all the same')}{KEEP_CLASS}"
        )
    reason = RENAMED if verdict.action is Action.AS_IS else f"{verdict.reason} {RENAMED}"
    old_version = f"{verdict.old_version} Its {MISSED.format('')}{KEEP_CLASS}".lstrip()
    return replace(verdict, reason=reason, old_version=old_version)


def _is_missed(operation: Operation, app_label: str, before: ProjectState, facts: Facts, alias: str) -> bool:
    """As contenttypes decides it."""
    if not (isinstance(operation, RenameModel) and apps.is_installed("django.contrib.contenttypes")):
        return False
    model = before.apps.get_model(app_label, operation.old_name)
    is_known = facts.table(model._meta.db_table) is not None
    return is_known and router.allow_migrate(alias, "contenttypes", model_name="contenttype")
