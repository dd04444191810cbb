"""Nodes and the services that run on them."""
