"""The first account of an installation."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand


class Command(BaseCommand):
    help = "Creates the admin account, once, and prints its password, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="admin")

    def handle(self, *args: Any, **options: Any) -> None:
        username, password = options["username"], secrets.token_urlsafe(12)
        users = get_user_model().objects
        if users.filter(username=username).exists():
            self.stdout.write(
                f"The account {username} exists. A new password: python manage.py changepassword {username}"
            )
            return
        users.create_superuser(username=username, password=password)
        self.stdout.write(self.style.SUCCESS(f"Created the account {username}. Its password, shown once: {password}"))
