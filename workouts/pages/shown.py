"""A form sends back what the page showed, as `initial-…`. Only what was changed there is written.

The rest may have been changed elsewhere meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.db import transaction
from django.forms.boundfield import BoundField
from django.http import HttpResponse

from workouts.history import wait_for_other_additions
from workouts.pages import HtmxRequest

PREFIX = "initial-"


class ShowsForm(forms.BaseForm):
    """A form whose template includes `workouts/shown.html`."""

    def shown(self) -> list[tuple[str, str]]:
        """The hidden inputs, as name and value. A form that was refused sends again what it had sent."""
        if self.is_bound:
            return [(name, str(self.data[name])) for name in self.data if name.startswith(PREFIX)]
        return [(f"{PREFIX}{name}", value) for field in self for name, value in _inputs(field)]

    def changes(self) -> dict[str, Any]:
        """The values of the fields that were changed on the page, and have another value than now."""
        inputs = {field.name: [name for name, _ in _inputs(field)] for field in self}
        changed = [name for name in self.changed_data if any(was_changed(self.data, one) for one in inputs[name])]
        return {name: self.cleaned_data[name] for name in changed}

    def with_changes(self) -> dict[str, Any]:
        """The values of all fields: where the page changed nothing, those of now."""
        return {name: self.initial.get(name) for name in self.fields} | self.changes()


def saved_alone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates a view whose form writes `with_changes`: of two at once, the second has the values of the first."""

    @wraps(view)
    def wrapper(request: HtmxRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            wait_for_other_additions()
            return view(request, *args, **kwargs)

    return wrapper


def was_changed(data: Mapping[str, str], name: str) -> bool:
    """Whether an input has another value than the page showed. It counts as changed if that was not sent."""
    before, now = (_plain(data.get(key, "")) for key in (f"{PREFIX}{name}", name))
    return f"{PREFIX}{name}" not in data or now != before


def was_changed_twice(data: Mapping[str, str], name: str, stored: str) -> bool:
    """Whether an input has another value than the page showed, and another one was stored meanwhile."""
    shown = f"{PREFIX}{name}"
    return {name, shown} <= data.keys() and len({_plain(data[name]), _plain(data[shown]), _plain(stored)}) == 3


def _plain(text: str) -> str:
    return str(text).replace("\r\n", "\n")


def _inputs(field: BoundField) -> Iterator[tuple[str, str]]:
    """Name and value of each input of a field: a time span has two."""
    widget = field.field.widget.get_context(field.html_name, field.value(), {})["widget"]
    for one in widget.get("subwidgets", [widget]):
        value = one["value"][0] if isinstance(one["value"], list) else one["value"]
        yield one["name"], "" if value is None else str(value)
