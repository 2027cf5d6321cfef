"""Who is logged in: throttled logins, sessions, and secrets that stand for a login."""
