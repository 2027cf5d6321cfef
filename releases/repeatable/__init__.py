"""Concurrent statements that can be repeated after a crash at any point."""
