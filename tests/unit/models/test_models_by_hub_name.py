"""Whisper sizes, Piper voices and GGUF files by name, from a server that answers as the hub does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.models.conftest import LoopbackServer, sha256
from vivavoce.errors import ModelError, NetworkError
from vivavoce.models.cli import app
from vivavoce.models.hub_models import bring, hub_name, is_here, pull_name, recall
from vivavoce.models.manifest import Manifest
from vivavoce.models.store import ModelStore

COMMIT = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"
WEIGHTS = bytes(range(256)) * 5_000  # more than one chunk
SMALL_SUFFIXES = (".json", ".txt", ".md")


@dataclass
class FakeHub:
    """Repositories on a loopback server, in the shapes of the hub's own answers."""

    server: LoopbackServer
    repos: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def add(self, repo: str, files: dict[str, bytes], *, page: int = 1000, licence: str = "mit") -> None:
        self.repos[repo] = files
        info = {"id": repo, "sha": COMMIT, "gated": False, "tags": ["region:us", f"license:{licence}"]}
        self.server.pages[f"/api/models/{repo}/revision/main"] = json.dumps(info).encode()
        folders = {str(parent) for path in files for parent in Path(path).parents} | {"."}
        for folder in folders:
            self._list(repo, "" if folder == "." else folder, page)
        for path, content in files.items():
            self._place(repo, path, content)

    def _list(self, repo: str, folder: str, page: int) -> None:
        files = self.repos[repo]
        below = [path for path in sorted(files) if not folder or path.startswith(f"{folder}/")]
        flat = [path for path in below if "/" not in path.removeprefix(f"{folder}/" if folder else "")]
        base = f"/api/models/{repo}/tree/{COMMIT}" + (f"/{folder}" if folder else "")
        for recursive, paths in (("true", below), ("false", flat)):
            first = f"{base}?recursive={recursive}"
            entries = [entry(path, files[path]) for path in paths]
            parts = [entries[at : at + page] for at in range(0, len(entries), page)] or [[]]
            for number, part in enumerate(parts):
                here = first if number == 0 else f"{first}&cursor={number}"
                self.server.pages[here] = json.dumps(part).encode()
                if number + 1 < len(parts):
                    following = f"{self.server.url}{first}&cursor={number + 1}"
                    self.server.headers[here] = {"Link": f'<{following}>; rel="next"'}

    def _place(self, repo: str, path: str, content: bytes) -> None:
        resolve = f"/{repo}/resolve/{COMMIT}/{path}"
        if is_small(path):
            self.server.pages[resolve] = content
            return
        storage = f"/storage/{sha256(content)}/{Path(path).name}"
        self.server.pages[storage] = content
        told = {"X-Linked-Size": str(len(content)), "X-Linked-Etag": f'"{sha256(content)}"', "X-Repo-Commit": COMMIT}
        self.server.redirects[resolve] = (f"http://localhost:{self.server.port}{storage}", told)


def is_small(path: str) -> bool:
    return path.endswith(SMALL_SUFFIXES)


def entry(path: str, content: bytes) -> dict[str, object]:
    """Return a file as the hub lists it: large ones by the pointer to them."""
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    if is_small(path):
        return {"type": "file", "oid": blob, "size": len(content), "path": path}
    lfs = {"oid": sha256(content), "size": len(content), "pointerSize": 134}
    return {"type": "file", "oid": "0" * 40, "size": len(content), "path": path, "lfs": lfs}


WHISPER = {
    "README.md": b"# Whisper",
    "config.json": b"{}",
    "model.bin": WEIGHTS,
    "tokenizer.json": b'{"version": "1.0"}',
    "vocabulary.txt": b"a\nb\n",
}
HUAYAN = "zh/zh_CN/huayan/medium/zh_CN-huayan-medium.onnx"
VOICES = {
    "zh_CN-huayan-medium": {
        "key": "zh_CN-huayan-medium",
        "language": {"code": "zh_CN", "family": "zh"},
        "files": {
            HUAYAN: {"size_bytes": len(WEIGHTS), "md5_digest": "0"},
            f"{HUAYAN}.json": {"size_bytes": 2, "md5_digest": "0"},
            "zh/zh_CN/huayan/medium/MODEL_CARD": {"size_bytes": 9, "md5_digest": "0"},
        },
    }
}
PIPER = {
    "voices.json": json.dumps(VOICES).encode(),
    HUAYAN: WEIGHTS,
    f"{HUAYAN}.json": b'{"audio": {"sample_rate": 22050}}',
    "de/de_DE/x.onnx": b"other",
}


@pytest.fixture
def hub(server: LoopbackServer, quiet_network: pytest.MonkeyPatch) -> FakeHub:
    quiet_network.delenv("HF_HUB_OFFLINE")
    quiet_network.setenv("HF_ENDPOINT", server.url)
    server.pages["/"] = b"hub"
    return FakeHub(server)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "store", Manifest(schema=1, models=()))


