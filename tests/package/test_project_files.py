"""The files around the package say what they have to: locks, container image, build."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-contract.lock")

pytestmark = pytest.mark.skipif(
    not (CHECKOUT / "Dockerfile").exists(), reason="these files are looked at in the checkout"
)


def text(name: str) -> str:
    return (CHECKOUT / name).read_text("utf-8")


@pytest.fixture(scope="module")
def script() -> Any:
    """The module that walks through the Dockerfile."""
    spec = importlib.util.spec_from_file_location(
        "dockerfile_steps", CHECKOUT / "scripts" / "dockerfile_steps.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up while they are made
    spec.loader.exec_module(module)
    return module


def pins(lock: str) -> dict[str, str]:
    """Return what a lock names: distribution to version."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text(lock), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_a_hash(lock: str) -> None:
    """pip installs a lock with --require-hashes, so none may be missing."""
    entries = re.split(r"^(?=[a-z0-9])", text(lock), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split(maxsplit=1)[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_path(lock: str) -> None:
    """A lock holds wherever it was made: no address, no folder, no option but hashes."""
    bare = re.sub(r"--hash=sha256:[0-9a-f]{64}", "", text(lock))
    assert re.findall(r"\w+://\S*|(?:^|\s)/\S+|--?(?:index|extra|find|trusted)\S*", bare) == []


def test_the_locks_agree() -> None:
    """What several locks name, all name in the same version: tests and fuzzing run what users run."""
    runtime, development, contract = (pins(lock) for lock in LOCKS)
    assert runtime == {name: development.get(name) for name in runtime}
    shared = contract.keys() & development.keys()
    assert len(shared) > 10
    assert {name: contract[name] for name in shared} == {name: development[name] for name in shared}


def test_every_requirement_is_locked() -> None:
    """A dependency written into pyproject.toml without `make lock` is noticed."""
    project = tomllib.loads(text("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    for lock, extra in zip(LOCKS, ("tls", "dev", "contract"), strict=True):
        wanted = project["dependencies"] + extras[extra]
        names = {re.split(r"[^\w.-]", row, maxsplit=1)[0].replace(".", "-") for row in wanted}
        assert names - {project["name"]} <= pins(lock).keys()


def test_the_image_runs_as_a_fixed_user_and_asks_itself_for_its_health(script: Any) -> None:
    """The last stage ends with a numeric user who is not root, and all commands are in exec form."""
    steps = {step.word: step.rest for step in script.steps(text("Dockerfile"))}
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", steps["USER"])
    assert steps["EXPOSE"] == "8080"
    assert json.loads(steps["HEALTHCHECK"].partition("CMD ")[2]) == ["jodo-mock", "ready"]
    assert json.loads(steps["ENTRYPOINT"]) == ["jodo-mock"]
    assert json.loads(steps["CMD"]) == ["serve"]


def test_the_image_has_schemas_and_scenarios_before_it_installs_the_package(script: Any) -> None:
    """The build forces both folders into the package and fails without them."""
    words = [f"{step.word} {step.rest}" for step in script.steps(text("Dockerfile"))]
    install = next(place for place, step in enumerate(words) if step.endswith("pip install --no-deps ."))
    assert words.index("COPY schemas schemas/") < install
    assert words.index("COPY scenarios scenarios/") < install


def test_steps_are_read_over_comments_and_continued_lines(script: Any) -> None:
    """An instruction counts from its first line, with the lines it goes on joined by a blank."""
    read = script.steps("# why\nfrom a AS b\n\nRUN one \\\n # inside\n && two\nUSER 1\n")
    assert [(step.line, step.word, step.rest) for step in read] == [
        (2, "FROM", "a AS b"),
        (4, "RUN", "one && two"),
        (7, "USER", "1"),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/opt/jodo/bin/pip install .", "R/opt/jodo/bin/pip install ."),
        ("PATH=/opt/a:$PATH", "PATH=R/opt/a:$PATH"),
        ("mkdir /data", "mkdir R/data"),
        ("/usr/bin/env sh > /dev/null", "/usr/bin/env sh > /dev/null"),
        ("see https://example.org/opt", "see https://example.org/opt"),
        ("a/b ./c", "a/b ./c"),
    ],
)
def test_only_paths_of_the_image_are_relocated(script: Any, written: str, meant: str) -> None:
    """Folders of the image move below the folder that stands for it; addresses and the system's stay."""
    assert script.relocate(written, Path("R")) == meant


@pytest.mark.parametrize(
    ("source", "let_in"), [("schemas", True), ("mockserver/cli.py", True), ("tests", False), (".git", False)]
)
def test_dockerignore_lets_in_what_is_copied_and_nothing_else(
    script: Any, source: str, *, let_in: bool
) -> None:
    """A later rule overrides an earlier one, as the engine has it."""
    rules = [line for line in text(".dockerignore").splitlines() if line and line[0] != "#"]
    assert script.passes(source, rules) is let_in
