"""Django's sessions in the database, looked for only by keys that Django makes: PostgreSQL takes no NUL in a text."""

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore


class SessionStore(DatabaseSessionStore):
    def __init__(self, session_key: str | None = None) -> None:
        """Of a key from a cookie, whose value may hold any character, written in octal."""
        super().__init__(session_key if set(session_key or "") <= set(VALID_KEY_CHARS) else None)