def test_a_whisper_size_is_looked_up_once_fetched_whole_and_then_needs_no_network(
    hub: FakeHub, store: ModelStore
) -> None:
    hub.add("Systran/faster-whisper-small", WHISPER)
    name = hub_name("hub:small", "stt")
    assert not is_here(store, name)
    folder = bring(store, name)
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == set(WHISPER) - {"README.md"}
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    model = store.manifest.model(name)
    assert (model.job, model.licence) == ("stt", "mit")
    hub.server.close()
    again = ModelStore(store.root, Manifest(schema=1, models=()))
    assert is_here(again, name)
    assert bring(again, name) == folder
    assert again.folder(name) == folder
    again.verify(name)


def test_large_v3_brings_its_own_vocabulary(hub: FakeHub, store: ModelStore) -> None:
    files = {name: content for name, content in WHISPER.items() if name != "vocabulary.txt"}
    hub.add("mobiuslabsgmbh/faster-whisper-large-v3-turbo", files | {"vocabulary.json": b"[]"})
    folder = bring(store, hub_name("turbo", "stt"))
    assert (folder / "vocabulary.json").read_bytes() == b"[]"


def test_a_voice_is_found_through_the_index_of_voices(hub: FakeHub, store: ModelStore) -> None:
    hub.add("rhasspy/piper-voices", PIPER)
    folder = bring(store, hub_name("zh_CN-huayan-medium", "tts"))
    assert (folder / "zh_CN-huayan-medium.onnx").read_bytes() == WEIGHTS
    assert (folder / "zh_CN-huayan-medium.onnx.json").is_file()


def test_a_voice_that_does_not_exist_is_answered_with_those_of_its_language(hub: FakeHub, store: ModelStore) -> None:
    hub.add("rhasspy/piper-voices", PIPER)
    with pytest.raises(ModelError, match="zh_CN-huayan-medium") as unknown:
        bring(store, hub_name("zh_CN-huayan-high", "tts"))
    assert unknown.value.code == "model_unknown"


GGUFS = {
    "README.md": b"#",
    "qwen-q4_0.gguf": b"q4_0" + WEIGHTS,
    "qwen-q4_k_m.gguf": b"q4_k_m" + WEIGHTS,
    "qwen-q8_0.gguf": b"q8_0" + WEIGHTS,
    "big/qwen-bf16-00001-of-00002.gguf": b"one" + WEIGHTS,
    "big/qwen-bf16-00002-of-00002.gguf": b"two" + WEIGHTS,
    "mmproj-qwen-f16.gguf": b"eyes",
}


@pytest.mark.parametrize(
    ("spec", "files"),
    [
        ("me/qwen-GGUF", ["qwen-q4_k_m.gguf"]),
        ("me/qwen-GGUF:Q8_0", ["qwen-q8_0.gguf"]),
        ("me/qwen-GGUF:q4_0", ["qwen-q4_0.gguf"]),
        ("me/qwen-GGUF/qwen-q8_0.gguf", ["qwen-q8_0.gguf"]),
        ("me/qwen-GGUF:BF16", ["qwen-bf16-00001-of-00002.gguf", "qwen-bf16-00002-of-00002.gguf"]),
        (
            "me/qwen-GGUF/big/qwen-bf16-00001-of-00002.gguf",
            ["qwen-bf16-00001-of-00002.gguf", "qwen-bf16-00002-of-00002.gguf"],
        ),
    ],
)
def test_a_language_model_is_chosen_by_its_quantisation_or_its_file(
    spec: str, files: list[str], hub: FakeHub, store: ModelStore
) -> None:
    hub.add("me/qwen-GGUF", GGUFS, page=2)
    name = hub_name(f"hub:{spec}", "llm")
    bring(store, name)
    assert [file.name for file in store.manifest.model(name).files] == files


@pytest.mark.parametrize("wanted", ["Q4_K", "Q2_K", "no-such.gguf"])
def test_a_quantisation_that_is_not_there_is_answered_with_those_that_are(
    wanted: str, hub: FakeHub, store: ModelStore
) -> None:
    hub.add("me/qwen-GGUF", GGUFS)
    mark = "/" if wanted.endswith(".gguf") else ":"
    with pytest.raises(ModelError, match=r"qwen-q8_0\.gguf"):
        bring(store, hub_name(f"me/qwen-GGUF{mark}{wanted}", "llm"))


def test_a_fetch_that_was_cut_is_taken_up_where_it_broke(hub: FakeHub, store: ModelStore) -> None:
    hub.add("Systran/faster-whisper-small", WHISPER)
    storage = f"/storage/{sha256(WEIGHTS)}/model.bin"
    hub.server.cut_after[storage] = 1_200_000
    folder = bring(store, hub_name("small", "stt"))
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert [headers.get("range") for headers in hub.server.gets(storage)][1] is not None


