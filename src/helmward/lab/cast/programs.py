"""Which image runs which program: the lab's registry, filled."""

from __future__ import annotations

from collections.abc import Mapping

from helmward.lab.cast.batch import Batch
from helmward.lab.cast.frontend import Frontend
from helmward.lab.cast.payment_service import PaymentService
from helmward.lab.cast.registry import Registry, Repository
from helmward.lab.cast.user_service import UserService

HOST = "registry.example.com"
_TAGS = {
    "shop/frontend": frozenset({"3.7.2", "3.8.0", "3.8.1"}),
    "shop/user-service": frozenset({"1.9.0", "1.9.1"}),
    "shop/payment-service": frozenset({"2.4.0", "2.4.1"}),
    "shop/report": frozenset({"1.0.0"}),
}


def image(name: str, tag: str) -> str:
    """The full name of an image of the shop."""
    return f"{HOST}/shop/{name}:{tag}"


def registry(credentials: Mapping[str, str]) -> Registry:
    """The lab's registry; `credentials` as Registry says. `vault/` is private."""
    shop = {
        "shop/frontend": Repository(_TAGS["shop/frontend"], Frontend, 74),
        "shop/user-service": Repository(_TAGS["shop/user-service"], UserService, 61),
        "shop/payment-service": Repository(_TAGS["shop/payment-service"], PaymentService, 28),
        "shop/report": Repository(_TAGS["shop/report"], Batch, 12),
        "vault/user-service": Repository(frozenset({"1.10.0"}), UserService, 61, private=True),
    }
    return Registry({HOST: shop}, credentials)
