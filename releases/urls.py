"""The probes as addresses, for who prefers these to releases.middleware.

The middleware answers before anything looks at the host or sends to HTTPS; these do not.
"""

from django.urls import path

from releases.views import livez, readyz

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
]
