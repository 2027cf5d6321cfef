"""Which statements a release makes wait. Past the stall budget the release stops itself.

What RunPython and RunSQL will lock, and for how long, cannot be known beforehand. The server knows it meanwhile.
"""

from collections.abc import Callable
from dataclasses import dataclass

from releases.messages.errors import Stalled
from releases.postgresql.sessions import Session
from releases.running.progress import Doing

# Not autovacuum (it has no user), which yields by itself, nor VACUUM, ANALYZE and concurrent builds, behind which
# nobody queues.
LONGEST = """
SELECT a.pid, coalesce(nullif(a.application_name, ''), 'unnamed'), a.usename,
    coalesce(extract(epoch FROM clock_timestamp() - l.waitstart), 0)::float8,
    left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80)
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND l.mode <> 'ShareUpdateExclusiveLock' AND a.usesysid IS NOT NULL
    AND %s = ANY (pg_blocking_pids(a.pid))
ORDER BY l.waitstart LIMIT 1
"""
CANCEL = "SELECT pg_cancel_backend(%s)"
TERMINATE = "SELECT pg_terminate_backend(%s)"
TERMINATE_AFTER = 1.0

ADVICE = {
    "AddConstraint": "a unique constraint: releases.operations.AddUniqueConstraint; a check: AddConstraintNotValid and"
    " ValidateConstraint of django.contrib.postgres.operations, in two migrations",
    "AddIndex": "AddIndexConcurrently of django.contrib.postgres.operations, in a migration with atomic = False",
    "RunPython": "a thousand rows at a time, each in a transaction.atomic() of its own, in a migration with"
    " atomic = False",
    "RunSQL": "a statement that locks less, or fewer rows at a time",
}
WIDEN = "a change that only widens, such as a new nullable column that is filled in batches"


@dataclass(frozen=True)
class Waiter:
    """The statement that has waited longest for the release."""

    pid: int
    application: str
    user: str
    seconds: float
    query: str


class StallBudget:
    """Checked by the watcher several times a second."""

    def __init__(self, companion: Session, pid: int, seconds: float, doing: Callable[[], Doing]) -> None:
        self._companion, self._pid, self._seconds, self._doing = companion, pid, seconds, doing
        self._stalled: tuple[Waiter, Doing] | None = None
        self.longest = 0.0  # seconds that a statement has waited for the release

    def check(self) -> None:
        """Past the budget, cancels the release's statement, or its session if that does not help: Python computes."""
        row = self._companion.execute(LONGEST, [self._pid]).fetchone()
        waiter = Waiter(*row) if row else None
        self.longest = max(self.longest, waiter.seconds if waiter else 0)
        if waiter is None or waiter.seconds < self._seconds:
            return
        if self._stalled is None:
            self._stalled = waiter, self._doing()
            self._companion.execute(CANCEL, [self._pid])
        elif waiter.seconds > self._seconds + TERMINATE_AFTER:
            self._companion.execute(TERMINATE, [self._pid])

    def error(self) -> Stalled | None:
        """The error, if the release was stopped for that; otherwise None."""
        if self._stalled is None:
            return None
        waiter, doing = self._stalled
        what = f"its operation {doing.operation}" if doing.operation else "it"
        return Stalled(
            f"{what} made pid {waiter.pid} ({waiter.application}, user {waiter.user}) wait for {waiter.seconds:.1f} s,"
            f" more than the stall budget of {self._seconds:g} s, and was stopped. What waited: {waiter.query}",
            f"Write instead {ADVICE.get(doing.kind, WIDEN)}; or release while nobody uses the table.",
        )
