"""What comes back under the name of something that waits to be dropped, and differs from it: that is refused."""

from typing import TYPE_CHECKING, Any

from releases.judge.verdict import Action, Key, Verdict
from releases.messages.naming import finish_command

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

OTHER_TYPE = "A column of that name and of another type waits to be dropped."
OTHER_TARGET = "A column of that name waits to be dropped, and its values refer to something else."
OTHER_COLUMN = 'Give the new field another column: db_column="%s_new".'
OTHER_COLUMNS = "A table of that name and with other columns waits to be dropped."
OTHER_TABLE = 'Give the new model another table: db_table = "%s_new" in its Meta.'
FINISH = " Or drop the old one first, with: {}. Then release again."
IN_PARTS = (
    " Or release the removal first, in a migration before this one (migrate APP NAME), and drop the old one when no"
    " session of the old version is connected (migrate --finish). Then release the rest."
)
CHANGED_SINCE = "Change that back; or drop it with what it holds, with: {}. Then run this again."


def refuse(reason: str, instead: str, key: Key, circumstances: "Circumstances", verdict: Verdict) -> None:
    """`instead` is what to write in a migration. `key` is that of what waits."""
    item: Any = circumstances.pending[key]
    if not item.is_entered:
        instead += IN_PARTS
    else:
        finish = finish_command(item.connection.alias)
        instead = CHANGED_SINCE.format(finish) if circumstances.backwards else instead + FINISH.format(finish)
    verdict.note(Action.REFUSED, reason, instead=instead)
    verdict.is_final = True
