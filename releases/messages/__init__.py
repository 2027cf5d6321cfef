"""What a release says: what happened, what is left, and what to type."""
