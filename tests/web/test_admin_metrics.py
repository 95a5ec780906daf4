"""``GET /__admin/metrics``: what is counted, and in which form."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import prometheus_client
import requests
from prometheus_client.parser import text_string_to_metric_families

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.web.admin_metrics import EXPOSITION
from tests.server_process import clean_environment, message, read_reply, running
from tests.web.admin_client import MOBILE, OTHER_MOBILE, Admin, push

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.server_process import Running


def scraped(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Return the samples of a scrape: name → labels → value, read by Prometheus's own parser."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def value(admin: Admin, name: str, **labels: str) -> float:
    """Return one sample; nothing counted is 0."""
    samples = scraped(admin.ask("GET", "/metrics").text)
    return samples.get(f"jodo_mock_{name}", {}).get(tuple(sorted(labels.items())), 0.0)


def test_the_form_is_prometheus(admin: Admin) -> None:
    """Text of the exposition format under its content type, as the library itself names it; HEAD has no body."""
    assert EXPOSITION == prometheus_client.exposition.CONTENT_TYPE_PLAIN_0_0_4
    reply = admin.ask("GET", "/metrics")
    assert (reply.status_code, reply.content_type) == (200, EXPOSITION)
    assert "Access-Control-Allow-Origin" not in reply.headers
    head = admin.ask("HEAD", "/metrics")
    assert (head.status_code, head.content_type, head.data) == (200, EXPOSITION, b"")
    documented = [line.split()[2] for line in reply.text.splitlines() if line.startswith("# HELP jodo_mock")]
    assert len(documented) == len(set(documented)) >= 14


def test_answers_are_counted_by_method_edition_and_status(admin: Admin) -> None:
    """Every command once; one of no method under an empty name, so that clients make no labels."""
    for _ in range(2):
        admin.send(push())
    admin.send(push(), headers={"X-Mock-Edition": "web"})
    admin.send(push(apikey="nobody"))
    for number in range(3):
        admin.send({"method": f"made up {number}"})
    totals = scraped(admin.ask("GET", "/metrics").text)["jodo_mock_requests_total"]
    by_method: dict[str, float] = {}
    for labels, count in totals.items():
        by_method[dict(labels)["method"]] = by_method.get(dict(labels)["method"], 0) + count
    assert by_method == {"ImportProcessData": 4, "": 3}
    good = {"method": "ImportProcessData", "http_status": "200"}
    assert value(admin, "requests_total", edition="1.0.6", status="1", **good) == 2
    assert sum(count for labels, count in totals.items() if dict(labels)["edition"] == "web") == 1


def test_refusals_failures_warnings_and_faults_are_counted(admin: Admin) -> None:
    """Refusals by rule, failed records by code, warnings by ledger id, faults by name, what reached no sandbox by HTTP status."""
    admin.send({**push(MOBILE, "1"), "nonsense": "x"})
    refused = admin.send(push(apikey="nobody"))
    status, rule = Admin.ask_status(refused), refused.headers["X-Mock-Rule"]
    assert admin.ask("POST", "/faults", {"fault": "malformed_json"}).status_code == 201
    admin.send(push())
    admin.client.post("/sandboxes/nobody/CustomerWebServices/handleCustomerWS")
    admin.client.put("/CustomerWebServices/handleCustomerWS")
    method = "ImportProcessData"
    assert value(admin, "refusals_total", method=method, status=status, rule=rule) == 1
    failures = scraped(admin.ask("GET", "/metrics").text)["jodo_mock_record_failures_total"]
    assert sum(failures.values()) == 1
    assert value(admin, "warnings_total", ledger="GEN-18") >= 1
    assert value(admin, "faults_total", fault="malformed_json") == 1
    assert value(admin, "turned_away_total", http_status="404") == 1
    assert value(admin, "turned_away_total", http_status="405") == 1
    assert value(admin, "errors_total") == 0


def test_work_is_a_histogram(admin: Admin) -> None:
    """Buckets grow to the count, which is that of the answers; the sum is seconds."""
    for _ in range(5):
        admin.send(push())
    found = scraped(admin.ask("GET", "/metrics").text)
    buckets = [count for labels, count in found["jodo_mock_work_seconds_bucket"].items()]
    assert buckets == sorted(buckets)
    assert buckets[-1] == found["jodo_mock_work_seconds_count"][("method", "ImportProcessData"),] == 5
    assert 0 < found["jodo_mock_work_seconds_sum"][("method", "ImportProcessData"),] < 60


def test_gauges_are_of_all_sandboxes_together(admin: Admin) -> None:
    """Sandboxes, journals and rows; neither a reset nor a drop takes back what was counted, and no sandbox is named."""
    admin.ok("POST", "/sandboxes", {"key": "one"})
    before = value(admin, "rows", table="customers")
    admin.send(push(OTHER_MOBILE), "one")
    assert value(admin, "rows", table="customers") == before + 1
    assert (value(admin, "sandboxes"), value(admin, "journal_exchanges")) == (2, 1)
    assert "sandbox=" not in admin.ask("GET", "/metrics").text
    admin.ok("DELETE", "/sandboxes/one")
    admin.ok("POST", "/reset")
    assert (value(admin, "sandboxes"), value(admin, "journal_exchanges")) == (1, 0)
    method = {"method": "ImportProcessData", "edition": "1.0.6", "http_status": "200"}
    assert value(admin, "requests_total", status="1", **method) == 1


def test_servers_do_not_share_their_numbers(admin: Admin) -> None:
    """Two apps in one process count for themselves; the library's own registry knows of neither."""
    admin.send(push())
    other = Admin(create_app(Service.start(Settings())).test_client())
    assert "jodo_mock_requests_total{" not in other.ask("GET", "/metrics").text
    assert b"jodo_mock" not in prometheus_client.generate_latest()


