"""A certificate for this machine, made on this machine.

Owns the certificate that the machine's own authority (`local_authority`) signs for its names and addresses: made when
there is none, and again when it nears its end or the machine has got another name or address to keep; one process at a
time. Whoever accepted a certificate by its fingerprint has to do so again for each, so it carries earlier names along.
Refuses to know what is served, and to touch any system's list of trusted authorities.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vivavoce.errors import StorageError
from vivavoce.server.certificate_parts import address_of, builder, key_usage, pem_of_key, write_file
from vivavoce.server.folder_lock import folder_lock
from vivavoce.server.local_authority import RENEW_BEFORE, Authority, kept_authority, may_sign_for, trusted_certificate
from vivavoce.storage.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["LocalCertificate", "local_certificate"]

_LIFETIME = dt.timedelta(days=396)
"""Browsers take none that is valid for longer than 397 days, and its first day is yesterday."""

_MOST_NAMES = 32
"""With those that the machine had before; all that it has now are carried, however many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCertificate:
    """Where it lies.

    Attributes:
        certificate: the certificate (PEM).
        key: its private key, readable by this user only.
        authority: the authority's certificate, for whoever wants to trust it.
        left_out: names that it does not carry, since they pass, the authority may not sign for them, or `not_renewed`.
        not_renewed: why it is an older one than it should be, which is valid yet; None for one as it should be.
    """

    certificate: Path
    key: Path
    authority: Path
    left_out: tuple[str, ...] = ()
    not_renewed: StorageError | None = None


def local_certificate(
    folder: Path, names: Iterable[str], *, passing: Collection[str] = (), now: dt.datetime
) -> LocalCertificate:
    """Return a certificate for `names` (host names and addresses), made or renewed if it has to be.

    The authority stays the same for as long as it is valid; names that it may not sign for are left out. Where none can
    be made, the one that is there goes on for as long as it is valid. None is made for `passing` names alone.

    Raises:
        StorageError: `certificate_not_kept`, the folder cannot be written; or `authority_key_unusable`.
    """
    place = _Place(folder)
    wanted = _Wanted(tuple(dict.fromkeys(names)), frozenset(passing))
    # Before anything is locked: what is good as it lies may lie where nothing can be written.
    kept = _kept(place, wanted, now)
    if kept is not None:
        return kept
    try:
        return _made(place, wanted, now)
    except StorageError as failure:
        present = _present(place, now)
        if present is None:
            raise
        return place.holding(present.without(wanted.names), not_renewed=failure)


def _kept(place: _Place, wanted: _Wanted, now: dt.datetime) -> LocalCertificate | None:
    """Return the certificate that lies there, if it will do."""
    present = _present(place, now)
    # Whoever has put the authority's key away safely needs it for a new certificate only.
    if present is None or not present.lasts or present.without(_names_of(present.authority, wanted.lasting)):
        return None
    return place.holding(present.without(wanted.names))


def _made(place: _Place, wanted: _Wanted, now: dt.datetime) -> LocalCertificate:
    try:
        make_private(place.folder)
        with folder_lock(place.folder):
            # Another process may have made one meanwhile.
            if (kept := _kept(place, wanted, now)) is not None:
                return kept
            present = _present(place, now)
            authority = kept_authority(place.authority, place.authority_key, wanted.names, now=now)
            names = _names_of(authority.certificate, wanted.names)
            _issue(place, authority, (*map(_alternative, names), *_earlier(present, names)), now)
            return place.holding(tuple(name for name in wanted.names if name not in names))
    except OSError as failure:
        raise StorageError(
            "certificate_not_kept",
            f"The certificate cannot be kept in '{place.folder}': {failure.strerror or failure}.",
            remedy="Use --data with a folder that can be written, or --tls-cert and --tls-key with your own.",
        ) from failure


def _earlier(present: _Present | None, names: tuple[str, ...]) -> Iterable[x509.GeneralName]:
    """Return what the certificate before carried besides, the latest first; a renewal is the time to let go of it."""
    if present is None or not present.lasts:
        return ()
    besides = (entry for entry in present.carried if entry not in map(_alternative, names))
    return islice(besides, max(0, _MOST_NAMES - len(names)))


@dataclass(frozen=True, slots=True)
class _Wanted:
    names: tuple[str, ...]
    passing: frozenset[str]

    @property
    def lasting(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name not in self.passing)


@dataclass(frozen=True, slots=True)
class _Place:
    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def key(self) -> Path:
        return self.folder / "key.pem"

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def authority_key(self) -> Path:
        return self.folder / "authority-key.pem"

    def holding(self, left_out: tuple[str, ...], *, not_renewed: StorageError | None = None) -> LocalCertificate:
        return LocalCertificate(
            certificate=self.certificate,
            key=self.key,
            authority=self.authority,
            left_out=left_out,
            not_renewed=not_renewed,
        )


@dataclass(frozen=True, slots=True)
class _Present:
    """A certificate that is valid now, with its own key there and an authority that goes on."""

    authority: x509.Certificate
    carried: tuple[x509.GeneralName, ...]
    lasts: bool

    def without(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `names` that it does not carry."""
        return tuple(name for name in names if _alternative(name) not in self.carried)


def _names_of(authority: x509.Certificate, wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in wanted if may_sign_for(authority, name))


def _present(place: _Place, now: dt.datetime) -> _Present | None:
    authority = trusted_certificate(place.authority, now=now)
    if authority is None:
        return None
    try:
        certificate = x509.load_pem_x509_certificate(place.certificate.read_bytes())
        key = serialization.load_pem_private_key(place.key.read_bytes(), password=None)
        certificate.verify_directly_issued_by(authority)
        carried = tuple(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound, InvalidSignature):
        # Missing, damaged, or not of one kind: others are made in their place.
        return None
    ends = certificate.not_valid_after_utc
    if key.public_key() != certificate.public_key() or not certificate.not_valid_before_utc <= now < ends:
        return None
    return _Present(authority, carried, lasts=ends - now > RENEW_BEFORE)


def _issue(place: _Place, authority: Authority, names: Iterable[x509.GeneralName], now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vivavoce")])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    # Nothing is believed for longer than who has signed it.
    until = min(now + _LIFETIME, authority.certificate.not_valid_after_utc)
    certificate = (
        builder(name, authority.certificate.subject, key.public_key(), now, until=until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    # The key first: between the two writes a reader finds a pair that does not fit, and looks again.
    write_file(place.key, pem_of_key(key), mode=0o600)
    write_file(place.certificate, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _alternative(name: str) -> x509.GeneralName:
    return x509.DNSName(name) if (address := address_of(name)) is None else x509.IPAddress(address)
