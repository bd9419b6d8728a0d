"""A certificate for this machine, made on this machine.

Owns a small authority kept in a folder, and the certificate that it signs for the machine's names and addresses: made
when there is none, and again when it nears its end or the machine has got another name or address. The authority may
sign for private addresses and this machine's own names only, so that whoever trusts it trusts nothing else with it.
Refuses to know what is served, and to touch any system's list of trusted authorities.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vivavoce.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LocalCertificate", "local_certificate"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_AUTHORITY_DAYS = 3_650
_CERTIFICATE_DAYS = 397
"""Browsers take none that is valid for longer."""

_RENEW_BEFORE = dt.timedelta(days=30)
_CLOCK_SLACK = dt.timedelta(days=1)
"""A telephone's clock may be behind."""

_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCertificate:
    """Where it lies.

    Attributes:
        certificate: the certificate (PEM).
        key: its private key, readable by this user only.
        authority: the authority's certificate, for whoever wants to trust it.
    """

    certificate: Path
    key: Path
    authority: Path


@dataclass(frozen=True, slots=True)
class _Signer:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def local_certificate(folder: Path, names: Iterable[str], *, now: dt.datetime) -> LocalCertificate:
    """Return a certificate for `names` (host names and addresses), made or renewed if it has to be.

    Raises:
        StorageError: `certificate_not_kept`, the folder cannot be written.
    """
    place = LocalCertificate(
        certificate=folder / "certificate.pem", key=folder / "key.pem", authority=folder / "authority.pem"
    )
    wanted = tuple(dict.fromkeys(names))
    try:
        if _is_good(place, wanted, now):
            return place
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority = _kept_authority(place, folder / "authority-key.pem", wanted, now)
        _issue(place, authority, wanted, now)
    except OSError as failure:
        raise StorageError(
            "certificate_not_kept",
            f"The certificate cannot be kept in '{folder}': {failure.strerror}.",
            remedy="Use --data with a folder that can be written, or --tls-cert and --tls-key with your own.",
        ) from failure
    return place


def _is_good(place: LocalCertificate, wanted: tuple[str, ...], now: dt.datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(place.certificate.read_bytes())
        authority = x509.load_pem_x509_certificate(place.authority.read_bytes())
        key = serialization.load_pem_private_key(place.key.read_bytes(), password=None)
        certificate.verify_directly_issued_by(authority)
        carried = set(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound, InvalidSignature):
        # Missing, damaged, or not of one kind: others are made in their place.
        return False
    is_own_key = key.public_key() == certificate.public_key()
    lasts = certificate.not_valid_after_utc - now > _RENEW_BEFORE
    return is_own_key and lasts and certificate.not_valid_before_utc <= now and set(_alternatives(wanted)) <= carried


def _kept_authority(place: LocalCertificate, key_path: Path, wanted: tuple[str, ...], now: dt.datetime) -> _Signer:
    """Return the authority there is, so that nobody has to trust another one; or a new one."""
    try:
        certificate = x509.load_pem_x509_certificate(place.authority.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    except (OSError, ValueError):
        pass
    else:
        lasts = certificate.not_valid_after_utc - now > dt.timedelta(days=_CERTIFICATE_DAYS)
        is_pair = isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key()
        if isinstance(key, ec.EllipticCurvePrivateKey) and is_pair and lasts and _permits(certificate, wanted):
            return _Signer(certificate, key)
    signer = _new_authority(wanted, now)
    _write(key_path, _pem_of_key(signer.key), mode=0o600)
    _write(place.authority, signer.certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return signer


def _new_authority(wanted: tuple[str, ...], now: dt.datetime) -> _Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"vivavoce on {socket.gethostname()}"[:64])])
    usage = _key_usage(signs_certificates=True)
    certificate = (
        _builder(name, name, key.public_key(), now, days=_AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(_permitted(wanted), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Signer(certificate, key)


def _issue(place: LocalCertificate, authority: _Signer, wanted: tuple[str, ...], now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vivavoce")])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    certificate = (
        _builder(name, authority.certificate.subject, key.public_key(), now, days=_CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_alternatives(wanted)), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    # The key first: between the two writes a reader finds a pair that does not fit, which is made anew.
    _write(place.key, _pem_of_key(key), mode=0o600)
    _write(place.certificate, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: dt.datetime, *, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(now - _CLOCK_SLACK + dt.timedelta(days=days))
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _alternatives(names: Iterable[str]) -> list[x509.GeneralName]:
    return [x509.DNSName(name) if (address := _address(name)) is None else x509.IPAddress(address) for name in names]


def _permitted(names: Iterable[str]) -> list[x509.GeneralName]:
    """Return what an authority for these names may sign for: them, and any private address."""
    addresses = [address for name in names if (address := _address(name)) is not None]
    public = [ipaddress.ip_network(address) for address in addresses if not _is_private(address)]
    hosts = [name for name in names if _address(name) is None]
    return [*map(x509.DNSName, hosts), *map(x509.IPAddress, (*_PRIVATE, *public))]


def _permits(authority: x509.Certificate, names: Iterable[str]) -> bool:
    try:
        constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    permitted = constraints.permitted_subtrees or []
    hosts = {entry.value for entry in permitted if isinstance(entry, x509.DNSName)}
    networks = [entry.value for entry in permitted if isinstance(entry, x509.IPAddress)]
    return all(_is_among(name, hosts, networks) for name in names)


def _is_among(name: str, hosts: set[str], networks: list[Address | Network]) -> bool:
    address = _address(name)
    return name in hosts if address is None else any(_lies_in(address, network) for network in networks)


def _lies_in(address: Address, network: Address | Network) -> bool:
    return not isinstance(network, Address) and address.version == network.version and address in network


def _is_private(address: Address) -> bool:
    return any(_lies_in(address, network) for network in _PRIVATE)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Put a file in place at once, never readable by more than it may be."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(file, "wb") as stream:
        stream.write(content)
    fresh.replace(path)
