"""The import page: it shows first what a file would do, and does it once."""

import datetime
import io
import re
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.trainingpeaks import export, workout
from workouts.files.archive import pack
from workouts.files.exports.exporting import export_json
from workouts.files.imports.importing import import_file, preview
from workouts.files.uploads import MAX_BYTES
from workouts.history import change_selection, edit_workout
from workouts.models import Change, Upload, Workout

MONDAY, TUESDAY, SUNDAY = "2026-11-23", "2026-11-24", "2026-11-29"
SWIM = workout("Easy swim", MONDAY, "Swim", PlannedDuration="0.75")
RUN = workout("Long run", TUESDAY, PlannedDuration="1.5", WorkoutDescription="Flat")
RIDE = workout("Long ride", SUNDAY, "Bike", PlannedDuration="3")
PLAN = export(SWIM, RUN, RIDE)


@pytest.fixture
def athlete(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("athlete"))
    return client


def upload(athlete: Client, content: bytes, name: str = "plan.csv") -> Any:
    return athlete.post("/imports/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def confirm(athlete: Client, page: Any, **more: Any) -> Any:
    digest = page.context["plan"].digest
    return athlete.post(f"/imports/{page.context['upload'].pk}/", {"digest": digest, **more}, follow=True)


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_needs_a_login(client: Client, db: None) -> None:
    upload = import_file("plan.csv", PLAN, by=None)
    for path in ("/imports/", f"/imports/{upload.pk}/", f"/imports/{upload.pk}/file/"):
        assert client.get(path).status_code == 302
    assert client.post(f"/imports/{upload.pk}/discard/").status_code == 302


def test_a_preview_writes_no_workout(athlete: Client) -> None:
    page = upload(athlete, PLAN)

    assert page.redirect_chain == [(f"/imports/{Upload.objects.get().pk}/", 302)]
    assert "3 new 0 changed 0 moved 0 unchanged 0 skipped" in text(page)
    assert "Sun 29 Nov 2026 Bike Long ride 3 h" in text(page)
    assert not Workout.objects.exists()
    assert not Change.objects.exists()


def test_a_preview_shows_what_differs_and_what_is_skipped(athlete: Client) -> None:
    import_file("plan.csv", PLAN, by=None)
    changed = {**RUN, "PlannedDuration": "1,75", "WorkoutDescription": "<b>Hilly</b>"}

    page = upload(athlete, export(SWIM, changed, RIDE, workout("Bad", MONDAY, TSS="many")))

    assert "0 new 1 changed 0 moved 2 unchanged 1 skipped" in text(page)
    assert "Planned duration was 1 h 30 min → becomes 1 h 45 min" in text(page)
    assert "&lt;b&gt;Hilly&lt;/b&gt;" in page.content.decode()
    assert "Row 5: TSS is “many”, which is not a number." in text(page)


def test_a_preview_marks_unusual_values(athlete: Client) -> None:
    import_file("plan.csv", PLAN, by=None)
    short = workout("Strides", MONDAY, PlannedDistanceInMeters="1.2")

    page = upload(athlete, export({**SWIM, "PlannedDuration": "40"}, RUN, RIDE, short))

    assert "Row 5: Strides, Run: Planned distance 1.2 m" in text(page)
    assert "Row 2: Easy swim, Swim: Planned duration 40 h" in text(page)
    assert page.content.decode().count("<mark>unusual</mark>") == 1, "and in the table of new workouts"
    assert "unusual" not in text(upload(athlete, export(SWIM, RUN, RIDE)))


def test_a_preview_names_the_encoding(athlete: Client) -> None:
    page = upload(athlete, export(workout("Läufe", MONDAY), encoding="mac_roman"))
    assert "Its letters were read as Mac Roman: check whether" in text(page)
    assert "They were read" not in text(upload(athlete, export(workout("Läufe", MONDAY))))


def test_a_file_whose_every_row_is_skipped_has_nothing_to_import(athlete: Client) -> None:
    page = upload(athlete, export(workout("Run", "soon")))
    assert "No row of this file can be imported." in text(page)
    assert "Everything in this file" not in text(page)


def test_an_archive_is_previewed_and_can_be_downloaded(athlete: Client) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("workouts.csv", PLAN)
    page = upload(athlete, content.getvalue(), "export.zip")

    assert "3 new 0 changed" in text(page)
    file: Any = athlete.get(f"/imports/{page.context['upload'].pk}/file/")
    assert (file["Content-Type"], b"".join(file.streaming_content)) == ("application/zip", content.getvalue())


def test_confirming_imports_and_says_so(athlete: Client) -> None:
    page = confirm(athlete, upload(athlete, PLAN))

    assert "Imported plan.csv: 3 new." in text(page)
    assert Workout.objects.count() == 3
    change = Change.objects.get()
    assert (change.summary, str(change.made_by)) == ("Imported plan.csv: 3 new", "athlete")
    assert Upload.objects.get().change == change


def test_a_preview_names_what_an_archive_has_beside_the_plan(athlete: Client) -> None:
    packed = pack([("plan.csv", export(RIDE)), ("other.ics", b"BEGIN:VCALENDAR"), ("notes.txt", b"")])
    assert "Also in this archive, and not imported: other.ics , notes.txt" in text(upload(athlete, packed, "plan.zip"))
    assert "Also in this archive" not in text(upload(athlete, export(RIDE)))


def test_confirming_twice_imports_once(athlete: Client) -> None:
    page = upload(athlete, PLAN)

    assert confirm(athlete, page).status_code == 200
    assert confirm(athlete, page).status_code == 200

    assert Workout.objects.count() == 3
    assert Change.objects.count() == 1


def test_two_tabs_with_the_same_file_import_it_once(athlete: Client) -> None:
    first, second = upload(athlete, PLAN), upload(athlete, PLAN)
    confirm(athlete, first)

    page = confirm(athlete, second)

    assert page.status_code == 409
    assert "The plan has changed since this preview. Nothing was imported." in text(page)
    assert "Everything in this file is in the planner already." in text(page)
    assert Workout.objects.count() == 3


def test_a_plan_that_changed_since_the_preview_is_shown_again(athlete: Client) -> None:
    import_file("plan.csv", PLAN, by=None)
    page = upload(athlete, export(SWIM, {**RUN, "TSS": "90"}, RIDE))
    run = Workout.objects.get(title="Long run")
    edit_workout(run.pk, {"tss": 85.0}, by=None)

    again = confirm(athlete, page)

    assert again.status_code == 409
    assert "TSS was 85 → becomes 90" in text(again)
    run.refresh_from_db()
    assert run.tss == 85

    confirm(athlete, again)
    run.refresh_from_db()
    assert run.tss == 90


def test_each_move_is_confirmed_separately(athlete: Client) -> None:
    import_file("plan.csv", PLAN, by=None)
    page = upload(
        athlete, export(workout("New", MONDAY), *({**row, "WorkoutDay": "2026-11-27"} for row in (SWIM, RUN)), RIDE)
    )
    assert "Long run Run from Tue 24 Nov 2026 to Fri 27 Nov 2026" in text(page)
    assert page.content.decode().count('name="moved"') == 2

    confirm(athlete, page, moved="4")

    days = Workout.objects.order_by("originally_planned_day", "id").values_list("title", "originally_planned_day")
    assert [(title, day.isoformat()) for title, day in days] == [
        ("Easy swim", MONDAY),
        ("New", MONDAY),
        ("Long run", "2026-11-27"),
        ("Easy swim", "2026-11-27"),
        ("Long ride", SUNDAY),
    ]


def test_more_moves_than_are_shown_are_confirmed_together(athlete: Client) -> None:
    rows = [workout(f"Run {number}", MONDAY) for number in range(101)]
    import_file("plan.csv", export(*rows), by=None)
    page = upload(athlete, export(workout("New", MONDAY), *({**row, "WorkoutDay": TUESDAY} for row in rows)))
    assert "Move all 101" in text(page)

    confirm(athlete, page, moved="all")

    assert Workout.objects.filter(originally_planned_day=TUESDAY).count() == 101
    assert Workout.objects.count() == 102


def test_ticked_moves_are_validated(athlete: Client) -> None:
    page = upload(athlete, PLAN)
    confirm(athlete, page, moved=["x", "-1", "9" * 5000, "٣"])
    assert Workout.objects.count() == 3


def test_a_preview_can_be_discarded_and_an_import_cannot(athlete: Client) -> None:
    done = import_file("done.csv", PLAN, by=None)
    page = upload(athlete, PLAN)
    number = page.context["upload"].pk

    athlete.post(f"/imports/{number}/discard/")
    athlete.post(f"/imports/{done.pk}/discard/")

    assert list(Upload.objects.all()) == [done]
    assert confirm(athlete, page).status_code == 404


def test_yesterdays_previews_are_deleted_at_the_next_upload(athlete: Client) -> None:
    stale, done = preview("stale.csv", PLAN, by=None), import_file("done.csv", PLAN, by=None)
    Upload.objects.update(made_at=timezone.now() - datetime.timedelta(hours=25))

    upload(athlete, export(workout("New", MONDAY)), "new.csv")

    assert set(Upload.objects.values_list("file_name", flat=True)) == {"done.csv", "new.csv"}
    assert athlete.get(f"/imports/{stale.pk}/").status_code == 404
    assert done.change


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty. Nothing was imported."),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "This is an image. Import a CSV file of TrainingPeaks or intervals.icu, or a calendar (.ics)."
            " Recorded activities are imported here too: FIT, TCX or GPX. Nothing was imported.",
        ),
        (b"x" * (MAX_BYTES + 1), "The file is larger than 10 MB."),
        (b"Title,Date\n", "This is not a TrainingPeaks export"),
        (
            b'{"format": "workout-planner", "version": 5}',
            "This is an export.json of this planner. Restore it instead: Settings, “Your data”. Nothing was imported.",
        ),
    ],
)
def test_an_unreadable_file_is_refused_on_the_page(athlete: Client, content: bytes, reason: str) -> None:
    page = upload(athlete, content)

    assert page.status_code == 422
    assert reason in text(page)
    assert not Upload.objects.exists()


