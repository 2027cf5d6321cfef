"""The WSGI application that gunicorn serves."""

import os
from importlib import import_module

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.static import refuse_uncollected

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
refuse_uncollected()
import_module(settings.ROOT_URLCONF)  # load every view before workers are forked: a probe alone would not
application = get_wsgi_application()
