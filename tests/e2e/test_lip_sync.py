"""The mouth keeps time with the sound, as the page really plays it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from bench import lip_sync as bench
from bench.scoring import percentile

if TYPE_CHECKING:
    from tests.e2e.conftest import Browse
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess

LIMIT_MS = 40.0
REPLY_MS = 120_000


def test_the_mouth_opens_when_the_voice_is_heard(server: ServerProcess, browse: Browse, chat: ScriptedChat) -> None:
    chat.reply = bench.TEXTS["en"]
    visitor = browse(microphone="absent", face="none")
    bench.watch(visitor.page)
    visitor.visit(server.url)
    visitor.types("Tell me about the sea.")
    visitor.sees_state("speaking")
    visitor.sees_state("idle", within_ms=REPLY_MS)
    found = bench.recorded(visitor.page)
    # Shown with a failure.
    sys.stdout.write(
        f"starts, ms: {np.round(found.starts)}, partings: {np.round(found.partings)}, {found.unseen} unseen\n"
    )
    # A machine that is too busy to look at the mouth tells nothing of it; on most there is nothing unseen.
    assert len(found.starts) >= 4
    assert found.missed == 0
    assert percentile([abs(delay) for delay in found.starts], 95) <= LIMIT_MS
    assert len(found.partings) >= 8
    assert percentile([abs(delay) for delay in found.partings], 95) <= LIMIT_MS
