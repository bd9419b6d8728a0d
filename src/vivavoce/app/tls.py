"""What https is served with, and how others come to trust it.

Owns the choice between the user's own certificate and one made here, when the latter is looked after while the server
runs, and the lines that are printed with it. Refuses to know how a certificate is made (`server.local_certificate`) and
how anything is served.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog

from vivavoce.app.data_folder import data_folder
from vivavoce.errors import InputError, VivavoceError
from vivavoce.server.fingerprint import fingerprint_of
from vivavoce.server.machine_names import machine_names, passing_addresses
from vivavoce.server.settings import TlsFiles, is_loopback

if TYPE_CHECKING:
    from vivavoce.server.local_certificate import LocalCertificate
    from vivavoce.server.settings import ServerSettings
    from vivavoce.settings import Settings

__all__ = ["directions", "keep_certificate", "tls_files", "with_certificate"]

log = structlog.get_logger(__name__)

LOOK_SECONDS = 300.0
"""Between two looks at whether the machine has got another address: a laptop that was carried elsewhere is reached
there after as much at most."""

_MOST_ADDRESSES = 6


def tls_files(settings: Settings) -> TlsFiles | None:
    """Return what to serve https with, made if it has to be; None where it is not asked for.

    Raises:
        InputError: `tls_files_unusable`, one of the two files is missing; or `tls_needs_cryptography`.
        StorageError: `certificate_not_kept` or `authority_key_unusable`.
    """
    certificate, key = settings.tls_cert, settings.tls_key
    if certificate is not None and key is not None:
        return TlsFiles(certificate=certificate, key=key)
    if certificate is not None or key is not None:
        raise InputError(
            "tls_files_unusable",
            "A certificate and its key are needed, and only one of them is named.",
            remedy="Give both --tls-cert and --tls-key, or --tls alone for a certificate of this machine.",
            param="tls_key" if key is None else "tls_cert",
        )
    if not settings.tls:
        return None
    made = _made_here(settings)
    if made.not_renewed is not None:
        _say_why_not(made.not_renewed)
    return TlsFiles(certificate=made.certificate, key=made.key, authority=made.authority, left_out=made.left_out)


def _made_here(settings: Settings) -> LocalCertificate:
    try:
        from vivavoce.server.local_certificate import local_certificate
    except ImportError as missing:
        raise InputError(
            "tls_needs_cryptography",
            "Making a certificate takes the Python package 'cryptography', which is not installed.",
            remedy="Install it (pip install cryptography), or use --tls-cert and --tls-key with your own certificate.",
            param="tls",
        ) from missing
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 - certificates carry dates
    names = machine_names(settings.host)
    passing = passing_addresses(names, settings.host)
    return local_certificate(data_folder(settings) / "tls", names, passing=passing, now=now)


def with_certificate(settings: Settings, server: ServerSettings) -> Settings:
    """Return the settings of a process that serves with the certificate which this one looks after."""
    if server.tls is None:
        return settings
    files = {"tls_cert": server.tls.certificate, "tls_key": server.tls.key}
    return settings.model_copy(update={"tls": False, **files})


async def keep_certificate(settings: Settings) -> None:
    """Renew the certificate that is made here before it ends, and for new addresses; for as long as the server runs.

    Whoever serves with it finds out by the files. For one process of a server.
    """
    if not settings.tls or settings.tls_cert is not None:
        return
    said: LocalCertificate | None = None
    while True:
        await anyio.sleep(LOOK_SECONDS)
        try:
            made = await anyio.to_thread.run_sync(_made_here, settings)
        except VivavoceError as error:
            _say_why_not(error)
        except OSError as error:
            # Asking the system for the addresses takes an open file, which a busy server may not have to spare.
            log.warning("certificate_not_renewed", reason=str(error))
        else:
            # Once: what stays as it is for months would fill the log.
            if made.not_renewed is not None and (said is None or made.left_out != said.left_out):
                _say_why_not(made.not_renewed, left_out=made.left_out)
            said = made if made.not_renewed is not None else None


def _say_why_not(error: VivavoceError, *, left_out: tuple[str, ...] = ()) -> None:
    log.warning("certificate_not_renewed", code=error.code, reason=f"{error.message} {error.remedy}", left_out=left_out)


def directions(server: ServerSettings, port: int) -> list[str]:
    """Return the lines that tell how to reach a server over https, and how to trust it."""
    if server.tls is None:
        return []
    lines = []
    if not is_loopback(server.host):
        names = [name for name in machine_names(server.host) if name not in server.tls.left_out]
        far = [name for name in names if not is_loopback(name)][:_MOST_ADDRESSES]
        addresses = " ".join(f"https://{f'[{name}]' if ':' in name else name}:{port}" for name in far)
        lines.append(f"From other devices: {addresses}")
    lines.append(f"Fingerprint of its certificate (SHA-256): {fingerprint_of(server.tls.certificate)}")
    if server.tls.authority is not None:
        lines.append(
            "A browser warns of it at first: compare the fingerprint there and go on, or have the device trust "
            f"'{server.tls.authority}' (docs/how-to/let-other-machines-in.md says how)."
        )
        passing = passing_addresses(server.tls.left_out, server.host)
        if lacking := [name for name in server.tls.left_out if name not in passing]:
            lines.append(
                f"Not in the certificate: {', '.join(lacking)}; reach the server by another of its "
                "names or addresses (docs/how-to/let-other-machines-in.md says why)."
            )
    return lines
