"""Same seed and same commands, same events byte for byte: runs, threads, processes, restarts."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mockserver.service import Service
from mockserver.settings import Settings
from tests.api import NOW, Api
from tests.server_process import ROOT, clean_environment
from tests.simulation.same_day import begin, day, steps, told

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulation.floors import Shop


def test_twenty_runs_tell_the_same() -> None:
    """SIM-01: a day of pushes, incoming calls and agents, twenty times over; another seed tells another."""
    first = day()
    assert len(first) > 150
    assert [day() == first for _ in range(19)] == [True] * 19
    assert day(seed=8) != first


def test_it_does_not_matter_which_thread_sends_a_command() -> None:
    """SIM-01: the same commands in the same order, each from whichever of eight threads is free."""
    floor = begin()
    with ThreadPoolExecutor(8) as pool:
        for step in steps(floor):
            pool.submit(step).result()
    events = told(floor)
    floor.close()
    assert events == day()


@pytest.mark.parametrize("hashes", ["0", "1", "4711"])
def test_other_processes_tell_the_same(hashes: str) -> None:
    """SIM-01: with other hashes of texts, too."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation.same_day", "7"],
        cwd=ROOT, env=clean_environment({"PYTHONHASHSEED": hashes}), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == day()


@pytest.mark.parametrize("after", [3, 26, 40])
def test_a_restart_in_the_middle_changes_nothing(tmp_path: Path, after: int) -> None:
    """SIM-01: what happens after a restart from a state file is what would have happened without, ids of events included."""
    whole = day()
    kept = Settings(clock="frozen", at=NOW, state=str(tmp_path / "state.jsonl"))
    service = Service.start(kept)
    floor = begin(service)
    key, before = floor.sandbox.key, 0
    for number, step in enumerate(steps(floor)):
        if number == after:
            before = floor.floor.log.last
            service.close()
            service = Service.start(kept)
            again = service.registry.get(key)
            floor.api = Api(service, again)
            floor.sandbox, floor.floor, floor.store = again, again.floor, again.store
            assert again.floor.log.last == before
        step()
    events = told(floor)
    service.close()
    assert before > 0
    assert events == whole[before:]
    assert json.loads(events[0])["id"] == f"e{before + 1:06d}"


def test_a_snapshot_plays_the_same_again() -> None:
    """SIM-01: restored, the same steps bring the same events under new ids."""
    floor: Shop = begin()
    done = list(steps(floor))
    for step in done[:30]:
        step()
    with floor.sandbox.lock:
        snapshot = floor.sandbox.snapshots.take(floor.sandbox)
    begun, runs = floor.floor.log.last, []
    for _ in range(2):
        for step in done[30:]:
            step()
        runs.append([{**event, "id": ""} for event in floor.events()[begun:]])
        begun = floor.floor.log.last
        snapshot.restore(floor.sandbox)
    floor.close()
    assert runs[0] == runs[1]
