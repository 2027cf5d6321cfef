"""What a client may send, how slowly, and how much the server holds of it. docs/limits.md lists all limits."""

HEAD_BYTES = 64 * 1024
"""Of a request line and its headers."""

BODY_BYTES = 11 * 1024 * 1024
"""Of a request: a file to import has 10 MB at most, and the rest is room for the form around it."""

CONNECTIONS = 500
"""Of a worker, below the 1024 open files that many systems allow. Past it the one that has waited longest is closed."""

HELD_BYTES = 64 * 1024 * 1024
"""Of requests that came in half and answers that went out half, in one worker. Past it the oldest are given up."""

SMALL_BYTES = 64 * 1024
"""A connection that holds no more than this is never given up for the room it takes."""

PATIENCE = 20.0
SLOWEST = 5_000
"""A request or an answer has PATIENCE seconds, and one more for each SLOWEST bytes that have moved."""

LINGER, LINGER_AT_MOST = 2.0, 30.0
"""Seconds in which a client may end a connection that is over, counted as above: it may still be sending a file."""

STOPPING_IDLE = 2.0
"""Seconds that a stopping worker leaves a connection open between two requests."""
