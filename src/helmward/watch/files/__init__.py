"""Files into a World: YAML, JSON, folders, standard input, archives, evidence bundles (CONTRACTS: Evidence bundle)."""

from helmward.watch.files.alerts import Alert
from helmward.watch.files.metrics import Table
from helmward.watch.files.read import read
from helmward.watch.files.result import Read

__all__ = ["Alert", "Read", "Table", "read"]
