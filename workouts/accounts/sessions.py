"""Django's database sessions, looked up only by valid keys: PostgreSQL raises an error for a NUL in a text."""

from functools import cache

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from workouts.models.statements import Select


class SessionStore(DatabaseSessionStore):
    def __init__(self, session_key: str | None = None) -> None:
        """`session_key` comes from a cookie, which can contain any character as an octal escape."""
        super().__init__(session_key if set(session_key or "") <= set(VALID_KEY_CHARS) else None)

    def _get_session_from_db(self) -> Session | None:
        """As Django's, by a statement that is compiled once."""
        found = next(_by_key().rows([self.session_key]), None)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found


@cache
def _by_key() -> Select[Session]:
    return Select(Session.objects.filter(session_key="key"))
