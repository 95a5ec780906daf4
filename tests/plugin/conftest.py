"""Fixtures of the plugin's tests: runs of pytest, as users have them."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.pretend_admin import pretending
from tests.shared_server import no_settings, shared_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockserver.client import Server
    from tests.pretend_admin import Pretend

    Running = Callable[..., pytest.RunResult]

ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def environment() -> Iterator[pytest.MonkeyPatch]:
    """The environment without settings of the sandbox or pytest's own; the package is found from any folder.

    Where CI or BUILD_NUMBER is set pytest shortens nothing, where others are it colours what it prints.
    """
    with no_settings() as patch:
        for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "FORCE_COLOR", "PY_COLORS"):
            patch.delenv(name, raising=False)
        patch.setenv("PYTHONPATH", str(ROOT))
        yield patch


OPTIONS: Final = ("-p", "mockserver.pytest_plugin", "-W", "error", "-p", "no:randomly")
"""Options of the runs: the plugin is there, installed or not; what it does raises no warning."""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Running:
    """Run pytest over what the test has written, in this process."""
    return lambda *arguments: pytester.runpytest_inprocess(*OPTIONS, *arguments)


@pytest.fixture
def run_apart(pytester: pytest.Pytester) -> Running:
    """Run pytest over what the test has written, in a process of its own."""
    return lambda *arguments: pytester.runpytest_subprocess(*OPTIONS, *arguments, timeout=90)


@pytest.fixture
def server(environment: pytest.MonkeyPatch) -> Server:
    """A running server, which the runs use since JODO_MOCK_URL names it."""
    found = shared_server()
    environment.setenv("JODO_MOCK_URL", found.url)
    return found


@pytest.fixture
def pretend(environment: pytest.MonkeyPatch) -> Iterator[Pretend]:
    """An admin API that answers what it is told to, named by JODO_MOCK_URL."""
    with pretending() as found:
        environment.setenv("JODO_MOCK_URL", found.url)
        yield found


@pytest.fixture
def installed(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    """Install the entry points of pyproject.toml, as an editable install does."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    folder = tmp_path / "site" / "jodo_mockserver-0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: jodo-mockserver\nVersion: 0\n", "utf-8")
    lines = [
        line
        for group, points in declared.items()
        for line in (f"[{group}]", *(f"{name} = {target}" for name, target in points.items()))
    ]
    (folder / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    environment.setenv("PYTHONPATH", os.pathsep.join([str(folder.parent), str(ROOT)]))
