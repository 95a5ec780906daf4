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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent

LANES = (
    (
        # The API first: the admin rounds change how it answers. Its commands are covered by tests of their own.
        ("--include-path-regex", "^/CustomerWebServices/", "--phases", "examples,fuzzing"),
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
    ),
    (("--include-path-regex", "^/__admin", "--exclude-name-regex", "/sandboxes/.sandbox.|^PUT .*/state$"),),
)
"""What is tried: the rounds of a lane one after the other on one server, the lanes side by side. Each is
schemathesis' arguments."""


def main() -> int:
    """Run all lanes and return the worst exit code."""
    with ThreadPoolExecutor(len(LANES)) as pool:
        return max(pool.map(_lane, LANES))


def _lane(rounds: Sequence[Sequence[str]]) -> int:
    token = secrets.token_urlsafe(16)
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--log-level", "error"]
    with subprocess.Popen(
        [*command, "--admin-token", token], stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1]
    ) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            return _fuzz(json.loads(line)["url"], token, rounds)
        finally:
            server.terminate()


def _fuzz(url: str, token: str, rounds: Sequence[Sequence[str]]) -> int:
    reply = requests.get(f"{url}/__admin/openapi.json", headers={"X-Mock-Admin-Token": token}, timeout=30)
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "openapi.json"
        document.write_bytes(reply.content)
        tool = Path(sys.executable).with_name("schemathesis")
        chosen = ["--config-file", str(HERE / "schemathesis.toml"), "run", str(document), "--url", url]
        environment = {**os.environ, "FUZZ_TOKEN": token, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py")}
        worst = 0
        for arguments in rounds:
            done = subprocess.run(
                [str(tool), *chosen, "--no-color", *arguments, *sys.argv[1:]],
                cwd=folder,
                env=environment,
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            print(done.stdout, flush=True)
            worst = max(worst, done.returncode)
        return worst


if __name__ == "__main__":
    sys.exit(main())
