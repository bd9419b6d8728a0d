from __future__ import annotations

import pytest

from vivavoce.errors import InputError
from vivavoce.server.settings import ServerSettings, check_bind, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST.", "a.localhost"])
def test_a_loopback_host_needs_no_key(host: str) -> None:
    assert is_loopback(host)
    check_bind(ServerSettings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "", "example.org", "localhost.example.org", "127.1x"])
def test_any_other_host_needs_a_key(host: str) -> None:
    with pytest.raises(InputError) as refusal:
        check_bind(ServerSettings(host=host))
    assert refusal.value.code == "bind_needs_api_key"
    check_bind(ServerSettings(host=host, api_key="secret"))


def test_an_empty_key_is_no_key() -> None:
    with pytest.raises(InputError):
        check_bind(ServerSettings(host="0.0.0.0", api_key=""))


def test_settings_do_not_print_the_key() -> None:
    assert "hunter2" not in repr(ServerSettings(api_key="hunter2"))
