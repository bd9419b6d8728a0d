from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.models.conftest import LoopbackServer, sha256
from vivavoce.errors import ModelError, NetworkError
from vivavoce.models.custom import HubName, is_ready, parse_hub_name, resolve
from vivavoce.models.manifest import HubSource, Manifest, Model, ModelFile, UrlSource
from vivavoce.models.pull import pull
from vivavoce.models.store import ModelStore

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = bytes(range(256)) * 12_000  # 3 MB: more than the chunks in which it is written
SPEC = "hf:me/repo/sub/model.gguf"
RESOLVE = "/me/repo/resolve/main/sub/model.gguf"


@pytest.fixture
def hub(server: LoopbackServer, quiet_network: pytest.MonkeyPatch) -> LoopbackServer:
    """Answers as the hub does: a redirect to storage on another host name, and there the bytes."""
    quiet_network.delenv("HF_HUB_OFFLINE")
    quiet_network.setenv("HF_ENDPOINT", server.url)
    server.pages |= {"/": b"hub", "/storage/abc": CONTENT, "/plain/resolve/main/model.bin": CONTENT}
    told = {"X-Linked-Size": str(len(CONTENT)), "X-Linked-Etag": f'"{sha256(CONTENT)}"', "X-Repo-Commit": "c0ffee"}
    server.redirects[RESOLVE] = (f"http://localhost:{server.port}/storage/abc", told)
    return server


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "store", Manifest(schema=1, models=()))


def plain_store(root: Path, url: str) -> ModelStore:
    file = ModelFile(name="model.bin", bytes=len(CONTENT), sha256=sha256(CONTENT), sources=(UrlSource(url=url),))
    model = Model(name="tiny", job="llm", purpose="", licence="MIT", memory_mb=1, files=(file,))
    return ModelStore(root, Manifest(schema=1, models=(model,)))


def test_a_hub_name_is_fetched_once_and_then_needs_no_network(hub: LoopbackServer, store: ModelStore) -> None:
    assert not is_ready(SPEC, store)
    path = resolve(SPEC, store)
    assert path.read_bytes() == CONTENT
    assert is_ready(SPEC, store)
    hub.close()
    assert resolve(SPEC, store) == path


