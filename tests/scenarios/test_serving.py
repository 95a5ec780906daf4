"""Scenarios from the command line: chosen, refused, watched; over the real process."""

from __future__ import annotations

import json
import os
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import cli
from mockserver.errors import InvalidDocument
from mockserver.service import Service
from mockserver.settings import Settings
from tests.api import without
from tests.server_process import clean_environment, finished, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server_process import Running

GOOD = "name: {name}\nrules:\n  - when: {{method: ImportProcessData}}\n    then: {{status: {status}}}\n"
BAD = "name: bad\nrules:\n  - then: {staus: 17}\n  - then: {faults: [{latency: {fixed: -1}}]}\n"


def written(folder: Path, name: str, status: int) -> Path:
    """Write a scenario that refuses pushes with a status."""
    file = folder / f"{name}.yaml"
    file.write_text(GOOD.format(name=name, status=status), encoding="utf-8")
    return file


def ask(server: Running, verb: str, path: str, body: bytes | None = None) -> Any:
    connection = HTTPConnection(*server.address, timeout=20)
    try:
        connection.request(verb, path, body, {"Content-Type": "text/html"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def playing(server: Running) -> list[str]:
    """Return what plays in the default sandbox."""
    return [play["name"] for play in ask(server, "GET", "/__admin/scenarios")["active"]]


def status(server: Running) -> int:
    """Push, and return the vendor's status."""
    path = server.ready["endpoint"].removeprefix(server.ready["url"])
    return int(ask(server, "POST", path, b"data=" + json.dumps(without()).encode())["status"])


def until(server: Running, wanted: int) -> None:
    """Push until the status is the wanted one, for ten seconds at most."""
    end = time.monotonic() + 10
    while status(server) != wanted:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_names_and_files_play_in_their_order_and_the_banner_names_them(tmp_path: Path) -> None:
    """--scenario repeats, takes a name or a file, and what plays is in the banner."""
    file = written(tmp_path, "mine", 17)
    with running("--scenario", "calm", "--scenario", str(file)) as server:
        assert (playing(server), status(server)) == (["calm", "mine"], 17)
        err = server.stop()[2]
    assert next(line.split() for line in err.splitlines() if "scenarios" in line) == [
        "scenarios",
        "calm,",
        "mine",
    ]


def test_the_environment_and_a_config_file_choose_too(tmp_path: Path) -> None:
    """JODO_MOCK_SCENARIO takes several, `scenario = [..]` in TOML too; the environment wins over the file."""
    config = tmp_path / "jodo.toml"
    config.write_text('scenario = ["calm"]\n', encoding="utf-8")
    with running("--config", str(config)) as server:
        assert playing(server) == ["calm"]
    with running("--config", str(config), env={"JODO_MOCK_SCENARIO": "retry-storm,partial-batch"}) as server:
        assert playing(server) == ["retry-storm", "partial-batch"]


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    """Exit code 2 and one line, whatever the name came by."""
    for arguments, env in ((("--scenario", "retry-strom"), {}), ((), {"JODO_MOCK_SCENARIO": "retry-strom"})):
        code, out, err = finished("serve", "--port", "0", *arguments, env=env)
        assert (code, out) == (2, "")
        assert err == "jodo-mock: there is no scenario 'retry-strom'; did you mean retry-storm?\n"


def test_a_bad_file_is_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and for each thing that is wrong a line with file, line and column."""
    file = tmp_path / "bad.yaml"
    file.write_text(BAD, encoding="utf-8")
    assert cli.main(["serve", "--port", "0", "--scenario", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    places = [line.partition(": ")[2].partition(": ")[0] for line in err.splitlines()]
    assert places == [f"{file}:3:12", f"{file}:4:39"]
    assert "did you mean status?" in err


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the path."""
    assert cli.main(["serve", "--port", "0", "--scenario", str(tmp_path / "none.yaml")]) == 2
    assert f"scenario file {tmp_path / 'none.yaml'} is not there" in capsys.readouterr().err


@pytest.mark.parametrize("watch", [("--watch",), ("--watch", "on"), ("--watch=on",)])
def test_watch_is_a_flag_and_takes_a_value(
    watch: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting is on in each spelling, also before other options, and off without it."""
    for name in set(os.environ) - set(clean_environment()):
        monkeypatch.delenv(name)
    seen: list[Settings] = []

    def factory(settings: Settings) -> Any:
        seen.append(settings)
        raise InvalidDocument([])

    for arguments in (watch, (*watch, "--seed", "3"), ()):
        cli.main(["serve", "--port", "0", *arguments], factory)
    assert [settings.watch for settings in seen] == ["on", "on", "off"]


def test_a_changed_file_is_played_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    """--watch: a change counts soon; a bad one is told once on stderr, and the good one goes on until it is mended."""
    file = written(tmp_path, "mine", 17)
    with running("--scenario", str(file), "--watch") as server:
        assert status(server) == 17
        written(tmp_path, "mine", 32)
        until(server, 32)
        file.write_text(BAD, encoding="utf-8")
        end = time.monotonic() + 10
        while not _told(server):
            assert time.monotonic() < end
            time.sleep(0.05)
        assert (status(server), playing(server)) == (32, ["mine"])
        written(tmp_path, "mine", 43)
        until(server, 43)
        err = server.stop()[2]
    assert err.count(f"a scenario file cannot be used: {file}:3:12") == 1
    assert err.count("scenario mine was read again") == 2


def _told(server: Running) -> bool:
    """Tell whether the server knows that a file is bad."""
    listed = ask(server, "GET", "/__admin/scenarios")["scenarios"]
    return any(each["name"] == "mine" and each["problem"] for each in listed)


def test_without_watch_a_file_stays_as_it_was_read(tmp_path: Path) -> None:
    """Nothing is read again unless somebody asked for it."""
    file = written(tmp_path, "mine", 17)
    service = Service.start(Settings(scenarios=(str(file),)))
    assert service.settings.watch == "off"
    written(tmp_path, "mine", 32)
    assert service.playing() == ["mine"]
    assert service.shelf.get("mine").rules[0].then.status == 17
    assert service.refresh() == ["mine"]
    assert service.shelf.get("mine").rules[0].then.status == 32


def test_a_service_without_connections_refuses_what_needs_them() -> None:
    """SIM-27: a fault of the connection, or a wait, is found when the scenario is loaded, not when it fires."""
    for name in ("retry-storm", "slow-monday"):
        with pytest.raises(InvalidDocument) as caught:
            Service.start(Settings(scenarios=(name,)))
        assert all(problem.line and f"{name}.yaml" in problem.file for problem in caught.value.problems)
    assert Service.start(Settings(scenarios=("retry-storm",)), wire=True).playing() == ["retry-storm"]
