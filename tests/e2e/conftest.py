"""Servers, browsers and microphones. All three are real, but the microphone plays a recording.

One server and one browser of each kind are shared by whoever leaves them as they were: `server`, and `browse` without a
recording. Every test has a profile of its own in the browser, and finds no session of another in the server.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal, Protocol

import anyio.from_thread
import pytest
from playwright.sync_api import expect, sync_playwright

from scripts.chromium import PRIVATE, find_chromium, runs
from scripts.steps import SetupError
from tests.e2e.microphone import Voice, write_timeline
from tests.e2e.scripted_chat import ScriptedChat, scripted_chat
from tests.e2e.server_process import ServerProcess
from tests.e2e.visitor import DEADLINE_MS, DESKTOP, WITNESS, Visitor
from vivavoce.server.settings import BUILT_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Playwright

Microphone = Literal["granted", "denied", "absent"]

FLAGS: dict[Microphone, tuple[str, ...]] = {
    "granted": ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
    "denied": ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"),
    "absent": ("--use-fake-ui-for-media-stream",),
}


class Serve(Protocol):
    """Starts a server of the test's own, to set up, kill or fill; `settings` as in `VIVAVOCE_NAME`."""

    def __call__(self, *, llm: str = ..., **settings: str) -> ServerProcess: ...


class Launch(Protocol):
    """Starts a browser whose microphones play this."""

    def __call__(self, recording: Path, microphone: Microphone, *flags: str) -> Browser: ...


class Browse(Protocol):
    """Opens an empty page in a new profile; its microphone plays the recording once, from when it is opened.

    `timezone` as the database of time zones has it, empty for the machine's.
    `face` is the kind of face at the first visit, empty for the page's own choice; the light one unless said otherwise:
    drawn without a GPU, a sculpted one takes the processor that speech needs.
    """

    def __call__(
        self,
        recording: Path | None = ...,
        *,
        microphone: Microphone = ...,
        scale: float = ...,
        flags: tuple[str, ...] = ...,
        timezone: str = ...,
        is_greeted: bool = ...,
        face: str = ...,
    ) -> Visitor: ...


def chosen(preferences: dict[str, object]) -> str:
    """Return a script that gives a first visit these preferences, as if they had been chosen on an earlier one."""
    kept = json.dumps(json.dumps(preferences))
    # The page has no address at first, and so nowhere to keep anything.
    return f"try {{ localStorage['vivavoce.preferences'] ??= {kept}; }} catch {{}}"


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser; a machine without one fails, for a page nobody looked at is not tested."""
    private = PRIVATE / "run" / "chrome"
    reason = "There is no Chromium: install one, set CHROMIUM=PATH, or run `make e2e`."
    try:
        found = find_chromium() or (private if runs(private) else None)
    except SetupError as error:
        found, reason = None, str(error)
    if found is None:
        pytest.fail(reason, pytrace=False)
    return found


@pytest.fixture(scope="session")
def built_page() -> None:
    if not (BUILT_PAGE / "index.html").is_file():
        pytest.fail("The page has not been built: run `make setup`.", pytrace=False)


@pytest.fixture(scope="session")
def voice() -> Iterator[Voice]:
    # Playwright keeps an event loop in this thread, so the voice needs one in another.
    with anyio.from_thread.start_blocking_portal() as portal:
        voice = Voice(portal)
        yield voice
        voice.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=DEADLINE_MS)
        yield playwright


@pytest.fixture(scope="session")
def chat_server() -> Iterator[ScriptedChat]:
    with scripted_chat() as chat:
        yield chat


@pytest.fixture(scope="session")
def common_server(tmp_path_factory: pytest.TempPathFactory, chat_server: ScriptedChat) -> Iterator[ServerProcess]:
    """The server of `server`, which starts it when the first test needs it."""
    server = ServerProcess(tmp_path_factory.mktemp("common_server"), llm=chat_server.url, settings={})
    yield server
    server.stop()


@pytest.fixture
def chat(chat_server: ScriptedChat, common_server: ServerProcess) -> Iterator[ScriptedChat]:
    """The model's replies, as this test decides them."""
    # A session that the test before left in mid-reply may still be asking.
    common_server.log.waits_until_all_are_closed()
    chat_server.begin_anew()
    yield chat_server
    chat_server.release()


@pytest.fixture
def server(common_server: ServerProcess, chat: ScriptedChat, built_page: None) -> ServerProcess:
    """A server as it comes, with `chat` for a model: for tests that neither set it up nor end it."""
    if not common_server.is_running:
        common_server.start()
    return common_server


@pytest.fixture
def serve(tmp_path: Path, built_page: None) -> Iterator[Serve]:
    with ExitStack() as servers:

        def serve(*, llm: str = "smollm2-135m", **settings: str) -> ServerProcess:
            server = ServerProcess(tmp_path, llm=llm, settings=settings)
            servers.callback(server.stop)
            server.start()
            return server

        yield serve


@pytest.fixture(scope="session")
def launch(playwright: Playwright, chromium: Path) -> Launch:
    def launch(recording: Path, microphone: Microphone, *flags: str) -> Browser:
        played = f"--use-file-for-fake-audio-capture={recording}%noloop"
        return playwright.chromium.launch(
            executable_path=chromium, args=[*FLAGS[microphone], played, "--disable-gpu", *flags]
        )

    return launch


@pytest.fixture(scope="session")
def common_browser(launch: Launch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Browser]]:
    """Return the browser of a kind whose microphones are silent, for all tests."""
    silence = write_timeline(tmp_path_factory.mktemp("microphone") / "silence.wav")
    running: dict[tuple[str, ...], Browser] = {}

    def common_browser(microphone: Microphone, *flags: str) -> Browser:
        kind = (microphone, *flags)
        if kind not in running or not running[kind].is_connected():
            running[kind] = launch(silence, microphone, *flags)
        return running[kind]

    yield common_browser
    for browser in running.values():
        browser.close()


@pytest.fixture
def browse(launch: Launch, common_browser: Callable[..., Browser]) -> Iterator[Browse]:
    with ExitStack() as opened:

        def browse(
            recording: Path | None = None,
            *,
            microphone: Microphone = "granted",
            scale: float = 1.0,
            flags: tuple[str, ...] = (),
            timezone: str = "",
            is_greeted: bool = False,
            face: str = "flat",
        ) -> Visitor:
            if recording is None:
                browser = common_browser(microphone, *flags)
            else:
                browser = launch(recording, microphone, *flags)
                opened.callback(browser.close)
            profile = browser.new_context(
                viewport=DESKTOP, device_scale_factor=scale, locale="en-GB", timezone_id=timezone or None
            )
            opened.callback(profile.close)
            page = profile.new_page()
            page.set_default_timeout(DEADLINE_MS)
            page.add_init_script(path=WITNESS)
            # Most want to hear their own replies, and count them.
            page.add_init_script(chosen({"greeting": is_greeted} | ({"face": face} if face else {})))
            return Visitor(page)

        yield browse
