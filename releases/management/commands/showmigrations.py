"""Django's `showmigrations`, which explains a database that does not answer instead of showing a traceback."""

from django.core.management.commands import showmigrations

from releases.commands import DatabaseCommand


class Command(DatabaseCommand, showmigrations.Command):
    pass
