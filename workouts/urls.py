"""The planner's URLs."""

from django.urls import path, register_converter

from workouts.pages import (
    activities,
    backup,
    feed,
    figures,
    history,
    imports,
    keys,
    month,
    quick_add,
    search,
    season,
    settings,
    several,
    targets,
    week,
    workout,
)
from workouts.values.days import DayConverter, MonthConverter

register_converter(DayConverter, "day")
register_converter(MonthConverter, "month")

urlpatterns = [
    path("", week.week, name="week"),
    path("week/<day:day>", week.week, name="week_of"),
    path("week/<day:day>/targets", targets.targets, name="targets"),
    path("week/<day:day>/figures", figures.figures, name="figures"),
    path("week/<day:day>/change", several.change_week, name="change_week"),
    path("season/<day:day>", season.season, name="season"),
    path("month", month.month, name="month"),
    path("month/<month:first>", month.month, name="month_of"),
    path("workouts/selections", several.change_several, name="change_several"),
    path("workouts/quick", quick_add.quick_add, name="quick_add"),
    path("workouts/add", workout.add, name="add_workout"),
    path("workouts/add/<day:day>", workout.add, name="add_workout_on"),
    path("workouts/<int:workout_id>", workout.details, name="workout"),
    path("workouts/<int:workout_id>/selection", workout.select, name="select"),
    path("workouts/<int:workout_id>/done", workout.done, name="done"),
    path("workouts/<int:workout_id>/not-done", workout.not_done, name="not_done"),
    path("workouts/<int:workout_id>/reset", workout.reset, name="reset"),
    path("workouts/<int:workout_id>/estimate", workout.estimate, name="estimate"),
    path("workouts/<int:workout_id>/edit", workout.edit, name="edit_workout"),
    path("workouts/<int:workout_id>/delete", workout.delete, name="delete_workout"),
    path("search", search.search, name="search"),
    path("keys", keys.keys, name="keys"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:upload_id>/", imports.preview, name="import"),
    path("imports/<int:upload_id>/discard/", imports.discard, name="discard_import"),
    path("imports/<int:upload_id>/file/", imports.file, name="import_file"),
    path("activities/<int:upload_id>/", activities.activity, name="activity"),
    path("export.json", backup.as_json, name="export_json"),
    path("export.csv", backup.as_csv, name="export_csv"),
    path("restore/", backup.restore, name="restore"),
    path("restore/<int:upload_id>/", backup.restore_preview, name="restore_preview"),
    path("history/", history.history, name="history"),
    path("history/<int:change_id>/undo/", history.undo, name="undo"),
    path("calendar.ics", feed.download, name="calendar"),
    path("calendar/feed.ics", feed.feed, name="feed"),
    path("settings/", settings.settings, name="settings"),
    path("settings/password/", settings.ChangePassword.as_view(), name="password_change"),
    path("settings/<slug:purpose>/issue/", settings.issue_token, name="issue_token"),
    path("settings/<slug:purpose>/revoke/", settings.revoke_token, name="revoke_token"),
]
