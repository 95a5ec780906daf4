"""The example about retries: it runs, proves its point, prints what the README shows, and cleans up."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import requests

from tests.server_process import clean_environment, running

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "retry_storm.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """Run the script as anybody would."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), *options],
        capture_output=True, text=True, timeout=60, check=False, env=clean_environment({"PYTHONIOENCODING": "utf-8"}),
    )  # fmt: skip


def test_blind_retries_call_twice_and_careful_ones_do_not() -> None:
    """SIM-27: the naive client makes each call twice, the careful one none; the README shows it, no sandbox is left."""
    with running("--admin-token", "open-sesame") as server:
        url = server.ready["url"]
        done = run("--url", url, "--admin-token", "open-sesame")
        headers = {"Authorization": "Bearer open-sesame"}
        left = requests.get(f"{url}/__admin/sandboxes", headers=headers, timeout=10).json()["sandboxes"]
        refused = run("--url", url, "--admin-token", "guessed")
    assert (done.returncode, done.stderr) == (0, "")
    page = (ROOT / "examples" / "README.md").read_text("utf-8").partition("retry_storm.py")[2]
    printed = page.split("```\n")[1]
    assert doctest.OutputChecker().check_output(printed, done.stdout, doctest.ELLIPSIS), done.stdout
    assert [each["key"] for each in left] == ["default"]
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("It went wrong: ")


def test_a_server_that_is_not_there_is_told() -> None:
    """Exit code 1 and one line."""
    done = run("--url", "http://127.0.0.1:9")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
