"""Authentication: throttled logins, sessions, and secrets used instead of a login."""
