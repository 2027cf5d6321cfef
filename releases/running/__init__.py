"""One run of `migrate`: alone, in time, and again after a transient error."""
