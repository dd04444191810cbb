"""The outside, injected by app.py. Imports core alone."""
