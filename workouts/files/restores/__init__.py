"""Restoring an export."""
