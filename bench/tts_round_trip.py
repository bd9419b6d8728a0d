"""How well the voices are understood, and how soon they speak.

Speaks sentences, has them recognised, and prints a line a voice: errors (words for English, characters for Mandarin),
p50 and p95 of the time to the first chunk, and the time a second of speech takes.

    vivavoce bench tts-round-trip [--models FOLDER] [--voices zf_xiaoxiao,zm_yunxi]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import numpy as np
import soxr

from bench.report import Report
from bench.scoring import character_units, edit_distance, percentile, word_units
from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.stt.moonshine import MoonshineStt
from vivavoce.engines.stt.whisper import WhisperStt
from vivavoce.engines.tts.english import EnglishPhonemes
from vivavoce.engines.tts.hibari import HibariTts
from vivavoce.engines.tts.kokoro import KokoroTts
from vivavoce.models.store import default_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.engines.protocols import Samples, SpeechToText, TextToSpeech

ENGLISH = (
    "Hello there, how are you today?",
    "The train to London leaves at a quarter past nine.",
    "I think that sounds like a great idea, so let us start right away.",
    "You can find the museum next to the old town hall.",
    "Water boils at one hundred degrees, but only at sea level.",
    "Sorry, I did not understand that.",
    "My favourite season is autumn because the leaves turn red.",
    "Could you please tell me a little more about your problem?",
    "She bought three apples, two oranges, and a loaf of bread.",
    "It will probably rain tomorrow, so take an umbrella with you.",
)
MANDARIN = (
    "你好，今天天气怎么样？",
    "我觉得这是一个很好的主意，我们马上开始吧。",
    "火车明天早上九点从北京出发。",
    "对不起，我没有听懂你的意思。",
    "博物馆就在老火车站的旁边。",
    "她买了三个苹果和两个橙子。",
    "我最喜欢的季节是秋天，因为树叶都变红了。",
    "明天可能会下雨，请带上雨伞。",
    "你能不能再多告诉我一点你的问题？",
    "水在一百度的时候沸腾。",
)


HEADERS = ("engine", "voice", "units", "% errors", "first chunk p50 ms", "p95 ms", "s a second of speech")


async def measure(tts: TextToSpeech, stt: SpeechToText, language: str, voice: str) -> tuple[object, ...]:
    """Return one voice's row."""
    sentences, units_of = (MANDARIN, character_units) if language == "zh" else (ENGLISH, word_units)
    errors = units = 0
    first_ms: list[float] = []
    worked_seconds = spoken_seconds = 0.0
    for text in ("Yes." if language == "en" else "好。", *sentences):
        started = time.perf_counter()
        chunks: list[Samples] = []
        async for chunk in tts.synthesize(SynthesisRequest(text=text, language=language, voice=voice)):
            if not chunks:
                first_ms.append((time.perf_counter() - started) * 1000)
            chunks.append(chunk.audio)
        audio = np.concatenate(chunks)
        worked_seconds += time.perf_counter() - started
        spoken_seconds += audio.size / tts.capabilities.sample_rate_hz
        heard = await stt.transcribe(
            soxr.resample(audio, tts.capabilities.sample_rate_hz, 16_000).astype(np.float32), language=language
        )
        if text in sentences:
            errors += edit_distance(units_of(text), units_of(heard.text))
            units += len(units_of(text))
    delays = first_ms[1:]  # the first sentence loads dictionaries
    return (
        tts.capabilities.name,
        voice,
        units,
        100 * errors / units,
        percentile(delays, 50),
        percentile(delays, 95),
        worked_seconds / spoken_seconds,
    )


async def measure_all(models: Path, voices: Sequence[str]) -> list[tuple[object, ...]]:
    """Measure Hibari, then the chosen voices of Kokoro."""
    english = EnglishPhonemes()
    moonshine, whisper = MoonshineStt(models / "moonshine-tiny-en"), WhisperStt(models / "whisper-base")
    rows = [await measure(HibariTts(models / "hibari", english=english), moonshine, "en", "heart")]
    folder = models / "kokoro-82m"
    kokoro = KokoroTts(folder / "kokoro-v1.0.int8.onnx", folder / "voices", english=english)
    for voice in voices:
        language = "zh" if voice.startswith("z") else "en"
        rows.append(await measure(kokoro, whisper if language == "zh" else moonshine, language, voice))
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=default_root(), help="the folder that holds the models")
    parser.add_argument("--voices", default="zf_xiaoxiao,zm_yunxi,af_heart")
    options = parser.parse_args(arguments)
    report = Report("tts-round-trip", "voices, heard by a recogniser")
    rows = anyio.run(measure_all, options.models, options.voices.split(","))
    report.table(HEADERS, rows)
    report.save([dict(zip(HEADERS, row, strict=True)) for row in rows])


if __name__ == "__main__":
    main()
