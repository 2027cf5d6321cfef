"""Django's own `migrate --check`: no subclass, the same settings and applications."""

import os

import django
from django.core.management.commands.migrate import Command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
Command().run_from_argv(["manage.py", "migrate", "--check"])
