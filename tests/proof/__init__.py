"""The proof that the door holds: a recording proxy before the API server, a house that is killed, and what the wire saw."""
