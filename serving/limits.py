"""Limits on what a client sends, how slowly, and how much of it the server holds. docs/limits.md lists all limits."""

HEAD_BYTES = 64 * 1024
"""The most that a request line and its headers may have."""

BODY_BYTES = 11 * 1024 * 1024
"""The most that a request's body may have: 10 MB for a file to import, and the rest for the form around it."""

CONNECTIONS = 500
"""Per worker, below the 1024 open files that many systems allow. Beyond it the longest waiting one is closed."""

HELD_BYTES = 64 * 1024 * 1024
"""The most that a worker holds of incomplete requests and answers. Beyond it the oldest are closed."""

SMALL_BYTES = 64 * 1024
"""A connection that holds no more than this is never closed for its memory."""

TIMEOUT = 20.0
MIN_RATE = 5_000
"""A request or an answer may take TIMEOUT seconds, and one more for each MIN_RATE bytes that were transferred."""

LINGER, LINGER_MAX = 2.0, 30.0
"""Seconds in which the client may close a finished connection, extended as above: it may still be sending a file."""

STOPPING_IDLE = 2.0
"""Seconds for which a stopping worker keeps an idle connection open."""
