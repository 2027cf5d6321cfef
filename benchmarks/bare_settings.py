"""The product's settings with one address more, to measure against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare_urls"
