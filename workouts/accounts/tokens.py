"""Secrets used instead of a login: shown once, stored as digests, compared in constant time."""

import hashlib
import secrets

from django.contrib.auth.models import User

from workouts.models import Token

SECRET_BYTES = 32


def issue(user: User, purpose: Token.Purpose) -> str:
    """A new secret, which replaces the user's previous one for this purpose. It cannot be shown again."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Token.objects.update_or_create(user=user, purpose=purpose, defaults={"digest": _digest(secret)})
    return secret


def revoke(user: User, purpose: Token.Purpose) -> bool:
    """Deletes the user's secret for this purpose. Returns whether there was one."""
    deleted, _ = Token.objects.filter(user=user, purpose=purpose).delete()
    return bool(deleted)


def find(secret: str, purpose: Token.Purpose) -> User | None:
    """The active user who has this secret. Compares every digest, so that the time taken reveals nothing."""
    digest, found = _digest(secret), None
    for token in Token.objects.filter(purpose=purpose, user__is_active=True).select_related("user"):
        if secrets.compare_digest(token.digest, digest):
            found = token.user
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
