"""Sounds that must not stop a reply: coughs, key strokes, hums and words of attention, at 24 kHz.

Owns their making: nothing recorded is shipped, so what no recording is given for is synthesised, from a fixed seed.
Refuses to know servers.

Sources: a cough is an explosive burst, a longer turbulent phase and sometimes a voiced end (J. Korpas et al., "Analysis
of the cough sound: an overview", 1996); a hum is a pulse train through the resonances of a nasal murmur or a neutral
vowel (G. Fant, "Acoustic theory of speech production", 1960).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.tts.hibari import HibariTts
from vivavoce.engines.tts.kokoro import KokoroTts
from vivavoce.models.store import default_root

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples

    Sound = npt.NDArray[np.floating]

__all__ = ["cough", "hum", "key_strokes", "levelled", "words_of_attention"]

RATE_HZ = 24_000
LEVEL = 0.05
"""RMS of every sound: somebody who speaks up."""

WORDS = ("Yeah.", "Right.", "Okay.", "I see.", "Sure.", "Got it.", "Really?", "All right.", "That's right.", "Exactly.")
VOICES = ("af_bella", "am_michael", "bf_emma", "bm_george", "am_fenrir")
_NASAL = ((260, 60, 1.0), (1_050, 150, 0.12), (2_200, 250, 0.06))
_NEUTRAL = ((600, 90, 1.0), (1_300, 120, 0.5), (2_500, 200, 0.2))


def levelled(sound: Sound) -> Samples:
    """Return the sound at the level of a voice."""
    return np.asarray(LEVEL * sound / (np.sqrt(np.mean(np.square(sound))) + 1e-9), np.float32)


def cough(seed: int) -> Samples:
    """One cough or two."""
    random = np.random.default_rng(seed)
    coughs = [_one_cough(random) for _ in range(1 + seed % 3 // 2)]
    gap = np.zeros(round(random.uniform(0.15, 0.35) * RATE_HZ))
    return levelled(np.concatenate([part for one in coughs for part in (one, gap)][:-1]))


def key_strokes(seed: int) -> Samples:
    """Two seconds of typing."""
    random = np.random.default_rng(seed)
    sound = np.zeros(2 * RATE_HZ)
    at = 0.05
    while at < 1.9:
        for delay, strength in ((0.0, 1.0), (random.uniform(0.05, 0.09), 0.5)):
            click = random.standard_normal(480) * np.exp(-np.arange(480) / random.uniform(30, 90))
            start = round((at + delay) * RATE_HZ)
            sound[start : start + 480] += strength * random.uniform(0.5, 1.0) * click[: len(sound) - start]
        at += random.uniform(0.09, 0.3)
    return levelled(sound)


def hum(kind: str, seed: int) -> Samples:
    """One of "mm-hm", "uh-huh" and "hmm", in some voice."""
    random = np.random.default_rng(seed)
    pitch = random.uniform(95, 140) if seed % 2 else random.uniform(170, 240)
    size = random.uniform(0.95, 1.2)
    breath = 0.03 * random.standard_normal(round(random.uniform(0.05, 0.09) * RATE_HZ))
    formants = tuple((size * hz, width, gain) for hz, width, gain in (_NEUTRAL if kind == "uh-huh" else _NASAL))
    if kind == "hmm":
        return levelled(_voiced(random.uniform(0.3, 0.6), 1.05 * pitch, 0.85 * pitch, formants))
    first = _voiced(random.uniform(0.12, 0.2), pitch, 0.95 * pitch, formants)
    second = _voiced(random.uniform(0.18, 0.3), 1.05 * pitch, 1.25 * pitch, formants)
    return levelled(np.concatenate([first, breath, second]))


async def words_of_attention(count: int) -> list[tuple[str, Samples]]:
    """Return words that only say "go on", in the voices there are."""
    root = default_root()
    hibari = HibariTts(root / "hibari")
    kokoro = KokoroTts(root / "kokoro-82m" / "kokoro-v1.0.int8.onnx", root / "kokoro-82m" / "voices")
    spoken = []
    for index in range(count):
        voice = ("heart", *VOICES)[index % (1 + len(VOICES))]
        engine = hibari if voice == "heart" else kokoro
        request = SynthesisRequest(text=WORDS[index % len(WORDS)], language="en", voice=voice)
        audio = np.concatenate([chunk.audio async for chunk in engine.synthesize(request)])
        spoken.append((f"{request.text} ({voice})", levelled(audio)))
    await hibari.aclose()
    await kokoro.aclose()
    return spoken


def _one_cough(random: np.random.Generator) -> Sound:
    burst = random.standard_normal(round(random.uniform(0.03, 0.06) * RATE_HZ))
    burst *= np.minimum(1.0, np.arange(len(burst)) / 96)
    turbulence = random.standard_normal(round(random.uniform(0.12, 0.25) * RATE_HZ))
    turbulence *= 0.5 * np.exp(-np.arange(len(turbulence)) / (random.uniform(0.03, 0.07) * RATE_HZ))
    breath = _resonated(np.concatenate([burst, turbulence]), ((700, 500, 1.0), (1_700, 700, 0.8), (3_200, 1_000, 0.5)))
    size, pitch = random.uniform(0.9, 1.2), random.uniform(110, 260)
    throat = tuple((size * hz, width, gain) for hz, width, gain in _NEUTRAL)
    voice = _voiced(random.uniform(0.12, 0.25), pitch, random.uniform(0.6, 0.9) * pitch, throat)
    voice *= random.uniform(0.15, 0.9) * np.std(breath) / (np.std(voice) + 1e-9)
    begins = len(burst) + round(random.uniform(0.03, 0.08) * RATE_HZ)
    sound = np.zeros(max(len(breath), begins + len(voice)))
    sound[: len(breath)] += breath
    sound[begins : begins + len(voice)] += voice
    return sound


def _voiced(seconds: float, from_hz: float, to_hz: float, formants: tuple[tuple[float, float, float], ...]) -> Sound:
    samples = round(seconds * RATE_HZ)
    phase = np.cumsum(np.linspace(from_hz, to_hz, samples)) / RATE_HZ
    voiced = _resonated(np.diff(np.floor(phase), prepend=0.0), formants)
    place = np.arange(samples)
    return np.asarray(voiced * np.minimum(1.0, np.minimum(place / 720, (samples - place) / 1_200)))


def _resonated(source: Sound, formants: tuple[tuple[float, float, float], ...]) -> Sound:
    time = np.arange(1_200) / RATE_HZ
    ring = [gain * np.exp(-np.pi * width * time) * np.cos(2 * np.pi * hz * time) for hz, width, gain in formants]
    return np.convolve(source, np.sum(ring, axis=0))[: len(source)]
