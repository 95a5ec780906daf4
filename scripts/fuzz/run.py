"""Start a server of its own and let schemathesis try it against its OpenAPI document.

Needs what requirements-contract.lock names. Exits with 1 when a request was answered otherwise than
the document says. Arguments are handed on to schemathesis.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

HERE = Path(__file__).resolve().parent

ROUNDS = (
    # The API first: the admin rounds change how it answers. Its commands are covered by tests of their own.
    ("--include-path-regex", "^/CustomerWebServices/", "--phases", "examples,fuzzing"),
    ("--include-path-regex", "^/__admin", "--exclude-name-regex", "/sandboxes/.sandbox.|^PUT .*/state$"),
    # The same handlers at their other addresses.
    (
        *("--include-path-regex", "/sandboxes/.sandbox./"),
        *("--exclude-name-regex", "^PUT .*/state$", "--phases", "examples"),
    ),
    # Last what leaves nothing as it was: another state, and what it makes of the other answers.
    ("--include-name-regex", "^PUT /__admin/state$"),
    (
        *("--include-path-regex", "^/__admin/(state|magic|simulation|requests|sandboxes$)"),
        *("--phases", "examples,fuzzing"),
    ),
)
"""What is tried, one after the other on one server: schemathesis' arguments."""


def main() -> int:
    """Run it and return its exit code."""
    token = secrets.token_urlsafe(16)
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--log-level", "error"]
    with subprocess.Popen(
        [*command, "--admin-token", token], stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1]
    ) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            return _fuzz(json.loads(line)["url"], token)
        finally:
            server.terminate()


def _fuzz(url: str, token: str) -> int:
    reply = requests.get(f"{url}/__admin/openapi.json", headers={"X-Mock-Admin-Token": token}, timeout=30)
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "openapi.json"
        document.write_bytes(reply.content)
        tool = Path(sys.executable).with_name("schemathesis")
        command = [
            str(tool),
            "--config-file",
            str(HERE / "schemathesis.toml"),
            "run",
            str(document),
            "--url",
            url,
        ]
        environment = {**os.environ, "FUZZ_TOKEN": token, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py")}
        worst = 0
        for arguments in ROUNDS:
            done = subprocess.run(
                [*command, "--no-color", *arguments, *sys.argv[1:]], cwd=folder, env=environment, check=False
            )
            worst = max(worst, done.returncode)
        return worst


if __name__ == "__main__":
    sys.exit(main())
