"""What text may pass."""
