"""What clients that people use make of the faults: requests, httpx, curl and Node see the network error that is meant."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
import urllib3.exceptions

from tests.edge.faulty import headers

if TYPE_CHECKING:
    from tests.server_process import Running

LATE = ("latency", {"fixed": 30})
HANG = "hang"
SLOW = ("slow_body", {"seconds": 0.1})


def by_requests(server: Running, fault: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        url = server.ready["endpoint"]
        return session.post(url, data=b"{}", headers=headers(fault, size=5000), timeout=(20, 1))


@pytest.mark.parametrize(
    ("fault", "error", "inner"),
    [
        ("connection_reset", requests.ConnectionError, "ConnectionResetError"),
        ("empty_reply", requests.ConnectionError, "RemoteDisconnected"),
        ("applied_then_lost", requests.ConnectionError, "RemoteDisconnected"),
        ("random_data_then_close", requests.ConnectionError, "BadStatusLine"),
        ("truncated_body", requests.exceptions.ChunkedEncodingError, "IncompleteRead"),
        ("malformed_chunk", requests.exceptions.ChunkedEncodingError, "InvalidChunkLength"),
        (HANG, requests.ReadTimeout, "Read timed out"),
        (LATE, requests.ReadTimeout, "Read timed out"),
    ],
)
def test_requests(harmful: Running, fault: Any, error: type[Exception], inner: str) -> None:
    """The exception that integrators catch, with the right cause inside."""
    with pytest.raises(error, match=inner):
        by_requests(harmful, fault)


def test_requests_reads_what_is_only_slow(harmful: Running) -> None:
    """A dripped body and a narrow line are whole replies."""
    for fault in (SLOW, ("bandwidth", {"rate": 1000}), ("slow_close", {"seconds": 0.05})):
        assert by_requests(harmful, fault).json()["status"] == 17


def test_requests_takes_the_harm_inside_replies(harmful: Running) -> None:
    """Reply faults arrive as they were made: no JSON, another type of the status, a page."""
    with pytest.raises(requests.exceptions.JSONDecodeError):
        by_requests(harmful, "malformed_json").json()
    assert by_requests(harmful, "status_type_flip").json()["status"] == "17"
    page = by_requests(harmful, "html_error_page")
    assert (page.status_code, page.headers["Content-Type"]) == (500, "text/html;charset=utf-8")
    assert by_requests(harmful, "leading_blank_lines").text.startswith("\r\n\r\n\r\n{")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("connection_reset", httpx.ReadError),
        ("empty_reply", httpx.RemoteProtocolError),
        ("applied_then_lost", httpx.RemoteProtocolError),
        ("random_data_then_close", httpx.RemoteProtocolError),
        ("truncated_body", httpx.RemoteProtocolError),
        ("malformed_chunk", httpx.RemoteProtocolError),
        (HANG, httpx.ReadTimeout),
        (LATE, httpx.ReadTimeout),
    ],
)
def test_httpx(harmful: Running, fault: Any, error: type[Exception]) -> None:
    """httpx raises the exception of its own for each kind of broken connection."""
    with httpx.Client(trust_env=False, timeout=httpx.Timeout(20, read=1)) as client, pytest.raises(error):
        client.post(harmful.ready["endpoint"], content=b"{}", headers=headers(fault, size=5000))


def test_httpx_reads_what_is_only_slow(harmful: Running) -> None:
    """A dripped body and a narrow line are whole replies to httpx too."""
    with httpx.Client(trust_env=False, timeout=20) as client:
        for fault in (SLOW, ("bandwidth", {"rate": 1000})):
            sent = headers(fault, size=5000)
            assert client.post(harmful.ready["endpoint"], content=b"{}", headers=sent).json()["status"] == 17


def test_a_pool_goes_on_after_a_fault(harmful: Running) -> None:
    """A client with one kept connection is harmed once and answered by the next request."""
    with urllib3.PoolManager(maxsize=1, retries=False) as pool:
        for fault in ("connection_reset", "empty_reply", "truncated_body"):
            with pytest.raises(urllib3.exceptions.ProtocolError):
                pool.request("POST", harmful.ready["endpoint"], body=b"{}", headers=headers(fault))
            answer = pool.request("POST", harmful.ready["endpoint"], body=b"{}", headers=headers())
            assert json.loads(answer.data)["status"] == 17


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("connection_reset", {56}),
        ("empty_reply", {52}),
        ("truncated_body", {18}),
        ("malformed_chunk", {56}),
        ("random_data_then_close", {1, 8}),
        (HANG, {28}),
        (LATE, {28}),
        (SLOW, {0}),
        (("slow_close", {"seconds": 0.05}), {0}),
    ],
)
def test_curl(harmful: Running, fault: Any, codes: set[int]) -> None:
    """curl's exit codes: 18 partial, 28 timeout, 52 empty reply, 56 failure when receiving."""
    words = ["curl", "-sS", "-q", "--noproxy", "*", "-m", "1", "-o", "-", "--data", "{}"]
    for name, value in headers(fault).items():
        words += ["-H", f"{name}: {value}"]
    done = subprocess.run([*words, harmful.ready["endpoint"]], capture_output=True, check=False, timeout=20)
    assert done.returncode in codes, done.stderr


FETCH = """
const [url, asked, limit] = process.argv.slice(1);
for (const headers of JSON.parse(asked)) {
  try {
    const reply = await fetch(url, {method: 'POST', body: '{}', headers, signal: AbortSignal.timeout(+limit)});
    console.log((await reply.json()).status);
  } catch (error) {
    const found = [error.name, error.cause?.code, error.cause?.name, error.message];
    console.log(found.filter(Boolean).join(' '));
  }
}
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_node(harmful: Running) -> None:
    """Node's fetch: ECONNRESET for a reset, a closed socket for an empty reply, and so on for each."""
    expected = {
        "connection_reset": "ECONNRESET",
        "empty_reply": "UND_ERR_SOCKET",
        "truncated_body": "terminated",
        "malformed_chunk": "terminated",
        "random_data_then_close": "HPE_",
        "hang": "TimeoutError",
        "malformed_json": "SyntaxError",
        "bandwidth": "17",
    }
    settings = {"bandwidth": {"rate": 100}, "random_data_then_close": {"bytes": 64}}
    asked = json.dumps([headers([fault, settings.get(fault, {})]) for fault in expected])
    words = ["node", "--input-type=module", "-e", FETCH, harmful.ready["endpoint"], asked, "1500"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    lines = done.stdout.splitlines()
    assert len(lines) == len(expected), done.stdout
    for (fault, word), line in zip(expected.items(), lines, strict=True):
        assert word in line, f"{fault}: {line}"