def test_an_export_of_the_planner_is_to_be_restored(athlete: Client) -> None:
    page = upload(athlete, "".join(export_json()).encode())
    assert "Restore it instead" in text(page)


def test_the_page_names_what_it_accepts(athlete: Client) -> None:
    page = text(athlete.get("/imports/"))
    assert all(name in page for name in ("TrainingPeaks", "intervals.icu", ".ics", "FIT, TCX, GPX"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Run\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            "the further days of events that repeat come after the last one. Row 1: The event has no day.",
        ),
        (export(workout("Run", "soon")), "Row numbers are as in a spreadsheet: the header is row 1. Row 2:"),
    ],
)
def test_the_preview_says_what_the_numbers_of_skipped_rows_are(athlete: Client, content: bytes, sentence: str) -> None:
    assert sentence in text(upload(athlete, content))


def test_a_form_without_a_file_is_refused(athlete: Client) -> None:
    page = athlete.post("/imports/")
    assert page.status_code == 422
    assert "This field is required." in text(page)


def test_imported_files_are_listed_and_can_be_downloaded(athlete: Client) -> None:
    import_file('pl"än.csv', export(SWIM, workout("Bad", "soon")), by=User.objects.get())

    page = athlete.get("/imports/")
    assert "athlete 1 new, 1 skipped" in text(page)
    assert "Row 3: WorkoutDay is “soon”" in text(page)

    response = athlete.get(f"/imports/{Upload.objects.get().pk}/file/")
    assert response.getvalue() == export(SWIM, workout("Bad", "soon"))
    assert response.headers["Content-Type"] == "text/csv"
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''pl")


