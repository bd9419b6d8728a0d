"""What people compare a certificate by.

Owns the fingerprint, as browsers show it. Refuses to know whether anyone believes the certificate.
"""

from __future__ import annotations

import hashlib
import re
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["fingerprint_of"]

_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def fingerprint_of(certificate: Path) -> str:
    """Return the SHA-256 of the first certificate in a file.

    Raises:
        OSError: it cannot be read.
    """
    found = _PEM.search(certificate.read_text(encoding="ascii", errors="replace"))
    der = ssl.PEM_cert_to_DER_cert(found.group()) if found else b""
    return ":".join(f"{byte:02X}" for byte in hashlib.sha256(der).digest())
