"""The figures in Prometheus's words."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from vivavoce.observe.histogram import Histogram
from vivavoce.observe.metrics import METRICS, Sample, exposition


def test_every_metric_has_one_family_whichever_workers_tell_of_it() -> None:
    samples = [Sample(metric="vivavoce_sessions", value=number, labels={"worker": str(number)}) for number in range(2)]
    text = exposition([*samples, Sample(metric="vivavoce_turns", value=3, labels={"worker": "0"})]).decode()
    assert text.count("# TYPE vivavoce_sessions gauge") == 1
    assert 'vivavoce_sessions{worker="1"} 1.0' in text
    assert 'vivavoce_turns_total{worker="0"} 3.0' in text
    assert "vivavoce_tasks" not in text, "what nobody told is not there"


def test_names_are_unique_and_say_their_unit() -> None:
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))
    assert all(name.startswith("vivavoce_") for name in names)
    assert not [name for name in names if name.endswith(("_total", "_ms"))]


def test_a_histogram_counts_up_to_each_bound() -> None:
    histogram = Histogram((0.5, 1.0))
    for value in (0.1, 0.5, 0.7, 30.0):
        histogram.observe(value)
    assert histogram.cumulative() == [(0.5, 2), (1.0, 3), (float("inf"), 4)]
    assert histogram.total == 31.3


def test_what_is_written_can_be_read() -> None:
    bucket = {"worker": "0", "le": "+Inf"}
    text = exposition([Sample(metric="vivavoce_first_audio_seconds", value=1, labels=bucket, suffix="_bucket")])
    (family,) = text_string_to_metric_families(text.decode())
    assert (family.name, family.type) == ("vivavoce_first_audio_seconds", "histogram")