def test_an_import_is_undone_and_redone_from_the_list(athlete: Client) -> None:
    upload = import_file("plan.csv", PLAN, by=None)
    assert f'action="/history/{upload.change_id}/undo/"' in athlete.get("/imports/").content.decode()

    athlete.post(f"/history/{upload.change_id}/undo/")

    assert not Workout.objects.exists()
    page = athlete.get("/imports/")
    assert "· undone" in text(page)
    assert "Redo the import of plan.csv" in text(page)

    athlete.post(f"/history/{Change.objects.latest('id').pk}/undo/")

    assert Workout.objects.exists()
    page = athlete.get("/imports/")
    assert "undone" not in text(page)
    assert "Undo the import of plan.csv" in text(page)


def decisions_of(page: Any) -> dict[str, str]:
    """The values of a preview's form as it is shown."""
    html = page.content.decode()
    fields = re.findall(r'<select name="(gone-\d+)".*?</select>', html, re.DOTALL)
    selects = re.findall(r'<select name="gone-\d+".*?</select>', html, re.DOTALL)
    chosen = [re.search(r'value="(\w+)"\s+selected', select) for select in selects]
    return {name: found[1] for name, found in zip(fields, chosen, strict=True) if found}


def test_gone_workouts_are_shown_with_a_decision_for_each(athlete: Client) -> None:
    import_file("plan.csv", export(SWIM, RUN, workout("Yoga", TUESDAY, "Other"), RIDE), by=None)
    ids = dict(Workout.objects.values_list("title", "pk"))
    change_selection(ids["Yoga"], {"time_of_day": "7am", "current_plan_day": datetime.date(2026, 12, 3)}, by=None)

    page = upload(athlete, export(SWIM, {**RUN, "Title": "Longest run"}, RIDE))

    assert "0 new 0 changed 0 moved 2 unchanged 0 skipped 2 not in the file" in text(page)
    assert "In the planner, not in this file" in text(page)
    assert "1 row is counted as renamed. If you keep or drop such a workout instead," in text(page)
    assert "You: selected, Thu 3 Dec 2026, 7am" in text(page)
    assert decisions_of(page) == {f"gone-{ids['Long run']}": "3", f"gone-{ids['Yoga']}": "keep"}

    confirm(athlete, page, **{**decisions_of(page), f"gone-{ids['Yoga']}": "drop"})

    assert Change.objects.latest("id").summary == "Imported plan.csv: 2 unchanged, 1 renamed, 1 dropped"
    assert Workout.objects.get(title="Longest run").pk == ids["Long run"]
    assert Workout.objects.get(title="Yoga").is_dropped
    assert Workout.objects.count() == 4


