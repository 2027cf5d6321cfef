"""Django's database sessions, looked up only by valid keys: PostgreSQL raises an error for a NUL in a text."""

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore


class SessionStore(DatabaseSessionStore):
    def __init__(self, session_key: str | None = None) -> None:
        """`session_key` comes from a cookie, which can contain any character as an octal escape."""
        super().__init__(session_key if set(session_key or "") <= set(VALID_KEY_CHARS) else None)
