"""The small process between us and an MCP server's program, run by its path as `python -I -S keeper.py PROGRAM ...`.

Owns the program's end: when we are gone, however we went, the program and all that it started go too, whether or not
they notice the end of their input; when the program ends, so does what it has left behind. Refuses to touch what is
said: the program has our pipes as its own. Standard library only, and no import of vivavoce, because each server waits
for it.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time

TYPE_CHECKING = False  # as `typing` has it, without the time to import that
if TYPE_CHECKING:
    from typing import NoReturn

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 2.0
"""For programs to end by themselves at the end of their input."""

LOOK_SECONDS = 5.0
"""Where the end of our parent does not show at standard error, it shows by who our parent is."""


def main() -> None:
    """Run the program until it ends or our parent is gone."""
    parent = os.getppid()
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    # SIGTERM to the group is for the program; we end after it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    program = os.fork()
    if program == 0:
        _become(sys.argv[1:])
    # The program's own now: whoever talks with it hears at once when it ends.
    os.close(0)
    os.close(1)
    waiting = select.poll()
    waiting.register(woken, select.POLLIN)
    waiting.register(sys.stderr.fileno(), 0)  # an error there, as nobody reads any more, is always told
    status = None
    while status is None and os.getppid() == parent:
        events = dict(waiting.poll(LOOK_SECONDS * 1_000))
        if events.pop(woken, 0):
            os.read(woken, 4_096)
        status = _reap(program)
        if events:
            break
    if status is None:
        status = _wait(program, GRACE_SECONDS)
    _end_the_rest()
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF if status is not None else 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


def _become(command: list[str]) -> NoReturn:
    """Be the program, which dies with us even when we are killed."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]} does not run: {error.strerror}\n".encode())
    os._exit(127)


def _reap(program: int) -> int | None:
    """Collect whoever has ended, and return the program's status if it is among them."""
    status = None
    while True:
        try:
            ended, ended_status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if ended == 0:
            return status
        if ended == program:
            status = ended_status


def _wait(program: int, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        status = _reap(program)
        if status is not None:
            return status
        time.sleep(0.02)
    return None


def _end_the_rest() -> None:
    """End what is left of our process group, politely at first; without anything left this returns at once."""
    for number, seconds in ((signal.SIGTERM, 1.0), (signal.SIGKILL, 0.0)):
        deadline = time.monotonic() + seconds
        if not _has_children():
            return
        if os.getpgrp() == os.getpid():
            os.killpg(0, number)
        while _has_children() and time.monotonic() < deadline:
            time.sleep(0.02)


def _has_children() -> bool:
    _reap(0)
    try:
        return os.waitpid(-1, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


if __name__ == "__main__":
    main()
