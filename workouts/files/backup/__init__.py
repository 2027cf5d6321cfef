"""Everything that the athlete has, as one file, and back."""
