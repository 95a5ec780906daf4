"""examples/parallel: two hundred tests on several processes and one server, in random order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.server_process import clean_environment

ROOT = Path(__file__).resolve().parents[2]


def test_two_hundred_tests_share_a_server(tmp_path: Path) -> None:
    """Nobody sees the others' customers: all of them pass, in an order that is another each time (AM-10, AM-11)."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_parallel.py").write_bytes((ROOT / "examples/parallel/test_parallel.py").read_bytes())
    options = ["-p", "mockserver.pytest_plugin", "-W", "error", "-n", "2", "-p", "randomly"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "200 passed" in done.stdout
