"""Kokoro 1.0's Mandarin and English voices: in what order they are offered, and how loud each one is.

Owns measurements. Refuses to know the model. Voices of other languages are left out: there is no G2P for them here.
"""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["ORDINARY_LEVEL", "VOICE_LEVELS", "language_of", "offered"]

ORDINARY_LEVEL = 0.1
"""For a voice that was not measured."""

# RMS of the loud parts of two sentences spoken by the int8 export, in the order of preference within a language.
# Character errors of Whisper base decide the order for Mandarin; zf_xiaoni (45 %) is not offered.
# fmt: off
VOICE_LEVELS = MappingProxyType({
    "zf_xiaoxiao": 0.184, "zf_xiaoyi": 0.130, "zm_yunxi": 0.128, "zm_yunyang": 0.083, "zf_xiaobei": 0.117,
    "zm_yunjian": 0.109, "zm_yunxia": 0.117,
    "af_heart": 0.087, "af_bella": 0.098, "am_michael": 0.076, "am_fenrir": 0.130, "am_puck": 0.141,
    "bf_emma": 0.113, "bm_george": 0.101, "bm_fable": 0.091,
    "af_alloy": 0.104, "af_aoede": 0.155, "af_jessica": 0.089, "af_kore": 0.143, "af_nicole": 0.110, "af_nova": 0.058,
    "af_river": 0.100, "af_sarah": 0.108, "af_sky": 0.079,
    "am_adam": 0.140, "am_echo": 0.100, "am_eric": 0.101, "am_liam": 0.096, "am_onyx": 0.092, "am_santa": 0.090,
    "bf_alice": 0.110, "bf_isabella": 0.157, "bf_lily": 0.103, "bm_daniel": 0.100, "bm_lewis": 0.079,
})
# fmt: on
_LANGUAGES = MappingProxyType({"z": "zh", "a": "en", "b": "en"})


def language_of(voice: str) -> str | None:
    """Return the language of a voice by the first letter of its name; None when it is not one of ours."""
    return _LANGUAGES.get(voice[:1])


def offered(names: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the voices to offer of those that are there, by language, the best first."""
    known = [name for name in VOICE_LEVELS if name in names]
    return {
        language: chosen
        for language in ("zh", "en")
        if (chosen := tuple(name for name in known if language_of(name) == language))
    }