def test_without_a_decision_everything_is_kept(athlete: Client) -> None:
    import_file("plan.csv", PLAN, by=None)
    confirm(athlete, upload(athlete, export(SWIM, {**RUN, "Title": "Longest run"}, RIDE)))
    assert set(Workout.objects.values_list("title", "is_dropped")) >= {("Long run", None), ("Longest run", None)}


@pytest.mark.parametrize(("policy", "titles"), [("keep", 4), ("rename", 2), ("drop", 4)])
def test_one_decision_for_all(athlete: Client, policy: str, titles: int) -> None:
    import_file("plan.csv", export(SWIM, RUN), by=None)
    page = upload(athlete, export({**SWIM, "Title": "Easy swim, 2 km"}, {**RUN, "WorkoutDay": SUNDAY, "TSS": "50"}))
    ids = set(Workout.objects.values_list("pk", flat=True))

    confirm(athlete, page, gone=policy, **{f"gone-{number}": "keep" for number in ids})

    assert Workout.objects.filter(is_dropped=True).count() == (2 if policy == "drop" else 0)
    assert Workout.objects.count() == titles


def test_two_decisions_for_one_row_are_refused_and_stay(athlete: Client) -> None:
    import_file("plan.csv", export(RUN, workout("Strides", TUESDAY), SWIM), by=None)
    ids = dict(Workout.objects.values_list("title", "pk"))
    page = upload(athlete, export(workout("Hill repeats", TUESDAY), workout("Tempo", TUESDAY), SWIM))
    sent = {f"gone-{ids['Long run']}": "2", f"gone-{ids['Strides']}": "2"}

    again = confirm(athlete, page, **sent)

    assert again.status_code == 422
    assert "Two workouts cannot both become “Hill repeats”. Decide for one of them. Nothing was imported." in text(
        again
    )
    assert decisions_of(again) == sent
    assert Change.objects.count() == 1

    assert confirm(athlete, again, **{**sent, f"gone-{ids['Strides']}": "3"}).status_code == 200
    assert set(Workout.objects.values_list("pk", "title")) >= {
        (ids["Long run"], "Hill repeats"),
        (ids["Strides"], "Tempo"),
    }


