"""What the certificates made here have in common, and how their files are written.

Owns nothing but that. Refuses to know who signs what.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import serialization

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import ec

__all__ = ["address_of", "builder", "key_usage", "pem_of_key", "write_file"]

_CLOCK_SLACK = dt.timedelta(days=1)
"""A telephone's clock may be behind."""


def address_of(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a name is; None for a host name."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: dt.datetime,
    *,
    until: dt.datetime,
) -> x509.CertificateBuilder:
    """Return a certificate that is valid from now on."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(until)
    )


def key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Return what a key is for: signing certificates, or shaking hands."""
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


def pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as a file has it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_file(path: Path, content: bytes, *, mode: int) -> None:
    """Put a file in place at once, never readable by more than it may be."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(file, "wb") as stream:
        stream.write(content)
    fresh.replace(path)
