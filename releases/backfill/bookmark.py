"""Where an interrupted backfill goes on."""

from dataclasses import dataclass
from typing import Any

from django.db import models

from releases.backfill import keys
from releases.online.place import Place


@dataclass
class Bookmark:
    """The last key that is done, and the number of rows up to it, in `place`; nowhere without one.

    `of` identifies the backfill: one that was edited since then starts again from the first row.
    """

    model: type[models.Model]
    of: str
    place: Place | None = None

    def read(self) -> tuple[Any, int] | None:
        position = self.place and self.place.position
        if not position or position["of"] != self.of:
            return None
        return keys.from_json(self.model, position["last"]), position["rows"]

    def write(self, last: Any, rows: int) -> None:
        """Call this in the transaction of the batch."""
        if self.place:
            position = {"of": self.of, "last": keys.to_json(self.model, last), "rows": rows}
            self.place.commit(self.place.done, self.place.steps, position)
