"""Nothing of one session appears in another: many at once over the wire, in an order that chance decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.integration.isolation_engines import (
    LETTERS,
    ConfusedVoice,
    ForgetfulReplies,
    LevelStt,
    LevelTts,
    TellingReplies,
    secret,
    secrets_in,
)
from tests.integration.isolation_visitor import visit
from tests.integration.isolation_world import Evidence, findings, open_world
from vivavoce.history.store import HistoryStore
from vivavoce.preferences.store import Preference, PreferenceStore
from vivavoce.server.auth import Gatekeeper
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import HTTPConnection

pytestmark = pytest.mark.anyio

STEPS = 14
KINDS = ("persona", "instructions", "tool", "output", "spoken", "same", "memory", "wordx")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def mingle(
    folder: Path, replies: TellingReplies, tts: LevelTts, *, sessions: int, steps: int, seed: int
) -> list[Evidence]:
    """Let so many users loose on one server, and return what each was told."""
    letters = LETTERS[:sessions]
    evidence: list[Evidence] = []
    async with open_world(folder, fake_roster(replies=replies, stt=LevelStt(), tts=tts), letters) as world:

        async def be(place: int) -> None:
            evidence.append(await visit(world, letters[place], place=place, steps=steps, seed=seed))

        async with anyio.create_task_group() as group:
            for place in range(sessions):
                group.start_soon(be, place)
    return evidence


@pytest.mark.parametrize("seed", [1, 2])
async def test_twenty_users_at_once_never_meet(tmp_path: Path, seed: int) -> None:
    replies, tts = TellingReplies(), LevelTts()
    evidence = await mingle(tmp_path, replies, tts, sessions=20, steps=STEPS, seed=seed)
    assert findings(evidence) == []
    # They were there at the same time, were answered in their own voices, and nothing could be stolen.
    assert replies.most_active >= 3
    assert all(one.voices == {one.letter} for one in evidence)
    assert sum(one.replies for one in evidence) >= 100
    assert sum(one.refusals for one in evidence) >= 50
    assert sum(one.rated for one in evidence) >= 20
    assert sum(one.heard_again for one in evidence) >= 10
    chosen = [secret(letter, "chosen") for letter in LETTERS]
    assert sum(any(choice in told for told in one.told for choice in chosen) for one in evidence) >= 5
    for request in tts.spoken:
        assert {request.voice} >= {f"voice-{word[2]}" for word in secrets_in(request.text)}
    # Each part that could have leaked was used.
    told = set().union(*(one.said for one in evidence))
    used = {kind: sum(secret(letter, kind) in told for letter in LETTERS) for kind in KINDS}
    assert min(used.values()) >= 3, used


@pytest.mark.parametrize("leak", ["replies", "voice", "users", "preferences", "ratings"])
async def test_a_leak_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leak: str) -> None:
    if leak == "users":

        def anyone(_: Gatekeeper, connection: HTTPConnection) -> str:
            del connection
            return "user-a"

        monkeypatch.setattr(Gatekeeper, "check_key", anyone)
    if leak == "preferences":
        kept = PreferenceStore.of

        async def of_one(store: PreferenceStore, user_id: str) -> list[Preference]:
            del user_id
            return await kept(store, "user-a")

        monkeypatch.setattr(PreferenceStore, "of", of_one)
    if leak == "ratings":

        async def rate(store: HistoryStore, user_id: str, conversation_id: str, entry_id: str, rating: str) -> None:
            del store, user_id, conversation_id, entry_id, rating

        monkeypatch.setattr(HistoryStore, "rate", rate)
    replies = ForgetfulReplies() if leak == "replies" else TellingReplies()
    tts = ConfusedVoice() if leak == "voice" else LevelTts()
    evidence = await mingle(tmp_path, replies, tts, sessions=4, steps=12, seed=1)
    assert findings(evidence)
