"""WireMock, as the npm package ``wiremock`` brings it: found, installed when asked, given its stub."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

from bench.commands import HERE, fixed_reply, schema
from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from pathlib import Path

WARM_UP = 20_000
"""Requests before WireMock is measured: until then its virtual machine still compiles."""

_OUT = HERE / "out" / "wiremock"


def find_jar() -> Path | None:
    """Return the installed jar, or None when it or Java is not there."""
    if shutil.which("java") is None:
        return None
    jars = sorted((HERE / "node_modules" / "wiremock").glob("build/wiremock-standalone-*.jar"))
    return jars[-1] if jars else None


def install() -> None:
    """Install what the lock beside this file names; needs npm. Raises RuntimeError in one sentence."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("java") is None:
        raise RuntimeError("WireMock needs npm and Java: apt-get install npm default-jre-headless")
    try:
        subprocess.run(
            [npm, "ci", "--no-progress", "--silent"], cwd=HERE, check=True, stdout=subprocess.DEVNULL
        )
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"npm ci failed with exit code {error.returncode}") from None


def write_stub() -> None:
    """Write the one stub: our schema on the body, request journal on, a body that is no template."""
    stub = {
        "request": {
            "method": "POST",
            "urlPath": ENDPOINT,
            "bodyPatterns": [{"matchesJsonSchema": schema(), "schemaVersion": "V202012"}],
        },
        "response": {
            "status": 200,
            "headers": {"Content-Type": "application/json"},
            "body": fixed_reply().decode(),
        },
    }
    folder = _OUT / "mappings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "push.json").write_text(json.dumps(stub, indent=2), encoding="utf-8")


def command(jar: Path, port: int) -> list[str]:
    """Return the command line that serves the stub on a port of 127.0.0.1."""
    return [
        "java", "-jar", str(jar), "--port", str(port), "--bind-address", "127.0.0.1",
        "--root-dir", str(_OUT), "--disable-banner",
    ]  # fmt: skip
