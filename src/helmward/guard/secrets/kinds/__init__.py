"""The table of every known kind of secret, a file for each family."""

from helmward.guard.secrets.kinds import clouds, code_hosts, headers, keys, models, services, settings
from helmward.guard.secrets.spans import Kind

KINDS: tuple[Kind, ...] = (
    *keys.KINDS,
    *clouds.KINDS,
    *code_hosts.KINDS,
    *models.KINDS,
    *services.KINDS,
    *headers.KINDS,
    *settings.KINDS,
)
