"""Why PostgreSQL refused a connection, as found by releases.postgresql.connecting."""

from dataclasses import dataclass

# Causes without a SQLSTATE.
UNKNOWN_HOST = "unknown host"
NOTHING_LISTENS = "nothing listens"
NO_ANSWER = "no answer"
NO_TLS = "no TLS"
NO_CERTIFICATE = "no certificate"
UNTRUSTED = "untrusted"
NO_PASSWORD = "no password"  # noqa: S105  # the name of a cause
REFUSED = "refused"

TRANSIENT = {UNKNOWN_HOST, NOTHING_LISTENS, NO_ANSWER, "53300", "57P01", "57P02", "57P03"}


@dataclass(frozen=True)
class Refusal:
    """Why a connection was refused, a SQLSTATE or a cause above, and its parameters. Without secrets."""

    cause: str
    host: str
    port: str
    user: str
    database: str
    sslmode: str
    file: str = ""  # parameter and path of a missing certificate

    @property
    def is_transient(self) -> bool:
        """Whether the same connection may be accepted a little later: the server is starting, or is full."""
        return self.cause in TRANSIENT or self.cause.startswith("08")
