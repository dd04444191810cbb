"""What metrics, connectivity checks and alerts of a bundle show."""
