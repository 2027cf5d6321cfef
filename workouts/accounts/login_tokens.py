"""Tokens for logins by the API: signed, not stored, and valid until they expire or the password changes."""

import datetime

from django.contrib.auth.models import User
from django.core import signing
from django.utils.crypto import constant_time_compare

LIFETIME = datetime.timedelta(days=30)
SALT = "workouts.login"


def sign(user: User) -> str:
    return signing.dumps([user.pk, user.get_session_auth_hash()], salt=SALT)


def user_of(token: str) -> User | None:
    """The active user for whom the token was signed, None if it is invalid, expired or older than the password."""
    try:
        pk, password_then = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and constant_time_compare(password_then, user.get_session_auth_hash()) else None
