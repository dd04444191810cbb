"""Which upstream answers, and what is done where one does not: `Router.targets` → `Sender.open` → `Incoming`."""

from helmward.gateway.routing.breaker import Breaker, Health
from helmward.gateway.routing.errors import NoneHealthy, NoneMay, UnknownModel, UpstreamFailed
from helmward.gateway.routing.router import Router
from helmward.gateway.routing.sender import Sender
from helmward.gateway.routing.target import Incoming, Outgoing, Target

__all__ = [
    "Breaker",
    "Health",
    "Incoming",
    "NoneHealthy",
    "NoneMay",
    "Outgoing",
    "Router",
    "Sender",
    "Target",
    "UnknownModel",
    "UpstreamFailed",
]
