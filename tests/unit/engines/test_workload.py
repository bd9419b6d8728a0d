"""What a process knows of how its sessions fare."""

from __future__ import annotations

from vivavoce.engines.fair_gate import GateStatistics
from vivavoce.engines.workload import EngineQueue, Workload
from vivavoce.testing.engines import fake_roster


def queue(job: str, *, delay: float = 0.0, busy: int = 0) -> EngineQueue:
    statistics = GateStatistics(
        places=2, busy=busy, waiting=0, begun=0, refused=0, expired=0, evicted=0, delay_seconds=delay
    )
    return EngineQueue(job=job, engine=job, statistics=statistics)


def test_the_longest_wait_of_any_engine_counts() -> None:
    workload = Workload(lambda: (queue("stt", delay=0.1), queue("tts", delay=0.3)))
    assert workload.queue_delay_seconds(0.0) == 0.3
    assert Workload(tuple).queue_delay_seconds(0.0) == 0.0


def test_queues_are_read_no_more_often_than_they_change() -> None:
    reads: list[float] = []

    def read() -> tuple[EngineQueue, ...]:
        reads.append(0.0)
        return (queue("stt"),)

    workload = Workload(read)
    for at in range(100):
        workload.may_speculate(at / 100)
    assert len(reads) == 4


def test_a_few_turns_say_nothing_of_a_percentile() -> None:
    workload = Workload(tuple)
    for _ in range(4):
        workload.note_first_audio(9.0, work_seconds=9.0, now=0.0)
    assert workload.first_audio_seconds(0.0) == 0.0
    workload.note_first_audio(1.0, work_seconds=1.0, now=0.0)
    assert workload.first_audio_seconds(0.0) == 9.0
    assert workload.first_audio_seconds(61.0) == 0.0, "and old ones nothing of now"


def test_speculation_that_is_mostly_wasted_needs_an_idle_slot() -> None:
    slots = [queue("llm", busy=2)]
    workload = Workload(lambda: tuple(slots))
    workload.speculation.waste(tokens=1, clauses=0)
    assert not workload.may_speculate(0.0)
    slots[0] = queue("llm", busy=1)
    assert workload.may_speculate(10.0)
    assert workload.speculation_statistics().declined == 1


def test_engines_without_a_queue_of_ours_are_left_out() -> None:
    assert fake_roster().queues == ()


def test_waiting_on_a_doubt_is_no_sign_of_load() -> None:
    workload = Workload(tuple)
    for _ in range(10):
        workload.note_first_audio(2.6, work_seconds=0.05, now=0.0)
    assert workload.first_audio_seconds(0.0) == 0.05
