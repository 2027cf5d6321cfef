"""The revision that the old application's database is at."""

revision = "c1ce1892f74b"
down_revision = None


def upgrade() -> None:
    """Never run: the database is there already."""
