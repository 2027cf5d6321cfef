"""Random changes of a few models, such as a developer makes, of which a release refuses none."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

# Each may become any of its family. What comes later in a family of texts or decimals is not narrower.
FAMILIES: dict[str, list[str]] = {
    "number": [
        "models.IntegerField(null=True)",
        "models.IntegerField(default=3)",
        "models.IntegerField(db_default=4)",
        "models.IntegerField(null=True, db_default=5)",
        "models.IntegerField(null=True, db_index=True)",
        "models.IntegerField(default=6, db_index=True)",
        'models.IntegerField(default=6, db_comment="a number")',
    ],
    "positive": ["models.PositiveIntegerField(null=True)", "models.PositiveIntegerField(default=7)"],
    "flag": [
        "models.BooleanField(null=True)",
        "models.BooleanField(default=True)",
        "models.BooleanField(db_default=False)",
    ],
    "time": [
        "models.DateTimeField(null=True)",
        "models.DateTimeField(db_default=models.functions.Now())",
        "models.DateTimeField(null=True, db_index=True)",
    ],
    "key": [
        "models.UUIDField(null=True)",
        'models.UUIDField(db_default=models.Func(function="gen_random_uuid"))',
    ],
    "json": ["models.JSONField(null=True)", "models.JSONField(default=dict)"],
    "text": [
        "models.CharField(max_length=20, null=True)",
        'models.CharField(max_length=20, default="it\'s")',
        "models.CharField(max_length=40, default='50%')",
        "models.CharField(max_length=40, null=True, db_index=True)",
        "models.CharField(max_length=80, db_default='a')",
        "models.TextField(null=True)",
        "models.TextField(default='none')",
        "models.TextField(default='', db_index=True)",
    ],
    "decimal": [
        "models.DecimalField(max_digits=8, decimal_places=2, null=True)",
        "models.DecimalField(max_digits=8, decimal_places=2, default=1)",
        "models.DecimalField(max_digits=12, decimal_places=2, default=2)",
        "models.DecimalField(max_digits=12, decimal_places=2, null=True)",
    ],
    "foreign": [
        "models.ForeignKey({to}, models.CASCADE, null=True, related_name='+')",
        "models.ForeignKey({to}, models.SET_NULL, null=True, related_name='+')",
        "models.ForeignKey({to}, models.CASCADE, null=True, related_name='+', db_constraint=False)",
        "models.ForeignKey({to}, models.CASCADE, null=True, related_name='+', db_index=False)",
    ],
    "required": [
        "models.ForeignKey({to}, models.CASCADE, null=True, related_name='+')",
        "models.ForeignKey({to}, models.CASCADE, default=1, related_name='+')",
    ],
    "one": [
        "models.OneToOneField({to}, models.CASCADE, null=True, related_name='+')",
        "models.ForeignKey({to}, models.CASCADE, null=True, related_name='+')",
    ],
    "many": ["models.ManyToManyField({to}, related_name='+')"],
    "unique": ["models.IntegerField(null=True, unique=True)", "models.IntegerField(null=True)"],
    "unique text": [
        "models.CharField(max_length=20, null=True, unique=True)",
        "models.CharField(max_length=20, null=True, db_index=True)",
        "models.CharField(max_length=20, null=True)",
    ],
}
WIDENING = {"text", "decimal"}
ONCE = {"unique", "unique text", "one"}  # unique only while every value is NULL
NAMES = ("red", "green", "blue")
CONSTRAINTS = {
    "together": "models.UniqueConstraint(fields=['serial', '{field}'], name='{name}')",
    "deferred": "models.UniqueConstraint(fields=['{field}', 'serial'], name='{name}',"
    " deferrable=models.Deferrable.DEFERRED)",
    "distinct": "models.UniqueConstraint(fields=['{field}', 'serial'], name='{name}', nulls_distinct=False)",
    "partial": "models.UniqueConstraint(fields=['serial'], condition=models.Q({field}__isnull=False), name='{name}')",
    "covering": "models.UniqueConstraint(fields=['serial'], include=['{field}'], name='{name}')",
    "expression": "models.UniqueConstraint(models.F('serial') * 2, '{field}', name='{name}')",
    "check": "models.CheckConstraint(name='{name}',"
    " condition=models.Q(serial__gte=0) | models.Q({field}__isnull=True))",
}
INDEXES = {
    "plain": "models.Index(fields=['{field}'], name='{name}')",
    "descending": "models.Index(fields=['-{field}', 'serial'], name='{name}')",
    "partial": "models.Index(fields=['serial'], condition=models.Q({field}__isnull=False), name='{name}')",
    "covering": "models.Index(fields=['serial'], include=['{field}'], name='{name}')",
    "expression": "models.Index(models.functions.Coalesce('{field}', '{field}'), name='{name}')",
    "hash": "HashIndex(fields=['{field}'], name='{name}')",
}


@dataclass(frozen=True)
class Field:
    family: str
    place: int
    to: str = ""

    def __str__(self) -> str:
        return FAMILIES[self.family][self.place].replace("{to}", repr(self.to))

    @property
    def is_column(self) -> bool:
        return self.family != "many"


@dataclass(frozen=True)
class Model:
    fields: dict[str, Field] = field(default_factory=dict)
    constraints: dict[str, tuple[str, str]] = field(default_factory=dict)  # by name: kind and field
    indexes: dict[str, tuple[str, str]] = field(default_factory=dict)
    together: tuple[str, ...] = ()  # unique_together of serial and each
    order: str = ""  # order_with_respect_to
    comment: str = ""
    base: str = "models.Model"

    def written(self, name: str) -> str:
        lines = [f"class {name}({self.base}):"]
        if self.base == "models.Model":
            lines.append("    serial = models.IntegerField()")
        lines += [f"    {one} = {of}" for one, of in self.fields.items()]
        lines.append("\n    class Meta:")
        constraints = [CONSTRAINTS[kind].format(name=one, field=of) for one, (kind, of) in self.constraints.items()]
        indexes = [INDEXES[kind].format(name=one, field=of) for one, (kind, of) in self.indexes.items()]
        lines.append(f"        constraints = [{', '.join(constraints)}]")
        lines.append(f"        indexes = [{', '.join(indexes)}]")
        lines.append(f"        unique_together = {[('serial', one) for one in self.together]}")
        if self.order:
            lines.append(f"        order_with_respect_to = {self.order!r}")
        if self.comment:
            lines.append(f"        db_table_comment = {self.comment!r}")
        return "\n".join(lines)


Models = dict[str, Model]


def written(models: Models) -> str:
    ordered = sorted(models, key=lambda name: models[name].base != "models.Model")
    classes = "\n\n\n".join(models[name].written(name) for name in ordered)
    return f"from django.contrib.postgres.indexes import HashIndex\n\n\n{classes}\n"


START: Models = {
    "Shelf": Model(),
    "Box": Model(
        {
            "red": Field("number", 0),
            "green": Field("text", 0),
            "blue": Field("foreign", 0, "Shelf"),
            "grey": Field("many", 0, "Shelf"),
            "black": Field("unique", 0),
        },
        {"first": ("together", "red"), "second": ("check", "red")},
        {"third": ("plain", "green")},
    ),
    "Lid": Model({"red": Field("foreign", 0, "Box"), "blue": Field("number", 1)}),
}


def changes(models: Models, number: int) -> Iterator[tuple[str, Models]]:
    """Every change of one thing, with a description. `number` makes new names unique."""
    for name, model in models.items():
        for what, becomes in itertools.chain(_of_fields(name, model, models), _of_meta(name, model, number)):
            yield f"{name}: {what}", {**models, name: becomes}
        if name != "Box" and not _is_needed(name, models):
            yield f"remove {name}", {other: kept for other, kept in models.items() if other != name}
    for name in {"Shelf", "Box", "Lid", "Cup"} - models.keys():
        yield f"add {name}", {**models, name: Model({"red": Field("number", 1), "green": Field("text", 2)})}
    if "Tray" not in models and "Box" in models:
        yield "add Tray of Box", {**models, "Tray": Model({"gold": Field("number", 1)}, base="Box")}


def _is_needed(name: str, models: Models) -> bool:
    """Whether another model refers to it, or Django could not go back: it removes foreign keys before the model, and
    leaves what depends on them."""
    model = models[name]
    foreign = {one for one, given in model.fields.items() if given.to}
    ruled = {one for _, one in (*model.constraints.values(), *model.indexes.values())}
    others = [one.to for other in models.values() for one in other.fields.values()]
    return name in others or bool(foreign & {*ruled, *model.together, model.order})


def _of_fields(name: str, model: Model, models: Models) -> Iterator[tuple[str, Model]]:
    names = ("gold",) if model.base != "models.Model" else NAMES
    for one in names:
        if one not in model.fields:
            for family, definitions in FAMILIES.items():
                for place in range(len(definitions)):
                    for to in models if "{to}" in definitions[place] else ("",):
                        added = Field(family, place, to)
                        if (to != name or model.base == "models.Model") and (family != "required" or to == "Box"):
                            yield f"add {one} = {added}", replace(model, fields={**model.fields, one: added})
    for one, given in model.fields.items():
        yield f"remove {one}", _without(one, model)
        later = given.place if given.family in WIDENING else 0
        for place in range(later, len(FAMILIES[given.family])):
            becomes = replace(given, place=place)
            if place != given.place and not (place == 0 and given.family in ONCE):
                yield f"alter {one} = {becomes}", replace(model, fields={**model.fields, one: becomes})


def _without(name: str, model: Model) -> Model:
    return replace(
        model,
        fields={one: kept for one, kept in model.fields.items() if one != name},
        constraints={one: kept for one, kept in model.constraints.items() if kept[1] != name},
        indexes={one: kept for one, kept in model.indexes.items() if kept[1] != name},
        together=tuple(one for one in model.together if one != name),
        order="" if model.order == name else model.order,
    )


def _of_meta(name: str, model: Model, number: int) -> Iterator[tuple[str, Model]]:
    if model.base != "models.Model":
        return
    for one, given in model.fields.items():
        if given.is_column:
            yield from _of_column(name, one, model)
        if given.family in ("foreign", "required") and not model.order:
            yield f"order by {one}", replace(model, order=one)
    yield from _of_constraints(model)
    for one, index in model.indexes.items():
        others = {other: kept for other, kept in model.indexes.items() if other != one}
        yield f"remove index {one}", replace(model, indexes=others)
        yield f"rename index {one}", replace(model, indexes={**others, f"renamed_{number}": index})
    if model.together:
        yield "remove unique together", replace(model, together=model.together[:-1])
    if model.order:
        yield "remove order", replace(model, order="")
    yield "comment", replace(model, comment=f"comment {number}")


def _of_constraints(model: Model) -> Iterator[tuple[str, Model]]:
    columns = [one for one, field in model.fields.items() if field.is_column]
    for one, given in model.constraints.items():
        kept = {other: rule for other, rule in model.constraints.items() if other != one}
        yield f"remove constraint {one}", replace(model, constraints=kept)
        for other in itertools.product(CONSTRAINTS, columns):
            if other != given:
                replaced = replace(model, constraints={**model.constraints, one: other})
                yield f"replace constraint {one} = {' of '.join(other)}", replaced


def _of_column(name: str, one: str, model: Model) -> Iterator[tuple[str, Model]]:
    """Constraints and indexes. What has the same definition has the same name, also when it was removed before."""
    for kind in CONSTRAINTS:
        constraints = {**model.constraints, f"{name}_{one}_{kind}": (kind, one)}
        yield f"add {kind} constraint of {one}", replace(model, constraints=constraints)
    for kind in INDEXES:
        indexes = {**model.indexes, f"{name}_{one}_{kind}_i": (kind, one)}
        yield f"add {kind} index of {one}", replace(model, indexes=indexes)
    if one not in model.together:
        yield f"unique together with {one}", replace(model, together=(*model.together, one))


def is_one_release(before: Models, after: Models) -> bool:
    """Whether the changes between the two, written as one migration, keep every column of the same type."""
    for name in before.keys() & after.keys():
        was, becomes = before[name].fields, after[name].fields
        for one in was.keys() & becomes.keys():
            old, new = was[one], becomes[one]
            if (old.family, old.to) != (new.family, new.to) and old.is_column and new.is_column:
                return False
            if old.family in WIDENING and new.place < old.place:
                return False
            if old.family in ONCE and old.place and not new.place:
                return False
    return True
