"""Writing the state file while it is used: full disks, files that grow, threads."""

from __future__ import annotations

import errno
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.errors import NotKept
from mockserver.persistence import keeper as keeping
from tests.persistence.helpers import admin_of, picture, send, serving
from tests.web.admin_client import MOBILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jodo.state"


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> dict[str, int | None]:
    """Let writes to the state file stop after so many bytes, as a full disk does; None is a disk with room."""
    room: dict[str, int | None] = {"left": None}
    real: Callable[[int, bytes], int] = os.write

    def write(fd: int, data: bytes) -> int:
        left = room["left"]
        if left is None:
            return real(fd, data)
        if not left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room["left"] = 0
        return real(fd, data[:left])

    monkeypatch.setattr("mockserver.persistence.file.os.write", write)
    return room


@pytest.mark.parametrize("left", [0, 25])
def test_a_command_that_cannot_be_kept_is_not_done(
    path: Path, disk: dict[str, int | None], left: int, caplog: pytest.LogCaptureFixture
) -> None:
    """On a full disk a push is answered with the processing error and undone; with room again all goes on (GEN-16)."""
    with serving(path) as service:
        first = send(service, MOBILE)
        before = picture(service)["default"]["dump"]
        size = path.stat().st_size
        disk["left"] = left
        refused = send(service, "9000000001")
        spec = next(iter(service.registry.get("default").journal.newest_first()))
        assert "cannot be written" in spec.error
        assert refused["status"] != first["status"]
        assert "statusdata" not in refused
        assert picture(service)["default"]["dump"] == before
        assert path.stat().st_size == size
        disk["left"] = None
        again = send(service, "9000000001")
        assert again["statusdata"][0]["customercode"] == first["statusdata"][0]["customercode"] + 1
        after = picture(service)
    assert [text for text in caplog.messages if "cannot be written" in text] != []
    assert [text for text in caplog.messages if "written again" in text] != []
    with serving(path) as service:
        assert picture(service) == after


def test_admin_calls_that_cannot_be_kept_say_so(path: Path, disk: dict[str, int | None]) -> None:
    """On a full disk no sandbox is made or dropped, a reset undoes nothing, and the answer is 507."""
    with serving(path) as service:
        admin = admin_of(service)
        admin.ok("POST", "/sandboxes", {"key": "mine"})
        send(service, MOBILE)
        before = picture(service)["default"]["dump"]
        disk["left"] = 0
        for verb, where, body in (
            ("POST", "/sandboxes", {"key": "other"}),
            ("DELETE", "/sandboxes/mine", None),
            ("POST", "/reset", None),
            ("POST", "/clock/advance", {"seconds": 5}),
        ):
            problem = admin.refused(verb, where, body)
            assert (problem["status"], problem["title"]) == (507, "the state file cannot be written"), where
        assert set(picture(service)) == {"default", "mine"}
        assert picture(service)["default"]["dump"] == before
        disk["left"] = None
        admin.ok("POST", "/sandboxes", {"key": "other"})
        admin.ok("POST", "/clock/advance", {"seconds": 1})
        after = picture(service)
    with serving(path) as service:
        assert picture(service) == after


def test_a_refused_command_costs_no_answer(path: Path, disk: dict[str, int | None]) -> None:
    """On a full disk a command that changes nothing is answered as ever: only its number is not kept."""
    with serving(path) as service:
        expected = send(service, "none")
        disk["left"] = 0
        assert send(service, "none") == expected


def test_a_sandbox_that_expires_on_a_full_disk_stays_until_there_is_room(
    path: Path, disk: dict[str, int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's command fails for it, and no file says that a sandbox is there which is gone."""
    with serving(path) as service:
        admin = admin_of(service)
        admin.ok("POST", "/sandboxes", {"key": "brief", "idle": 5})
        brief = service.registry.get("brief")
        monkeypatch.setattr(type(brief), "idle_for", 10.0)
        disk["left"] = 0
        assert send(service, "none")["status"]
        assert set(picture(service)) == {"default", "brief"}
        assert service.registry.get("brief") is brief
        disk["left"] = None
        service.registry.sweep()
        assert set(picture(service)) == {"default"}


def test_a_restored_snapshot_is_one_line_of_the_file(path: Path) -> None:
    """State, clock and settings go back together: a kill leaves all of it or nothing."""
    with serving(path) as service:
        admin = admin_of(service)
        admin.ok("POST", "/snapshots", {"name": "before"})
        before = picture(service)["default"]
        send(service, MOBILE)
        admin.ok("POST", "/clock/advance", {"seconds": 60})
        lines = path.read_bytes().count(b"\n")
        sandbox = service.registry.get("default")
        found = sandbox.snapshots.find("before")
        assert found is not None
        found.restore(sandbox)
        assert path.read_bytes().count(b"\n") == lines + 1
        after = picture(service)["default"]
        assert (after["dump"], after["clock"]) == (before["dump"], before["clock"])
    with serving(path) as service:
        assert picture(service)["default"] == after


def _wait(service: Any) -> None:
    """Wait until the file is no longer being written anew."""
    with service._keeper._compacting:
        pass


def test_a_file_that_has_grown_is_written_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While commands go on from several threads, what is out of date leaves the file, and nothing else does."""
    monkeypatch.setattr(keeping, "GROWTH", 4_000)
    anew = []
    real = keeping.Keeper.compact

    def counted(self: keeping.Keeper) -> None:
        real(self)
        anew.append(self._file.end)

    monkeypatch.setattr(keeping.Keeper, "compact", counted)
    with serving(path) as service:
        for key in ("a", "b"):
            admin_of(service).ok("POST", "/sandboxes", {"key": key})

        def stream(key: str) -> None:
            for number in range(60):
                send(service, f"90000000{number % 10:02}", key=key)

        threads = [threading.Thread(target=stream, args=(key,)) for key in ("default", "a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _wait(service)
        after = picture(service)
    assert anew
    with serving(path) as service:
        assert picture(service) == after
        service.registry.drop("a")
        send(service, MOBILE)
        left = picture(service)
        size = path.stat().st_size
        service._keeper.compact()  # type: ignore[union-attr]
        assert path.stat().st_size < size
        send(service, "9000000077")
        left["default"] = picture(service)["default"]
    with serving(path) as service:
        assert picture(service) == left


def test_a_file_that_cannot_be_written_anew_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When there is no room for a second file the first just grows: a warning, and nothing is lost."""
    (path.parent / "jodo.state.new").mkdir(parents=True)
    with pytest.raises(Exception, match="cannot write the state file"), serving(path):
        pass
    (path.parent / "jodo.state.new").rmdir()
    monkeypatch.setattr(keeping, "GROWTH", 2_000)
    with serving(path) as service:
        _wait(service)
        (path.parent / "jodo.state.new").mkdir()
        for number in range(60):
            send(service, f"90000000{number:02}")
        _wait(service)
        after = picture(service)
    assert "grows, since it cannot be written anew" in caplog.text
    (path.parent / "jodo.state.new").rmdir()
    with serving(path) as service:
        assert picture(service) == after


def test_nothing_is_written_after_the_end(path: Path) -> None:
    """A command that comes while the server ends is refused, not carried out and forgotten."""
    with serving(path) as service:
        before = picture(service)["default"]["dump"]
    sandbox = service.registry.get("default")
    with pytest.raises(NotKept, match="closed"):
        sandbox.store.insert("dnc", {"tenant": "t", "number": "1"})
    assert sandbox.store.dump() == before
