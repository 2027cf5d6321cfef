"""Logs on stdout: one JSON object per line in production (as Railway reads it), plain text with DEBUG."""

import logging
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS

REQUEST_ID_HEADER = "X-Railway-Request-Id"
LEVELS = {"WARNING": "warn", "CRITICAL": "error"}


class RailwayFields(logging.Filter):
    """Adds `level` with Railway's names and, to gunicorn's access records, fields to search by."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.level = LEVELS.get(record.levelname, record.levelname.lower())
        if record.name == "gunicorn.access" and isinstance(record.args, dict):
            record.method = record.args["m"]
            record.path = record.args["U"]
            record.status = int(str(record.args["s"]))
            record.milliseconds = int(str(record.args["M"]))
            record.request_id = record.args[f"{{{REQUEST_ID_HEADER.lower()}}}o"]
        return True


def logging_config(*, debug: bool, level: str) -> dict[str, Any]:
    """A dictConfig for Django and gunicorn. `level` is a name of the logging module."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "django_guid.log_filters.CorrelationId", "correlation_id_field": "request_id"},
            "railway": {"()": RailwayFields},
        },
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(message)s %(level)s %(name)s %(request_id)s",
                "reserved_attrs": [*RESERVED_ATTRS, "request"],  # Django's; its repr holds the query string
            },
            "plain": {"format": "{levelname:7} {name}: {message}", "style": "{"},
        },
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "filters": ["request_id", "railway"],
                "formatter": "plain" if debug else "json",
            },
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "axes": {"level": "WARNING"},
            "django_guid": {"level": "WARNING"},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.http.wsgi": {"level": "ERROR"},  # it warns of each HEAD: Django lets the server drop the body
            "gunicorn.access": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }
