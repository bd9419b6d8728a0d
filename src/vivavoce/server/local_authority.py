"""A small certificate authority of this machine, kept in a folder for as long as it lives.

Owns what it may sign for, and its files. It may sign for any address, for names that mean something in a local network
only, and for the names with a dot that the machine had when it was made: whoever trusts it trusts no web site by its
name with it. Addresses come and go by the day, and every authority has to be made trusted on every device by hand, so
it is kept through all of them. Refuses to know what is served.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vivavoce.errors import StorageError
from vivavoce.server.certificate_parts import address_of, builder, key_usage, pem_of_key, write_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["RENEW_BEFORE", "Authority", "kept_authority", "may_sign_for", "trusted_certificate"]

RENEW_BEFORE = dt.timedelta(days=30)
_LIFETIME = dt.timedelta(days=3_650)

_LOCAL_NAMES = ("localhost", "local", "home.arpa", "internal", "lan", "home")
"""Names under these are nobody's in public: reserved (RFC 6761, 6762, 8375; ICANN's .internal) or never given away."""

_ANY_ADDRESS = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


@dataclass(frozen=True, slots=True)
class Authority:
    """Its certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def kept_authority(certificate: Path, key: Path, names: Iterable[str], *, now: dt.datetime) -> Authority:
    """Return the authority in these files, so that nobody has to trust another one; or a new one, for `names`.

    Raises:
        StorageError: `authority_key_unusable`, devices may trust it, and its key is not here.
        OSError: it cannot be written.
    """
    trusted = trusted_certificate(certificate, now=now)
    if trusted is not None:
        kept_key = _read_key(key)
        if kept_key is None or kept_key.public_key() != trusted.public_key():
            raise StorageError(
                "authority_key_unusable",
                f"A new certificate takes the key of the authority '{certificate}', but '{key}' is missing, unreadable "
                "or another's.",
                remedy=f"Put that key there for a while, or delete the folder '{key.parent}' to begin anew: devices "
                "have to trust the new authority then.",
            )
        return Authority(trusted, kept_key)
    made = _new(names, now)
    write_file(key, pem_of_key(made.key), mode=0o600)
    write_file(certificate, made.certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return made


def trusted_certificate(path: Path, *, now: dt.datetime) -> x509.Certificate | None:
    """Return the authority's certificate; None when there is none, or it is about to end."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None
    return certificate if certificate.not_valid_after_utc - now > RENEW_BEFORE else None


def may_sign_for(authority: x509.Certificate, name: str) -> bool:
    """Tell whether a certificate that the authority has signed for this name or address is believed."""
    try:
        constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    permitted = constraints.permitted_subtrees or []
    address = address_of(name)
    if address is None:
        hosts = [entry.value for entry in permitted if isinstance(entry, x509.DNSName)]
        return any(name == host or name.endswith(f".{host}") for host in hosts)
    networks = [entry.value for entry in permitted if isinstance(entry, x509.IPAddress)]
    return any(
        isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network)
        and network.version == address.version
        and address in network
        for network in networks
    )


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _new(names: Iterable[str], now: dt.datetime) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"vivavoce on {socket.gethostname()}"[:64])])
    # What is permitted holds for everything under it, and a name without a dot is that of a whole domain: `dev`, `zip`.
    hosts = [host for host in names if address_of(host) is None and "." in host.strip(".")]
    permitted = [
        *map(x509.DNSName, dict.fromkeys((*_LOCAL_NAMES, *hosts))),
        *map(x509.IPAddress, _ANY_ADDRESS),
    ]
    certificate = (
        builder(name, name, key.public_key(), now, until=now + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)