def test_threads_lose_no_count(service: Service, admin: Admin) -> None:
    """Commands of several threads in several sandboxes are all counted."""
    watch, sandbox = service.metrics.watch, service.registry.get("default")
    admin.send(push())
    exchange = sandbox.journal.newest()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [
            threading.Thread(target=lambda: [watch(sandbox, exchange) for _ in range(2_000)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert sum(sum(work.buckets) for work in service.metrics.answers().values()) == 8_001


def test_a_scrape_of_a_real_server(server: Running) -> None:
    """Process figures where the system tells them, what runs, and since when."""
    found = scraped(requests.get(f"{server.ready['admin']}/metrics", timeout=20).text)
    assert 0 < found["jodo_mock_uptime_seconds"][()] < 100_000
    ((labels, one),) = found["jodo_mock_build_info"].items()
    assert ({name for name, _ in labels}, one) == ({"version", "python"}, 1)
    if sys.platform == "linux":
        assert found["process_resident_memory_bytes"][()] > 1_000_000


def test_a_token_is_asked_for_as_elsewhere() -> None:
    """Prometheus sends it as a bearer; and a body that is too long, refused before any sandbox, is counted."""
    with running("--admin-token", "s3cret-token", "--max-body", "100") as server:
        url = f"{server.ready['admin']}/metrics"
        assert requests.get(url, timeout=20).status_code == 401
        with server.connect() as sock:
            sock.sendall(message(b"x" * 101))
            assert read_reply(sock.makefile("rb"))[0] == 413
        bearer: Mapping[str, Any] = {"Authorization": "Bearer s3cret-token"}
        text = requests.get(url, headers=bearer, timeout=20).text
    assert scraped(text)["jodo_mock_turned_away_total"][("http_status", "413"),] == 1


def test_nothing_of_it_is_imported_before_the_first_scrape() -> None:
    """The library takes longer to import than the server to start: neither start nor answers nor other admin routes pay."""
    code = (
        "import sys\n"
        "from mockserver.app import create_app; from mockserver.service import Service\n"
        "from mockserver.settings import Settings; import mockserver.edge.server\n"
        "client = create_app(Service.start(Settings())).test_client()\n"
        "assert client.get('/__admin/health').status_code == 200\n"
        "assert client.post('/CustomerWebServices/handleCustomerWS', data='data={}').status_code == 200\n"
        "assert 'prometheus_client' not in sys.modules\n"
        "assert client.get('/__admin/metrics').status_code == 200\n"
        "assert 'prometheus_client' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(),
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
