"""The product's settings without HTTPS, for a browser on this machine."""

from config.settings import *  # noqa: F403

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
