"""The Postman collection run by Postman's own runner, where that is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.server_process import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.server_process import Running

    Run = Callable[..., dict[str, Any]]

NEWMAN = os.environ.get("NEWMAN") or shutil.which("newman")
TOKEN = "s3cret-token"

pytestmark = pytest.mark.skipif(
    NEWMAN is None, reason="needs newman (npm install newman): on the PATH, or named by NEWMAN"
)


def fetch(server: Running, path: str) -> Any:
    headers = {"X-Mock-Admin-Token": TOKEN}
    return requests.get(server.ready["admin"] + path, headers=headers, timeout=20).json()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a collection and return newman's own account of it."""

    def newman(collection: Any, *options: str) -> dict[str, Any]:
        source, report = tmp_path / "collection.json", tmp_path / "report.json"
        source.write_text(json.dumps(collection), encoding="utf-8")
        command = [
            str(NEWMAN),
            "run",
            str(source),
            "--reporters",
            "json",
            "--reporter-json-export",
            str(report),
        ]
        done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=300, check=False)
        assert report.exists(), done.stdout + done.stderr
        account: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["run"]
        assert (done.returncode == 0) == (account["failures"] == [])
        return account

    return newman


def told(account: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return folder or request, test and message of each failure."""
    return [
        (each["source"].get("name", ""), each["error"].get("test", ""), each["error"]["message"])
        for each in account["failures"]
    ]


def test_the_collection_is_green(run: Run) -> None:
    """Every request of the collection passes all its tests, and only the sandbox of the collection is touched."""
    with running() as server:
        collection = fetch(server, "/postman.json")
        account = run(collection)
        assert told(account) == []
        items = [item for folder in collection["item"] for item in folder["item"]]
        assert account["stats"]["items"]["total"] == len(items)
        assert account["stats"]["assertions"]["total"] > 4 * len(items)
        sandboxes = fetch(server, "/sandboxes")["sandboxes"]
        assert [(each["key"], each["requests"]) for each in sandboxes] == [("default", 0), ("postman", 1)]


def test_it_is_green_whatever_the_server_was_started_with(run: Run) -> None:
    """A token, another edition, other readings, another time and no diagnostics make no difference."""
    odd = ["--edition", "web", "--quirk", "http_status=mapped", "--quirk", "web_fail_status=five"]
    odd += ["--quirk", "all_failed=promote", "--clock", "frozen", "--at", "1990-01-01 00:00:00"]
    odd += ["--diagnostics", "off"]
    folders = ["--folder", "ImportProcessData", "--folder", "saveDisposition", "--folder", "addEditUser"]
    with running(*odd, env={"JODO_MOCK_ADMIN_TOKEN": TOKEN}) as server:
        collection = fetch(server, "/postman.json")
        account = run(collection, *folders, "--env-var", f"token={TOKEN}")
        assert told(account) == []
        assert account["stats"]["items"]["total"] > 20


def test_without_its_token_it_says_what_is_missing(run: Run) -> None:
    """A sandbox that cannot be reset is a failure that names the cause, not a failed expectation."""
    with running(env={"JODO_MOCK_ADMIN_TOKEN": TOKEN}) as server:
        account = run(fetch(server, "/postman.json"), "--folder", "deleteUser")
        _, test, message = told(account)[0]
        assert test == "a fresh sandbox"
        assert "token needed" in message


def test_every_kind_of_test_can_fail(run: Run) -> None:
    """A collection whose expectations are spoilt, each kind in a request of its own, is red in just those tests."""
    with running() as server:
        collection = fetch(server, "/postman.json")
        folders = {folder["name"]: folder["item"] for folder in collection["item"]}
        recordings = folders["customer_multiple_recordings"]
        record = next(item for item in recordings if item["name"].startswith("Record"))
        chosen = [folders["deleteUser"][0], folders["userStatus"][-1], folders["deleteUser"][-1], record]
        spoils = [
            ('"status": 1,', '"status": 2,', "the printed reply"),
            ("Object.keys(reply)", "Object.keys(reply).reverse()", "the keys in order"),
            ('property("statusdesc", "fail")', 'property("statusdesc", "Fail")', 'statusdesc "fail"'),
            ("const wanted = {", 'const wanted = {"more": 1, ', "a record with"),
        ]
        for item, (before, after, _) in zip(chosen, spoils, strict=True):
            exec_ = next(each for each in item["event"] if each["listen"] == "test")["script"]
            text = "\n".join(exec_["exec"])
            assert text.count(before) == 1
            exec_["exec"] = text.replace(before, after).splitlines()
        failed = [test for _, test, _ in told(run(collection | {"item": chosen}))]
        assert len(failed) == len(spoils)
        assert all(got.startswith(test) for got, (_, _, test) in zip(failed, spoils, strict=True)), failed
