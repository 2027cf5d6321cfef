"""Primary keys of any type, as JSON."""

from typing import Any

from django.db import models


def to_json(model: type[models.Model], key: Any) -> list[str]:
    """A text for each column of the key: exact, unlike DjangoJSONEncoder, which drops microseconds."""
    values = key if isinstance(key, tuple) else (key,)
    return [
        str(field.value_to_string(field.model(**{field.attname: value})))
        for field, value in zip(_fields(model), values, strict=True)
    ]


def from_json(model: type[models.Model], texts: list[str]) -> Any:
    values = tuple(field.to_python(text) for field, text in zip(_fields(model), texts, strict=True))
    return values if len(values) > 1 else values[0]


def _fields(model: type[models.Model]) -> list[Any]:
    return [_target(field) for field in model._meta.pk_fields]


def _target(field: Any) -> Any:
    """Of a key that refers to another table's: that one."""
    while field.remote_field:
        field = field.target_field
    return field
