"""Reads a Kubernetes API server: config.find() → Connection → client.Client. Nothing here changes anything there."""
