"""The table of every known kind of secret, a file for each family."""

from helmward.guard.matching.kinds import Kind
from helmward.guard.secrets.kinds import clouds, code_hosts, headers, keys, models, platforms, services, settings

KINDS: tuple[Kind, ...] = (
    *keys.KINDS,
    *clouds.KINDS,
    *code_hosts.KINDS,
    *models.KINDS,
    *services.KINDS,
    *platforms.KINDS,
    *headers.KINDS,
    *settings.KINDS,
)

LOCATED = frozenset({"kubernetes-service-account-token", "basic-credentials", "authorization-header"})
"""Kinds that only code tells apart."""
