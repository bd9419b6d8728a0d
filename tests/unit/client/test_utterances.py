"""Words that a server is asked to say."""

from __future__ import annotations

import json

import pytest

from tests.unit.engines.audio_servers import Reply, audio_server
from vivavoce.client.utterances import spoken
from vivavoce.errors import NetworkError

pytestmark = pytest.mark.anyio

SENTENCE = "There is no engine for a voice that speaks 'zh'. Run: vivavoce models pull kokoro-82m"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"error": {"message": SENTENCE, "code": "tts_unavailable"}}, f"The server cannot say that: {SENTENCE} Or"),
        ("gone", "The server cannot say that: Error code: 400. Or"),
    ],
)
async def test_what_a_server_cannot_say_is_told_in_its_own_sentence(answer: object, told: str) -> None:
    reply = Reply(status=400, pieces=(json.dumps(answer).encode(),))
    with audio_server(reply) as server, pytest.raises(NetworkError) as refused:
        await spoken("你好。", f"{server.url.replace('http', 'ws', 1)}/realtime")
    assert str(refused.value).startswith(told)
