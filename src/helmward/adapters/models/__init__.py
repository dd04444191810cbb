"""The servers that models run on, over HTTP: `Upstreams` implements the port of core/upstreams.py."""

from helmward.adapters.models.upstreams import Upstreams

__all__ = ["Upstreams"]
