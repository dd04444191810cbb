"""Rollouts, scale, refused creations, quotas."""
