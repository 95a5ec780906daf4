"""``GET /__admin/metrics``: what the server did, in the text format of Prometheus.

The numbers are collected when somebody asks; until then they are plain counters. None is told by
sandbox: a test run makes thousands, and each key would stay in Prometheus as a series of its own.
"""

from __future__ import annotations

import platform
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from mockserver import __version__
from mockserver.clock import real_time
from mockserver.metrics import BOUNDS
from mockserver.store.interface import TABLES
from mockserver.web.admin_http import Content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from mockserver.metrics import Answered, Work
    from mockserver.service import Service
    from mockserver.web.admin_http import Ask

    _Values = Mapping[tuple[str, ...], float]

EXPOSITION: Final = "text/plain; version=0.0.4; charset=utf-8"
"""Content type of Prometheus's text format, which every version of it reads."""

_NANOSECONDS: Final = 1e9


def metrics(ask: Ask) -> Content:
    """Return all metrics of the server, and of its process where the system tells them (Linux)."""
    # A fifth of a second of imports that only those pay who scrape.
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest  # noqa: PLC0415

    # A registry for each answer: nothing is registered for good, so that apps do not meet in one.
    registry = CollectorRegistry()
    collected: Any = _Collected(ask.service)
    registry.register(collected)
    ProcessCollector(registry=registry)
    return Content(EXPOSITION, generate_latest(registry))


class _Collected:
    """The numbers of a service as metrics of Prometheus."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        answers = self._service.metrics.answers()
        yield _requests(answers)
        yield _durations(answers)
        yield from self._counters()
        yield from self._gauges()
        yield from self._sandboxes()

    def _counters(self) -> Iterator[Metric]:
        counts = self._service.metrics
        yield _counter(
            "refusals", "Commands that were refused, by rule of the ledger.",
            ("method", "status", "rule"), counts.counted(counts.refusals),
        )  # fmt: skip
        yield _counter(
            "record_failures", "Records that failed by themselves.",
            ("method", "status"), counts.counted(counts.record_failures),
        )  # fmt: skip
        yield _counter(
            "warnings", "Warnings about what clients send, by ledger id.",
            ("ledger",), counts.counted(counts.warnings),
        )  # fmt: skip
        yield _counter(
            "faults", "Faults done to replies and connections on request.", ("fault",), counts.counted(counts.faults)
        )  # fmt: skip
        yield _counter(
            "turned_away", "Requests to the API that reached no sandbox.",
            ("http_status",), counts.counted(counts.turned_away),
        )  # fmt: skip
        yield _counter(
            "errors", "Commands that ended in an error of the sandbox itself.", (), {(): counts.errors}
        )
        lines = self._service.lines
        dropped = lines.dropped if lines is not None else 0
        yield _counter("log_lines_dropped", "Log lines that nobody read in time.", (), {(): dropped})

    def _gauges(self) -> Iterator[Metric]:
        service = self._service
        build: _Values = {(__version__, platform.python_version()): 1.0}
        yield _gauge("build_info", "Always 1; the labels say what runs.", ("version", "python"), build)
        yield _gauge("start_time_seconds", "When the server started, since 1970.", (), {(): service.started})
        uptime = max(0.0, real_time() - service.started)
        yield _gauge("uptime_seconds", "How long the server has been running.", (), {(): uptime})

    def _sandboxes(self) -> Iterator[Metric]:
        """Yield what all sandboxes hold together; each is locked for a moment, one after the other."""
        sandboxes = self._service.registry.all()
        exchanges, rows = 0, Counter({table.name: 0 for table in TABLES})
        for sandbox in sandboxes:
            with sandbox.lock:
                exchanges += len(sandbox.journal)
                rows.update({table.name: sandbox.store.count(table.name) for table in TABLES})
        held: _Values = {(name,): float(count) for name, count in rows.items()}
        yield _gauge("sandboxes", "Sandboxes there are.", (), {(): len(sandboxes)})
        yield _gauge("journal_exchanges", "Exchanges that the journals hold.", (), {(): exchanges})
        yield _gauge("rows", "Rows of the state in all sandboxes, by table.", ("table",), held)


def _requests(answers: Mapping[Answered, Work]) -> Metric:
    labels = ("method", "edition", "status", "http_status")
    texts = {
        tuple("" if each is None else str(each) for each in answered): sum(work.buckets)
        for answered, work in answers.items()
    }
    return _counter(
        "requests", "Commands answered; status is the vendor's code of the whole command.", labels, texts
    )


def _durations(answers: Mapping[Answered, Work]) -> Metric:
    from prometheus_client.metrics_core import HistogramMetricFamily  # noqa: PLC0415 - as above

    summed: dict[str, list[int]] = {}
    for answered, work in answers.items():
        whole = summed.setdefault(answered.method, [0] * (len(BOUNDS) + 2))
        for place, count in enumerate((*work.buckets, work.nanoseconds)):
            whole[place] += count
    about = "Time the server worked on a command, from its bytes to the bytes of the reply; faults that wait do not count."
    family = HistogramMetricFamily("jodo_mock_work_seconds", about, labels=("method",))
    for method, (*buckets, nanoseconds) in summed.items():
        counts = [
            (str(bound / _NANOSECONDS), sum(buckets[: place + 1])) for place, bound in enumerate(BOUNDS)
        ]
        family.add_metric((method,), [*counts, ("+Inf", sum(buckets))], nanoseconds / _NANOSECONDS)
    return family


def _counter(name: str, about: str, labels: tuple[str, ...], values: _Values) -> Metric:
    from prometheus_client.metrics_core import CounterMetricFamily  # noqa: PLC0415 - as above

    family = CounterMetricFamily(f"jodo_mock_{name}", about, labels=labels)
    for texts, value in values.items():
        family.add_metric(texts, value)
    return family


def _gauge(name: str, about: str, labels: tuple[str, ...], values: _Values) -> Metric:
    from prometheus_client.metrics_core import GaugeMetricFamily  # noqa: PLC0415 - as above

    family = GaugeMetricFamily(f"jodo_mock_{name}", about, labels=labels)
    for texts, value in values.items():
        family.add_metric(texts, value)
    return family
