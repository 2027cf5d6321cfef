"""The forms for one workout. Their values have the names of the models' columns."""

import datetime
from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import QueryDict

from workouts.models import Preferences, Workout, WorkoutType
from workouts.pages.distances import DistanceField
from workouts.pages.shown import ShowsForm, was_changed
from workouts.pages.time_spans import DurationField
from workouts.values import bounds, validation
from workouts.values.measures import Units, unit_of
from workouts.values.times import Slot, slot_of


def of_our_time(day: datetime.date) -> None:
    try:
        validation.of_our_time(day)
    except ValueError as error:
        raise ValidationError(f"{error}.") from error


class LoginForm(AuthenticationForm):
    """After a wrong password the focus is where another one is typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("username"):
            del self.fields["username"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True


class NumberField(forms.FloatField):
    """Shows `5` and not `5.0`."""

    def prepare_value(self, value: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value


def reasons(form: forms.BaseForm) -> str:
    """Why the form is refused, in sentences."""
    parts = [f"{form[name].label}: {' '.join(map(str, messages))}" for name, messages in form.errors.items()]
    return f"{' '.join(parts)} Nothing was changed."


class SelectionForm(forms.Form):
    """Any part of the selection of a workout. What is not sent stays as it is.

    So does what still has the value that the page showed, sent as `initial-…`: it may have been changed elsewhere.

    A card sends its day and slot with the button that skips it; then only the button counts.
    """

    is_selected = forms.TypedChoiceField(choices=(("true", "Select"), ("false", "Skip")), coerce="true".__eq__)
    current_plan_day = forms.DateField(label="Day", required=False, validators=[of_our_time])
    slot = forms.ChoiceField(label="Time of day", choices=Slot.choices, required=False)
    time_of_day = forms.CharField(max_length=bounds.TIME_OF_DAY, required=False)
    workout_location = forms.CharField(label="Place", max_length=bounds.PLACE, required=False)
    user_notes = forms.CharField(label="Notes", max_length=bounds.CHARACTERS, required=False, widget=forms.Textarea)

    def __init__(self, workout: Workout, data: QueryDict) -> None:
        super().__init__(data)
        self.workout = workout
        sent = {"is_selected"} if "is_selected" in data else set(data)
        for name in set(self.fields) - {name for name in sent if was_changed(data, name)}:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """The columns to set, with None for a field that was emptied."""
        values = {name: None if value == "" else value for name, value in self.cleaned_data.items()}
        if "slot" in self.fields:
            values |= in_slot(self.workout, values.pop("slot") or "")
        if "current_plan_day" in values:
            values |= on_day(self.workout, values["current_plan_day"])
        return values


def in_slot(workout: Workout, slot: str) -> dict[str, Any]:
    """The columns that put a workout into a slot. One that is there already keeps its clock time."""
    return {} if slot_of(workout.time_of_day) == slot else {"time_of_day": slot or None}


def on_day(workout: Workout, day: datetime.date | None) -> dict[str, Any]:
    """The column that puts a workout on a day: None is the day of the plan."""
    return {"current_plan_day": None if day == workout.originally_planned_day else day}


class DoneForm(ShowsForm, forms.Form):
    """What was done. A field that is not sent or not changed stays as it is: a button alone says, done as planned."""

    actual_duration = DurationField("Time")
    actual_distance_meters = DistanceField()
    actual_tss = NumberField(label="TSS", required=False, min_value=0, max_value=bounds.TSS)
    actual_heart_rate = NumberField(
        label="Heart rate, beats per minute", required=False, min_value=0, max_value=bounds.HEART_RATE
    )
    rpe = NumberField(label="RPE, 1 to 10", required=False, min_value=1, max_value=bounds.RPE)
    feeling = NumberField(
        label="Feeling, 1 (weak) to 5 (strong)", required=False, min_value=1, max_value=bounds.FEELING
    )

    def __init__(self, workout: Workout, data: QueryDict | None = None, units: Units | None = None) -> None:
        super().__init__(data, label_suffix="")
        if units:
            cast("DistanceField", self.fields["actual_distance_meters"]).show_in(unit_of(workout.workout_type, units))
        self.initial = {name: getattr(workout, name) for name in self.fields}
        for name, most in (("rpe", bounds.RPE), ("feeling", bounds.FEELING)):
            if rating := self.initial[name]:  # a file may have brought one from another scale, which can stay
                label = self.fields[name].label
                self.fields[name] = NumberField(
                    label=label, required=False, min_value=min(rating, 1), max_value=max(rating, most)
                )
        if not workout.was_done:
            self.initial["actual_duration"] = workout.planned_duration
        if data is not None:
            sent = {name.removesuffix("_0") for name in data}
            for name in set(self.fields) - sent:
                del self.fields[name]


class WorkoutForm(ShowsForm, forms.ModelForm):
    """A workout of the athlete's own."""

    originally_planned_day = forms.DateField(
        label="Day", validators=[of_our_time], widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    workout_type = forms.ChoiceField(label="Type", choices=WorkoutType.choices, initial=WorkoutType.RUN)
    planned_duration = DurationField("Duration")
    planned_distance_meters = DistanceField()
    tss = NumberField(label="TSS", required=False, min_value=0, max_value=bounds.TSS)
    workout_description = forms.CharField(
        label="Description",
        required=False,
        max_length=bounds.CHARACTERS,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )

    class Meta:
        model = Workout
        fields = (
            "title",
            "workout_type",
            "originally_planned_day",
            "planned_duration",
            "planned_distance_meters",
            "tss",
            "workout_description",
        )
        widgets = {"title": forms.TextInput({"dir": "auto"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """An activity that was never planned has no plan to edit."""
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            kind = self.initial.get("workout_type", WorkoutType.RUN)
            cast("DistanceField", self.fields["planned_distance_meters"]).show_in(unit_of(kind, Preferences.load()))
        if self.instance.pk:
            self.initial["originally_planned_day"] = self.instance.day
        if self.instance.is_recorded:
            for name in bounds.PLANNED.keys() & self.fields.keys():
                del self.fields[name]

    @property
    def day(self) -> datetime.date:
        """The day on which the athlete has the workout now."""
        day: datetime.date = self.cleaned_data["originally_planned_day"]
        return day

    def edited(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The columns to set of the workout and of its selection. One with another day is planned there, not moved."""
        values = self.changes()
        return values, {"current_plan_day": None} if "originally_planned_day" in values else {}


class EstimateForm(ShowsForm, forms.Form):
    """The athlete's estimate of the TSS of a coach's workout."""

    tss = NumberField(label="TSS", required=False, min_value=0, max_value=bounds.TSS)

    def __init__(self, workout: Workout, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"tss": workout.tss}, auto_id=False)
