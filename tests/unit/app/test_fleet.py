"""What the processes of one server agree on."""

from __future__ import annotations

import socket
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest

from vivavoce.app.first_prompt import FirstPrompt
from vivavoce.app.fleet.hosted_model import HostedModels
from vivavoce.app.fleet.messages import FromWorker, Line, ModelAt, ModelStatuses, Ready, Report, Stop, ToWorker
from vivavoce.app.fleet.parent import worker_count
from vivavoce.app.fleet.shared_models import SharedModels
from vivavoce.engines.fallback import Provider
from vivavoce.engines.llm.llama_process import LlamaEndpoint
from vivavoce.engines.roster import ComponentStatus, EngineRoster, Job
from vivavoce.errors import Stage
from vivavoce.observe.metrics import Sample
from vivavoce.server.colleagues import Colleagues, WorkerReport
from vivavoce.settings import exact_settings, load_settings, revealed

pytestmark = pytest.mark.anyio

DEADLINE_SECONDS = 5.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def report(worker: int, sessions: int = 0) -> WorkerReport:
    samples = (Sample(metric="vivavoce_sessions", value=sessions, labels={"worker": str(worker)}),)
    return WorkerReport(worker=worker, pid=100 + worker, sessions=sessions, samples=samples)


@pytest.mark.parametrize(("workers", "max_sessions", "expected"), [(1, 100, 1), (4, 100, 4), (8, 3, 3)])
def test_there_are_as_many_workers_as_were_asked_for_and_no_more_than_sessions(
    workers: int, max_sessions: int, expected: int
) -> None:
    assert worker_count(load_settings({"workers": workers, "max_sessions": max_sessions})) == expected


def test_auto_is_at_least_one_worker() -> None:
    assert 1 <= worker_count(load_settings({"workers": "auto"})) <= 8


async def test_workers_have_slots_of_their_own_in_every_model() -> None:
    told: list[tuple[int, ModelAt]] = []

    async def tell(worker: int, model: ModelAt) -> None:
        told.append((worker, model))

    models = HostedModels(3, tell)
    endpoint = LlamaEndpoint(root_url="http://127.0.0.1:1", api_key="key", slot_folder=Path("/f"))
    await models.publish("small", endpoint, gguf=Path("small.gguf"))
    slots = [set(range(model.first_slot, model.first_slot + model.slots)) for _, model in told]
    assert [worker for worker, _ in told] == [0, 1, 2]
    assert all(len(own) >= 2 for own in slots)
    assert not slots[0] & slots[1]
    assert not slots[1] & slots[2]
    assert models.of_worker(1) == (told[1][1],)


async def test_a_worker_forgets_models_that_were_replaced_and_no_server_of_its_own_list(tmp_path: Path) -> None:
    def told(*names: str) -> ModelStatuses:
        return ModelStatuses(components=tuple(ComponentStatus(job=Job.LLM, name=name, state="ready") for name in names))

    roster, models = EngineRoster(), SharedModels(FirstPrompt(text="", tools=()), shelf=tmp_path)
    roster.report(ComponentStatus(job=Job.LLM, name="server", state="degraded"))
    async with anyio.create_task_group() as group:
        models.join(roster, Provider(stage=Stage.LLM, title="auto"))
        await models.start(group)
        for statuses in (told("small"), told("small", "large"), told("large")):
            models.report(statuses)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    assert [status.name for status in roster.statuses] == ["server", "large"]


async def test_what_is_said_on_the_line_is_heard_until_the_other_hangs_up() -> None:
    ours, theirs = socket.socketpair()
    parent: Line[ToWorker, FromWorker] = Line(await anyio.abc.UNIXSocketStream.from_socket(ours), FromWorker)
    worker: Line[FromWorker, ToWorker] = Line(await anyio.abc.UNIXSocketStream.from_socket(theirs), ToWorker)
    said: list[FromWorker] = [
        Ready(shortcomings=("missing: a voice",)),
        Report(taken=3, open=2, figures=report(1, sessions=2)),
    ]
    for message in said:
        await worker.say(message)
    await parent.say(Stop())
    with anyio.fail_after(DEADLINE_SECONDS):
        assert await anext(worker.heard()) == Stop()
        await worker.aclose()
        assert [message async for message in parent.heard()] == said
        await parent.say(Stop())  # nobody is there, and nothing happens
    await parent.aclose()


async def test_whoever_is_ended_in_the_middle_of_a_message_says_it_to_the_end() -> None:
    ours, theirs = socket.socketpair()
    parent: Line[ToWorker, FromWorker] = Line(await anyio.abc.UNIXSocketStream.from_socket(ours), FromWorker)
    worker: Line[FromWorker, ToWorker] = Line(await anyio.abc.UNIXSocketStream.from_socket(theirs), ToWorker)
    long = Ready(shortcomings=("x" * 2**20,))  # more than the socket takes at once
    with anyio.fail_after(DEADLINE_SECONDS):
        async with anyio.create_task_group() as group, aclosing(parent.heard()) as heard:
            ended = anyio.CancelScope()

            async def say() -> None:
                with ended:
                    await worker.say(long)

            group.start_soon(say)
            await anyio.wait_all_tasks_blocked()
            ended.cancel()
            assert await anext(heard) == long
            await worker.say(Ready(shortcomings=()))
            assert await anext(heard) == Ready(shortcomings=())
    await worker.aclose()
    await parent.aclose()


def test_settings_reach_a_worker_exactly_whatever_its_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(
        {"api_key": "sesame", "record": "/tmp/logs", "workers": "2", "language": "zh", "users": {"ann": "key-a"}}
    )
    told = revealed(settings)
    monkeypatch.setenv("VIVAVOCE_LANGUAGE", "de")
    monkeypatch.setenv("VIVAVOCE_MODELS", "/elsewhere")
    again = exact_settings(told)
    assert again.model_dump() == settings.model_dump()
    assert again.api_key is not None
    assert again.api_key.get_secret_value() == "sesame"
    assert again.users["ann"].get_secret_value() == "key-a"


def test_of_colleagues_only_the_newest_reports_are_kept() -> None:
    colleagues = Colleagues()
    colleagues.learn([report(2), report(0, sessions=1)])
    assert [known.worker for known in colleagues.reports] == [0, 2]
    colleagues.learn([report(2, sessions=5)])
    assert [(known.worker, known.sessions) for known in colleagues.reports] == [(2, 5)]
    assert [sample.value for sample in colleagues.samples()] == [5]
