from __future__ import annotations

import pytest

from vivavoce.errors import InputError
from vivavoce.server.settings import ServerSettings, check_bind, check_users, is_loopback


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


def test_settings_do_not_print_the_keys() -> None:
    settings = ServerSettings(api_key="hunter2", users={"ann": "hunter3"})
    assert "hunter" not in repr(settings)


def test_keys_of_users_are_keys() -> None:
    check_bind(ServerSettings(host="0.0.0.0", users={"ann": "key-of-ann"}))


@pytest.mark.parametrize("name", ["ann", "Ann.B", "ann@example.org", "7of9", "a" * 64])
def test_a_plain_name_may_be_a_user(name: str) -> None:
    check_users(ServerSettings(users={name: "key"}))


@pytest.mark.parametrize(
    ("api_key", "users", "code"),
    [
        (None, {"": "key"}, "user_name_not_allowed"),
        (None, {"../ann": "key"}, "user_name_not_allowed"),
        (None, {"an n": "key"}, "user_name_not_allowed"),
        (None, {"ann\n": "key"}, "user_name_not_allowed"),
        (None, {"a" * 65: "key"}, "user_name_not_allowed"),
        (None, {"Local": "key"}, "user_name_not_allowed"),
        (None, {"ann": "1", "Ann": "2"}, "user_name_not_allowed"),
        (None, {"ann": ""}, "user_needs_key"),
        (None, {"ann": "  "}, "user_needs_key"),
        (None, {"ann": "hunter2", "bob": "hunter2"}, "keys_not_distinct"),
        ("hunter2", {"ann": "hunter2"}, "keys_not_distinct"),
    ],
)
def test_users_who_could_not_be_told_apart_are_refused(api_key: str | None, users: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as refusal:
        check_users(ServerSettings(api_key=api_key, users=users))
    assert refusal.value.code == code
    assert "hunter2" not in str(refusal.value)
