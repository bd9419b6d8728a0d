import datetime as dt
import errno
import fcntl
import ssl
import stat
import threading
from pathlib import Path

import pytest
from cryptography import x509

from tests.deadlines import WAIT_SECONDS
from vivavoce.errors import StorageError
from vivavoce.server.local_certificate import LocalCertificate, local_certificate
from vivavoce.server.machine_names import machine_names, passing_addresses

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
NAMES = ("localhost", "desk.example.org", "127.0.0.1", "192.168.1.5", "::1")


def made(
    folder: Path, names: tuple[str, ...] = NAMES, *, passing: tuple[str, ...] = (), now: dt.datetime = NOW
) -> LocalCertificate:
    return local_certificate(folder / "tls", names, passing=passing, now=now)


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names_in(certificate: LocalCertificate) -> set[str]:
    carried = read(certificate.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(entry.value) for entry in carried}


def test_a_certificate_carries_every_name_and_address_and_is_signed_by_the_authority(tmp_path: Path) -> None:
    certificate = made(tmp_path)
    assert names_in(certificate) == set(NAMES)
    read(certificate.certificate).verify_directly_issued_by(read(certificate.authority))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate.certificate, certificate.key)


def test_keys_are_for_this_user_only(tmp_path: Path) -> None:
    certificate = made(tmp_path)
    for key in (certificate.key, certificate.authority.with_name("authority-key.pem")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(certificate.key.parent.stat().st_mode) == 0o700


def test_it_is_kept_from_one_start_to_the_next(tmp_path: Path) -> None:
    first = made(tmp_path).certificate.read_bytes()
    assert made(tmp_path, now=NOW + dt.timedelta(days=300)).certificate.read_bytes() == first


def test_it_is_renewed_before_it_ends_by_the_authority_that_is_trusted_already(tmp_path: Path) -> None:
    first = made(tmp_path)
    authority, certificate = first.authority.read_bytes(), first.certificate.read_bytes()
    later = made(tmp_path, now=NOW + dt.timedelta(days=380))
    assert later.authority.read_bytes() == authority
    assert later.certificate.read_bytes() != certificate


@pytest.mark.parametrize("name", ["10.0.0.9", "203.0.113.7", "2001:db8::1:2", "another-name.local", "laptop.home.arpa"])
def test_a_new_address_or_local_name_takes_a_new_certificate_and_no_new_trust(tmp_path: Path, name: str) -> None:
    authority = made(tmp_path).authority.read_bytes()
    moved = made(tmp_path, (*NAMES, name))
    assert name in names_in(moved)
    assert moved.left_out == ()
    assert moved.authority.read_bytes() == authority


def test_a_passing_address_takes_no_new_certificate_and_is_in_the_next_one(tmp_path: Path) -> None:
    first = made(tmp_path).certificate.read_bytes()
    passing = ("2001:db8::1:2",)
    later = made(tmp_path, (*NAMES, *passing), passing=passing)
    assert later.certificate.read_bytes() == first
    assert later.left_out == passing
    moved = made(tmp_path, (*NAMES, *passing, "10.0.0.9"), passing=passing)
    assert names_in(moved) == {*NAMES, *passing, "10.0.0.9"}
    assert moved.left_out == ()


def test_an_address_that_comes_and_goes_takes_one_new_certificate(tmp_path: Path) -> None:
    made(tmp_path)
    first = made(tmp_path, (*NAMES, "10.8.0.2")).certificate.read_bytes()
    made(tmp_path, (*NAMES, "10.9.0.2"))
    second = made(tmp_path).certificate.read_bytes()
    assert first != second
    for names in ((*NAMES, "10.8.0.2"), (*NAMES, "10.9.0.2"), NAMES[:2]):
        assert made(tmp_path, names).certificate.read_bytes() == second


def test_of_many_earlier_names_the_latest_are_carried(tmp_path: Path) -> None:
    for number in range(60):
        moved = made(tmp_path, (*NAMES, f"10.8.0.{number}"))
    assert len(names_in(moved)) == 32
    assert {*NAMES, "10.8.0.59", "10.8.0.58"} <= names_in(moved)
    assert "10.8.0.0" not in names_in(moved)


def test_a_renewal_leaves_the_names_of_years_ago_behind(tmp_path: Path) -> None:
    made(tmp_path, (*NAMES, "10.8.0.2"))
    assert names_in(made(tmp_path, now=NOW + dt.timedelta(days=380))) == set(NAMES)


@pytest.mark.parametrize("name", ["fd00::7", "192.168.1.5", "10.0.0.9", "203.0.113.7", "fe80::1", "::1", "desk.local"])
def test_what_a_machine_is_given_for_long_does_not_pass(name: str) -> None:
    assert passing_addresses([name], "0.0.0.0") == ()


def test_global_ipv6_addresses_pass_but_for_the_one_that_is_listened_at() -> None:
    names = ["desk.local", "2003:db:1::7", "2a02:1234::8"]
    assert passing_addresses(names, "0.0.0.0") == ("2003:db:1::7", "2a02:1234::8")
    assert passing_addresses(names, "[2a02:1234:0::8]") == ("2003:db:1::7",)


def test_a_name_that_the_authority_may_not_sign_for_is_left_out_and_told(tmp_path: Path) -> None:
    first = made(tmp_path)
    authority, certificate = first.authority.read_bytes(), first.certificate.read_bytes()
    moved = made(tmp_path, (*NAMES, "voice.example.org"))
    assert moved.left_out == ("voice.example.org",)
    assert names_in(moved) == set(NAMES)
    assert (moved.authority.read_bytes(), moved.certificate.read_bytes()) == (authority, certificate)


def test_the_authority_stays_for_as_long_as_it_is_valid_and_no_certificate_outlives_it(tmp_path: Path) -> None:
    first = made(tmp_path)
    authority, ends = first.authority.read_bytes(), read(first.authority).not_valid_after_utc
    last = made(tmp_path, now=ends - dt.timedelta(days=40))
    assert last.authority.read_bytes() == authority
    assert read(last.certificate).not_valid_after_utc == ends
    begun_anew = made(tmp_path, now=ends - dt.timedelta(days=20))
    assert begun_anew.authority.read_bytes() != authority
    read(begun_anew.certificate).verify_directly_issued_by(read(begun_anew.authority))


def test_the_authoritys_key_may_be_kept_elsewhere_until_it_is_needed(tmp_path: Path) -> None:
    first = made(tmp_path)
    authority = first.authority.read_bytes()
    first.authority.with_name("authority-key.pem").unlink()
    assert made(tmp_path).authority.read_bytes() == authority


@pytest.mark.parametrize("content", [None, b"", b"damaged"])
def test_an_authority_whose_key_was_put_away_is_never_replaced(tmp_path: Path, content: bytes | None) -> None:
    first = made(tmp_path)
    authority, certificate = first.authority.read_bytes(), first.certificate.read_bytes()
    put_away(first, content)
    moved = made(tmp_path, (*NAMES, "192.168.7.7"), now=NOW + dt.timedelta(days=390))
    assert (first.authority.read_bytes(), first.certificate.read_bytes()) == (authority, certificate)
    assert moved.left_out == ("192.168.7.7",)
    assert moved.not_renewed is not None
    assert moved.not_renewed.code == "authority_key_unusable"


def test_without_the_authoritys_key_and_a_valid_certificate_it_is_told_which_file_is_missing(tmp_path: Path) -> None:
    first = made(tmp_path)
    authority = first.authority.read_bytes()
    put_away(first)
    with pytest.raises(StorageError) as raised:
        made(tmp_path, now=NOW + dt.timedelta(days=400))
    assert raised.value.code == "authority_key_unusable"
    assert str(tmp_path / "tls" / "authority-key.pem") in raised.value.message
    assert str(tmp_path / "tls") in raised.value.remedy
    assert first.authority.read_bytes() == authority


def test_the_key_of_another_authority_is_none(tmp_path: Path) -> None:
    first, other = made(tmp_path / "own"), made(tmp_path / "other")
    authority = first.authority.read_bytes()
    put_away(first, other.authority.with_name("authority-key.pem").read_bytes())
    first.certificate.unlink()
    with pytest.raises(StorageError, match="authority-key"):
        made(tmp_path / "own")
    assert first.authority.read_bytes() == authority


def test_while_nothing_can_be_written_a_valid_certificate_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path)

    def read_only(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("os.open", read_only)
    moved = made(tmp_path, (*NAMES, "192.168.7.7"))
    assert moved.left_out == ("192.168.7.7",)
    assert moved.not_renewed is not None


def put_away(certificate: LocalCertificate, content: bytes | None = None) -> None:
    key = certificate.authority.with_name("authority-key.pem")
    if content is None:
        key.unlink()
    else:
        key.write_bytes(content)


def test_several_processes_at_once_make_one_authority_and_one_certificate(tmp_path: Path) -> None:
    seen = []

    def start() -> None:
        certificate = made(tmp_path)
        seen.append((certificate.authority.read_bytes(), certificate.certificate.read_bytes()))

    starters = [threading.Thread(target=start) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(WAIT_SECONDS)
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_the_authority_may_sign_for_nobody_else(tmp_path: Path) -> None:
    authority = read(made(tmp_path).authority)
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    permitted = [str(entry.value) for entry in constraints.value.permitted_subtrees or []]
    hosts = {entry for entry in permitted if "/" not in entry}
    assert hosts == {"localhost", "desk.example.org", "local", "home.arpa", "internal", "lan", "home"}
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


@pytest.mark.parametrize("name", ["dev", "zip", "dev."])
def test_a_machine_with_the_name_of_a_whole_domain_gets_no_power_over_it(tmp_path: Path, name: str) -> None:
    certificate = made(tmp_path, ("localhost", name, f"{name.strip('.')}.local", "192.168.1.5"))
    assert certificate.left_out == (name,)
    assert names_in(certificate) == {"localhost", f"{name.strip('.')}.local", "192.168.1.5"}
    constraints = read(certificate.authority).extensions.get_extension_for_class(x509.NameConstraints).value
    assert name not in [entry.value for entry in constraints.permitted_subtrees or []]


@pytest.mark.parametrize("name", ["certificate", "key", "authority"])
@pytest.mark.parametrize("content", [b"", b"damaged"])
def test_damaged_files_are_made_anew(tmp_path: Path, name: str, content: bytes) -> None:
    getattr(made(tmp_path), name).write_bytes(content)
    mended = made(tmp_path)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(mended.certificate, mended.key)
    read(mended.certificate).verify_directly_issued_by(read(mended.authority))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file")
    with pytest.raises(StorageError) as raised:
        made(tmp_path)
    assert raised.value.code == "certificate_not_kept"


def test_the_machine_knows_itself_by_name_and_address() -> None:
    names = machine_names("0.0.0.0")
    assert {"localhost", "127.0.0.1", "::1"} <= set(names)
    assert not [name for name in names if "%" in name or name in ("", "0.0.0.0")]
    assert "voice.example.org" in machine_names("voice.example.org")


def test_an_address_to_listen_on_is_known_without_its_zone(tmp_path: Path) -> None:
    names = machine_names("[fe80::1%eth0]")
    assert "fe80::1" in names
    first = made(tmp_path, names).certificate.read_bytes()
    assert made(tmp_path, names).certificate.read_bytes() == first


def test_the_folders_above_are_made_for_this_user_only_too(tmp_path: Path) -> None:
    data = tmp_path / "share" / "data"
    made(data)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (data.parent, data, data / "tls")] == [0o700] * 3


def test_one_that_is_good_is_served_from_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(tmp_path)
    lock = first.certificate.with_name(".lock")
    before = lock.stat().st_mtime_ns, sorted(first.certificate.parent.iterdir())

    def read_only(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    # Whoever runs the tests may be allowed to write anywhere, so that a folder's mode tells nothing.
    monkeypatch.setattr("os.open", read_only)
    assert made(tmp_path) == first
    monkeypatch.undo()
    assert (lock.stat().st_mtime_ns, sorted(first.certificate.parent.iterdir())) == before


@pytest.mark.parametrize("reason", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_one_is_made_on_a_file_system_without_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(reason, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert names_in(made(tmp_path)) == set(NAMES)
