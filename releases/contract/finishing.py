"""`migrate --finish`: the changes that wait for the old version to go, made at once if it has gone."""

from django.core.management import CommandError

from releases import contract
from releases.contract.fulfilling import fulfil
from releases.record.pending import pending_migrations
from releases.running.run import Run
from releases.schema import verified

STAYS = "The contract stays pending; "


def finish(run: Run) -> None:
    """Raises CommandError if a change must wait, or if the schema is not whole then. The caller holds the lock."""
    run.start_record()
    before, made = len(contract.pending(run.connection)), list[str]()
    if left := fulfil(run.connection, run.say, made, at_once=True):
        what = f"this made {len(made)} of {before} changes" if made else "nothing was changed"
        raise CommandError("\n".join([f"{STAYS}{what}.", *left]))
    if not before:
        run.say("Nothing is pending in the contract.")
    if not pending_migrations(run.connection):
        run.schema = verified(run.connection)
    run.finish()
