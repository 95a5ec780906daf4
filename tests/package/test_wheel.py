"""The installed package stands alone: what it needs at run time travels in the wheel.

``INSTALLED_JODO_MOCK`` names the command of an environment into which the wheel was installed;
``.ci/run`` makes one and runs these tests from outside the checkout.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30
"""How long anything may take before it counts as hanging."""

if sys.platform == "win32":
    # Only a whole group can be interrupted there, and the tests are not to be in it.
    GROUP, STOP = subprocess.CREATE_NEW_PROCESS_GROUP, signal.CTRL_BREAK_EVENT
else:
    GROUP, STOP = 0, signal.SIGTERM

RECIPE = {
    "method": "ImportProcessData",
    "servicekey": "MUMBAI_CRM_OBD",
    "apikey": "test_org",
    "media": "12",
    "updateparam": "mobilenumber",
    "data": [
        {
            "sr_number": "22856",
            "campaign_name": "NPS",
            "comments": "Customer comment",
            "feedback_score": "1",
            "mobilenumber": "08852245996",
        }
    ],
}

RECORDING = "/recordings//1/1/2014/09/12/18/140912183554281005_0000.MP3"

pytestmark = [
    pytest.mark.wheel,
    pytest.mark.skipif(
        "INSTALLED_JODO_MOCK" not in os.environ,
        reason="INSTALLED_JODO_MOCK does not name an installed jodo-mock (.ci/run does)",
    ),
]


@pytest.fixture
def command() -> str:
    return str(Path(os.environ["INSTALLED_JODO_MOCK"]).absolute())


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment without what could lend the package files or settings."""
    foreign = ("JODO_MOCK_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


@pytest.fixture
def server(command: str, environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [command, "serve", "--port", "0"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        creationflags=GROUP,
    )
    with process:
        yield process
        process.kill()


def first_line(stream: IO[str]) -> str:
    """Return the first line of ``stream``; fails when none comes in time."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    return lines.get(timeout=SECONDS)


def push(endpoint: str) -> Any:
    """POST the recipe as the documents type it (TRN-03): raw text after ``data=``, called text/html."""
    request = urllib.request.Request(
        endpoint,
        data=f"data={json.dumps(RECIPE)}".encode(),
        headers={"Content-Type": "text/html"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as reply:
        return json.load(reply)


def test_the_tests_see_the_installed_package_and_no_source_tree(tmp_path: Path) -> None:
    """The package that this environment imports lies in its site-packages and holds both folders and the sounds."""
    import mockserver

    package = Path(mockserver.__file__).parent
    assert package.is_relative_to(sys.prefix)
    assert any((package / "_data" / "schemas" / "methods").glob("*.json"))
    assert any((package / "_data" / "scenarios").glob("*"))
    assert {"digits.wav", "digits.json", "silence.mp3"} <= {
        path.name for path in (package / "audio").iterdir()
    }


def test_check_finds_schemas_and_scenarios_in_the_wheel(
    command: str, environment: dict[str, str], tmp_path: Path
) -> None:
    """``jodo-mock check`` in an empty folder finds documents and nothing wrong with them."""
    done = subprocess.run(
        [command, "check"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_installed_server_answers_the_recipe_and_stops_with_0(server: subprocess.Popen[str]) -> None:
    """The recipe of DOC-106 is answered 001, a recording plays, and SIGTERM ends the server with exit code 0.

    Proves TRN-03 and IPD106-24 for the tenant and process of SEED-02.
    """
    assert server.stdout is not None
    ready = json.loads(first_line(server.stdout))
    assert ready["event"] == "ready"
    assert ready["endpoint"] == ready["url"] + "/CustomerWebServices/handleCustomerWS"

    reply = push(ready["endpoint"])
    assert reply["statusdata"][0]["statuscode"] == "001"

    with urllib.request.urlopen(ready["url"] + RECORDING, timeout=SECONDS) as sound:
        assert sound.headers["Content-Type"] == "audio/mpeg"
        assert len(sound.read()) > 1000

    server.send_signal(STOP)
    assert server.wait(timeout=SECONDS) == 0
