"""Runs Django's own tests of its operations under the release: their settings and their runner."""