def test_wrong_bytes_of_large_and_small_files_are_refused(hub: FakeHub, store: ModelStore) -> None:
    hub.add("Systran/faster-whisper-small", WHISPER)
    hub.server.pages[f"/storage/{sha256(WEIGHTS)}/model.bin"] = WEIGHTS[:-1] + b"?"
    with pytest.raises(ModelError) as wrong:
        bring(store, hub_name("small", "stt"))
    assert wrong.value.code == "model_hash_mismatch"
    hub.add("Systran/faster-whisper-base", WHISPER)
    hub.server.pages[f"/Systran/faster-whisper-base/resolve/{COMMIT}/vocabulary.txt"] = b"a\nc\n"
    with pytest.raises(ModelError) as altered:
        bring(store, hub_name("base", "stt"))
    assert altered.value.code == "model_hash_mismatch"
    assert not recall(store, hub_name("base", "stt"))


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (404, "RepoNotFound", "model_unknown"),
        (401, "RepoNotFound", "model_unknown"),
        (404, "RevisionNotFound", "model_unknown"),
        (401, "GatedRepo", "model_forbidden"),
        (403, "GatedRepo", "model_forbidden"),
        (401, "", "model_forbidden"),
        (500, "", "model_unreachable"),
    ],
)
def test_what_the_hub_refuses_has_a_name_and_a_remedy(
    status: int, reason: str, code: str, hub: FakeHub, store: ModelStore
) -> None:
    path = "/api/models/Systran/faster-whisper-small/revision/main"
    hub.server.statuses[path] = status
    hub.server.headers[path] = {"X-Error-Code": reason} if reason else {}
    with pytest.raises((ModelError, NetworkError)) as refused:
        bring(store, hub_name("small", "stt"))
    assert refused.value.code == code
    assert ("HF_TOKEN" in refused.value.remedy) == (code == "model_forbidden")


def test_a_repository_without_a_whisper_is_no_whisper(hub: FakeHub, store: ModelStore) -> None:
    hub.add("me/whisper", {"model.safetensors": WEIGHTS, "config.json": b"{}"})
    with pytest.raises(ModelError, match=r"model\.bin, tokenizer\.json, vocabulary\.txt missing"):
        bring(store, hub_name("me/whisper", "stt"))


def test_an_answer_that_is_not_the_hubs_is_no_model(hub: FakeHub, store: ModelStore) -> None:
    hub.server.pages["/api/models/Systran/faster-whisper-small/revision/main"] = b"<html>Please log in</html>"
    with pytest.raises(NetworkError, match="something else"):
        bring(store, hub_name("small", "stt"))


def test_offline_a_name_that_was_never_looked_up_is_asked_of_nobody(
    hub: FakeHub, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVAVOCE_OFFLINE", "1")
    with pytest.raises(NetworkError, match="switched off"):
        bring(store, hub_name("small", "stt"))
    assert hub.server.requests == []


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("hub:large-v3-turbo", "hub/stt/large-v3-turbo"),
        ("whisper-small", "hub/stt/small"),
        ("hub:es_MX-claude-high", "hub/tts/es_MX-claude-high"),
        ("en_GB-northern_english_male-medium", "hub/tts/en_GB-northern_english_male-medium"),
        ("hub:me/repo@v2:Q4_K_M", "hub/llm/me/repo@v2/Q4_K_M"),
        ("me/repo/sub/file.gguf", "hub/llm/me/repo/sub/file.gguf"),
    ],
)
def test_a_name_tells_by_itself_what_it_is_for(spec: str, name: str) -> None:
    assert hub_name(spec) == name
    assert hub_name(pull_name(name)) == name


@pytest.mark.parametrize(
    "spec", ["", "nothing", "me/../x/y.gguf", "me/repo/../../x.gguf", "a b/c", "/x", "me/repo/x.bin"]
)
def test_a_name_that_is_none_is_refused(spec: str) -> None:
    with pytest.raises(ModelError) as refused:
        hub_name(spec)
    assert refused.value.code == "model_unknown"


def test_the_command_line_fetches_and_lists_them(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVAVOCE_MODELS", str(tmp_path / "models"))
    hub.add("Systran/faster-whisper-tiny", WHISPER)
    assert CliRunner().invoke(app, ["pull", "hub:tiny"]).exit_code == 0
    listed = CliRunner().invoke(app, ["list", "--hub"]).output
    (line,) = [line for line in listed.splitlines() if line.startswith("hub:tiny ")]
    assert "Systran/faster-whisper-tiny" in line
    assert line.rstrip().endswith("present")
    failed = CliRunner().invoke(app, ["pull", "hub:nobody"])
    assert failed.exit_code == 1
