"""A coach's file merged with the plan: read, compared, decided on, applied."""