def test_the_hubs_token_goes_to_the_hub_and_nowhere_else(
    hub: LoopbackServer, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    resolve(SPEC, store)
    assert [headers.get("authorization") for headers in hub.gets(RESOLVE)] == ["Bearer secret"]
    assert [headers.get("authorization") for headers in hub.gets("/storage/abc")] == [None]


def test_a_broken_connection_is_taken_up_where_it_broke(hub: LoopbackServer, store: ModelStore) -> None:
    hub.cut_after["/storage/abc"] = 2_500_000
    assert resolve(SPEC, store).read_bytes() == CONTENT
    ranges = [headers.get("range", "") for headers in hub.gets("/storage/abc")]
    assert ranges[0] == ""
    assert int(ranges[1].removeprefix("bytes=").removesuffix("-")) >= 1_000_000


def test_a_server_that_ignores_ranges_is_read_from_the_start(hub: LoopbackServer, tmp_path: Path) -> None:
    hub.ranges = False
    store = plain_store(tmp_path / "store", f"{hub.url}/plain/resolve/main/model.bin")
    partial = store.root / ".partial" / "tiny" / "files" / "model.bin"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(CONTENT[:1000])
    assert (pull(store, "tiny") / "model.bin").read_bytes() == CONTENT
    assert len(hub.gets("/plain/resolve/main/model.bin")) == 1


def test_wrong_kept_bytes_cost_one_more_download_and_no_error(hub: LoopbackServer, tmp_path: Path) -> None:
    store = plain_store(tmp_path / "store", f"{hub.url}/plain/resolve/main/model.bin")
    partial = store.root / ".partial" / "tiny" / "files" / "model.bin"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(b"?" * 1000)
    assert (pull(store, "tiny") / "model.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("content", [CONTENT[:-1] + b"?", CONTENT + b"?"])
def test_bytes_that_are_not_the_file_are_never_put_in_its_place(
    hub: LoopbackServer, store: ModelStore, content: bytes
) -> None:
    hub.pages["/storage/abc"] = content
    with pytest.raises(ModelError) as caught:
        resolve(SPEC, store)
    assert caught.value.code == "model_hash_mismatch"
    assert not is_ready(SPEC, store)


def test_a_file_that_ends_early_is_no_file(hub: LoopbackServer, tmp_path: Path) -> None:
    hub.pages["/plain/resolve/main/model.bin"] = CONTENT[:1000]
    store = plain_store(tmp_path / "store", f"{hub.url}/plain/resolve/main/model.bin")
    with pytest.raises(NetworkError, match="ended after 1000 of"):
        pull(store, "tiny")


def test_a_small_file_the_hub_does_not_hash_is_fetched_by_its_size(hub: LoopbackServer, store: ModelStore) -> None:
    hub.pages["/me/repo/resolve/v1/voice.json"] = b"{}"
    assert resolve("hf:me/repo@v1/voice.json", store).read_bytes() == b"{}"


def test_a_renamed_repository_is_followed(hub: LoopbackServer, store: ModelStore) -> None:
    hub.redirects["/old/name/resolve/main/sub/model.gguf"] = (RESOLVE, {})
    assert resolve("hf:old/name/sub/model.gguf", store).read_bytes() == CONTENT


def test_a_file_the_hub_does_not_have_is_unknown(hub: LoopbackServer, store: ModelStore) -> None:
    with pytest.raises(ModelError) as caught:
        resolve("hf:me/repo/nothing.gguf", store)
    assert caught.value.code == "model_unknown"


def test_a_hub_that_is_down_is_asked_once_for_many_files(
    server: LoopbackServer, quiet_network: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quiet_network.delenv("HF_HUB_OFFLINE")
    quiet_network.setenv("HF_ENDPOINT", f"{server.url}/down")
    server.statuses["/down/"] = 503
    server.pages["/model.bin"] = CONTENT
    sources = (HubSource(repo="me/repo", file="{file}"), UrlSource(url=f"{server.url}/model.bin"))
    files = tuple(ModelFile(name=f"{n}.bin", bytes=len(CONTENT), sha256=sha256(CONTENT)) for n in range(3))
    model = Model(name="tiny", job="llm", purpose="", licence="MIT", memory_mb=1, files=files, sources=sources)
    pull(ModelStore(tmp_path / "store", Manifest(schema=1, models=(model,))), "tiny")
    assert [path for _, path, _ in server.requests if path.startswith("/down/")] == ["/down/"]


def test_a_hub_that_is_gone_is_named(
    server: LoopbackServer, store: ModelStore, quiet_network: pytest.MonkeyPatch
) -> None:
    server.close()
    quiet_network.delenv("HF_HUB_OFFLINE")
    quiet_network.setenv("HF_ENDPOINT", server.url)
    with pytest.raises(NetworkError) as caught:
        resolve(SPEC, store)
    assert caught.value.code == "model_unreachable"
    assert server.url in caught.value.message


def test_offline_means_no_question_to_the_hub(
    hub: LoopbackServer, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVAVOCE_OFFLINE", "1")
    with pytest.raises(NetworkError, match="switched off"):
        resolve(SPEC, store)
    assert hub.requests == []


@pytest.mark.parametrize("spec", ["hf:me/repo", "hf:me", "hf:me/repo/../../x", "hf:../repo/x", "hf:me/repo@/x/../y"])
def test_a_hub_name_that_names_no_file_is_refused(spec: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_hub_name(spec)
    assert caught.value.code == "model_unknown"


def test_a_hub_name_may_carry_a_revision() -> None:
    assert parse_hub_name("hf:a/b@v2/c/d.gguf") == HubName(repo="a/b", revision="v2", file="c/d.gguf")
    assert parse_hub_name("smollm2-135m") is None


def test_a_path_stands_for_itself(store: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "my.gguf"
    path.write_bytes(b"GGUF")
    assert resolve(str(path), store) == path
    with pytest.raises(ModelError) as caught:
        resolve(str(tmp_path / "other.gguf"), store)
    assert caught.value.code == "model_missing"


def test_a_name_in_the_manifest_gives_its_file(hub: LoopbackServer, tmp_path: Path) -> None:
    store = plain_store(tmp_path / "store", f"{hub.url}/plain/resolve/main/model.bin")
    assert not is_ready("tiny", store)
    assert resolve("tiny", store) == store.root / "tiny" / "model.bin"
    assert is_ready("tiny", store)
    with pytest.raises(ModelError, match="no model called"):
        resolve("tinny", store)
