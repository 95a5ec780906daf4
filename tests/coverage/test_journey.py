"""The page about coverage and the README print what the journey of the examples touches."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

from tests.server_process import clean_environment, finished, running

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_prints_the_coverage_of_the_journey() -> None:
    """A fresh server, the journey, ``jodo-mock coverage --all``: word for word."""
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    printed = page.partition("examples/journey.py]")[2].split("```\n")[1]
    with running("--recording-base", "self") as server:
        url = server.ready["url"]
        subprocess.run(
            [sys.executable, str(ROOT / "examples" / "journey.py"), "--url", url],
            check=True, capture_output=True, timeout=60, env=clean_environment(),
        )  # fmt: skip
        code, out, err = finished("coverage", "--url", url, "--all", env={"PYTHONIOENCODING": "utf-8"})
    assert (code, err) == (0, "")
    assert out == printed
    short = (ROOT / "README.md").read_text(encoding="utf-8")
    piece = short.partition("[coverage](docs/coverage.md)")[2].split("```\n")[1]
    assert doctest.OutputChecker().check_output(piece, out, doctest.ELLIPSIS)