@pytest.mark.parametrize("decision", ["99", "keeep", "", "-1", "٣", "1" * 5000])
def test_an_invalid_decision_is_refused(athlete: Client, decision: str) -> None:
    import_file("plan.csv", PLAN, by=None)
    number = Workout.objects.get(title="Long run").pk
    page = upload(athlete, export(SWIM, RIDE))

    again = confirm(athlete, page, **{f"gone-{number}": decision, "gone-x": "drop", f"gone-{'9' * 40}": "drop"})

    assert again.status_code == 422
    assert "“Long run” cannot become what was selected." in text(again)
    assert Change.objects.count() == 1


def test_for_hundreds_of_gone_workouts_there_is_one_decision(athlete: Client) -> None:
    rows = [workout(f"Run {number}", MONDAY) for number in range(301)]
    import_file("plan.csv", export(*rows, RIDE), by=None)

    page = upload(athlete, export(workout("New", MONDAY), RIDE))
    assert "301 not in the file" in text(page)
    assert decisions_of(page) == {}
    confirm(athlete, page, gone="drop")

    assert Workout.objects.filter(is_dropped=True).count() == 301


def test_a_preview_that_lacks_a_gone_workout_is_shown_again(athlete: Client) -> None:
    import_file("plan.csv", export(SWIM, RIDE), by=None)
    page = upload(athlete, export(SWIM, RIDE))
    import_file("other.csv", export(RUN), by=None)

    again = confirm(athlete, page)

    assert again.status_code == 409
    assert "Long run" in text(again)


def test_a_preview_of_thousands_stays_small(athlete: Client) -> None:
    page = upload(athlete, export(*(workout(f"Run {number}", MONDAY) for number in range(2000))))

    assert "The first 100 of 2000." in text(page)
    assert len(page.content) < 60_000


def ticked(page: Any) -> list[str]:
    boxes = re.findall(r'name="taken"\s+value="(\d+)"([^>]*)', page.content.decode())
    return sorted(row for row, rest in boxes if "checked" in rest)


def test_rows_that_are_not_ticked_are_left_out(athlete: Client) -> None:
    confirm(athlete, upload(athlete, export(SWIM)))
    page = upload(athlete, export({**SWIM, "PlannedDuration": 9}, RUN, RIDE))
    offered = re.findall(r'name="offered" value="(\d+)"', page.content.decode())
    assert sorted(offered) == ["2", "3", "4"]
    assert ticked(page) == ["2", "3", "4"]

    refused = confirm(athlete, page, offered=offered)
    assert (refused.status_code, "Tick what you want to import." in text(refused)) == (422, True)
    assert ticked(refused) == []
    done = confirm(athlete, page, offered=offered, taken=["4", "99"])

    assert "Imported plan.csv: 1 new, 2 left out." in text(done)
    assert sorted(Workout.objects.values_list("title", flat=True)) == ["Easy swim", "Long ride"]
    assert Workout.objects.get(title="Easy swim").planned_duration == 0.75


def test_of_a_long_plan_only_some_days_are_imported(athlete: Client) -> None:
    season = [workout(f"Run {number}", f"2026-{7 + number // 28:02}-{1 + number % 28:02}") for number in range(101)]
    page = upload(athlete, export(*season))
    assert confirm(athlete, page, first="2026-99-99", last="2026-01-01").status_code == 422
    done = confirm(athlete, page, first="2026-10-01", last="2026-10-07")
    assert "Imported plan.csv: 7 new, 94 left out." in text(done)
    assert set(Workout.objects.values_list("title", flat=True)) == {f"Run {number}" for number in range(84, 91)}
