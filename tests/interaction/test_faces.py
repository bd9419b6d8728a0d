"""What a face is told: the shapes of the mouth with the sound, and movements with the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.interaction.caller import call
from tests.interaction.stock_client import stock_client
from vivavoce.conversation import effects as fx
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.protocols import PhonemeSpan, ReplyEnd, SpeechChunk, SynthesisRequest, TextDelta, TtsCapabilities
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import ReplyDelta
    from vivavoce.speech.visemes import MouthShape

pytestmark = pytest.mark.anyio

RATE_HZ = 16_000


class Singer:
    """Sings "ma" in two chunks of 0.3 s, whatever it is given: lips closed for 0.1 s, open for 0.2 s."""

    capabilities = TtsCapabilities(name="singer", sample_rate_hz=RATE_HZ, voices={"en": ("la",)})

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        for _ in range(2):
            yield SpeechChunk(
                audio=np.full(4_800, 0.2, np.float32),
                phonemes=(PhonemeSpan(phoneme="m", samples=1_600), PhonemeSpan(phoneme="ɑ", samples=3_200)),
            )

    async def aclose(self) -> None:
        """Nothing to free."""


def saying(text: str) -> list[ReplyDelta]:
    return [TextDelta(text=text), ReplyEnd()]


def milliseconds(news: fx.OutputMouth) -> list[tuple[str, float]]:
    return [(shape.viseme, round((news.first_sample + shape.sample) / 24)) for shape in news.mouth]


def changes(shapes: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return the shapes that are others than the one before."""
    return [shape for index, shape in enumerate(shapes) if not index or shapes[index - 1][0] != shape[0]]


@pytest.mark.requirement("turn.face.002")
async def test_every_piece_of_speech_is_told_with_its_mouth_just_before_it_comes() -> None:
    roster = fake_roster(replies=ScriptedReplies(saying("First one. Second one.")), tts=Singer())
    async with call(roster) as caller:
        caller.types("Sing.")
        await caller.hears(fx.ReplyDone)
    told = [entry.news for entry in caller.told if isinstance(entry.news, fx.OutputAudio | fx.OutputMouth)]
    mouths = [news for news in told[::2] if isinstance(news, fx.OutputMouth)]
    sounds = [news for news in told[1::2] if isinstance(news, fx.OutputAudio)]
    assert len(mouths) == len(sounds) == len(told) / 2 >= 4
    for mouth, sound in zip(mouths, sounds, strict=True):
        assert (mouth.item_id, mouth.first_sample, mouth.samples) == (sound.item_id, sound.first_sample, sound.samples)
        assert mouth.mouth[0].sample == 0


@pytest.mark.requirement("turn.face.002")
async def test_the_mouth_keeps_time_with_the_sound_from_clause_to_clause_at_whatever_rate_the_voice_has() -> None:
    roster = fake_roster(replies=ScriptedReplies(saying("First one. Second one.")), tts=Singer())
    async with call(roster) as caller:
        caller.types("Sing.")
        await caller.hears(fx.ReplyDone)
    shapes = [shape for news in caller.all(fx.OutputMouth) for shape in milliseconds(news)]
    assert changes(shapes) == [
        ("PP", 0), ("aa", 80), ("PP", 300), ("aa", 380), ("PP", 600), ("aa", 680), ("PP", 900), ("aa", 980),
    ]  # fmt: skip


@pytest.mark.requirement("turn.face.002")
async def test_a_voice_that_tells_no_phonemes_has_a_mouth_all_the_same() -> None:
    async with call(fake_roster(replies=ScriptedReplies(saying("Mama is here. 妈妈来了。")))) as caller:
        caller.types("Who?")
        await caller.hears(fx.ReplyDone)
    visemes = [shape.viseme for news in caller.all(fx.OutputMouth) for shape in news.mouth]
    assert len(set(visemes)) > 5
    assert visemes[0] == "PP"


@pytest.mark.requirement("turn.face.002")
@pytest.mark.parametrize(
    ("audio_format", "rate_hz"), [({"type": "audio/pcm", "rate": 24000}, 24_000), ({"type": "audio/pcmu"}, 8_000)]
)
async def test_a_client_of_the_extension_is_told_in_samples_of_its_own_format(
    audio_format: dict[str, object], rate_hz: int
) -> None:
    roster = fake_roster(replies=ScriptedReplies(saying("Hello.")), tts=Singer())
    async with stock_client(roster, extensions=True) as client:
        client.says("session.update", session={"type": "realtime", "audio": {"output": {"format": audio_format}}})
        await client.hears("session.updated")
        client.types("Sing.")
        await client.hears("response.done")
    kinds = [event["type"] for event in client.told]
    assert kinds.index("vivavoce.audio.stream") < kinds.index("vivavoce.visemes")
    pieces = client.all("vivavoce.visemes")
    assert pieces[0]["first_sample"] == 0
    assert sum(piece["samples"] for piece in pieces) == pytest.approx(0.6 * rate_hz, abs=2)
    shapes = [(shape["viseme"], round(shape["sample"] / rate_hz, 2)) for piece in pieces for shape in piece["visemes"]]
    assert changes(shapes)[:3] == [("PP", 0.0), ("aa", 0.08), ("PP", 0.3)]
    assert all(0 < shape["weight"] <= 1 for piece in pieces for shape in piece["visemes"])


@pytest.mark.requirement("turn.face.002")
async def test_a_stock_client_is_told_nothing_of_mouths_and_none_is_worked_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked_out: list[object] = []

    def told_mouth(*speech: object) -> tuple[MouthShape, ...]:
        worked_out.append(speech)
        return ()

    monkeypatch.setattr("vivavoce.session.voicing.told_mouth", told_mouth)
    async with stock_client(fake_roster(tts=Singer())) as client:
        client.types("Sing.")
        await client.hears("response.done")
    assert client.all("response.output_audio.delta")
    assert client.all("vivavoce.visemes") == []
    assert worked_out == []


@pytest.mark.requirement("turn.face.003")
async def test_a_movement_comes_with_its_words_and_is_neither_read_nor_heard() -> None:
    settings = ConversationSettings(expressions=("joy",), actions=("nod", "wave"))
    roster = fake_roster(replies=ScriptedReplies(saying("[nod] Yes, I can do that. [wave] Goodbye for now! [shake]")))
    async with call(roster, settings) as caller:
        caller.types("Can you?")
        await caller.hears(fx.ReplyDone)
    nod, wave = caller.all(fx.ActionCue)
    assert (nod.action, nod.first_sample, wave.action) == ("nod", 0, "wave")
    news = caller.since(wave)
    follows = next(piece for piece in news if isinstance(piece, fx.OutputAudio))
    assert (follows.first_sample, follows.text.split()[0]) == (wave.first_sample, "Goodbye")
    assert caller.last(fx.OutputTextDone).text == "Yes, I can do that. Goodbye for now!"
