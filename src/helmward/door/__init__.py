"""Who may do it."""
