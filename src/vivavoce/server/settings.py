"""What the server needs to be told, and what it must not start with.

Owns the server's numbers with their units. Refuses to know where they were read from, and what the engines are.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vivavoce.errors import InputError
from vivavoce.realtime.connection import ConnectionSettings
from vivavoce.resilience.admission import AdmissionLimits
from vivavoce.rooms.settings import RoomSettings

__all__ = [
    "BUILT_PAGE",
    "LOCAL_USER",
    "MIB",
    "ServerSettings",
    "TlsFiles",
    "check_bind",
    "check_tls",
    "check_users",
    "is_loopback",
    "load_certificate",
]

MIB = 1_048_576

BUILT_PAGE = Path(__file__).with_name("page")
"""Where the web page is built to, in a checkout and in a wheel alike."""


LOCAL_USER = "local"
"""Who comes with the server's one key, or where none is needed."""

_USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """A certificate with what leads to its authority, and its key, both PEM.

    `authority` where it is one of ours, with `left_out`, the names of this machine that the certificate cannot carry.
    """

    certificate: Path
    key: Path
    authority: Path | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How one server listens and what it allows.

    Attributes:
        host: the address or name to listen on.
        port: the TCP port; 0 takes a free one.
        tls: what https is served with; None for http.
        api_key: what clients must show; None leaves a loopback server open.
        users: those with a key of their own: the key by the name. Each sees only what is theirs.
        allowed_origins: web origins besides the server's own whose pages may call it, such as `https://example.org`.
        max_sessions: spoken conversations at a time.
        admission: what sessions must not suffer for another one to be let in.
        max_requests: requests at a time that keep an engine busy (chat, transcription, speech).
        is_only_worker: whether no other process serves beside it; one of several has no rooms, and refuses a change
            that would have to reach all.
        rooms: how conversations that several share are bounded.
        page_folder: the built web page; None for none.
        connection: what every session begins with.
        max_body_bytes: the largest JSON request.
        max_upload_bytes: the largest multipart request: OpenAI's 25 MB of audio, and the fields beside it.
        max_message_bytes: the largest WebSocket message; beyond it the socket is closed with 1009. It is above the
            limits of the events themselves, so that an event too large is answered as long as it can be read at all.
        max_audio_seconds: the longest recording that is transcribed.
        request_seconds: how long one request may take.
        body_seconds: how long a client may take between two pieces of a request's body.
        shutdown_seconds: how long requests under way may go on after the server was told to stop.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    tls: TlsFiles | None = None
    api_key: str | None = field(default=None, repr=False)
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    allowed_origins: tuple[str, ...] = ()
    max_sessions: int = 100
    admission: AdmissionLimits = field(default_factory=AdmissionLimits)
    max_requests: int = 32
    is_only_worker: bool = True
    rooms: RoomSettings = field(default_factory=RoomSettings)
    page_folder: Path | None = BUILT_PAGE
    connection: ConnectionSettings = field(default_factory=ConnectionSettings)
    max_body_bytes: int = 2 * MIB
    max_upload_bytes: int = 25 * MIB + 65_536
    max_message_bytes: int = 20 * MIB
    max_audio_seconds: float = 1_800.0
    request_seconds: float = 300.0
    body_seconds: float = 30.0
    shutdown_seconds: float = 5.0


def check_bind(settings: ServerSettings) -> None:
    """Make sure that a server others can reach asks for a key.

    Raises:
        InputError: `bind_needs_api_key`.
    """
    if settings.api_key or settings.users or is_loopback(settings.host):
        return
    raise InputError(
        "bind_needs_api_key",
        f"Listening on {settings.host} lets other machines in, and there is no API key.",
        remedy="Set an API key, or listen on 127.0.0.1.",
        param="host",
    )


def check_tls(settings: ServerSettings) -> None:
    """Make sure that the certificate and the key can be read and belong together.

    Raises:
        InputError: `tls_files_unusable`.
    """
    if settings.tls is None:
        return
    try:
        load_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), settings.tls)
    except (OSError, ValueError) as failure:
        raise InputError(
            "tls_files_unusable",
            f"https cannot be served with '{settings.tls.certificate}' and '{settings.tls.key}': "
            f"{getattr(failure, 'reason', None) or getattr(failure, 'strerror', None) or failure}.",
            remedy="Name a certificate and its own key without a password, both PEM, or use --tls alone.",
            param="tls_cert",
        ) from failure


def load_certificate(context: ssl.SSLContext, files: TlsFiles) -> None:
    """Have `context` show this certificate from the next connection on.

    Raises:
        OSError: a file cannot be read, or the two do not belong together.
        ValueError: the key has a password.
    """
    context.load_cert_chain(files.certificate, files.key, password=_no_password)


def _no_password() -> str:
    """A server that starts by itself has nobody to ask; without this OpenSSL would ask the terminal."""
    return ""


def check_users(settings: ServerSettings) -> None:
    """Make sure that every user has a name to be kept under, on any disk, and a key that tells them from all others.

    Raises:
        InputError: `user_name_not_allowed`, `user_needs_key` or `keys_not_distinct`; no key is ever repeated.
    """
    for name, key in settings.users.items():
        if not _USER_NAME.fullmatch(name) or name.lower() == LOCAL_USER:
            raise InputError(
                "user_name_not_allowed",
                f"{name[:100]!r} cannot be the name of a user.",
                remedy="Use up to 64 letters, digits and . _ @ -, beginning with a letter or digit; not 'local'.",
                param="users",
            )
        if not key.strip():
            raise InputError(
                "user_needs_key", f"The user {name!r} has no key.", remedy="Give every user a key.", param="users"
            )
    if len({name.lower() for name in settings.users}) < len(settings.users):
        raise InputError(
            "user_name_not_allowed",
            "The names of two users differ in capitals only, which some disks do not tell apart.",
            remedy="Give one of them another name.",
            param="users",
        )
    keys = [*settings.users.values(), *([settings.api_key] if settings.api_key else [])]
    if len(set(keys)) < len(keys):
        raise InputError(
            "keys_not_distinct",
            "Two users share one key, so they could not be told apart.",
            remedy="Give every user a key of their own, and none of them the server's api_key.",
            param="users",
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address, without a port, always means this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
