from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from vivavoce.errors import UnauthorisedError
from vivavoce.server.auth import Gatekeeper
from vivavoce.server.settings import ServerSettings


def visit(
    settings: ServerSettings, headers: dict[str, str], subprotocols: tuple[str, ...] = (), kind: str = "websocket"
) -> str:
    """Return "in" for the server's one key, the user with a key of their own, or the code of the refusal."""
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": kind, "headers": raw, "subprotocols": list(subprotocols), "path": "/", "query_string": b""}
    try:
        user = Gatekeeper(settings).check(HTTPConnection(scope))
    except UnauthorisedError as refusal:
        return refusal.code
    return "in" if user == "local" else user


OPEN = ServerSettings()
KEYED = ServerSettings(api_key="s3cret")


@pytest.mark.parametrize(
    ("authorization", "subprotocols", "outcome"),
    [
        ("Bearer s3cret", (), "in"),
        ("bearer  s3cret ", (), "in"),
        (None, ("realtime", "openai-insecure-api-key.s3cret"), "in"),
        ("Bearer wrong", ("openai-insecure-api-key.s3cret",), "in"),
        (None, (), "invalid_api_key"),
        ("Bearer s3cre", (), "invalid_api_key"),
        ("Bearer s3crett", (), "invalid_api_key"),
        ("Bearer ", (), "invalid_api_key"),
        ("Basic s3cret", (), "invalid_api_key"),
        ("s3cret", (), "invalid_api_key"),
        ("Bearer s3crét", (), "invalid_api_key"),
        (None, ("openai-insecure-api-key.",), "invalid_api_key"),
        (None, ("s3cret",), "invalid_api_key"),
    ],
)
def test_only_the_key_opens_a_server_that_has_one(
    authorization: str | None, subprotocols: tuple[str, ...], outcome: str
) -> None:
    headers = {"Host": "voice.example.org"} | ({"Authorization": authorization} if authorization else {})
    assert visit(KEYED, headers, subprotocols) == outcome


def test_a_server_without_a_key_does_not_mind_one() -> None:
    assert visit(OPEN, {"Host": "127.0.0.1:8765", "Authorization": "Bearer whatever"}) == "in"


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        ("Bearer key-of-ann", "ann"),
        ("Bearer key-of-bob", "bob"),
        ("Bearer s3cret", "in"),
        ("Bearer key-of-eve", "invalid_api_key"),
        ("Bearer ann", "invalid_api_key"),
        ("Bearer ", "invalid_api_key"),
        (None, "invalid_api_key"),
    ],
)
def test_each_key_stands_for_its_user(authorization: str | None, outcome: str) -> None:
    settings = ServerSettings(api_key="s3cret", users={"ann": "key-of-ann", "bob": "key-of-bob", "nobody": ""})
    headers = {"Host": "voice.example.org"} | ({"Authorization": authorization} if authorization else {})
    assert visit(settings, headers) == outcome


@pytest.mark.parametrize(("key", "offered"), [("c2Vj=/", "c2Vj%3D%2F"), ("100%25", "100%25"), ("né", "n%C3%A9")])
def test_a_key_that_cannot_stand_in_a_subprotocol_comes_encoded(key: str, offered: str) -> None:
    settings = ServerSettings(api_key=key)
    assert visit(settings, {"Host": "127.0.0.1"}, (f"openai-insecure-api-key.{offered}",)) == "in"


def test_users_alone_close_a_server_to_those_without_a_key() -> None:
    settings = ServerSettings(users={"ann": "key-of-ann"})
    assert visit(settings, {"Host": "127.0.0.1"}) == "invalid_api_key"
    assert visit(settings, {"Host": "127.0.0.1"}, ("openai-insecure-api-key.key-of-ann",)) == "ann"


@pytest.mark.parametrize(
    ("host", "origin", "outcome"),
    [
        ("127.0.0.1:8765", None, "in"),
        ("localhost:8765", "http://localhost:8765", "in"),
        ("LOCALHOST:8765", "http://localhost:8765", "in"),
        ("[::1]:8765", "http://[::1]:8765", "in"),
        ("localhost", "http://localhost:80", "in"),
        ("localhost", "https://localhost", "in"),
        ("localhost:8765", "http://localhost:5173", "origin_not_allowed"),
        ("localhost:8765", "http://127.0.0.1:8765", "origin_not_allowed"),
        ("localhost:8765", "https://evil.example", "origin_not_allowed"),
        ("localhost:8765", "null", "origin_not_allowed"),
        ("localhost:8765", "file://", "origin_not_allowed"),
        ("localhost:8765", "http://[broken", "origin_not_allowed"),
        ("localhost:8765", "http://localhost:99999", "origin_not_allowed"),
        ("localhost:8765", "", "origin_not_allowed"),
    ],
)
def test_a_page_may_call_only_the_server_it_came_from(host: str, origin: str | None, outcome: str) -> None:
    headers = {"Host": host} | ({"Origin": origin} if origin is not None else {})
    assert visit(OPEN, headers) == outcome


def test_a_page_of_an_allowed_origin_may_call() -> None:
    settings = ServerSettings(allowed_origins=("https://app.example.org/",))
    assert visit(settings, {"Host": "localhost:8765", "Origin": "https://app.example.org"}) == "in"
    assert visit(settings, {"Host": "localhost:8765", "Origin": "http://app.example.org"}) == "origin_not_allowed"
    assert visit(settings, {"Host": "localhost:8765", "Origin": "https://app.example.org:8443"}) == "origin_not_allowed"


def test_a_page_elsewhere_may_not_call_even_with_the_key() -> None:
    headers = {"Host": "voice.example.org", "Origin": "https://evil.example", "Authorization": "Bearer s3cret"}
    assert visit(KEYED, headers) == "origin_not_allowed"


@pytest.mark.parametrize(
    "host", ["rebound.evil.example:8765", "", "127.0.0.1.evil.example", "192.168.1.7:8765", "localhost@evil.example"]
)
def test_a_name_that_was_made_to_point_here_opens_nothing(host: str) -> None:
    assert visit(OPEN, {"Host": host, "Origin": f"http://{host}"}) == "host_not_allowed"
    assert visit(OPEN, {"Host": host}) == "host_not_allowed"


def test_a_missing_host_opens_nothing() -> None:
    assert visit(OPEN, {}) == "host_not_allowed"


def test_a_proxy_may_keep_the_name_of_an_allowed_origin() -> None:
    settings = ServerSettings(allowed_origins=("https://voice.example.org",))
    assert visit(settings, {"Host": "voice.example.org", "Origin": "https://voice.example.org"}) == "in"


def test_with_a_key_any_host_name_will_do() -> None:
    headers = {"Host": "voice.lan:8765", "Origin": "http://voice.lan:8765", "Authorization": "Bearer s3cret"}
    assert visit(KEYED, headers, kind="http") == "in"


def test_a_refusal_says_what_to_do_and_never_repeats_a_key() -> None:
    headers = {"Host": "127.0.0.1", "Authorization": "Bearer guess"}
    scope = {"type": "http", "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()]}
    with pytest.raises(UnauthorisedError) as refusal:
        Gatekeeper(KEYED).check(HTTPConnection(scope))
    assert refusal.value.remedy
    assert "guess" not in str(refusal.value)
    assert "s3cret" not in str(refusal.value)
