"""Probes that fail: which, how, and what to do."""
