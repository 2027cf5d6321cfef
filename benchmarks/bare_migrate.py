"""Django's own `migrate`: no subclass, the same settings and applications. Takes the same arguments."""

import os
import sys

import django
from django.core.management.commands.migrate import Command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
Command().run_from_argv(["manage.py", "migrate", *sys.argv[1:]])
