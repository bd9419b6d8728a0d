from __future__ import annotations

import msgspec
import pytest

from vivavoce.errors import ModelError
from vivavoce.models.manifest import (
    HubSource,
    IndexSource,
    InstalledSource,
    Manifest,
    Model,
    ModelFile,
    UrlSource,
    load_manifest,
)

MANIFEST = load_manifest()
FILES = [pytest.param(model, file, id=f"{model.name}/{file.name}") for model in MANIFEST.models for file in model.files]


def test_the_shipped_manifest_names_every_model_the_engines_ask_for() -> None:
    assert set(MANIFEST.names) >= {
        "silero-vad",
        "smart-turn-v3.2",
        "moonshine-tiny-en",
        "whisper-base",
        "smollm2-135m",
        "qwen2.5-coder-0.5b",
        "qwen2.5-coder-1.5b",
        "hibari",
        "kokoro-82m",
        "piper-joe",
    }
    assert len(set(MANIFEST.names)) == len(MANIFEST.names)


def test_a_first_conversation_needs_less_than_200_mb_and_comes_first() -> None:
    first = MANIFEST.default_names[:5]
    assert first == ("silero-vad", "smart-turn-v3.2", "moonshine-tiny-en", "hibari", "smollm2-135m")
    assert sum(MANIFEST.model(name).bytes for name in first) < 200_000_000


@pytest.mark.parametrize(("model", "file"), FILES)
def test_every_file_can_be_had_without_the_hub(model: Model, file: ModelFile) -> None:
    kinds = {type(source) for source in model.sources_of(file)}
    assert kinds & {InstalledSource, IndexSource}


@pytest.mark.parametrize(("model", "file"), FILES)
def test_an_sdist_is_pinned_and_parts_of_a_joined_file_carry_their_own_hash(model: Model, file: ModelFile) -> None:
    for source in model.sources_of(file):
        if isinstance(source, IndexSource):
            for part in source.parts:
                assert part.sha256 is not None or len(source.parts) == 1
                assert part.dist != "kokoro" or part.sdist_sha256 is not None


def test_every_licence_is_named_and_none_of_the_default_models_is_under_gpl() -> None:
    assert all(model.licence for model in MANIFEST.models)
    assert not [model.name for model in MANIFEST.models if model.default and "GPL" in model.licence]


def test_mirrors_with_meaningless_names_come_after_the_hub() -> None:
    for name in ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"):
        model = MANIFEST.model(name)
        assert [type(source) for source in model.sources_of(model.files[0])] == [HubSource, IndexSource]


def test_what_is_installed_comes_before_everything_else() -> None:
    file = ModelFile(name="a", bytes=1, sha256="0" * 64)
    installed = InstalledSource(dist="d", version="1", member="{file}")
    model = Model(
        name="m",
        job="vad",
        purpose="",
        licence="MIT",
        memory_mb=1,
        files=(file,),
        sources=(UrlSource(url="http://x"), installed),
    )
    assert model.sources_of(file)[0] is installed


def test_an_unknown_model_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(ModelError) as caught:
        MANIFEST.model("whisper_bas")
    assert caught.value.code == "model_unknown"
    assert "whisper-base" in caught.value.remedy


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/../../b", "voices/.hidden"])
def test_a_file_name_cannot_leave_its_folder(name: str) -> None:
    text = msgspec.json.encode({"name": name, "bytes": 1, "sha256": "0" * 64})
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=ModelFile)


def test_parts_that_do_not_add_up_are_refused() -> None:
    part = {"dist": "d", "version": "1", "member": "m", "archive_bytes": 9, "bytes": 3, "sha256": "0" * 64}
    file = {"name": "f", "bytes": 7, "sha256": "0" * 64, "sources": [{"kind": "index", "parts": [part, part]}]}
    with pytest.raises(msgspec.ValidationError, match="6 bytes, not 7"):
        msgspec.json.decode(msgspec.json.encode(file), type=ModelFile)


def test_a_manifest_of_another_schema_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"schema": 2, "models": []}', type=Manifest)
