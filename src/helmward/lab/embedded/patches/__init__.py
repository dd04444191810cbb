"""The ways a client may change an object: merge, strategic merge, JSON patch, apply, and who owns which field."""
