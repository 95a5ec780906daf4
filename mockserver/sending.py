"""The request in which a storyline sends a command, as a client of the sandbox's own would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from mockserver.model import Inbound
from mockserver.settings import ENDPOINT
from mockserver.simulation.storyline import process_called

if TYPE_CHECKING:
    from mockserver.contract.catalogue import Catalogue
    from mockserver.sandbox import Sandbox
    from mockserver.simulation.floor import Errand


def inbound_of(errand: Errand, sandbox: Sandbox, catalogue: Catalogue) -> Inbound:
    """Return the request of an errand: the tenant's key filled in, a process given by its name by its service key."""
    keys = catalogue.common["keys"]
    command = {keys["method"]: errand.command["method"], keys["apikey"]: errand.tenant, **errand.command}
    name = command.get(keys["servicekey"])
    process = process_called(sandbox.store, errand.tenant, name) if isinstance(name, str) else None
    if process is not None:
        command[keys["servicekey"]] = process["servicekey"]
    text = json.dumps(command, ensure_ascii=False, separators=(",", ":"))
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "user-agent": f"jodo-mock storyline {errand.sender}",
    }
    return Inbound("POST", ENDPOINT, headers=headers, body=f"data={quote_plus(text)}".encode())
