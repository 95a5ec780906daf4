"""What a real server logs on stderr, in both forms; and that no reader of it can stop the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
import requests

from mockserver.settings import ENDPOINT
from tests.server_process import MODULE, ROOT, clean_environment, end, message, read_reply, running, spawn
from tests.web.admin_client import push

TOKEN = "s3cret-admin-token"
FORM = b"data=" + json.dumps(push()).encode()


def lines_of(stderr: str) -> list[dict[str, Any]]:
    """Return the lines of a log, each of which must be a JSON object with the members that all have."""
    found = [json.loads(line) for line in stderr.splitlines()]
    for line in found:
        assert {"time", "level", "logger", "message"} <= line.keys()
        assert line["time"].endswith("Z")
    return found


def test_in_json_every_line_is_an_object() -> None:
    """Banner, exchanges and uvicorn's own warning: all of stderr can be read by a machine, line by line."""
    with running("--log-format", "json") as server:
        requests.post(server.ready["endpoint"], data=FORM, timeout=20)
        requests.post(server.ready["endpoint"], data="data={", timeout=20)
        with server.connect() as sock:
            sock.sendall(b"nonsense\r\n\r\n")
            assert b"400" in sock.recv(1000)
        code, _, stderr = server.stop()
    found = lines_of(stderr)
    assert code == 0
    assert found[0]["message"] == f"Jodo sandbox at {server.ready['url']}"
    exchanges = [line for line in found if line["logger"] == "mockserver.exchanges"]
    assert [line["id"] for line in exchanges] == ["r000001", "r000002"]
    assert [line["method"] for line in exchanges] == ["ImportProcessData", ""]
    assert [line["level"] for line in found if line["logger"] == "uvicorn.error"] == ["warning"]


def test_a_harmed_exchange_is_one_line_that_says_how_it_ended() -> None:
    """The line of a treated connection waits for its end, which it tells (SIM-26)."""
    with running("--log-format", "json") as server:
        body: dict[str, Any] = {"fault": "latency", "fixed": 0.001}
        assert requests.post(f"{server.ready['admin']}/faults", json=body, timeout=20).status_code == 201
        requests.post(server.ready["endpoint"], data=FORM, timeout=20)
        stderr = server.stop()[2]
    (line,) = (line for line in lines_of(stderr) if line["logger"] == "mockserver.exchanges")
    assert (line["ended"], len(line["faults"])) == ("sent", 1)


@pytest.mark.parametrize(
    "options", [("--log-format", "json"), ("--log-requests", "on", "--log-level", "debug")]
)
def test_no_secret_stands_in_the_log(options: tuple[str, ...]) -> None:
    """Keys, passwords and the admin token, sent in every place there is, come out nowhere; nor does a minted key."""
    with running(*options, "--admin-token", TOKEN) as server:
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        made = requests.post(f"{server.ready['admin']}/sandboxes", json={}, headers=bearer, timeout=20).json()
        user = {
            "method": "addEditUser",
            "action": "add",
            "loginid": "bat@avhan.com",
            "newpassword": "pw-of-bat",
        }
        for command in (push(apikey=made["apikey"]), {**user, "apikey": made["apikey"]}):
            raw = b"data=" + json.dumps(command).encode()
            requests.post(server.ready["endpoint"], data=raw, headers=bearer, timeout=20)
            requests.get(server.ready["endpoint"], params={"data": json.dumps(command)}, timeout=20)
        requests.get(f"{server.ready['admin']}/health?token={TOKEN}", timeout=20)
        requests.get(
            f"{server.ready['admin']}/health", headers={"Authorization": "Bearer wrong-one"}, timeout=20
        )
        _, out, err = server.stop()
    assert err.count("addEditUser") >= 2
    for secret in (TOKEN, made["apikey"], *made["servicekeys"].values(), "pw-of-bat", "wrong-one"):
        assert secret not in out + err


def test_the_token_of_a_json_log_is_in_the_ready_line_only() -> None:
    """A minted token is told once, on stdout; the log, which is kept and passed on, does not have it."""
    with running("--host", "0.0.0.0", "--log-format", "json") as server:
        token = server.ready["token"]
        stderr = server.stop()[2]
    assert token not in stderr
    assert lines_of(stderr)[0]["admin_token"] == "in the ready line on stdout"


def test_text_is_quiet_unless_asked() -> None:
    """By default nothing but the banner is written; --log-requests on gives a line for each exchange."""
    quiet_and_not = []
    for options in ((), ("--log-requests", "on")):
        with running(*options) as server:
            requests.post(server.ready["endpoint"], data=FORM, timeout=20)
            quiet_and_not.append(server.stop()[2].rstrip().splitlines()[-1])
    assert quiet_and_not[0].lstrip().startswith("curl ")
    assert " r000001 default  ImportProcessData " in quiet_and_not[1]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of another kind there")
def test_a_pipe_that_nobody_reads_stops_nobody() -> None:
    """With stderr full the server goes on answering, counts what it drops, and ends when told to."""
    process = spawn("serve", "--port", "0", "--log-format", "json")
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    host, _, port = ready["url"].split("//")[1].rpartition(":")
    import socket

    with socket.create_connection((host, int(port)), timeout=20) as sock:
        request, stream, count = message(FORM), sock.makefile("rb"), 6_000
        for _ in range(count // 50):
            sock.sendall(request * 50)
            for _ in range(50):
                assert read_reply(stream)[0] == 200
    text = requests.get(f"{ready['admin']}/metrics", timeout=20).text
    dropped = float(text.split("\njodo_mock_log_lines_dropped_total ")[1].split("\n")[0])
    end(process)
    assert process.wait(20) == 0
    written = process.communicate(timeout=20)[1]
    assert 0 < dropped <= count
    assert written.count('"mockserver.exchanges"') + dropped <= count + 1


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of another kind there")
def test_a_reader_that_leaves_stops_nobody() -> None:
    """A broken pipe on stderr ends neither the server nor its answers."""
    read, write = os.pipe()
    command = [sys.executable, "-m", MODULE, "serve", "--port", "0", "--log-format", "json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=write, text=True, env=clean_environment(), cwd=ROOT
    )
    os.close(write)
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        os.close(read)
        for _ in range(20):
            assert requests.post(url + ENDPOINT, data=FORM, timeout=20).status_code == 200
    finally:
        end(process)
        process.communicate(timeout=20)
    assert process.returncode == 0
