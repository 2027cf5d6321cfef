"""The probes as URLs, an alternative to releases.middleware.

Unlike the middleware, they answer only after the host was checked and the request redirected to HTTPS.
"""

from django.urls import path

from releases.views import livez, readyz

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
]
