"""The athlete's account."""

from workouts.management.accounts import CreateAccount


class Command(CreateAccount):
    help = "Creates the athlete's account, once, and prints its password, once. It has no access to the admin."
    username = "athlete"
