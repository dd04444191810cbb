"""A free loopback port, held until the API server has it: no other program can take it in between."""

from __future__ import annotations

import errno
import socket

from helmward.core.errors import UsageError


def reserve(port: int) -> socket.socket:
    """A socket that holds `port` of 127.0.0.1 (0: any free one) without listening; kube-apiserver shares it.

    Raises UsageError when the port is taken.
    """
    if port:
        # Sharing is asked for below, and would be granted by a second lab on this port: it must fail instead.
        _bind(socket.socket(), port).close()
    shared = socket.socket()
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return _bind(shared, port)


def _bind(holder: socket.socket, port: int) -> socket.socket:
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind(("127.0.0.1", port))
    except OSError as error:
        holder.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise UsageError(f"Port {port} of 127.0.0.1 is in use: choose another, or 0 for any free one.") from error
    return holder
