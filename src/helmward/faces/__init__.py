"""Who comes in. No logic."""
