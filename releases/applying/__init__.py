"""How migrations are applied: one operation after the other, with a journal."""
