"""Services with a state file, in process, and pictures of all they hold."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from mockserver.app import create_app
from mockserver.contract.catalogue import Catalogue
from mockserver.model import Inbound
from mockserver.persistence.points import queue_as_json, snapshot_as_json
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from tests.api import shared_service
from tests.web.admin_client import Admin, push

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the API knows no time zones


@contextlib.contextmanager
def serving(path: Path, **settings: Any) -> Iterator[Service]:
    """Start a service with that state file, and give the file free again after the block."""
    catalogue = shared_service().catalogue
    with patch.object(Catalogue, "load", return_value=catalogue):  # most of a start, and always the same
        service = Service.start(Settings(state=str(path), **{"clock": "frozen", "at": NOW, **settings}))
    with contextlib.closing(service):
        yield service


def admin_of(service: Service) -> Admin:
    return Admin(create_app(service).test_client())


def send(service: Service, *mobiles: str, key: str = "default", **keys: str) -> dict[str, Any]:
    """Push customers of these numbers and return the answer."""
    body = b"data=" + json.dumps(push(*mobiles, **keys)).encode()
    path = ENDPOINT if key == "default" else f"/sandboxes/{key}{ENDPOINT}"
    answer: dict[str, Any] = json.loads(service.answer(Inbound("POST", path, b"", {}, body, 80)).body)
    return answer


def picture(service: Service) -> dict[str, Any]:
    """Return everything about every sandbox that a restart is to keep."""
    return {
        sandbox.key: {
            "dump": sandbox.store.dump(),
            "pristine": sandbox.pristine.dump(),
            "minted": sandbox.minted,
            "edition": sandbox.edition,
            "quirks": dict(sandbox.quirks),
            "clock": sandbox.clock.standing(),
            "number": sandbox.journal.number,
            "playing": [play.scenario.name for play in sandbox.stage.active],
            "own": sorted(sandbox.scenarios),
            "plan": sandbox.plan,
            "floor": sandbox.floor.rules,
            "faults": queue_as_json(sandbox.forced),
            "snapshots": [(snapshot_as_json(each), each.store.dump()) for each in sandbox.snapshots.all()],
            "taken": sandbox.snapshots.number,
        }
        for sandbox in service.registry.all()
    }
