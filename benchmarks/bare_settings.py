"""The product's settings with one more URL, to compare with."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare_urls"
