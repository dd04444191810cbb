"""Which upstream answers, and what is done where one does not: `Router.targets` → `Sender.open` → `Incoming`."""

from helmward.gateway.routing.breaker import Breaker, Health
from helmward.gateway.routing.checking import Checked, check
from helmward.gateway.routing.errors import NoneHealthy, NoneMay, UnknownModel, UpstreamFailed
from helmward.gateway.routing.router import Router
from helmward.gateway.routing.sender import Load, Sender
from helmward.gateway.routing.target import Incoming, Outgoing, Target

__all__ = [
    "Breaker",
    "Checked",
    "Health",
    "Incoming",
    "Load",
    "NoneHealthy",
    "NoneMay",
    "Outgoing",
    "Router",
    "Sender",
    "Target",
    "UnknownModel",
    "UpstreamFailed",
    "check",
]
