"""The cast of a storyline: whether the sandbox has whom and what its steps name, and its beginning and end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import known, shown
from mockserver.errors import InvalidDocument, Problem
from mockserver.simulation.storyline import begin_story, end_story, process_called

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mockserver.scenarios.model import Scenario
    from mockserver.store.interface import Store

    Step = Mapping[str, Any]


def begin(store: Store, now: datetime, tenant: str, scenario: Scenario) -> None:
    """Put a scenario's steps into the store, in place of those it had there; join it to a unit of work.

    ``tenant`` is whose they are unless a step names another. Raises InvalidDocument, which changes
    nothing, for names that the sandbox does not have.
    """
    problems = list(_missing(store, tenant, scenario))
    if problems:
        raise InvalidDocument(problems)
    end(store, scenario.name)
    begin_story(store, now.replace(microsecond=0), tenant, scenario.name, scenario.story)


def end(store: Store, name: str) -> None:
    """Take what a scenario's story still has to do out of the store."""
    if store.count("timers"):
        with store.unit():
            end_story(store, name)


def _missing(store: Store, tenant: str, scenario: Scenario) -> Iterator[Problem]:
    # Whom a command of the story names, it may be about to make.
    sent = json.dumps([step["send"] for step in scenario.story if "send" in step]).casefold()
    for number, step in enumerate(scenario.story):
        whose = step.get("apikey", tenant)
        place, file = f"/story/{number}", f"scenario {scenario.name}"
        if not store.exists("tenants", apikey=whose):
            keys = [row["apikey"] for _, row in store.rows("tenants")]
            message = "the sandbox has no such tenant"
            yield Problem(file, f"{place}/apikey", message, known(keys, whose), shown(whose))
            continue
        name = step.get("incoming", {}).get("servicekey")
        if name is not None and process_called(store, whose, name) is None:
            names = [row["name"] for _, row in store.find("processes", tenant=whose)]
            pointer, message = f"{place}/incoming/servicekey", "the sandbox has no such process"
            yield Problem(file, pointer, message, known(names, name), shown(name))
        login = step.get("agent", {}).get("login")
        if login is not None and json.dumps(login.casefold())[1:-1] not in sent:
            found = store.exists("users", tenant=whose, login_key=login.casefold())
            if not found:
                logins = [row["login"] for _, row in store.find("users", tenant=whose)]
                pointer, message = f"{place}/agent/login", "the sandbox has no such user"
                yield Problem(file, pointer, message, known(logins, login), shown(login))
