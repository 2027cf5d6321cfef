"""The base of commands that create an account."""

import secrets
from argparse import ArgumentParser
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError

from releases.commands import DatabaseCommand


class CreateAccount(DatabaseCommand):
    """Creates one account, once, and prints its password, once."""

    username: ClassVar[str]
    rights: ClassVar[dict[str, Any]] = {}

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default=self.username)

    def handle(self, *args: Any, **options: Any) -> None:
        username, password = options["username"], secrets.token_urlsafe(12)
        if User.objects.filter(username=username).exists():
            self.stdout.write(
                f"The account {username} exists. A new password: python manage.py changepassword {username}"
            )
            return
        try:
            User._meta.get_field("username").clean(username, None)
        except ValidationError as error:
            raise CommandError(f"{' '.join(error.messages)} No account was created.") from None
        User.objects.create_user(username, password=password, **self.rights)
        self.stdout.write(self.style.SUCCESS(f"Created the account {username}. Its password, shown once: {password}"))
