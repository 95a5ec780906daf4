"""What holds for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from mockserver.contract.documents import read_json
from mockserver.paths import data_dir
from mockserver.simulation.events import EventLog

if TYPE_CHECKING:
    from collections.abc import Iterator

# How long an example takes says something about the machine: speed is measured in bench/.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _events_are_of_known_kinds() -> Iterator[None]:
    """No test makes the floor tell of anything that schemas/floor.json does not name."""
    document: Any = read_json(data_dir("schemas") / "floor.json")
    record = EventLog.record

    def checked(log: EventLog, at: str, real: float, kind: str, *rest: Any) -> Any:
        assert kind in document["events"], f"schemas/floor.json names no event {kind}"
        return record(log, at, real, kind, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EventLog, "record", checked)
        yield
