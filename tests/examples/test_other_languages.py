"""The examples in other languages run against the real server, wherever their runtimes are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import requests

from tests.server_process import clean_environment, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
TOKEN = "open-sesame"


class Example(NamedTuple):
    """How an example is started, what it needs, what it sends, and what in it one test makes wrong."""

    command: tuple[str, ...]
    needs: tuple[str, ...]
    file: Path
    right: str
    wrong: str


KINDS = {
    "java": Example(("java",), ("java",), EXAMPLES / "java" / "JodoExample.java", '"796"', '"797"'),
    "node": Example(("node", "--test"), ("node",), EXAMPLES / "node" / "jodo.test.mjs", "[125, 796]", "[125, 798]"),
    "shell": Example(("sh",), ("sh", "curl", "sed"), EXAMPLES / "shell" / "jodo.sh", "call 796' 796", "call 796' 797"),
}  # fmt: skip


def example(name: str) -> Example:
    """Return an example; skip its test where a runtime is missing, by name, so that `pytest -rs` and CI print it."""
    missing = [tool for tool in KINDS[name].needs if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"the {name} example needs {', '.join(missing)}")
    return KINDS[name]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A server of another edition than the examples speak, whose admin API asks for a token."""
    with running("--edition", "web", "--admin-token", TOKEN) as found:
        yield found


def run(which: Example, file: Path, url: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    """Run an example as its own first lines say."""
    environment = clean_environment({"JODO_MOCK_URL": url, "JODO_MOCK_ADMIN_TOKEN": token})
    return subprocess.run(
        [*which.command, str(file)],
        capture_output=True, text=True, timeout=110, check=False, env=environment,
    )  # fmt: skip


def sandboxes(url: str) -> list[str]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    listed = requests.get(f"{url}/__admin/sandboxes", headers=headers, timeout=10).json()
    return [each["key"] for each in listed["sandboxes"]]


@pytest.mark.parametrize("name", KINDS)
def test_an_example_passes_and_leaves_nothing(name: str, server: Running) -> None:
    """Exit code 0, every step said, its sandbox removed; the first ids are 125 and 796 in each (AM-51)."""
    which, url = example(name), server.ready["url"]
    done = run(which, which.file, url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok") >= 4, done.stdout
    assert sandboxes(url) == ["default"]


@pytest.mark.parametrize("name", KINDS)
def test_an_example_can_fail(name: str, server: Running, tmp_path: Path) -> None:
    """One that expects another id, and one with a wrong token, end with another exit code and say why."""
    which, url = example(name), server.ready["url"]
    text = which.file.read_text("utf-8")
    assert text.count(which.right) == 1
    file = tmp_path / which.file.name
    file.write_text(text.replace(which.right, which.wrong), encoding="utf-8")
    done = run(which, file, url)
    assert done.returncode != 0
    assert "796" in done.stdout + done.stderr
    assert sandboxes(url) == ["default"]
    refused = run(which, which.file, url, token="guessed")
    assert refused.returncode != 0
    assert "401" in refused.stdout + refused.stderr


def test_each_language_is_in_the_readme() -> None:
    """Every folder of an example is linked to from the page about the examples."""
    page = (EXAMPLES / "README.md").read_text("utf-8")
    for which in KINDS.values():
        assert f"]({which.file.relative_to(EXAMPLES).as_posix()})" in page
