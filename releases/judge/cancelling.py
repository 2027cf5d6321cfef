"""A change that waits in the contract is cancelled."""

from typing import TYPE_CHECKING, Any

from releases.judge.verdict import Action, Key, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

REASON = "It was not dropped yet: that is cancelled."


def cancel(key: Key, circumstances: "Circumstances", verdict: Verdict) -> bool:
    item: Any = circumstances.pending.get(key)
    if item is None:
        return False
    verdict.cancelled.append(key)
    if circumstances.backwards or key[0] != "table":  # forwards, Django adds the foreign keys of a table after it
        verdict.later += [Step(**step) for step in item.restore]
    note_return(circumstances, verdict)
    return True


def note_return(circumstances: "Circumstances", verdict: Verdict) -> None:
    verdict.note(Action.ONLINE if verdict.later or not circumstances.backwards else Action.AS_IS, REASON)
