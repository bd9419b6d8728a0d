"""The audio of recent items: bounded, the oldest leaves first."""

from __future__ import annotations

import numpy as np

from vivavoce.session.item_audio import ItemAudio


def sound(samples: int, level: float = 0.5) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.full(samples, level, np.float32)


def held(audio: ItemAudio, item_id: str) -> int:
    track = audio.get(item_id)
    return 0 if track is None else len(track[0])


def test_audio_comes_back_as_it_went_in_with_its_rate() -> None:
    audio = ItemAudio()
    audio.add("a", sound(100), 16_000)
    samples, rate = audio.get("a") or (sound(0), 0)
    np.testing.assert_allclose(samples, sound(100), atol=1e-4)
    assert rate == 16_000
    assert audio.get("b") is None


def test_chunks_of_an_item_are_joined() -> None:
    audio = ItemAudio()
    audio.add("a", sound(100, 0.1), 24_000)
    audio.add("a", sound(50, 0.2), 24_000)
    samples, _ = audio.get("a") or (sound(0), 0)
    np.testing.assert_allclose(samples, np.concatenate([sound(100, 0.1), sound(50, 0.2)]), atol=1e-4)


def test_the_oldest_item_leaves_first() -> None:
    audio = ItemAudio(max_bytes=400)
    for item_id in "abc":
        audio.add(item_id, sound(80), 24_000)
    assert [held(audio, item_id) for item_id in "abc"] == [0, 80, 80]
    audio.add("b", sound(20), 24_000)
    audio.add("d", sound(40), 24_000)
    assert [held(audio, item_id) for item_id in "bcd"] == [100, 0, 40], "what grew last is the newest"


def test_old_items_are_kept_only_while_little_is_held() -> None:
    audio = ItemAudio(max_bytes=400, old_bytes=200)
    for item_id in "abc":
        audio.add(item_id, sound(30), 24_000)
    assert [held(audio, item_id) for item_id in "abc"] == [30, 30, 30]
    audio.add("d", sound(100), 24_000)
    assert [held(audio, item_id) for item_id in "abcd"] == [0, 0, 30, 100]


def test_an_item_that_is_too_long_alone_keeps_its_beginning() -> None:
    audio = ItemAudio(max_bytes=200)
    audio.add("old", sound(50), 24_000)
    audio.add("a", sound(90, 0.1), 24_000)
    audio.add("a", sound(90, 0.2), 24_000)
    samples, _ = audio.get("a") or (sound(0), 0)
    np.testing.assert_allclose(samples, np.concatenate([sound(90, 0.1), sound(10, 0.2)]), atol=1e-4)
    assert held(audio, "old") == 0
    assert audio.held_bytes == 200


def test_truncating_keeps_the_first_part() -> None:
    audio = ItemAudio()
    audio.add("a", sound(24_000), 24_000)
    audio.truncate("a", 250)
    audio.truncate("nobody", 250)
    assert held(audio, "a") == 6_000
    assert audio.held_bytes == 12_000


def test_forgetting_lets_go() -> None:
    audio = ItemAudio()
    audio.add("a", sound(100), 24_000)
    audio.forget("a")
    audio.forget("a")
    assert held(audio, "a") == audio.held_bytes == 0
