"""The process that computes: llama.cpp's server inside Python, run as `python -m vivavoce.engines.llm.llama_child`.

Owns nothing but its own life. Its first line of input is its configuration (JSON), its first line of output its
address; after that, the end of its input means that its parent is gone, however it went, and so it goes too. Refuses
to know who talks to it. The key comes in by the pipe because other users can read a command line.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from typing import Any

import msgspec

__all__ = ["ChildConfig", "ChildReady"]


class ChildConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the parent asks for."""

    alias: str
    api_key: str
    threads: int
    reading_threads: int
    slots: int
    slot_context_tokens: int
    compact_context: bool
    batch_tokens: int
    repack_weights: bool


class ChildReady(msgspec.Struct, frozen=True, kw_only=True):
    """The child listens at `url`, with the model loaded; slots are saved to, and restored from, `slot_folder`."""

    url: str
    slot_folder: str


def main() -> None:
    """Serve until the parent is gone."""
    # A Ctrl-C in the terminal reaches the whole process group; the parent decides when its child ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parser = argparse.ArgumentParser(description="llama.cpp server, started and supervised by vivavoce")
    parser.add_argument("--model", required=True, help="path of a .gguf file")
    model = parser.parse_args().model
    replies = _private_stdout()
    config = msgspec.json.decode(sys.stdin.buffer.readline(), type=ChildConfig)
    slot_folder = tempfile.mkdtemp(prefix="vivavoce-llm-")
    server = _serve(model, config, slot_folder)
    ready = ChildReady(url=server.listening_address, slot_folder=slot_folder)
    os.write(replies, msgspec.json.encode(ready) + b"\n")
    while sys.stdin.buffer.read(4096):
        pass
    shutil.rmtree(slot_folder, ignore_errors=True)
    # No destructors: they would wait for replies that nobody reads any more.
    os._exit(0)


def _private_stdout() -> int:
    """Keep stdout for ourselves and let all others who print there end up in stderr."""
    ours = os.dup(1)
    os.dup2(2, 1)
    return ours


def _serve(model: str, config: ChildConfig, slot_folder: str) -> Any:
    # Threads that spin until the last of them is done take a core from it when others want one, too: measured 0.3 s a
    # token. Read by OpenMP when it is loaded.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    # Imported late: it maps 100 MB, and a mistake in the configuration should not wait for that.
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {config.alias}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [config.api_key]
    params.ui = False
    params.endpoint_slots = True
    params.slot_save_path = os.path.join(slot_folder, "")  # llama.cpp appends the file's name as it is
    params.cpuparams.n_threads = config.threads
    params.cpuparams_batch.n_threads = config.reading_threads
    params.n_parallel = config.slots
    params.n_ctx = config.slots * config.slot_context_tokens
    params.kv_unified = False
    if config.compact_context:
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
        params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_Q8_0
    params.cont_batching = True
    params.n_batch = config.batch_tokens
    params.n_ubatch = config.batch_tokens
    params.no_extra_bufts = not config.repack_weights
    if config.repack_weights:
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    # Slots keep their prompts themselves; the server's second cache (8 GiB by default) empties idle slots instead.
    params.cache_prompt = True
    params.cache_idle_slots = False
    params.cache_ram_mib = 0
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
