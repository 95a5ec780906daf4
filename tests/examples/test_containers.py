"""The files for GitHub Actions and docker compose: they name only what there is, and what they say works."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from mockserver.cli import commands
from mockserver.settings import ENV_PREFIX, ROWS
from tests.server_process import clean_environment, finished, running

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DOCKERFILE = EXAMPLES.parent / "Dockerfile"
NEEDED = ("sh", "curl", "sed")


def parsed(name: str) -> Any:
    return YAML(typ="safe").load((EXAMPLES / name).read_text("utf-8"))


def workflow() -> Any:
    return parsed("github-actions.yml")["jobs"]["test"]


def environments() -> list[tuple[str, Mapping[str, Any]]]:
    """Return who sets variables in the two files, and which."""
    services = parsed("compose.yaml")["services"]
    return [
        ("service container", workflow()["services"]["jodo"]["env"]),
        ("job", workflow()["env"]),
        *((name, service["environment"]) for name, service in services.items()),
    ]


@pytest.mark.parametrize(("who", "given"), environments())
def test_only_settings_that_exist_are_named(who: str, given: Mapping[str, Any]) -> None:
    """Each variable is that of a setting, with a value the setting takes; a client's has the URL as well."""
    rows = {row.variable: row for row in ROWS}
    for name, value in given.items():
        if name == f"{ENV_PREFIX}_URL":
            assert who in ("job", "app")
            continue
        rows[name].parse(str(value))


def test_a_service_takes_no_command() -> None:
    """The workflow says everything by the environment, and both sides know the token."""
    service = workflow()["services"]["jodo"]
    assert set(service) == {"image", "ports", "env", "options"}
    token = f"{ENV_PREFIX}_ADMIN_TOKEN"
    assert service["env"][token] == workflow()["env"][token]
    assert "HEALTHCHECK" in DOCKERFILE.read_text("utf-8")
    assert (EXAMPLES.parent / workflow()["steps"][-1]["run"].split()[-1]).is_dir()


def test_the_app_waits_until_the_sandbox_is_well() -> None:
    """The build is that of the Dockerfile, the health check a command there is, and the name one the guard lets in."""
    services = parsed("compose.yaml")["services"]
    jodo, app = services["jodo"], services["app"]
    assert (EXAMPLES / jodo["build"]).resolve() == DOCKERFILE.parent
    kind, program, command = jodo["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "jodo-mock")
    assert command in commands.commands
    assert app["depends_on"] == {"jodo": {"condition": "service_healthy"}}
    assert "jodo" in jodo["environment"]["JODO_MOCK_ADMIN_HOSTS"].split(",")
    assert app["environment"]["JODO_MOCK_URL"] == "http://jodo:8080"
    folder, place, mode = app["volumes"][0].split(":")
    assert (EXAMPLES / folder).is_dir()
    assert (app["command"][-1].rstrip("/"), mode) == (place, "ro")


@pytest.mark.parametrize(
    ("who", "given"), [each for each in environments() if "JODO_MOCK_URL" not in each[1]]
)
def test_a_server_of_that_environment_serves_a_client(who: str, given: Mapping[str, Any]) -> None:
    """With these variables alone the server is ready, and a client that brings the token is served."""
    with running(env={name: str(value) for name, value in given.items()}) as server:
        url = server.ready["url"]
        assert finished("ready", env={"JODO_MOCK_URL": url})[0] == 0
        missing = [tool for tool in NEEDED if shutil.which(tool) is None]
        if missing:
            pytest.skip(f"the shell example needs {', '.join(missing)}")
        client = {"JODO_MOCK_URL": url, "JODO_MOCK_ADMIN_TOKEN": given["JODO_MOCK_ADMIN_TOKEN"]}
        done = subprocess.run(
            ["sh", str(EXAMPLES / "shell" / "jodo.sh")],
            capture_output=True, text=True, timeout=60, check=False, env=clean_environment(client),
        )  # fmt: skip
        assert done.returncode == 0, f"{who}: {done.stdout}{done.stderr}"
