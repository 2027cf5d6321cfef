"""Why PostgreSQL refuses a connection, in the words of releases.postgresql.connecting."""

from dataclasses import dataclass

# Causes that are ours to name, because the server sent no SQLSTATE.
UNKNOWN_HOST = "unknown host"
NOTHING_LISTENS = "nothing listens"
NO_ANSWER = "no answer"
NO_TLS = "no TLS"
NO_CERTIFICATE = "no certificate"
UNTRUSTED = "untrusted"
NO_PASSWORD = "no password"  # noqa: S105  # the name of a cause
REFUSED = "refused"

PASSING = {UNKNOWN_HOST, NOTHING_LISTENS, NO_ANSWER, "53300", "57P01", "57P02", "57P03"}


@dataclass(frozen=True)
class Refusal:
    """Why a connection was refused: a SQLSTATE or one of the causes above, and where it led to. Without secrets."""

    cause: str
    host: str
    port: str
    user: str
    database: str
    sslmode: str
    file: str = ""  # the parameter and the path of a certificate that is missing

    @property
    def passes(self) -> bool:
        """Whether the same connection may be accepted a little later: the server starts, or is full."""
        return self.cause in PASSING or self.cause.startswith("08")
