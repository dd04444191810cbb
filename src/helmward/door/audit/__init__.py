"""The audit log: append-only, hash-chained, signed group by group, durable before anybody is told so.

A log is a folder of segments (`segments.py`), each a file of lines (`lines.py`): records, and after each group of them a
signed commit. Beside the key, outside the data folder, `head.py` keeps where the log ends: who can write anything in the
data folder can forge no signature and hide no end.
"""

from helmward.door.audit.errors import AuditError
from helmward.door.audit.log import AuditLog
from helmward.door.audit.read import page, tail
from helmward.door.audit.record import Entry, Record
from helmward.door.audit.verify import Verdict, verify

__all__ = ["AuditError", "AuditLog", "Entry", "Record", "Verdict", "page", "tail", "verify"]
