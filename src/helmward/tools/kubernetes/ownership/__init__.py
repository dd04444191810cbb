"""Who manages a field of a Kubernetes object, and where a change of it lasts: purely from objects, without any request.

`managers_of` reads managedFields; `controllers_of` adds what owner references and the marks of Argo CD, Flux, Helm,
autoscalers and operators say; `lookups` names what to read for it, and `named` completes the items of a list; `managed` is
the answer as a plan carries it; `values_key` finds a Helm value.
"""

from helmward.tools.kubernetes.ownership.decide import controllers_of, managed
from helmward.tools.kubernetes.ownership.lookups import READS, Lookup, lookups, named
from helmward.tools.kubernetes.ownership.managers import managers_of
from helmward.tools.kubernetes.ownership.nouns import Controller, Manager, Ownership, Where
from helmward.tools.kubernetes.ownership.values import values_key

__all__ = [
    "READS",
    "Controller",
    "Lookup",
    "Manager",
    "Ownership",
    "Where",
    "controllers_of",
    "lookups",
    "managed",
    "managers_of",
    "named",
    "values_key",
]
