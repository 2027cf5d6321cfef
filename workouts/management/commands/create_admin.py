"""The first account of an installation."""

from workouts.management.accounts import CreateAccount


class Command(CreateAccount):
    help = "Creates the admin account, once, and prints its password, once."
    username = "admin"
    rights = {"is_staff": True, "is_superuser": True}
