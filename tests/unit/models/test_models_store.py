from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from vivavoce.errors import ModelError
from vivavoce.models.manifest import Manifest, Model, ModelFile
from vivavoce.models.store import ModelStore, default_root

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"weights" * 100


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    file = ModelFile(name="voices/a.bin", bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())
    other = ModelFile(name="b.bin", bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())
    model = Model(name="tiny", job="tts", purpose="", licence="MIT", memory_mb=1, files=(file, other))
    return ModelStore(tmp_path / "store", Manifest(schema=1, models=(model,)))


def place(store: ModelStore, content: bytes = CONTENT) -> Path:
    for name in ("voices/a.bin", "b.bin"):
        path = store.location("tiny", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return store.location("tiny", "voices/a.bin")


def test_an_absent_model_is_missing_and_the_error_names_the_command(store: ModelStore) -> None:
    with pytest.raises(ModelError) as caught:
        store.path("tiny", "voices/a.bin")
    assert caught.value.code == "model_missing"
    assert caught.value.remedy == "Run: vivavoce models pull tiny"
    assert store.state("tiny") == "missing"
    assert not store.is_present("tiny")


def test_files_put_there_by_hand_are_hashed_once_and_then_present(store: ModelStore) -> None:
    path = place(store)
    assert store.state("tiny") == "unchecked"
    assert not store.is_present("tiny")
    assert store.path("tiny", "voices/a.bin") == path
    assert store.folder("tiny") == store.root / "tiny"
    assert store.is_present("tiny")


def test_presence_is_told_without_reading_the_weights(store: ModelStore) -> None:
    path = place(store)
    store.verify("tiny")
    kept = path.stat()
    path.write_bytes(b"x" * len(CONTENT))
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert store.is_present("tiny")
    with pytest.raises(ModelError, match="damaged"):
        store.verify("tiny")
    assert store.state("tiny") == "damaged"


def test_a_file_touched_since_it_was_hashed_is_hashed_again(store: ModelStore) -> None:
    path = place(store)
    store.verify("tiny")
    path.write_bytes(b"x" * len(CONTENT))
    os.utime(path, (1, 1))
    assert not store.is_present("tiny")
    with pytest.raises(ModelError) as caught:
        store.path("tiny", "voices/a.bin")
    assert caught.value.code == "model_damaged"
    assert "models pull tiny" in caught.value.remedy


def test_a_file_of_the_wrong_size_is_damaged(store: ModelStore) -> None:
    place(store, b"short")
    assert store.state("tiny") == "damaged"
    with pytest.raises(ModelError) as caught:
        store.folder("tiny")
    assert caught.value.code == "model_damaged"


def test_a_stamp_that_cannot_be_read_only_costs_a_hash(store: ModelStore) -> None:
    path = place(store)
    store.verify("tiny")
    (store.root / "tiny" / ".verified.json").write_text("{not json")
    assert store.state("tiny") == "unchecked"
    assert store.path("tiny", "voices/a.bin") == path
    assert store.state("tiny") == "unchecked", "only the file that was asked for was hashed"


def test_a_folder_that_cannot_be_stamped_still_serves_whole_files(store: ModelStore) -> None:
    path = place(store)
    # A folder in the stamp's place: nobody, not even root, can write the stamp.
    (store.root / "tiny" / ".verified.json").mkdir()
    assert store.path("tiny", "voices/a.bin") == path
    assert sorted(p.name for p in (store.root / "tiny").iterdir()) == [".verified.json", "b.bin", "voices"]


def test_a_file_the_model_does_not_have_is_unknown(store: ModelStore) -> None:
    with pytest.raises(ModelError) as caught:
        store.path("tiny", "voices/b.bin")
    assert caught.value.code == "model_unknown"
    assert "voices/a.bin" in caught.value.remedy


def test_the_models_folder_is_the_users_choice_or_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIVAVOCE_MODELS", str(tmp_path / "here"))
    assert default_root() == tmp_path / "here"
    monkeypatch.delenv("VIVAVOCE_MODELS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert default_root().parts[-2:] == ("vivavoce", "models")
