"""The TLS side of a connection: whom we believe, and the certificate we show."""

from __future__ import annotations

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.core.errors import UnreadableError


def tls_context(connection: Connection, certificate: bytes = b"", key: bytes = b"") -> ssl.SSLContext:
    """The context for `connection`. `certificate` and `key` (PEM), from an exec plugin, go before the configured ones.

    Raises UnreadableError, naming what cannot be read.
    """
    context = _trust(connection)
    if certificate:
        _show_data(context, connection, certificate, key)
    elif connection.client_certificate_data or connection.client_certificate:
        _show(context, connection)
    return context


def _trust(connection: Connection) -> ssl.SSLContext:
    data = connection.certificate_authority_data
    file = None if data else connection.certificate_authority
    try:
        context = ssl.create_default_context(cafile=file, cadata=data.decode("ascii") if data else None)
    except (OSError, UnicodeDecodeError) as error:  # ssl.SSLError is an OSError
        what = f"the file {file}" if file else "certificate-authority-data"
        raise UnreadableError(
            f"The certificate authority of the cluster '{connection.cluster}' cannot be read from {what} "
            f"({_why(error)}); check {connection.source}."
        ) from None
    # Python 3.13 turns this on; many clusters' authorities lack the extensions it demands, and Go never asks for them.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if connection.insecure_skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _show(context: ssl.SSLContext, connection: Connection) -> None:
    certificate = connection.client_certificate_data or _file(connection, connection.client_certificate)
    key = connection.client_key_data or _file(connection, connection.client_key)
    _show_data(context, connection, certificate, key)


def _file(connection: Connection, file: Path | None) -> bytes:
    if file is None:
        raise UnreadableError(f"The user '{connection.user}' has a client certificate but no key; add client-key.")
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"The client certificate or key of the user '{connection.user}' cannot be read from {file}: {_why(error)}."
        ) from None


def _show_data(context: ssl.SSLContext, connection: Connection, certificate: bytes, key: bytes) -> None:
    # OpenSSL loads certificates from files alone; the folder is readable by us only and gone at once.
    with TemporaryDirectory() as folder:
        certificate_file, key_file = Path(folder, "certificate.pem"), Path(folder, "key.pem")
        certificate_file.write_bytes(certificate)
        key_file.write_bytes(key)
        try:
            # The empty password keeps OpenSSL from asking for one on the terminal.
            context.load_cert_chain(certificate_file, key_file, password="")
        except (ssl.SSLError, ValueError) as error:
            raise UnreadableError(
                f"The client certificate and key of the user '{connection.user}' cannot be used ({_why(error)}); "
                f"check that both are PEM, belong together and need no passphrase."
            ) from None


def _why(error: Exception) -> str:
    return str(getattr(error, "reason", "") or getattr(error, "strerror", "") or type(error).__name__).lower()
