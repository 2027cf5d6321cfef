"""The revision of the old application's database."""

revision = "c1ce1892f74b"
down_revision = None


def upgrade() -> None:
    """Never runs: the database is at this revision already."""
