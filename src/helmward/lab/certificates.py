"""The lab's own certificate authority: what proves the API server to its users, and its users to it."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from helmward.lab.private_files import write_private

_LIFETIME = datetime.timedelta(days=365)


class Authority:
    """A certificate authority whose files lie in `folder`: `ca.crt`, and `NAME.crt`, `NAME.key` of what it issued."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.certificate = folder / "ca.crt"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("helmward-lab", ())
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        builder = _builder(self._name, self._name, self._key)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self._write("ca", builder.add_extension(usage, critical=True), self._key)

    def issue_server(self, file: str, hosts: Sequence[str]) -> tuple[Path, Path]:
        """A serving certificate for the `hosts` (names or IP addresses): the paths of certificate and key."""
        names = x509.SubjectAlternativeName([_host(host) for host in hosts])
        return self._issue(file, _name(file, ()), ExtendedKeyUsageOID.SERVER_AUTH, names)

    def issue_client(self, file: str, user: str, groups: Sequence[str] = ()) -> tuple[Path, Path]:
        """A client certificate: Kubernetes reads the user from the common name, the groups from the organizations
        (kubernetes.io/docs/reference/access-authn-authz/authentication, X.509 client certificates)."""
        return self._issue(file, _name(user, groups), ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def issue_key(self, file: str) -> Path:
        """A private key alone, such as the one that signs ServiceAccount tokens: its path."""
        return self._write_private(file, ec.generate_private_key(ec.SECP256R1()))

    def _issue(
        self,
        file: str,
        subject: x509.Name,
        purpose: x509.ObjectIdentifier,
        hosts: x509.SubjectAlternativeName | None,
    ) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(subject, self._name, key)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        # OpenSSL from Python 3.13 on is strict: a certificate without this identifier is refused.
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(identifier, critical=False)
        if hosts is not None:
            builder = builder.add_extension(hosts, critical=False)
        return self._write(file, builder, key)

    def _write(self, file: str, builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> tuple[Path, Path]:
        certificate = self.folder / f"{file}.crt"
        certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        return certificate, self._write_private(file, key)

    def _write_private(self, file: str, key: ec.EllipticCurvePrivateKey) -> Path:
        path = self.folder / f"{file}.key"
        # kube-apiserver reads a service account key in this format alone.
        text = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        write_private(path, text.decode())
        return path


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is stepped back a little must not make the lab refuse itself.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str, organizations: Sequence[str]) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in organizations]
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
