"""Helmward stands between AI and the infrastructure it acts on: it guards, watches, explains, heals and lays the ground."""

__version__ = "0.1.0"
