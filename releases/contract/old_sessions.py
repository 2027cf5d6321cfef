"""The sessions that are connected, and which of them may be of an old version."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Min

from releases import conf
from releases.applying.unfinished import unfinished_migrations
from releases.models import Release
from releases.version import name_of_this_release, of_commit, this_version, version_of

# Of another role's session a role without pg_read_all_stats sees only the names. Autovacuum has no user.
CLIENTS = """
FROM pg_stat_activity
WHERE datname = current_database() AND coalesce(backend_type, 'client backend') = 'client backend'
    AND usename IS NOT NULL AND pid <> pg_backend_pid() AND application_name <> %s
"""
SESSIONS = f"""
SELECT pid, application_name, usename, coalesce(date_trunc('second', backend_start)::text, 'an unknown time') {CLIENTS}
    AND NOT application_name = ANY (%s)
ORDER BY backend_start
"""


@dataclass(frozen=True)
class Session:
    pid: int
    name: str
    user: str
    since: str

    def __str__(self) -> str:
        return f"pid {self.pid} ({self.name or 'unnamed'}, user {self.user}, since {self.since})"


@dataclass(frozen=True)
class Connected:
    """Sessions, and the versions that were released, with the time of their first release. `last` is the one whose
    release succeeded last: it serves, even if it has no session at the moment. So does an older one than `unfinished`,
    which are migrations of which no release has succeeded."""

    sessions: Sequence[Session]
    released: Mapping[str, datetime] = field(default_factory=dict)
    unfinished: Container[str] = ()
    last: str = ""

    def older_than(self, version: str, entered: datetime) -> list[Session]:
        """The sessions that may need what `version` deferred at `entered`: all but those of its own and of later ones.

        An old commit may have been released again since.
        """
        known = self._known(version, entered)
        return [session for session in self.sessions if version_of(session.name) not in known]

    def older_serves(self, version: str, entered: datetime) -> bool:
        """The same for the version that was released last."""
        return bool(self.last) and self.last not in self._known(version, entered)

    def _known(self, version: str, entered: datetime) -> set[str]:
        later = {version for version, first in self.released.items() if first > entered}
        return {this_version(), version, *later}


def read_connected(connection: BaseDatabaseWrapper) -> Connected:
    """Without this session and those that a setting names. PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS, [name_of_this_release(), list(conf.read().contract_ignores)])
        sessions = [Session(*row) for row in cursor.fetchall()]
    releases = Release.objects.using(connection.alias)
    if not releases.is_recordable():
        return Connected(sessions)
    named = releases.exclude(commit="").order_by()
    released = {of_commit(commit): first for commit, first in named.values_list("commit").annotate(Min("started"))}
    last = releases.succeeded_forwards().values_list("commit", flat=True).first() or ""
    return Connected(sessions, released, unfinished_migrations(connection), of_commit(last))


def listed(sessions: Sequence[Session]) -> str:
    more = f", and {len(sessions) - 5} more" if len(sessions) > 5 else ""
    return ", ".join(map(str, sessions[:5])) + more
