"""Steps back: which migrations, what undoing them deletes, and how they are undone."""
