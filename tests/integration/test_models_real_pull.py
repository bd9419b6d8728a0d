"""The real mechanism against the user's own package index."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from vivavoce.models.manifest import load_manifest
from vivavoce.models.pull import pull
from vivavoce.models.store import ModelStore

if TYPE_CHECKING:
    from pathlib import Path


def test_silero_comes_from_the_package_index_and_loads(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, load_manifest())
    notes: set[str] = set()

    def show(model: str, done_bytes: int, total_bytes: int, note: str) -> None:
        notes.add(note)

    folder = pull(store, "silero-vad", progress=show)
    assert "package silero-vad 6.2.3" in notes
    store.verify("silero-vad")
    onnxruntime = importlib.import_module("onnxruntime")
    session = onnxruntime.InferenceSession(str(folder / "silero_vad.onnx"), providers=["CPUExecutionProvider"])
    assert {node.name for node in session.get_inputs()} == {"input", "state", "sr"}
