"""Production's settings but for HTTPS: hashed static files, the policy and the error pages are the real ones."""

from config.settings import *  # noqa: F403

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
