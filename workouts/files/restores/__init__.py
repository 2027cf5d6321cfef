"""An export made to hold again."""
