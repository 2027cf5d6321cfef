"""The WSGI application that gunicorn serves."""

import os

import django
from django.core.wsgi import get_wsgi_application

from config.static import refuse_uncollected

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
refuse_uncollected()
application = get_wsgi_application()
