"""ISO dates and times with seconds, wherever a template or the admin names no format of its own."""

DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i:s"
