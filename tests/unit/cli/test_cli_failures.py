"""How a failure ends the command line."""

from __future__ import annotations

from typing import NoReturn

import pytest

from vivavoce import cli
from vivavoce.errors import InputError, NetworkError, lone_failure

TAKEN = InputError("port_taken", "Port 1 is taken.", remedy="Use --port.")


def ending_by(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a command line whose command fails."""

    def fail() -> NoReturn:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    cli.main()


@pytest.mark.parametrize(
    "error",
    [TAKEN, BaseExceptionGroup("one", [TAKEN]), ExceptionGroup("outer", [ExceptionGroup("inner", [TAKEN, TAKEN])])],
)
def test_a_failure_is_one_sentence_and_what_to_do_however_deep_it_came_from(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        ending_by(error, monkeypatch)
    assert end.value.code == 2
    assert capsys.readouterr().err == "Port 1 is taken. Use --port.\n"


def test_a_fault_of_ours_beside_a_failure_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    group = ExceptionGroup("both", [TAKEN, ValueError("ours")])
    with pytest.raises(ExceptionGroup) as end:
        ending_by(group, monkeypatch)
    assert end.value is group


def test_of_several_failures_the_first_is_told() -> None:
    other = NetworkError("gone", "It is gone.")
    assert lone_failure(BaseExceptionGroup("two", [ExceptionGroup("one", [TAKEN]), other])) is TAKEN
    assert lone_failure(BaseExceptionGroup("stop", [KeyboardInterrupt()])) is None
