"""docs/testing.md and the README are run: every block that names a file, as that file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.server_process import clean_environment
from tests.shared_server import shared_server

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "testing.md"


def _blocks(page: Path) -> dict[str, str]:
    """Return the blocks of a page by the file names in their first lines."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^```(?:python|yaml)\n# (\S+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return dict(found)


ON_PAGE: Final = _blocks(PAGE)
BLOCKS: Final = {**ON_PAGE, **_blocks(ROOT / "README.md")}


@pytest.mark.parametrize("name", [name for name in BLOCKS if name.endswith(".py")])
def test_every_block_runs(name: str, tmp_path: Path) -> None:
    """Tests pass under pytest, warnings being errors, and scripts end well."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    for each, text in BLOCKS.items():
        (tmp_path / each).write_text(text, encoding="utf-8")
    plugin = ["-m", "pytest", "-p", "mockserver.pytest_plugin", "-W", "error"]
    done = subprocess.run(
        [sys.executable, *(plugin if name.startswith("test_") else ()), name],
        cwd=tmp_path,
        env=clean_environment({"JODO_MOCK_URL": shared_server().url}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not name.startswith("test_") or " passed" in done.stdout


def test_blocks_are_found() -> None:
    """All of Python and YAML on the page name a file."""
    text = PAGE.read_text(encoding="utf-8")
    assert "test_push.py" in BLOCKS
    assert len(ON_PAGE) == len(re.findall(r"^```(?:python|yaml)$", text, re.MULTILINE)) > 8


def test_every_control_is_on_the_page() -> None:
    """Nothing public of a sandbox is left out."""
    from mockserver import Sandbox

    public = {name for name in dir(Sandbox) if not name.startswith("_")}
    unsaid = {"open", "close", "is_open", "journal", "misses", "moved", "raw", "verify"}
    text = PAGE.read_text(encoding="utf-8")
    assert {name for name in public - unsaid if not re.search(rf"\b{name}\b", text)} == set()
