"""The token of a program that uses the API."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management import CommandError

from releases.commands import DatabaseCommand
from workouts.accounts import tokens
from workouts.models import Token


class Command(DatabaseCommand):
    help = "Creates an API token for a user and prints it, once. The user's previous token stops working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--revoke", action="store_true", help="Revoke the token and create no new one.")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}. Nothing was changed.")
        if not options["revoke"]:
            self.stdout.write(f"API token of {username}, shown once: {tokens.issue(user, Token.Purpose.API)}")
        elif tokens.revoke(user, Token.Purpose.API):
            self.stdout.write(self.style.SUCCESS(f"Revoked the API token of {username}."))
        else:
            self.stdout.write(f"{username} has no API token.")
