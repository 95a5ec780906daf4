"""docs/operations.md: the log lines and the ready line it prints are those of a real server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import ROWS, Settings
from tests.server_process import running
from tests.web.admin_client import push

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
VARYING = re.compile(
    r"\d\d:\d\d:\d\d\.\d{3}Z|\d{4}-\d\d-\d\dT|\*\*\*[0-9a-f]{6}| +[0-9.]+ ms|\"microseconds\":\d+|:\d{4,5}(?=[/\"])|[\w-]{32}(?=\")"
)


def printed(mark: str) -> list[str]:
    """Return the lines of the block after a mark."""
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def steady(lines: list[str]) -> list[str]:
    """Return lines without what differs from run to run."""
    return [VARYING.sub("~", line) for line in lines]


def logged(*options: str) -> list[str]:
    """Return the log of the page's three requests."""
    with running(*options) as server:
        for body in (json.dumps(push()), json.dumps(push(apikey="nobody")), "{"):
            requests.post(server.ready["endpoint"], data=f"data={body}", timeout=20)
        return [line for line in server.stop()[2].splitlines() if "r00000" in line]


def test_text_lines_are_as_printed() -> None:
    """All three lines, but for times and hashes."""
    assert steady(logged("--log-requests", "on")) == steady(printed("log: text"))


def test_json_lines_are_as_printed() -> None:
    """The first line, but for times and hashes."""
    assert steady(logged("--log-format", "json")[:1]) == steady(printed("log: json"))


def test_the_ready_line_is_as_printed() -> None:
    """The line of a server off loopback, as a container's, with a token of that length."""
    with running("--host", "0.0.0.0") as server:
        assert steady([json.dumps(server.ready)]) == steady(printed("ready"))


def test_every_metric_is_listed() -> None:
    """The table of the page and a scrape name the same metrics."""
    client: Any = create_app(Service.start(Settings())).test_client()
    text = client.get("/__admin/metrics").text
    found = set(re.findall(r"^# HELP (jodo_mock\w+)", text, re.MULTILINE))
    assert set(re.findall(r"`(jodo_mock_\w+)`", PAGE)) == found


@pytest.mark.parametrize("name", ["log-level", "log-format", "log-requests"])
def test_the_settings_of_logs_are_as_listed(name: str) -> None:
    """Each with its values in the settings' own order."""
    (row,) = (row for row in ROWS if row.name == name)
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| `--{name}`"))
    assert ", ".join(f"`{choice}`" for choice in row.choices) in line


def test_the_page_names_only_options_that_exist() -> None:
    """An option of the page's prose is a setting."""
    assert set(re.findall(r"`--([a-z][a-z-]+)", PAGE)) <= {row.name for row in ROWS}
