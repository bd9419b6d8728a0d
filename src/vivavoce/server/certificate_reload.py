"""A certificate that is replaced while the server runs.

Owns noticing that the files have changed, and showing the new certificate from the next connection on; connections that
are open stay. Refuses to know who replaces the files.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog

from vivavoce.server.fingerprint import fingerprint_of
from vivavoce.server.settings import load_certificate

if TYPE_CHECKING:
    from vivavoce.server.settings import TlsFiles

__all__ = ["follow_certificate"]

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0

_Look = tuple[tuple[int, int, int], ...]


async def follow_certificate(context: ssl.SSLContext, files: TlsFiles) -> None:
    """Keep `context` showing what the files hold; while they hold nothing usable, it shows what it did."""
    # Whatever was loaded before this began may have been replaced since.
    shown: _Look = ()
    while True:
        found = await anyio.to_thread.run_sync(_look_at, files)
        if found and found != shown and await anyio.to_thread.run_sync(_fit, files) and _show(context, files, found):
            if shown:
                log.info("certificate_replaced", file=str(files.certificate), fingerprint=_fingerprint(files))
            shown = found
        await anyio.sleep(LOOK_SECONDS)


def _look_at(files: TlsFiles) -> _Look:
    """Return what changes with the files; nothing while one of them is missing."""
    try:
        looks = [path.stat() for path in (files.certificate, files.key)]
    except OSError:
        return ()
    return tuple((look.st_mtime_ns, look.st_ino, look.st_size) for look in looks)


def _fit(files: TlsFiles) -> bool:
    """Tell whether the files belong together, which two that are just being replaced do not.

    Tried elsewhere: a key that does not fit would be left in the context that everyone is served with.
    """
    try:
        load_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), files)
    except (OSError, ValueError) as failure:
        _say_why_not(files, failure)
        return False
    return True


def _show(context: ssl.SSLContext, files: TlsFiles, tried: _Look) -> bool:
    """Load the files if they are still those that were tried.

    On the loop itself: it makes handshakes from this context, and OpenSSL lets nobody change it meanwhile.
    """
    if _look_at(files) != tried:
        return False
    try:
        load_certificate(context, files)
    except (OSError, ValueError) as failure:
        _say_why_not(files, failure)
        return False
    return True


def _say_why_not(files: TlsFiles, failure: Exception) -> None:
    log.warning("certificate_not_loaded", file=str(files.certificate), reason=str(failure))


def _fingerprint(files: TlsFiles) -> str:
    """Return what those who trust the certificate and not its authority have to compare anew."""
    try:
        return fingerprint_of(files.certificate)
    except (OSError, ValueError):
        # Replaced again, or gone, since it was loaded.
        return ""
