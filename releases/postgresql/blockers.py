"""What holds a lock for which the session of a release waits."""

from dataclasses import dataclass

from releases.postgresql.sessions import Session

# The server's own processes have no user; of them only autovacuum locks tables.
SESSIONS = """
SELECT format('pid %%s (%%s, user %%s, %%s, transaction %%s s old): %%s', pid,
        coalesce(nullif(application_name, ''), 'unnamed'), coalesce(usename, '-'),
        coalesce(state, backend_type, 'unknown'),
        coalesce(round(extract(epoch FROM clock_timestamp() - xact_start)), 0),
        left(regexp_replace(query, '\\s+', ' ', 'g'), 80)),
    usename IS NULL
FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(%(pid)s)) AND pid <> pg_backend_pid() ORDER BY xact_start
"""
# They have no process: pg_blocking_pids() gives 0, and their locks are found by the one on their own transaction.
PREPARED = """
SELECT format('the prepared transaction %%s (owner %%s, %%s s old). If nothing will commit it: ROLLBACK PREPARED %%L;',
        gid, owner, round(extract(epoch FROM clock_timestamp() - prepared)), gid),
    false
FROM pg_prepared_xacts prepared
WHERE database = current_database() AND 0 = ANY (pg_blocking_pids(%(pid)s)) AND EXISTS (
    SELECT 1 FROM pg_locks own JOIN pg_locks held USING (virtualtransaction) JOIN pg_locks wanted
        ON (held.locktype, held.database, held.relation, held.page, held.tuple, held.transactionid, held.objid)
        IS NOT DISTINCT FROM
        (wanted.locktype, wanted.database, wanted.relation, wanted.page, wanted.tuple, wanted.transactionid,
            wanted.objid)
    WHERE own.transactionid = prepared.transaction AND own.pid IS NULL AND held.pid IS NULL
        AND wanted.pid = %(pid)s AND NOT wanted.granted
)
ORDER BY prepared
"""


@dataclass(frozen=True)
class Blocker:
    description: str
    is_autovacuum: bool

    def __str__(self) -> str:
        return self.description


def read_blockers(companion: Session, pid: int) -> list[Blocker]:
    """Sessions and prepared transactions for which the session `pid` waits, the oldest first."""
    return [Blocker(*row) for query in (SESSIONS, PREPARED) for row in companion.execute(query, {"pid": pid})]
